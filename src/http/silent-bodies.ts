/** Ends requests whose bodies have stopped coming. How long a body takes in all has no limit: a long `_bulk` upload goes on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { JSON_TYPE } from './render-error.ts';

interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  read: number;
  movedAt: number;
}

const LONGEST_TICK = 5_000;
const SHORTEST_TICK = 20;

/** Watches a request until its body is there. `limit`: milliseconds of silence; 0 for no limit. */
export function createBodyWatch(limit: number): (request: IncomingMessage, response: ServerResponse) => void {
  if (limit === 0) return () => undefined;
  const coming = new Set<Incoming>();
  const tick = Math.max(SHORTEST_TICK, Math.min(LONGEST_TICK, limit / 4));
  let ticking: NodeJS.Timeout | undefined;

  function look(): void {
    const now = performance.now();
    for (const one of coming) {
      if (isOver(one)) coming.delete(one);
      else if (silence(one, now) >= limit) {
        coming.delete(one);
        end(one, limit);
      }
    }
    if (coming.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  }

  return (request, response) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding === undefined && (length === undefined || length === '0')) return;
    coming.add({ request, response, read: request.socket.bytesRead, movedAt: performance.now() });
    ticking ??= setInterval(look, tick).unref();
  };
}

/** An answer that came early does not end it: the connection is held by what is still to come. */
const isOver = ({ request }: Incoming): boolean => request.complete || request.destroyed;

function silence(one: Incoming, now: number): number {
  const { socket, readableLength } = one.request;
  // What lies here unread is not the client's silence: the cluster is slow to take it.
  if (socket.bytesRead !== one.read || readableLength > 0) one.movedAt = now;
  one.read = socket.bytesRead;
  return now - one.movedAt;
}

function end({ request, response }: Incoming, limit: number): void {
  if (response.headersSent) {
    request.destroy();
    return;
  }
  const error = {
    reason: 'The request is not complete',
    details: `Nothing of its body came for ${limit / 1000} seconds (BODY_STALL_TIMEOUT).`,
    type: 'RequestTimeoutException',
  };
  const body = JSON.stringify({ error, status: 408 }, null, 2);
  const headers = { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body), connection: 'close' };
  response.writeHead(408, headers);
  // Whoever reads the body hears that there is no more of it.
  response.end(body, () => request.destroy());
}
