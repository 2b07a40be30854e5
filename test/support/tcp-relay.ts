/** A fixed address in front of a node that goes and comes back elsewhere. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpRelay {
  readonly url: string;
  /** Connections go there from now on; undefined: they are refused. Those that are open break. */
  target(url: string | undefined): void;
  close(): Promise<void>;
}

export async function startTcpRelay(url: string): Promise<TcpRelay> {
  let to: URL | undefined = new URL(url);
  const open = new Set<Socket>();
  const server = createServer((client) => {
    if (to === undefined) {
      client.destroy();
      return;
    }
    const node = connect(Number(to.port), to.hostname);
    for (const [one, other] of [
      [client, node],
      [node, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const breakAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    target(next) {
      to = next === undefined ? undefined : new URL(next);
      breakAll();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        breakAll();
      }),
  };
}
