/** Passes a request to the cluster and its answer back, byte for byte: nothing is parsed or rewritten, and only short bodies are held. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { type Fault, faultDetails, faultOf, isTimeout, neverSent } from '../cluster/connection-faults.ts';
import { claimsIdentity } from '../cluster/credentials.ts';
import { mayChangeMappings } from '../cluster/mapping-changes.ts';
import type { ClusterNode, ClusterPools } from '../cluster/pool.ts';
import { breakOff } from './break-off.ts';
import { collectBody } from './collect-body.ts';
import { JSON_TYPE } from './render-error.ts';

interface PassthroughDeps {
  readonly pools: ClusterPools;
  /** Milliseconds of silence of the cluster; 0 for no limit. */
  readonly timeout: number;
  /** Called before the answer of a request that may have changed a mapping is sent. */
  readonly mappingsChanged: () => void;
  /** Called for each request that the cluster did not answer. */
  readonly failed: (type: string, error: unknown) => void;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** They belong to one connection, not to the message (RFC 9110 7.6.1); `expect` is answered by our own server. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Streaming a body costs more than all the rest of a short request. */
const HELD_BYTES = 65_536;
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createPassthrough(deps: PassthroughDeps): Handler {
  return (request, response) => {
    const exchange = new Exchange(deps, request, response);
    response.on('close', () => exchange.clientGone());
    exchange.begin();
  };
}

/** One request on its way, possibly to several nodes in turn. */
class Exchange {
  readonly #deps: PassthroughDeps;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #path: string;
  readonly #hasBody: boolean;
  /** A short body, whole: sent in one piece, and again to another node. */
  #held: Buffer | undefined;
  readonly #tried = new Set<ClusterNode>();
  #controller: Dispatcher.DispatchController | undefined;
  #brokenOnce = false;
  #gone = false;

  constructor(deps: PassthroughDeps, request: IncomingMessage, response: ServerResponse) {
    this.#deps = deps;
    this.#request = request;
    this.#response = response;
    this.#path = rawPath(request);
    const length = request.headers['content-length'];
    this.#hasBody = request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  }

  begin(): void {
    const { headers } = this.#request;
    if (
      !this.#hasBody ||
      headers['transfer-encoding'] !== undefined ||
      Number(headers['content-length']) > HELD_BYTES
    ) {
      this.send();
      return;
    }
    collectBody(this.#request, HELD_BYTES).then(
      (body) => {
        this.#held = body;
        this.send();
      },
      // Nobody is left to be answered.
      () => undefined,
    );
  }

  send(): void {
    const node = this.#deps.pools.pick(this.#tried);
    if (node === undefined) return;
    this.#tried.add(node);
    node.pool.dispatch(
      {
        method: this.#request.method as Dispatcher.HttpMethod,
        path: node.basePath + this.#path,
        headers: requestHeaders(this.#request),
        body: this.#held ?? (this.#hasBody ? (bodyOf(this.#request) as unknown as string) : null),
        headersTimeout: this.#deps.timeout,
        bodyTimeout: this.#deps.timeout,
      },
      {
        onRequestStart: (controller) => {
          this.#controller = controller;
          if (this.#gone) controller.abort(new Error('the client is gone'));
        },
        onResponseStart: (controller, status, _headers, message) => this.#start(node, controller, status, message),
        onResponseData: (controller, chunk) => this.#data(controller, chunk),
        onResponseEnd: () => this.#response.end(),
        onResponseError: (_controller, error) => this.#error(node, error),
      },
    );
  }

  clientGone(): void {
    // An answer that came before the end of the request's body leaves the rest of it to be ended.
    if (this.#response.writableFinished && this.#request.complete) return;
    this.#gone = true;
    this.#controller?.abort(new Error('the client is gone'));
  }

  #start(node: ClusterNode, controller: Dispatcher.DispatchController, status: number, message = ''): void {
    if (status < 200) return;
    this.#deps.pools.succeeded(node);
    if (mayChangeMappings(this.#request.method!, this.#path)) this.#deps.mappingsChanged();
    // What the cluster does not send is not added.
    this.#response.sendDate = false;
    const headers = responseHeaders(controller.rawHeaders);
    const phrase = phraseOf(message);
    if (phrase === undefined) this.#response.writeHead(status, headers);
    else this.#response.writeHead(status, phrase, headers);
  }

  #data(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  #error(node: ClusterNode, error: unknown): void {
    if (this.#gone) return;
    if (this.#response.headersSent) {
      // A clean end would pass off a part as the whole.
      this.#deps.failed('BrokenAnswer', error);
      breakOff(this.#response);
      return;
    }
    const fault = faultOf(error);
    if (this.#mayTryAgain(node, fault)) {
      this.send();
      return;
    }
    this.#refuse(node, fault, error);
  }

  #mayTryAgain(node: ClusterNode, fault: Fault): boolean {
    if (neverSent(fault)) {
      this.#deps.pools.failed(node);
      const whole = this.#held !== undefined || !this.#request.readableDidRead;
      return whole && this.#tried.size < this.#deps.pools.nodes.length;
    }
    // A kept-alive connection may be closed by the other side just as it is used again.
    if (fault.kind !== 'broken' || this.#brokenOnce || this.#hasBody || !IDEMPOTENT.has(this.#request.method!))
      return false;
    this.#brokenOnce = true;
    this.#tried.delete(node);
    return true;
  }

  #refuse(node: ClusterNode, fault: Fault, error: unknown): void {
    const malformed = isInvalidArgument(error);
    const status = malformed ? 400 : isTimeout(fault) ? 504 : 502;
    const type = malformed
      ? 'IllegalArgumentException'
      : isTimeout(fault)
        ? 'ClusterTimeoutException'
        : 'ClusterUnreachableException';
    this.#deps.failed(type, error);
    const reason = malformed ? 'The request cannot be passed on' : 'The cluster did not answer';
    const details = malformed ? fault.sentence : faultDetails(fault, node.url).details;
    const body = JSON.stringify({ error: { reason, details, type }, status }, null, 2);
    // The rest of an unread body would be taken for the next request.
    const close = this.#request.complete ? {} : { connection: 'close' };
    this.#response.writeHead(status, {
      'content-type': JSON_TYPE,
      'content-length': Buffer.byteLength(body),
      ...close,
    });
    this.#response.end(body);
  }
}

/** Untouched, but for the rare absolute form `GET http://host/path`. */
function rawPath(request: IncomingMessage): string {
  const target = request.url ?? '/';
  if (target.startsWith('/')) return target;
  const path = target.replace(/^[a-z]+:\/\/[^/?]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/** Closing the iterator must not close the client's connection: an error still has to be told. */
function bodyOf(request: IncomingMessage): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
}

function requestHeaders(request: IncomingMessage): string[] {
  const named = namedByConnection(request.headers.connection);
  const raw = request.rawHeaders;
  const headers: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (name === 'host' || name === 'expect' || HOP_BY_HOP.has(name) || named.has(name) || claimsIdentity(name))
      continue;
    headers.push(raw[i]!, raw[i + 1]!);
  }
  return headers;
}

function responseHeaders(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  const texts = raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
  const connection = texts.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === 'connection');
  const named = namedByConnection(connection === -1 ? undefined : texts[connection + 1]);
  const headers: string[] = [];
  for (let i = 0; i < texts.length; i += 2) {
    const name = texts[i]!.toLowerCase();
    if (!HOP_BY_HOP.has(name) && !named.has(name)) headers.push(texts[i]!, texts[i + 1]!);
  }
  return headers;
}

/** As it came, where its bytes were UTF-8; others are lost by now, and the usual words for the status stand in. */
function phraseOf(message: string): string | undefined {
  return message.includes('\ufffd') ? undefined : Buffer.from(message, 'utf8').toString('latin1');
}

const NONE: ReadonlySet<string> = new Set();

function namedByConnection(value: string | undefined): ReadonlySet<string> {
  if (value === undefined || /^(keep-alive|close)$/i.test(value)) return NONE;
  return new Set(value.split(',').map((name) => name.trim().toLowerCase()));
}

function isInvalidArgument(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'UND_ERR_INVALID_ARG' || error.code === 'UND_ERR_NOT_SUPPORTED')
  );
}
