/** Any failure as the code, status and sentence that a select client sees, in the words of its protocol. */
import { type ErrorCode, SqlError, SqlSyntaxError } from '../../translators/errors.ts';
import { AuthError, type AuthFault } from '../auth/principal.ts';
import { ObjectStoreError, type ObjectStoreFault } from '../objects/store.ts';
import { SelectError, type SelectErrorCode } from './errors.ts';
import type { SelectDialect } from './requests/request.ts';

type ByDialect = SelectErrorCode | Readonly<Record<SelectDialect, SelectErrorCode>>;

const UNAVAILABLE: ByDialect = { bos: 'ServiceUnavailable', s3: 'Busy' };
const BAD_VALUE: ByDialect = { bos: 'InvalidArgument', s3: 'InvalidRequestParameter' };

const AUTH: Readonly<Record<AuthFault, ByDialect>> = {
  missing: 'AccessDenied',
  unreadable: { bos: 'InvalidHTTPAuthHeader', s3: 'AccessDenied' },
  unknownKey: 'InvalidAccessKeyId',
  badSignature: 'SignatureDoesNotMatch',
  expired: { bos: 'RequestExpired', s3: 'RequestTimeTooSkewed' },
  badToken: 'InvalidAccessKeyId',
  wrongProject: 'AccessDenied',
  bodyMismatch: 'SignatureDoesNotMatch',
  notCovered: 'AccessDenied',
};

const STORE: Readonly<Record<ObjectStoreFault, ByDialect>> = {
  noSuchBucket: 'NoSuchBucket',
  noSuchKey: 'NoSuchKey',
  badName: 'InvalidURI',
  denied: 'AccessDenied',
  changed: 'PreconditionFailed',
  full: UNAVAILABLE,
  unreachable: UNAVAILABLE,
  failed: 'InternalError',
};

/** Of statements over the cluster. */
const SQL: Readonly<Partial<Record<ErrorCode, ByDialect>>> = {
  syntax: 'ParseSelectFailure',
  notAQuery: 'UnsupportedSqlOperation',
  deleteDisabled: 'UnsupportedSqlOperation',
  sqlDisabled: 'UnsupportedSqlOperation',
  unsupported: 'UnsupportedSqlOperation',
  unknownField: 'EvaluatorBindingDoesNotExist',
  unknownFunction: 'UnsupportedFunction',
  argumentTypes: 'IncorrectSqlFunctionArgumentType',
  evaluation: 'IllegalSqlFunctionArgument',
  numberFormat: 'CastFailed',
  arithmetic: 'IntegerOverflow',
  indexNotFound: 'BadTableName',
  spoolLimit: BAD_VALUE,
  tooManyRequests: 'SlowDown',
  clusterUnreachable: UNAVAILABLE,
  clusterUnreadable: UNAVAILABLE,
  clusterTimeout: UNAVAILABLE,
  storageFull: UNAVAILABLE,
  storageUnusable: UNAVAILABLE,
  internal: 'InternalError',
};

/** Undefined: nobody foresaw it; it belongs in the log, not in an answer. */
export function selectErrorOf(error: unknown, dialect: SelectDialect): SelectError | undefined {
  if (error instanceof SelectError) return error;
  const made = (code: ByDialect, { message }: Error): SelectError =>
    new SelectError(typeof code === 'string' ? code : code[dialect], message, error);
  if (error instanceof AuthError) return made(AUTH[error.fault], error);
  if (error instanceof ObjectStoreError) return made(STORE[error.fault], error);
  if (error instanceof SqlSyntaxError) return made('ParseSelectFailure', error);
  if (error instanceof SqlError) return made(SQL[error.code] ?? byStatus(error.status), error);
  return undefined;
}

/** The cluster's own errors come with the cluster's status. */
function byStatus(status: number): ByDialect {
  if (status === 401 || status === 403) return 'AccessDenied';
  if (status === 404) return 'BadTableName';
  if (status === 429) return 'SlowDown';
  // Also its own faults: nothing is wrong with this server, or with what was asked of it.
  return status < 500 ? BAD_VALUE : UNAVAILABLE;
}
