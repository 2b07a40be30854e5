/** Finds a free TCP port on the loopback address. */
import { connect } from 'node:net';
import { EmbeddedNodeError } from './error.ts';

/** First and last port that may be taken. */
export type PortRange = readonly [first: number, last: number];

/** On the loopback address a port that is not free answers at once, unless its program is stuck. */
const ANSWER_MILLISECONDS = 1_000;

/** Below 9300, where the engines' own transport ports begin. */
export const NODE_PORTS: PortRange = [9201, 9299];

/** Asked by connecting: to listen there, only to see, would take the port from a node that is just starting. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const tell = (free: boolean): void => {
      socket.destroy();
      resolve(free);
    };
    socket.setTimeout(ANSWER_MILLISECONDS, () => tell(false));
    socket.once('connect', () => tell(false));
    socket.once('error', (error: NodeJS.ErrnoException) => tell(error.code === 'ECONNREFUSED'));
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
