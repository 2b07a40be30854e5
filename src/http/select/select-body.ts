/** Reads the body of a select request as bytes: never more of it than allowed, nor for longer. */
import type { IncomingMessage } from 'node:http';
import { SelectError } from '../../select/errors.ts';

/** The body as sent: signatures are over its bytes. */
export function readSelectBody(request: IncomingMessage, limit: number, milliseconds: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      settle(() => reject(new SelectError('RequestTimeout', `The body was not there after ${milliseconds / 1000} s.`)));
    }, milliseconds);
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) settle(() => reject(tooLarge(limit)));
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks, size)));
    const onGone = (): void => settle(() => reject(new Error('The client went away while it was sending.')));
    function settle(act: () => void): void {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      request.pause();
      act();
    }
    if (Number(request.headers['content-length'] ?? 0) > limit) return settle(() => reject(tooLarge(limit)));
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

const tooLarge = (limit: number): SelectError =>
  new SelectError('EntityTooLarge', `The body of the request may have ${limit} bytes.`);
