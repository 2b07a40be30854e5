/** Sends requests whose target alone says who answers straight there, ahead of Express. */
import type { RequestListener } from 'node:http';
import type { Handler } from './passthrough.ts';

interface FrontRoutes {
  /** By path: our own busiest routes. */
  readonly exact: ReadonlyMap<string, Handler>;
  /** First segments below which we have routes of our own. */
  readonly roots: ReadonlySet<string>;
  readonly cluster: Handler;
  /** Knows every route, these too. */
  readonly all: RequestListener;
  readonly failed: (error: unknown, ...exchange: Parameters<Handler>) => void;
}

/** Express changes the prototypes of each request and answer, which makes all later work on them slower: half of a short request. */
export function createFront({ exact, roots, cluster, all, failed }: FrontRoutes): RequestListener {
  return (request, response) => {
    const target = request.url ?? '/';
    const query = target.indexOf('?');
    const path = query === -1 ? target : target.slice(0, query);
    const handler = exact.get(path) ?? (isClusterTarget(target, roots) ? cluster : undefined);
    if (handler === undefined) {
      all(request, response);
      return;
    }
    try {
      handler(request, response);
    } catch (error) {
      failed(error, request, response);
    }
  };
}

/**
 * APIs of the cluster have an underscore before their first or second segment; names of buckets never have one, but keys of
 * objects may, and those are selected from by `?select`.
 */
export function isClusterTarget(target: string, roots: ReadonlySet<string>): boolean {
  const end = segmentEnd(target, 1);
  if (target.startsWith('/_')) return !roots.has(target.slice(1, end));
  return target.startsWith('/_', end) && !target.includes('select', end);
}

function segmentEnd(target: string, from: number): number {
  for (let i = from; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code === SLASH || code === QUESTION) return i;
  }
  return target.length;
}

const SLASH = 47;
const QUESTION = 63;
