/** Which requests are selects, of which protocol, over which object: by path and query alone (architecture, paths). */
import type { IncomingMessage } from 'node:http';
import type { SelectDialect } from '../../select/requests/request.ts';

export interface SelectTarget {
  readonly dialect: SelectDialect;
  /** As sent, without `/v1`. Undefined where the percent-encoding is damaged. */
  readonly object: { readonly bucket: string; readonly key: string } | undefined;
  /** As sent, for the error body. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Undefined: the request is the cluster's. Its APIs have a `_` in front of the first or second segment, and buckets never
 * begin with one; a bucket has three characters at least, so that `v1` is none (bos-select 2).
 */
export function selectTarget(request: IncomingMessage): SelectTarget | undefined {
  const url = (request.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '');
  const mark = url.indexOf('?');
  // Most requests have no query, or not this word in it.
  if (mark === -1 || !url.includes('select', mark)) return undefined;
  const query = new URLSearchParams(url.slice(mark + 1));
  if (!query.has('select')) return undefined;
  const path = url.slice(0, mark);
  const segments = path.split('/').slice(1);
  if (segments.slice(0, 2).some((segment) => /^(_|%5f)/i.test(segment))) return undefined;
  const [bucket = '', ...rest] = segments[0] === 'v1' ? segments.slice(1) : segments;
  const key = rest.join('/');
  if (bucket === '' || key === '') return undefined;
  return { dialect: query.has('select-type') ? 's3' : 'bos', object: decoded(bucket, key), path, query };
}

function decoded(bucket: string, key: string): SelectTarget['object'] {
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) };
  } catch {
    return undefined;
  }
}
