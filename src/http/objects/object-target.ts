/** Which requests read objects, and which: by method and path alone, so that nothing of the cluster is shadowed. */
import type { IncomingMessage } from 'node:http';
import { bucketFault } from '../../objects/names.ts';

export interface ObjectTarget {
  readonly bucket: string;
  /** Undefined: the bucket itself, to be listed. */
  readonly key: string | undefined;
  readonly query: URLSearchParams;
}

/**
 * Undefined: the request is the cluster's. Its APIs under an index called `v1` have `_` at the beginning of the second
 * segment, which no bucket has; `v1` alone is that index. A broken percent-encoding in the key is nobody's: 'unreadable'.
 */
export function objectTarget(
  request: Pick<IncomingMessage, 'method' | 'url'>,
): ObjectTarget | 'unreadable' | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const [, bucket, rest = ''] = /^\/v1\/([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  if (bucket === undefined || bucketFault(bucket) !== undefined) return undefined;
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  if (rest === '') return { bucket, key: undefined, query };
  try {
    return { bucket, key: decodeURIComponent(rest), query };
  } catch {
    return 'unreadable';
  }
}
