/** Finds a free TCP port on the loopback address. */
import { createServer } from 'node:net';
import { EmbeddedNodeError } from './error.ts';

/** First and last port that may be taken. */
export type PortRange = readonly [first: number, last: number];

/** Below 9300, where the engines' own transport ports begin. */
export const NODE_PORTS: PortRange = [9201, 9299];

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

export async function freePort([first, last]: PortRange): Promise<number> {
  for (let port = first; port <= last; port += 1) {
    if (await isFree(port)) return port;
  }
  throw new EmbeddedNodeError(
    `No free port between ${first} and ${last} for the embedded node: stop what uses them, or set OPENSEARCH_URL.`,
  );
}
