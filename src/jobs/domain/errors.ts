/** The one table of errors of the job routes, and how every other failure of the server is told in its codes (spec dli-jobs 9). */
import { SqlError, type ErrorCode as SqlErrorCode, SqlSyntaxError } from '../../../translators/errors.ts';
import { AuthError, type AuthFault } from '../../auth/principal.ts';
import { ObjectStoreError, type ObjectStoreFault } from '../../objects/store.ts';
import { JobError, type JobFault } from './job-error.ts';

interface DliErrorRow {
  readonly status: number;
  readonly meaning: string;
  /** When it is raised here, for the generated reference. */
  readonly when: string;
}

export const DLI_ERRORS = {
  'DLI.0001': {
    status: 400,
    meaning: 'parameter check failed',
    when: 'a field, query parameter, path or body that is missing, unreadable or out of its range',
  },
  'DLI.0002': { status: 400, meaning: 'object does not exist', when: 'no such job, queue, bucket or object' },
  'DLI.0003': { status: 400, meaning: 'no SQL permission', when: 'the cluster refuses the search to this caller' },
  'DLI.0004': { status: 400, meaning: 'SQL syntax', when: 'the statement cannot be read; line and column are told' },
  'DLI.0005': {
    status: 400,
    meaning: 'SQL semantics',
    when: 'an index, field or function that is not there, or types that do not fit',
  },
  'DLI.0006': { status: 400, meaning: 'object exists', when: 'ErrorIfExists, and the folder exists' },
  'DLI.0007': {
    status: 400,
    meaning: 'operation not supported',
    when: 'preview or export of a job that is no QUERY, or has no result; cancelling an ended job; a statement that is no query',
  },
  'DLI.0009': { status: 400, meaning: 'system limit', when: 'a result over a configured limit, or a full store' },
  'DLI.0011': {
    status: 400,
    meaning: 'no file permission',
    when: 'the key has no right on the bucket, or the store refuses',
  },
  'DLI.0012': {
    status: 400,
    meaning: 'resource unavailable',
    when: 'the job has not finished yet; the cluster, the job store or the object store cannot be reached, fails, or gives an answer that cannot be read',
  },
  'DLI.0013': { status: 401, meaning: 'user authentication', when: 'a missing or wrong signature or token' },
  'DLI.0014': { status: 401, meaning: 'service authentication', when: 'the cluster does not accept the credentials' },
  'DLI.0015': { status: 400, meaning: 'token parsing', when: 'an authorization that cannot be read' },
  'DLI.0016': { status: 400, meaning: 'wrong identity or role', when: "a key of another project than the path's" },
  'DLI.0018': { status: 400, meaning: 'data conversion', when: 'a value that an expression cannot work on' },
  'DLI.0019': { status: 400, meaning: 'timed out', when: 'the cluster did not answer in time, or a job ran too long' },
  'DLI.0023': { status: 404, meaning: 'nothing found', when: 'no such route' },
  'DLI.0100': { status: 400, meaning: 'result expired', when: 'the result of the job is no longer kept' },
  'DLI.0999': { status: 500, meaning: 'server-side error', when: 'a fault of this server' },
  'DLI.1028': { status: 400, meaning: 'quota', when: 'too many jobs of the project are waiting or running' },
} as const satisfies Record<string, DliErrorRow>;

export type DliCode = keyof typeof DLI_ERRORS;

export class DliError extends Error {
  readonly status: number;

  constructor(
    readonly code: DliCode,
    message: string,
    more: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'DliError';
    this.status = more.status ?? DLI_ERRORS[code].status;
  }
}

const OF_SQL: Readonly<Record<Exclude<SqlErrorCode, 'cluster' | 'indexNotFound'>, DliCode>> = {
  syntax: 'DLI.0004',
  notAQuery: 'DLI.0007',
  deleteDisabled: 'DLI.0007',
  sqlDisabled: 'DLI.0007',
  unsupported: 'DLI.0007',
  unknownField: 'DLI.0005',
  semantic: 'DLI.0005',
  unknownFunction: 'DLI.0005',
  argumentTypes: 'DLI.0005',
  evaluation: 'DLI.0018',
  severalValues: 'DLI.0018',
  arithmetic: 'DLI.0018',
  numberFormat: 'DLI.0018',
  illegalArgument: 'DLI.0001',
  resourceLimit: 'DLI.0009',
  spoolLimit: 'DLI.0009',
  cursorExpired: 'DLI.0012',
  tooManyRequests: 'DLI.0012',
  payloadTooLarge: 'DLI.0001',
  unsupportedMediaType: 'DLI.0001',
  methodNotAllowed: 'DLI.0023',
  clusterUnreachable: 'DLI.0012',
  clusterUnreadable: 'DLI.0012',
  clusterTimeout: 'DLI.0019',
  storageFull: 'DLI.0009',
  storageUnusable: 'DLI.0012',
  cancelled: 'DLI.0012',
  internal: 'DLI.0999',
};

const OF_STORE: Readonly<Record<ObjectStoreFault, DliCode>> = {
  noSuchBucket: 'DLI.0002',
  noSuchKey: 'DLI.0002',
  badName: 'DLI.0001',
  denied: 'DLI.0011',
  changed: 'DLI.0012',
  full: 'DLI.0009',
  unreachable: 'DLI.0012',
  failed: 'DLI.0999',
};

const OF_AUTH: Readonly<Record<AuthFault, DliCode>> = {
  missing: 'DLI.0013',
  unknownKey: 'DLI.0013',
  badSignature: 'DLI.0013',
  expired: 'DLI.0013',
  badToken: 'DLI.0013',
  bodyMismatch: 'DLI.0013',
  notCovered: 'DLI.0013',
  unreadable: 'DLI.0015',
  wrongProject: 'DLI.0016',
};

const OF_JOB: Readonly<Record<JobFault, DliCode>> = {
  folderExists: 'DLI.0006',
  resultGone: 'DLI.0100',
  resultTooLarge: 'DLI.0009',
  unsupported: 'DLI.0007',
};

/** Undefined for what nobody has foreseen: its text is for the log, not for clients. */
export function dliErrorOf(error: unknown): DliError | undefined {
  if (error instanceof DliError) return error;
  const cause = error;
  if (error instanceof SqlSyntaxError) return new DliError('DLI.0004', error.message, { cause });
  if (error instanceof SqlError) {
    const { status, message } = error;
    return new DliError(ofSql(error), message, status === 413 ? { status, cause } : { cause });
  }
  if (error instanceof JobError) return new DliError(OF_JOB[error.fault], error.message, { cause });
  if (error instanceof ObjectStoreError) return new DliError(OF_STORE[error.fault], error.message, { cause });
  if (error instanceof AuthError) return new DliError(OF_AUTH[error.fault], error.message, { cause });
  return undefined;
}

function ofSql({ code, status }: SqlError): DliCode {
  if (code === 'indexNotFound') return 'DLI.0005';
  if (code !== 'cluster') return OF_SQL[code];
  if (status === 401) return 'DLI.0014';
  if (status === 403) return 'DLI.0003';
  if (status === 408 || status === 504) return 'DLI.0019';
  return status === 429 || status >= 500 ? 'DLI.0012' : 'DLI.0005';
}
