/** Verifies Huawei's `SDK-HMAC-SHA256` (spec dli-jobs 2). */
import { AuthError } from './principal.ts';
import {
  checkBody,
  checkCovered,
  checkSignature,
  checkSkew,
  compactTime,
  encode,
  header,
  hmac,
  isSelectHeader,
  type SignedRequest,
  secretFor,
  sha256,
  type Verifier,
} from './signed-request.ts';

const ALGORITHM = 'SDK-HMAC-SHA256';
const AUTHORIZATION = /^SDK-HMAC-SHA256\s+Access=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/i;

export const verifySdkHmac: Verifier = (request, secretOf, now) => {
  const [, accessKey, names, signature] = AUTHORIZATION.exec(header(request, 'authorization')?.trim() ?? '') ?? [];
  if (accessKey === undefined || names === undefined || signature === undefined) {
    throw new AuthError(
      'unreadable',
      `The Authorization header must be '${ALGORITHM} Access=…, SignedHeaders=…, Signature=…'`,
    );
  }
  checkSkew(compactTime(header(request, 'x-sdk-date')), now);
  const secret = secretFor(accessKey, secretOf);
  checkSignature(signature.toLowerCase(), signatureOf(request, names, secret));
  checkCovered(request, names.split(';'), isSelectHeader);
  const declared = header(request, 'x-sdk-content-sha256');
  const openBody = declared === 'UNSIGNED-PAYLOAD';
  if (declared !== undefined && !openBody) checkBody(request.body, 'sha256', 'hex', declared);
  return { accessKey, link: false, openBody };
};

/** The header that makes a request of the key's: for our own command line. `names`: of the headers that are to be signed. */
export function signSdkHmac(
  request: SignedRequest,
  names: readonly string[],
  keys: { readonly accessKey: string; readonly secretKey: string },
): string {
  const list = names.join(';');
  const signature = signatureOf(request, list, keys.secretKey);
  return `${ALGORITHM} Access=${keys.accessKey}, SignedHeaders=${list}, Signature=${signature}`;
}

function signatureOf(request: SignedRequest, names: string, secret: string): string {
  const date = header(request, 'x-sdk-date');
  return hmac(secret, `${ALGORITHM}\n${date}\n${sha256(canonicalRequest(request, names))}`).toString('hex');
}

function canonicalRequest(request: SignedRequest, names: string): string {
  const path = request.path.split('/').map(encode).join('/');
  const query = request.query
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = names.split(';').map((name) => `${name}:${(header(request, name.toLowerCase()) ?? '').trim()}\n`);
  const hash = header(request, 'x-sdk-content-sha256') ?? sha256(request.body);
  return [
    request.method.toUpperCase(),
    path.endsWith('/') ? path : `${path}/`,
    query,
    headers.join(''),
    names,
    hash,
  ].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
