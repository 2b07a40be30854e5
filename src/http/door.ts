/** What every request passes first: its host and origin are looked at, and what strangers claim about addresses is taken away. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Log } from '../log.ts';
import type { BrowserGuard, Refusal } from './browser-guard.ts';
import type { Forwarding } from './forwarded.ts';
import type { Handler } from './passthrough.ts';
import { JSON_TYPE } from './render-error.ts';

interface DoorParts {
  readonly guard: BrowserGuard;
  readonly forwarding: Forwarding;
  readonly inside: RequestListener;
  /** So that the metrics show refusals. */
  readonly counted: (handler: Handler) => Handler;
  readonly log: Log;
}

export function createDoor({ guard, forwarding, inside, counted, log }: DoorParts): RequestListener {
  return (request, response) => {
    const refusal = guard(request);
    if (refusal === undefined) {
      forwarding(request);
      inside(request, response);
      return;
    }
    counted(() => refuse(request, response, refusal))(request, response);
    const { method, url = '/' } = request;
    const { status, details } = refusal;
    log.info('request refused', { method, path: url.split('?', 1)[0], status, why: details });
  };
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, ...error }: Refusal): void {
  const { reason, details, type } = error;
  const body = JSON.stringify({ error: { reason, details, type }, status }, null, 2);
  request.resume();
  response.writeHead(status, {
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(body),
    // A body that nobody wants need not be read to its end.
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(body);
}
