/** Which job route a request is for: by its path alone, all prefixes and old forms included (spec dli-jobs 1). */

export type JobRoute =
  | { readonly kind: 'submit'; readonly queue?: string }
  | { readonly kind: 'check' }
  | { readonly kind: 'list' }
  | { readonly kind: 'status' | 'detail' | 'progress' | 'preview' | 'export'; readonly id: string }
  | { readonly kind: 'result' | 'cancel'; readonly id: string; readonly queue?: string }
  /** Under the paths of jobs, but no route of them. */
  | { readonly kind: 'unknown' };

export interface JobTarget {
  readonly project: string;
  readonly route: JobRoute;
}

/** Paths of the cluster have `_` at the beginning of the first or second segment, and are never taken for jobs. */
const JOBS = /^\/v[12]\.0\/([^/_][^/]*)\/(?:queues\/([^/]+)\/)?jobs(?:\/(.*))?$/;
/** The one route that SDKs call under v1: other paths there are objects. */
const PROGRESS = /^\/v1\/([^/_][^/]*)\/jobs\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/progress$/;

/** Never the id of a job. */
const WORDS = ['submit-job', 'check-sql', 'export-table', 'import-table'];
const VIEWS = ['status', 'detail', 'progress', 'preview'] as const;

/** Undefined for paths that are not of jobs. */
export function jobTarget(method: string, path: string): JobTarget | undefined {
  const [, ofProgress, id] = PROGRESS.exec(path) ?? [];
  if (ofProgress !== undefined && id !== undefined && method === 'GET') {
    return { project: ofProgress, route: { kind: 'progress', id } };
  }
  const [, project, queue, rest = ''] = JOBS.exec(path) ?? [];
  if (project === undefined) return undefined;
  const segments = rest.replace(/\/$/, '').split('/');
  return { project, route: routeOf(method, queue, segments) ?? { kind: 'unknown' } };
}

function routeOf(method: string, queue: string | undefined, segments: readonly string[]): JobRoute | undefined {
  const [first = '', second, ...more] = segments;
  if (more.length > 0) return undefined;
  const old = queue === undefined ? {} : { queue };
  if (second === undefined) {
    if (first === '') return queue === undefined && method === 'GET' ? { kind: 'list' } : undefined;
    if (first === 'submit-job') return method === 'POST' ? { kind: 'submit', ...old } : undefined;
    if (first === 'check-sql') return queue === undefined && method === 'POST' ? { kind: 'check' } : undefined;
    if (WORDS.includes(first)) return undefined;
    if (method === 'GET') return { kind: 'result', id: first, ...old };
    return method === 'DELETE' ? { kind: 'cancel', id: first, ...old } : undefined;
  }
  if (queue !== undefined || WORDS.includes(first)) return undefined;
  const view = VIEWS.find((one) => one === second);
  if (view !== undefined) return method === 'GET' ? { kind: view, id: first } : undefined;
  return second === 'export-result' && method === 'POST' ? { kind: 'export', id: first } : undefined;
}
