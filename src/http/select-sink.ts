/** Writes the messages of a select answer at the client's pace, and gives up on a client that takes nothing for too long. */
import type { ServerResponse } from 'node:http';
import type { SelectSink } from '../select/stream.ts';

export function responseSink(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  /** Milliseconds; 0 for no limit. */
  longestStall: number,
): SelectSink {
  function head(): void {
    // Not JSON: @baiducloud/sdk would try to parse it (bos-select 4).
    if (!response.headersSent) response.writeHead(200, { ...headers, 'content-type': 'application/octet-stream' });
  }
  return {
    start() {
      if (response.destroyed) return;
      head();
      response.flushHeaders();
    },
    async write(messages) {
      if (response.destroyed) throw gone();
      if (messages.length === 0) return;
      head();
      let room = true;
      response.cork();
      for (const message of messages) room = response.write(message);
      response.uncork();
      if (!room) await drained(response, longestStall);
    },
  };
}

function drained(response: ServerResponse, longestStall: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = longestStall === 0 ? undefined : setTimeout(() => response.destroy(), longestStall);
    const settle = (): void => {
      clearTimeout(timer);
      response.off('drain', settle).off('close', settle);
      if (response.destroyed) reject(gone());
      else resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}

const gone = (): Error => new Error('The client went away.');
