/** Writes the messages of a select answer at the client's pace. */
import type { ServerResponse } from 'node:http';
import type { SelectSink } from '../../select/frames/stream.ts';
import type { Outflow } from '../outflow.ts';

export function responseSink(
  response: ServerResponse,
  flow: Outflow,
  headers: Readonly<Record<string, string>>,
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
      const bytes = messages.length === 1 ? messages[0]! : Buffer.concat(messages);
      await flow.room(bytes.length);
      await flow.write(bytes);
    },
  };
}

const gone = (): Error => new Error('The client went away.');
