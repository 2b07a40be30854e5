/** Errors of the object routes: one table of codes, in the words that BOS and S3 share, as JSON or XML. */
import { AuthError, type AuthFault } from '../../auth/principal.ts';
import { ObjectStoreError, type ObjectStoreFault } from '../../objects/store.ts';

export const OBJECT_ERRORS = {
  AccessDenied: 403,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidHTTPAuthHeader: 400,
  InvalidRange: 416,
  InvalidToken: 403,
  InvalidURI: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  PreconditionFailed: 412,
  RequestExpired: 403,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
} as const;

type ObjectErrorCode = keyof typeof OBJECT_ERRORS;

const OF_STORE: Readonly<Record<ObjectStoreFault, ObjectErrorCode>> = {
  noSuchBucket: 'NoSuchBucket',
  noSuchKey: 'NoSuchKey',
  badName: 'InvalidArgument',
  denied: 'AccessDenied',
  changed: 'PreconditionFailed',
  full: 'InternalError',
  unreachable: 'ServiceUnavailable',
  failed: 'InternalError',
};

const OF_AUTH: Readonly<Record<AuthFault, ObjectErrorCode>> = {
  missing: 'AccessDenied',
  unreadable: 'InvalidHTTPAuthHeader',
  unknownKey: 'InvalidAccessKeyId',
  badSignature: 'SignatureDoesNotMatch',
  expired: 'RequestExpired',
  badToken: 'InvalidToken',
  wrongProject: 'AccessDenied',
  bodyMismatch: 'SignatureDoesNotMatch',
  notCovered: 'AccessDenied',
};

export class ObjectRouteError extends Error {
  constructor(
    readonly code: ObjectErrorCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ObjectRouteError';
  }
}

/** Undefined: not foreseen; for the log. */
export function objectRouteError(error: unknown): ObjectRouteError | undefined {
  if (error instanceof ObjectRouteError) return error;
  if (error instanceof ObjectStoreError) return new ObjectRouteError(OF_STORE[error.fault], error.message);
  if (error instanceof AuthError) return new ObjectRouteError(OF_AUTH[error.fault], error.message);
  return undefined;
}
