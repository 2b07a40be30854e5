/** Sends an answer: whole with its length when it is short, else streamed at the client's pace. */
import type { ServerResponse } from 'node:http';
import type { SqlAnswer } from './sql-service.ts';

/** An answer that is complete by now, without a wait for the cluster, goes out in one piece up to this size. */
const SHORT_BYTES = 256 * 1024;
const LATER = Symbol('later');

/** Throws what the body throws; whether anything was sent by then, `response.headersSent` tells. */
export async function sendAnswer(response: ServerResponse, answer: SqlAnswer, onFirstByte: () => void): Promise<void> {
  const chunks = answer.body[Symbol.asyncIterator]();
  try {
    await send(response, answer, chunks, onFirstByte);
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
  onFirstByte: () => void,
): Promise<void> {
  const ready: Buffer[] = [];
  let size = 0;
  let pending = next(chunks);
  while (size <= SHORT_BYTES) {
    const step = ready.length === 0 ? await pending : await Promise.race([pending, endOfTurn()]);
    if (step === LATER) break;
    if (step.done === true) {
      onFirstByte();
      const body = Buffer.concat(ready);
      const headers = { ...answer.headers, ...answer.trailers?.() };
      response.writeHead(200, { ...headers, 'content-type': answer.contentType, 'content-length': body.length });
      response.end(body);
      return;
    }
    const bytes = Buffer.from(step.value as string);
    ready.push(bytes);
    size += bytes.length;
    pending = next(chunks);
  }
  onFirstByte();
  const trailing = answer.trailers === undefined ? {} : { trailer: 'X-SQL-Truncated' };
  response.writeHead(200, { ...answer.headers, 'content-type': answer.contentType, ...trailing });
  for (const bytes of ready) await write(response, bytes);
  ready.length = 0;
  for (let step = await pending; step.done !== true; step = await next(chunks)) {
    await write(response, step.value);
  }
  if (answer.trailers !== undefined) response.addTrailers(answer.trailers());
  response.end();
}

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

function write(response: ServerResponse, bytes: string | Buffer): Promise<void> | undefined {
  if (response.destroyed) throw new Error('the connection is closed');
  if (response.write(bytes)) return undefined;
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      response.off('drain', settle).off('close', settle);
      if (response.destroyed && !response.writableFinished) reject(new Error('the connection is closed'));
      else resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}
