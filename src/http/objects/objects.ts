/** The object routes: what exports and selects have written can be listed and fetched, by those who may read the bucket. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Authenticator } from '../../auth/authenticator.ts';
import type { Config } from '../../config.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { type ObjectBody, type ObjectInfo, type ObjectStore, ObjectStoreError } from '../../objects/store.ts';
import { breakOff } from '../break-off.ts';
import type { Handler } from '../passthrough.ts';
import { JSON_TYPE } from '../render-error.ts';
import { OBJECT_ERRORS, ObjectRouteError, objectRouteError } from './object-errors.ts';
import { condition, objectHeaders, type RangeRequest, rangeOf } from './object-headers.ts';
import { errorXml, listingJson, listingXml, listOptions } from './object-listing.ts';
import { type ObjectTarget, objectTarget } from './object-target.ts';

interface ObjectRouteDeps {
  readonly config: Pick<Config, 'objectsRedirect'>;
  readonly store: ObjectStore;
  readonly auth: Authenticator;
  readonly log: Log;
  readonly metrics: Metrics;
}

const XML_TYPE = 'application/xml';
const NOTHING = new Uint8Array();
/** A download begins within this time after its redirect. */
const REDIRECT_SECONDS = 300;

/** Undefined for requests that are not for objects. */
export function createObjectRoutes(deps: ObjectRouteDeps): (request: IncomingMessage) => Handler | undefined {
  return (request) => {
    const target = objectTarget(request);
    if (target === undefined) return undefined;
    return (_, response) => void answer(deps, target, request, response);
  };
}

async function answer(
  deps: ObjectRouteDeps,
  target: ObjectTarget | 'unreadable',
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = randomUUID();
  const started = performance.now();
  const controller = new AbortController();
  response.on('close', () => controller.abort(new Error('the client went away')));
  response.on('close', () => {
    const ms = Math.round((performance.now() - started) * 100) / 100;
    deps.log.info('object request', {
      id,
      method: request.method,
      path: request.url?.split('?', 1)[0],
      status: response.writableFinished ? response.statusCode : 499,
      ms,
    });
  });
  response.setHeader('x-request-id', id);
  request.resume();
  try {
    if (target === 'unreadable') throw new ObjectRouteError('InvalidURI', 'The path has a broken percent-encoding');
    const principal = deps.auth.authenticate(request, NOTHING);
    if (!principal.may('read', target.bucket)) {
      throw new ObjectRouteError('AccessDenied', `${principal.user} may not read the bucket '${target.bucket}'`);
    }
    if (target.key === undefined) await list(deps, target, request, response, controller.signal);
    else await send(deps, target.bucket, target.key, request, response, controller.signal);
  } catch (error) {
    fail(deps, error, id, target, request, response);
  }
}

async function list(
  { store }: ObjectRouteDeps,
  { bucket, query }: ObjectTarget,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (request.method === 'HEAD') {
    if (!(await store.bucketExists(bucket, signal)))
      throw new ObjectRouteError('NoSuchBucket', `There is no bucket '${bucket}'`);
    response.writeHead(200).end();
    return;
  }
  const options = listOptions(query);
  const listing = await store.list(bucket, options, signal);
  const xml = wantsXml(request, query);
  const body = xml ? listingXml(bucket, query, options, listing) : listingJson(bucket, options, listing);
  response.writeHead(200, { 'content-type': xml ? XML_TYPE : JSON_TYPE, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function send(
  deps: ObjectRouteDeps,
  bucket: string,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { store } = deps;
  const info = await store.head(bucket, key, signal);
  if (info === undefined) throw await notThere(store, bucket, key, signal);
  const headers = objectHeaders(info);
  const wanted = condition(request.headers, info);
  if (wanted === 'failed') throw new ObjectRouteError('PreconditionFailed', `The object '${key}' is another one`);
  if (wanted === 'notModified') {
    response.writeHead(304, { etag: headers.etag, 'last-modified': headers['last-modified'] }).end();
    return;
  }
  if (request.method === 'GET' && deps.config.objectsRedirect) {
    const location = await store.presign(bucket, key, REDIRECT_SECONDS);
    if (location !== undefined) {
      response.writeHead(307, { location, 'cache-control': 'no-store' }).end();
      return;
    }
  }
  const range = rangeOf(request.headers, info);
  if (range.kind === 'unsatisfiable') {
    throw new ObjectRouteError('InvalidRange', `The object has ${info.size} bytes`, {
      'content-range': `bytes */${info.size}`,
    });
  }
  if (request.method === 'HEAD') {
    begin(response, headers, info, range);
    response.end();
    return;
  }
  const body = await store.read(bucket, key, {
    ...(range.kind === 'part' ? { range: range.range } : {}),
    ifMatch: info.etag,
    signal,
  });
  await stream(body, response, () => begin(response, headers, info, range), signal);
}

function begin(response: ServerResponse, headers: Record<string, string>, info: ObjectInfo, range: RangeRequest): void {
  if (range.kind !== 'part') {
    response.writeHead(200, { ...headers, 'content-length': info.size });
    return;
  }
  const { start, end } = range.range;
  response.writeHead(206, {
    ...headers,
    'content-length': end - start + 1,
    'content-range': `bytes ${start}-${end}/${info.size}`,
  });
}

/** The head goes out with the first bytes, so that a store that fails at once is still answered with an error. */
async function stream(
  body: ObjectBody,
  response: ServerResponse,
  head: () => void,
  signal: AbortSignal,
): Promise<void> {
  const bytes = body.bytes[Symbol.asyncIterator]();
  const first = await bytes.next();
  head();
  async function* all(): AsyncGenerator<Buffer> {
    try {
      for (let piece = first; piece.done !== true; piece = await bytes.next()) yield piece.value;
    } finally {
      await bytes.return?.();
    }
  }
  await pipeline(Readable.from(all(), { objectMode: false }), response, { signal });
}

async function notThere(
  store: ObjectStore,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<ObjectRouteError> {
  return (await store.bucketExists(bucket, signal))
    ? new ObjectRouteError('NoSuchKey', `There is no object '${key}' in the bucket '${bucket}'`)
    : new ObjectRouteError('NoSuchBucket', `There is no bucket '${bucket}'`);
}

/** S3's own clients read errors as XML only. */
function wantsXml({ headers }: IncomingMessage, query: URLSearchParams): boolean {
  const accept = headers.accept ?? '';
  return (
    query.has('list-type') ||
    query.has('X-Amz-Signature') ||
    /^AWS4-/i.test(headers.authorization ?? '') ||
    (/\b(application|text)\/xml\b/.test(accept) && !/html|json/.test(accept))
  );
}

function fail(
  deps: ObjectRouteDeps,
  error: unknown,
  id: string,
  target: ObjectTarget | 'unreadable',
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (response.destroyed || response.writableFinished) {
    // Whatever ends when nobody is left to be answered is no fault of the server, nor of the store.
    deps.log.debug('work ended after its client', { id, error: String(error) });
    return;
  }
  const known = objectRouteError(error);
  const cause = error instanceof ObjectStoreError ? error.cause : known === undefined ? error : undefined;
  if (cause !== undefined || known === undefined) {
    deps.log.error('object request failed', {
      id,
      error: error instanceof Error ? error.stack : String(error),
      cause: String(cause),
    });
  }
  const { code, message, headers } =
    known ?? new ObjectRouteError('InternalError', 'An unexpected error occurred; the log has it');
  deps.metrics.error(code);
  if (response.headersSent) {
    // A clean end would pass off a part as the whole.
    breakOff(response);
    return;
  }
  const xml = wantsXml(request, target === 'unreadable' ? new URLSearchParams() : target.query);
  const body = xml ? errorXml(code, message, id) : JSON.stringify({ code, message, requestId: id });
  response.writeHead(OBJECT_ERRORS[code], {
    ...headers,
    'content-type': xml ? XML_TYPE : JSON_TYPE,
    'content-length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
