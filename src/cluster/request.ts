/** One call of the cluster: sent to a node, tried again where that is safe, its answer read whole. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { SqlError } from '../../translators/errors.ts';
import { stringifyJson } from '../rows/longs.ts';
import { AnswerBody, type Room } from './answer-body.ts';
import { clusterError } from './cluster-error.ts';
import { type Fault, faultDetails, faultOf, neverSent } from './connection-faults.ts';
import type { Identity } from './context.ts';
import { isPassing } from './overload.ts';
import type { ClusterNode, ClusterPools } from './pool.ts';

interface ClusterCall {
  readonly method: Dispatcher.HttpMethod;
  /** Already encoded, with its query. */
  readonly path: string;
  /** Sent as it is when text, else as JSON; bigint is allowed. */
  readonly body?: unknown;
  readonly identity: Identity;
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte from the cluster; 0 for no limit. */
  readonly timeout: number;
  /** How often it may be repeated after an overload answer or a broken connection; 0 for calls that change something. */
  readonly retries: number;
  readonly onRetry?: () => void;
  /** Where the bytes of a large answer go, when its length is known. */
  readonly room?: Room;
}

export interface ClusterAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  /** The same as text, made when first asked for. */
  readonly text: string;
}

class WholeAnswer implements ClusterAnswer {
  #text: string | undefined;

  constructor(
    readonly status: number,
    readonly headers: ClusterAnswer['headers'],
    readonly bytes: Buffer,
  ) {}

  /** Made when it is asked for: rows in bulk are read from the bytes. */
  get text(): string {
    this.#text ??= this.bytes.toString('utf8');
    return this.#text;
  }
}

/** Refusals that come with an overload status but are the query's own fault: asking again makes it worse. */
const HOPELESS =
  /too_many_buckets_exception|circuit_breaking_exception|too_many_scroll_contexts|Trying to create too many/;
const FIRST_PAUSE_MILLISECONDS = 50;

/** Answers with any status; throws only where there is no answer. */
export async function clusterRequest(pools: ClusterPools, call: ClusterCall): Promise<ClusterAnswer> {
  const body = call.body === undefined ? null : typeof call.body === 'string' ? call.body : stringifyJson(call.body);
  const headers: Record<string, string> = { ...call.identity };
  if (body !== null) headers['content-type'] = 'application/json';
  const unreachable = new Set<ClusterNode>();
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(call.signal);
    const node = pools.pick(unreachable) ?? pools.nodes[0]!;
    const outcome = await send(node, call, headers, body);
    if ('answer' in outcome) {
      pools.succeeded(node);
      const again = attempt < call.retries && isPassing(outcome.answer.status) && !HOPELESS.test(outcome.answer.text);
      if (!again) return outcome.answer;
    } else {
      throwIfAborted(call.signal);
      const { fault } = outcome;
      if (neverSent(fault)) {
        pools.failed(node);
        unreachable.add(node);
        // Another node is asked at once, whatever the call is: nothing was sent.
        if (unreachable.size < pools.nodes.length) {
          attempt--;
          continue;
        }
        unreachable.clear();
      }
      if (attempt >= call.retries || fault.kind === 'timeout') {
        const { code, details } = faultDetails(fault, node.url);
        throw new SqlError(code, { details, cause: fault });
      }
    }
    call.onRetry?.();
    await pause(attempt, call.signal);
  }
}

/** As above, but an error status is thrown as the error it describes. */
export async function clusterRequestOk(pools: ClusterPools, call: ClusterCall): Promise<ClusterAnswer> {
  const answer = await clusterRequest(pools, call);
  if (answer.status >= 400) throw clusterError(answer.status, answer.text, answer.headers);
  return answer;
}

type Outcome = { readonly answer: ClusterAnswer } | { readonly fault: Fault };

function send(
  node: ClusterNode,
  call: ClusterCall,
  headers: Record<string, string>,
  sent: string | null,
): Promise<Outcome> {
  return new Promise((resolve) => {
    let body = new AnswerBody();
    let status = 0;
    let answerHeaders: ClusterAnswer['headers'] = {};
    let stop: (() => void) | undefined;
    const done = (outcome: Outcome): void => {
      if (stop !== undefined) call.signal?.removeEventListener('abort', stop);
      resolve(outcome);
    };
    node.pool.dispatch(
      {
        method: call.method,
        path: node.basePath + call.path,
        headers,
        body: sent,
        headersTimeout: call.timeout,
        bodyTimeout: call.timeout,
      },
      {
        onRequestStart(controller) {
          if (call.signal === undefined) return;
          stop = () => controller.abort(new Error('aborted'));
          if (call.signal.aborted) stop();
          else call.signal.addEventListener('abort', stop, { once: true });
        },
        onResponseStart(controller, statusCode, received) {
          status = statusCode;
          answerHeaders = statusCode < 400 ? received : asSent(received, controller.rawHeaders);
          body = new AnswerBody(received['content-length'], call.room);
        },
        onResponseData: (_controller, chunk) => body.push(chunk),
        onResponseEnd: () => done({ answer: new WholeAnswer(status, answerHeaders, body.bytes()) }),
        onResponseError: (_controller, error) => done({ fault: faultOf(error) }),
      },
    );
  });
}

/** Headers of an error may be handed on: their bytes as characters of Latin-1, as Node writes them. */
function asSent(
  received: ClusterAnswer['headers'],
  raw: Dispatcher.DispatchController['rawHeaders'],
): ClusterAnswer['headers'] {
  if (!Array.isArray(raw)) return received;
  const headers: Record<string, string | string[]> = {};
  const texts = raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
  for (let i = 0; i + 1 < texts.length; i += 2) {
    const [name, value] = [texts[i]!.toLowerCase(), texts[i + 1]!];
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

/** The reason of the signal says who stopped and why: the client, or a limit. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw signal.reason instanceof SqlError ? signal.reason : new SqlError('cancelled', 'The request was cancelled.');
}

async function pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const longest = FIRST_PAUSE_MILLISECONDS * 2 ** Math.min(attempt, 6);
  try {
    await sleep(longest * (0.5 + Math.random() / 2), undefined, { ...(signal === undefined ? {} : { signal }) });
  } catch {
    throwIfAborted(signal);
  }
}
