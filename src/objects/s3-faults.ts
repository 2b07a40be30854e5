/** Faults of an S3 service in the words of the object store. */
import { ObjectStoreError, type ObjectStoreFault } from './store.ts';

interface ServiceFault {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Of MinIO, Ceph and others too: names that no status tells apart. */
const BY_NAME: Readonly<Record<string, ObjectStoreFault>> = {
  NoSuchBucket: 'noSuchBucket',
  NoSuchKey: 'noSuchKey',
  NoSuchUpload: 'noSuchKey',
  AccessDenied: 'denied',
  AllAccessDisabled: 'denied',
  AccountProblem: 'denied',
  InvalidAccessKeyId: 'denied',
  SignatureDoesNotMatch: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredToken: 'denied',
  InvalidToken: 'denied',
  RequestTimeTooSkewed: 'denied',
  PreconditionFailed: 'changed',
  InvalidBucketName: 'badName',
  KeyTooLongError: 'badName',
  XMinioInvalidObjectName: 'badName',
  XMinioObjectExistsAsDirectory: 'badName',
  XMinioParentIsObject: 'badName',
  XMinioStorageFull: 'full',
  XMinioDiskFull: 'full',
  XMinioAdminBucketQuotaExceeded: 'full',
  QuotaExceeded: 'full',
  InsufficientCapacity: 'full',
  EntityTooLarge: 'full',
};

const BY_STATUS: Readonly<Record<number, ObjectStoreFault>> = {
  401: 'denied',
  403: 'denied',
  408: 'unreachable',
  412: 'changed',
  429: 'unreachable',
  500: 'unreachable',
  502: 'unreachable',
  503: 'unreachable',
  504: 'unreachable',
  507: 'full',
};

/** `what`: an object or bucket, for the message. An aborted signal's reason stays as it is. */
export function s3Error(error: unknown, what: string, signal?: AbortSignal): unknown {
  if (error instanceof ObjectStoreError) return error;
  if (signal?.aborted === true) return signal.reason;
  const { name = '', message = '', code, $metadata } = (error ?? {}) as ServiceFault;
  const status = $metadata?.httpStatusCode;
  const fault =
    BY_NAME[name] ??
    (status === undefined ? undefined : BY_STATUS[status]) ??
    (noAnswer(error) ? 'unreachable' : 'failed');
  const said = [name === 'Error' ? code : name, message === 'UnknownError' ? '' : message].filter(Boolean).join(': ');
  const sentence = `${SENTENCES[fault]} (${what}; ${said}${status === undefined ? '' : `, status ${status}`})`;
  return new ObjectStoreError(fault, sentence, slim(error));
}

/** For the log: the SDK's own errors hold the whole exchange, with the signature in it. */
function slim(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = new Error(error.message);
  cause.name = error.name;
  cause.stack = error.stack;
  return cause;
}

const SENTENCES: Readonly<Record<ObjectStoreFault, string>> = {
  noSuchBucket: 'There is no such bucket',
  noSuchKey: 'There is no such object',
  badName: 'The object store takes no such name',
  denied: 'The object store refuses access',
  changed: 'The object has been replaced',
  full: 'The object store is full',
  unreachable: 'The object store does not answer, or is too busy',
  failed: 'The object store failed',
};

/** No connection, a broken one, or silence. */
function noAnswer(error: unknown): boolean {
  const { code = '', name = '', $metadata } = (error ?? {}) as ServiceFault;
  return (
    /^(ECONN|ENOTFOUND|EAI_|EPIPE|EHOST|ENET|ETIMEDOUT|ESOCKET|ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_STREAM_PREMATURE)/.test(
      code,
    ) ||
    name === 'TimeoutError' ||
    (error instanceof Error && $metadata?.httpStatusCode === undefined && /socket hang up|aborted/.test(error.message))
  );
}

export function statusOf(error: unknown): number | undefined {
  return (error as ServiceFault | undefined)?.$metadata?.httpStatusCode;
}

export function nameOf(error: unknown): string {
  return (error as ServiceFault | undefined)?.name ?? '';
}

/** The service has no such call at all. */
export const isNotOffered = (error: unknown): boolean =>
  statusOf(error) === 501 || statusOf(error) === 405 || /^(NotImplemented|MethodNotAllowed)$/.test(nameOf(error));
