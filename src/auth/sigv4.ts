/** Verifies AWS Signature Version 4 for S3, in headers or presigned (spec s3-select 7). */
import { AuthError } from './principal.ts';
import {
  checkBody,
  checkCovered,
  checkSignature,
  checkSkew,
  compactTime,
  encode,
  encodePath,
  header,
  hmac,
  isSelectHeader,
  MAX_SKEW,
  parameter,
  type SignedRequest,
  secretFor,
  sha256,
  type Verifier,
} from './signed-request.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),?\s*SignedHeaders=([^,\s]+),?\s*Signature=([0-9a-f]{64})$/;
/** AWS's most for a presigned URL. */
const MAX_EXPIRES = 7 * 24 * 3600;

interface Claim {
  readonly accessKey: string;
  /** Date, region, service and terminator. */
  readonly scope: readonly [date: string, region: string, service: string, terminator: string];
  readonly names: readonly string[];
  readonly date: string;
  readonly signature: string;
  readonly bodyHash: string;
  /** The query that was signed. */
  readonly query: SignedRequest['query'];
}

export const verifySigV4: Verifier = (request, secretOf, now) => {
  const link = parameter(request, 'X-Amz-Signature') !== undefined;
  const claim = link ? presigned(request, now) : inHeaders(request, now);
  const secret = secretFor(claim.accessKey, secretOf);
  // AWS wants the host and all of its own headers signed.
  checkCovered(request, claim.names, (name) => name === 'host' || name.startsWith('x-amz-') || isSelectHeader(name));
  const scope = claim.scope.join('/');
  const toSign = [ALGORITHM, claim.date, scope, sha256(canonicalRequest(request, claim))].join('\n');
  const key = claim.scope.reduce<Buffer>((sofar, part) => hmac(sofar, part), Buffer.from(`AWS4${secret}`));
  checkSignature(claim.signature, hmac(key, toSign).toString('hex'));
  const openBody = claim.bodyHash === UNSIGNED;
  if (!openBody) checkBody(request.body, 'sha256', 'hex', claim.bodyHash);
  return { accessKey: claim.accessKey, link, openBody };
};

function inHeaders(request: SignedRequest, now: number): Claim {
  const text = header(request, 'authorization')?.trim() ?? '';
  const [, credential, names, signature] = AUTHORIZATION.exec(text) ?? [];
  if (credential === undefined || names === undefined || signature === undefined) {
    throw new AuthError(
      'unreadable',
      `The Authorization header must be '${ALGORITHM} Credential=…, SignedHeaders=…, Signature=…'`,
    );
  }
  const date = header(request, 'x-amz-date');
  checkSkew(compactTime(date), now);
  const bodyHash = header(request, 'x-amz-content-sha256');
  if (bodyHash === undefined) throw new AuthError('unreadable', 'The header x-amz-content-sha256 is missing');
  const common = { names: names.split(';'), date: date!, signature, query: request.query };
  return { ...common, ...readCredential(credential, date!), bodyHash: checkedHash(bodyHash) };
}

function presigned(request: SignedRequest, now: number): Claim {
  const needed = (name: string): string => {
    const value = parameter(request, name);
    if (value === undefined) throw new AuthError('unreadable', `The query parameter ${name} is missing`);
    return value;
  };
  if (needed('X-Amz-Algorithm') !== ALGORITHM)
    throw new AuthError('unreadable', `X-Amz-Algorithm must be ${ALGORITHM}`);
  const date = needed('X-Amz-Date');
  const time = compactTime(date);
  const expires = Number(needed('X-Amz-Expires'));
  if (!Number.isInteger(expires) || expires < 1 || expires > MAX_EXPIRES) {
    throw new AuthError('unreadable', `X-Amz-Expires must be from 1 to ${MAX_EXPIRES} seconds`);
  }
  if (now < time - MAX_SKEW) throw new AuthError('expired', 'The URL was signed in the future');
  if (now > time + expires * 1000) {
    throw new AuthError('expired', `The URL was good until ${new Date(time + expires * 1000).toISOString()}`);
  }
  const signature = needed('X-Amz-Signature');
  // Signers that move headers into the query keep the lower case.
  const inQuery = parameter(request, 'X-Amz-Content-Sha256') ?? parameter(request, 'x-amz-content-sha256');
  const bodyHash = header(request, 'x-amz-content-sha256') ?? inQuery ?? UNSIGNED;
  return {
    ...readCredential(needed('X-Amz-Credential'), date),
    names: needed('X-Amz-SignedHeaders').split(';'),
    date,
    signature,
    bodyHash: checkedHash(bodyHash),
    query: request.query.filter(([name]) => name !== 'X-Amz-Signature'),
  };
}

function readCredential(credential: string, date: string): Pick<Claim, 'accessKey' | 'scope'> {
  const parts = credential.split('/');
  const [day, region, service, terminator] = parts.slice(-4);
  const accessKey = parts.slice(0, -4).join('/');
  if (
    accessKey === '' ||
    day !== date.slice(0, 8) ||
    region === '' ||
    service !== 's3' ||
    terminator !== 'aws4_request'
  ) {
    throw new AuthError('unreadable', 'The credential must be {access key}/{day of the date}/{region}/s3/aws4_request');
  }
  return { accessKey, scope: [day, region!, service, terminator] };
}

/** Bodies signed piece by piece come with uploads only, which are not served. */
function checkedHash(value: string): string {
  if (value === UNSIGNED || /^[0-9a-f]{64}$/.test(value)) return value;
  throw new AuthError(
    'unreadable',
    `x-amz-content-sha256 must be the SHA-256 of the body in hexadecimal digits, or ${UNSIGNED}`,
  );
}

function canonicalRequest(request: SignedRequest, claim: Claim): string {
  const query = claim.query
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = claim.names.map((name) => `${name}:${(header(request, name) ?? '').trim().replace(/ +/g, ' ')}\n`);
  return [
    request.method.toUpperCase(),
    encodePath(request.path),
    query,
    headers.join(''),
    claim.names.join(';'),
    claim.bodyHash,
  ].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
