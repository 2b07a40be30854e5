/** Refusals that the cluster's own HTTP layer makes before any plugin sees a request, in its words (spec sql-endpoint 2, 3.1). */
import type { ServerResponse } from 'node:http';
import { editDistance } from '../../translators/errors.ts';
import { endText } from './end-text.ts';
import { JSON_TYPE } from './render-error.ts';

export interface CoreAnswer {
  readonly status: number;
  /** undefined: none. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function methodNotAllowed(path: string, method: string, allowed: readonly string[]): CoreAnswer {
  return {
    status: 405,
    headers: { Allow: allowed.join(',') },
    body: {
      error: `Incorrect HTTP method for uri [${path}] and method [${method}], allowed: [${allowed.join(', ')}]`,
      status: 405,
    },
  };
}

export function contentTypeNotSupported(contentType: string | undefined): CoreAnswer {
  const error =
    contentType === undefined
      ? 'Content-Type header is missing'
      : `Content-Type header [${contentType}] is not supported`;
  return { status: 406, body: { error, status: 406 } };
}

export function unrecognisedParameters(path: string, unknown: readonly string[], known: readonly string[]): CoreAnswer {
  const named = [...unknown].sort().map((name) => {
    const near = known.filter((candidate) => similarity(name, candidate) > 0.5);
    const best = near.sort((a, b) => similarity(name, b) - similarity(name, a));
    if (best.length === 0) return `[${name}]`;
    return `[${name}] -> did you mean ${best.length === 1 ? '' : 'any of '}[${best.join(', ')}]?`;
  });
  const reason = `request [${path}] contains unrecognized parameter${unknown.length > 1 ? 's' : ''}: ${named.join(', ')}`;
  const cause = { type: 'illegal_argument_exception', reason };
  return { status: 400, body: { error: { root_cause: [cause], ...cause }, status: 400 } };
}

export function sendCore(response: ServerResponse, answer: CoreAnswer): void {
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-type': body === '' ? 'text/plain; charset=UTF-8' : JSON_TYPE,
    'content-length': Buffer.byteLength(body),
  });
  endText(response, body);
}

function similarity(a: string, b: string): number {
  return 1 - editDistance(a, b) / Math.max(a.length, b.length);
}
