/** Ends an answer that has begun and cannot be made whole, so that no client takes it for a whole one. */
import type { ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';

export function breakOff(response: ServerResponse): void {
  const { socket, req: request } = response;
  // HTTP/1.0, which some gateways speak, has no chunks: there the end of the connection is the end of the answer, unless it is reset.
  const endsByClosing = request.httpVersionMinor === 0;
  if (endsByClosing && socket !== null && !(socket instanceof TLSSocket)) socket.resetAndDestroy();
  else response.destroy();
}
