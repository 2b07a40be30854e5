/** A request as the signing schemes look at it: its target taken apart once, and what all of them do with the parts. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AuthError, type Proof } from './principal.ts';

export interface SignedRequest {
  readonly method: string;
  /** Percent-decoded segments, parted by `/`, beginning with one. */
  readonly path: string;
  /** Decoded, in the order sent; a name without `=` has an empty value. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire. */
  readonly body: Uint8Array;
}

/** Finds the secret of an access key; undefined: there is no such key. */
type SecretOf = (accessKey: string) => string | undefined;

interface Verified extends Proof {
  readonly accessKey: string;
}

export interface SignatureRules {
  /** Requests with a body must have a digest of it under `bce-auth-v1` too (BCE_SIGNED_BODY). */
  readonly bceSignedBody: boolean;
}

/** Answers whose key has signed the request, or throws an AuthError. `now`: epoch milliseconds. */
export type Verifier = (request: SignedRequest, secretOf: SecretOf, now: number, rules: SignatureRules) => Verified;

/** Headers of ours that say what a select does, under every scheme. */
export const isSelectHeader = (name: string): boolean => name.startsWith('x-select-');

/** What is not signed could be changed on the way. */
export function checkCovered(
  request: SignedRequest,
  signed: Iterable<string>,
  needed: (name: string) => boolean,
): void {
  const names = new Set(Array.from(signed, (name) => name.toLowerCase()));
  const open = Object.keys(request.headers).filter((name) => needed(name) && !names.has(name));
  if (open.length > 0) throw new AuthError('badSignature', `These headers must be signed: ${open.join(', ')}`);
}

/** Clocks may differ by so much (spec dli-jobs 2; the same as AWS's). */
export const MAX_SKEW = 15 * 60_000;

export function signedRequest(
  request: { readonly method?: string; readonly url?: string; readonly headers: IncomingHttpHeaders },
  body: Uint8Array,
): SignedRequest {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  const rawQuery = mark < 0 ? '' : target.slice(mark + 1);
  const query = rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): readonly [string, string] => {
      const at = pair.indexOf('=');
      return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
    });
  return { method: request.method ?? 'GET', path: decode(rawPath), query, headers: request.headers, body };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AuthError('unreadable', 'The request target has a broken percent-encoding');
  }
}

/** RFC 3986: all but letters, digits and `-_.~`. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function encodePath(path: string): string {
  return path.split('/').map(encode).join('/');
}

export function parameter(request: SignedRequest, name: string): string | undefined {
  return request.query.find(([one]) => one === name)?.[1];
}

export function header(request: SignedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

export function checkSignature(given: string, expected: string): void {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) {
    throw new AuthError(
      'badSignature',
      'The signature does not match the request: check the secret key, and that nothing between changes the request',
    );
  }
}

/** Holds the body to a hash that the signature covers. */
export function checkBody(
  body: Uint8Array,
  algorithm: 'sha256' | 'md5',
  encoding: 'hex' | 'base64',
  given: string,
): void {
  const found = createHash(algorithm).update(body).digest(encoding);
  if (found !== (encoding === 'hex' ? given.toLowerCase() : given)) {
    throw new AuthError('bodyMismatch', 'The body is not the one that was signed');
  }
}

/** `20261123T212026Z`, as Huawei's and AWS's SDKs write it; epoch milliseconds. */
export function compactTime(text: string | undefined): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time))
    throw new AuthError('unreadable', 'The date of the signature must have the form YYYYMMDDTHHMMSSZ');
  return time;
}

export function checkSkew(time: number, now: number): void {
  if (Math.abs(now - time) <= MAX_SKEW) return;
  throw new AuthError(
    'expired',
    `The request was signed at ${new Date(time).toISOString()}; the server's clock says ${new Date(now).toISOString()}`,
  );
}

export function secretFor(accessKey: string, secretOf: SecretOf): string {
  const secret = secretOf(accessKey);
  if (secret === undefined) throw new AuthError('unknownKey', `There is no access key '${accessKey.slice(0, 64)}'`);
  return secret;
}
