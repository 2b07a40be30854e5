/** Sends an answer: whole with its length when it is short, else streamed at the client's pace. */
import type { ServerResponse } from 'node:http';
import type { SqlAnswer } from '../../contract/sql-service.ts';
import { endText } from '../end-text.ts';
import type { Outflow } from '../outflow.ts';
import type { OpenContext } from '../request-context.ts';

type AnswerContext = Pick<OpenContext, 'answering' | 'orAborted'>;

/** An answer that is complete by now, without a wait for the cluster, goes out in one piece up to this size. */
const SHORT_BYTES = 256 * 1024;
const LATER = Symbol('later');

/** Throws what the body throws; whether anything was sent by then, `response.headersSent` tells. */
export async function sendAnswer(
  response: ServerResponse,
  answer: SqlAnswer,
  flow: Outflow,
  context: AnswerContext,
): Promise<void> {
  const chunks = answer.body[Symbol.asyncIterator]();
  try {
    await send(response, answer, chunks, flow, context);
  } catch (error) {
    // Whoever makes the body lets go of what it holds: points in time, spools.
    await chunks.return?.().catch(() => undefined);
    throw error;
  }
}

async function send(
  response: ServerResponse,
  answer: SqlAnswer,
  chunks: AsyncIterator<string | Buffer>,
  flow: Outflow,
  context: AnswerContext,
): Promise<void> {
  const ready: (string | Buffer)[] = [];
  let size = 0;
  let pending: ReturnType<typeof next> | undefined = next(chunks);
  while (pending !== undefined) {
    const step: IteratorResult<string | Buffer> | typeof LATER =
      ready.length === 0 ? await pending : await Promise.race([pending, endOfTurn()]);
    if (step === LATER) break;
    if (step.done === true) {
      context.answering();
      // Text goes out together with the headers, in one write.
      const body = ready.length === 1 ? ready[0]! : Buffer.concat(ready.map(bytesOf));
      response.writeHead(200, {
        ...answer.headers,
        ...answer.facts?.(),
        'content-type': answer.contentType,
        'content-length': size,
      });
      if (typeof body === 'string') endText(response, body);
      else response.end(body);
      return;
    }
    ready.push(step.value);
    size += Buffer.byteLength(step.value);
    // Beyond it, nothing more is made before the client takes this.
    pending = size <= SHORT_BYTES ? next(chunks) : undefined;
  }
  const waiting = flow.room(size);
  // Before the first byte, so that the time limit of the query still holds.
  if (waiting !== undefined) await context.orAborted(waiting);
  context.answering();
  const known = answer.facts?.() ?? {};
  const later = answer.pending?.() ?? [];
  const announced = later.length === 0 ? {} : { trailer: later.join(', ') };
  response.writeHead(200, { ...answer.headers, ...known, 'content-type': answer.contentType, ...announced });
  for (const bytes of ready) await flow.write(bytes);
  ready.length = 0;
  for (let step = await (pending ?? next(chunks)); step.done !== true; step = await next(chunks)) {
    await flow.write(step.value);
    await flow.room();
  }
  const found = Object.entries(answer.facts?.() ?? {}).filter(([name, value]) => known[name] !== value);
  if (found.length > 0) response.addTrailers(found);
  response.end();
}

const bytesOf = (chunk: string | Buffer): Buffer => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk);

function next(chunks: AsyncIterator<string | Buffer>): Promise<IteratorResult<string | Buffer>> {
  const step = chunks.next();
  // It is always awaited, but perhaps only after a write that takes a while.
  step.catch(() => undefined);
  return step;
}

function endOfTurn(): Promise<typeof LATER> {
  return new Promise((resolve) => {
    setImmediate(() => resolve(LATER));
  });
}
