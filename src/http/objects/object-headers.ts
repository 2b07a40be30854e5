/** Headers of objects: types by ending, conditions and ranges (RFC 9110 13 and 14). */
import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange, ObjectInfo } from '../../objects/store.ts';

/** Types that a browser shows without running anything; all others are offered as files. */
const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
};
const FILES: Readonly<Record<string, string>> = {
  gz: 'application/gzip',
  bz2: 'application/x-bzip2',
  deflate: 'application/zlib',
  parquet: 'application/vnd.apache.parquet',
};

export function objectHeaders(info: ObjectInfo): Record<string, string> {
  const name = info.key.slice(info.key.lastIndexOf('/') + 1);
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const shown = TYPES[ending];
  return {
    'content-type': shown ?? FILES[ending] ?? 'application/octet-stream',
    ...(shown === undefined
      ? { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}` }
      : {}),
    // Whatever the bytes look like, no browser runs them here.
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'accept-ranges': 'bytes',
    etag: `"${info.etag}"`,
    'last-modified': info.lastModified.toUTCString(),
  };
}

type Condition = 'send' | 'notModified' | 'failed';

/** In the order of RFC 9110 13.2.2. */
export function condition(headers: IncomingHttpHeaders, info: ObjectInfo): Condition {
  const match = headers['if-match'];
  const modified = seconds(info.lastModified.getTime());
  if (match !== undefined) {
    if (!names(match, info.etag, false)) return 'failed';
  } else if (modified > seconds(Date.parse(headers['if-unmodified-since'] ?? ''))) {
    return 'failed';
  }
  const none = headers['if-none-match'];
  if (none !== undefined) return names(none, info.etag, true) ? 'notModified' : 'send';
  return modified <= seconds(Date.parse(headers['if-modified-since'] ?? '')) ? 'notModified' : 'send';
}

/** `weak`: a weak tag counts too. */
function names(list: string, etag: string, weak: boolean): boolean {
  return list.split(',').some((one) => {
    const tag = one.trim();
    return tag === '*' || tag === `"${etag}"` || (weak && tag === `W/"${etag}"`);
  });
}

/** Dates of headers have no fractions; NaN compares as false. */
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

export type RangeRequest =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' };

/** One range; several of them, other units and unreadable ones are answered with the whole, as RFC 9110 14.2 allows. */
export function rangeOf(headers: IncomingHttpHeaders, info: ObjectInfo): RangeRequest {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return { kind: 'whole' };
  const unless = headers['if-range'];
  if (unless !== undefined && unless !== `"${info.etag}"` && unless !== info.lastModified.toUTCString()) {
    return { kind: 'whole' };
  }
  const { size } = info;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return { kind: 'whole' };
  return start >= size || end < start ? { kind: 'unsatisfiable' } : { kind: 'part', range: { start, end } };
}
