/** Verifies Baidu's `bce-auth-v1`, in the Authorization header or the query (spec bos-select 6). */
import { AuthError } from './principal.ts';
import {
  checkBody,
  checkCovered,
  checkSignature,
  encode,
  encodePath,
  header,
  hmac,
  isSelectHeader,
  MAX_SKEW,
  parameter,
  type SignatureRules,
  type SignedRequest,
  secretFor,
  type Verifier,
} from './signed-request.ts';

const AUTHORIZATION =
  /^bce-auth-v1\/([^/]+)\/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\/(-1|\d{1,9})\/([^/]*)\/([0-9a-f]{64})$/;
/** Signed when the list of names is empty, besides every `x-bce-*`. */
const USUAL = ['host', 'content-length', 'content-type', 'content-md5'];

export const verifyBceAuth: Verifier = (request, secretOf, now, rules) => {
  const own = header(request, 'authorization');
  const text = own ?? parameter(request, 'authorization') ?? '';
  const [, accessKey, timestamp, seconds, names, signature] = AUTHORIZATION.exec(text.trim()) ?? [];
  const time = Date.parse(timestamp ?? '');
  if (
    accessKey === undefined ||
    seconds === undefined ||
    names === undefined ||
    signature === undefined ||
    Number.isNaN(time)
  ) {
    throw new AuthError(
      'unreadable',
      "The authorization must be 'bce-auth-v1/{access key}/{time}/{seconds}/{signed headers}/{signature}'",
    );
  }
  checkPeriod(time, Number(seconds), now);
  const secret = secretFor(accessKey, secretOf);
  const signed = signedHeaders(request, names);
  const key = hmac(secret, `bce-auth-v1/${accessKey}/${timestamp}/${seconds}`).toString('hex');
  const canonical = [
    request.method.toUpperCase(),
    encodePath(request.path),
    canonicalQuery(request),
    signed
      .map(([name, value]) => `${encode(name)}:${encode(value)}`)
      .sort()
      .join('\n'),
  ].join('\n');
  checkSignature(signature, hmac(key, canonical).toString('hex'));
  checkCovered(
    request,
    signed.map(([name]) => name),
    (name) => DIGESTS.has(name) || isSelectHeader(name),
  );
  checkDeclaredBody(request, new Map(signed), rules);
  return { accessKey, link: own === undefined, openBody: false };
};

/** Of the body: one that is sent is no ornament. */
const DIGESTS: ReadonlySet<string> = new Set(['x-bce-content-sha256', 'content-md5']);

/** -1: for ever, as the SDKs offer it for links. */
function checkPeriod(time: number, seconds: number, now: number): void {
  if (now < time - MAX_SKEW)
    throw new AuthError('expired', `The signature begins at ${new Date(time).toISOString()}, which is in the future`);
  if (seconds >= 0 && now > time + seconds * 1000) {
    throw new AuthError('expired', `The signature was good until ${new Date(time + seconds * 1000).toISOString()}`);
  }
}

function signedHeaders(request: SignedRequest, names: string): (readonly [string, string])[] {
  const list =
    names === ''
      ? [...USUAL, ...Object.keys(request.headers).filter((name) => name.startsWith('x-bce-'))]
      : names.split(';').map((name) => name.toLowerCase());
  return list.map((name) => [name, (header(request, name) ?? '').trim()] as const).filter(([, value]) => value !== '');
}

function canonicalQuery(request: SignedRequest): string {
  return request.query
    .filter(([name]) => name.toLowerCase() !== 'authorization')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

/** The scheme itself does not cover the body; these headers do, once they are signed. */
function checkDeclaredBody(
  request: SignedRequest,
  signed: ReadonlyMap<string, string>,
  { bceSignedBody }: SignatureRules,
): void {
  const sha = signed.get('x-bce-content-sha256');
  if (sha !== undefined) checkBody(request.body, 'sha256', 'hex', sha);
  const md5 = signed.get('content-md5');
  if (md5 !== undefined) checkBody(request.body, 'md5', 'base64', md5);
  if (bceSignedBody && sha === undefined && md5 === undefined && request.body.length > 0) {
    throw new AuthError(
      'notCovered',
      'A request with a body must sign its digest, as x-bce-content-sha256 or Content-MD5 (BCE_SIGNED_BODY)',
    );
  }
}
