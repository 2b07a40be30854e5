/** Stands before an S3 server and fails as told: overload answers, broken connections, slowness, silence. */
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoreFault {
  /** Every nth request fails. */
  readonly every: number;
  /** Requests that are answered before the first one fails. */
  readonly after?: number;
  /** Uploads that are completed before the first one fails. */
  readonly afterPublished?: number;
  /** Of the form `METHOD target`; others never fail. */
  readonly only?: RegExp;
  readonly status?: number;
  /** Of the error in the answer with that status; that of an overload where it is not set. */
  readonly code?: string;
  /** Requests are taken and never answered. */
  readonly hang?: boolean;
  readonly reset?: boolean;
  /** Milliseconds before the request goes on. */
  readonly delay?: number;
}

export interface FaultyStore {
  readonly url: string;
  faults(): number;
  /** From now on nothing fails. */
  heal(): void;
  stop(): Promise<void>;
}

export async function startFaultyStore(target: string, fault: StoreFault): Promise<FaultyStore> {
  let requests = 0;
  let published = 0;
  let faults = 0;
  let healed = false;
  const server = createServer((incoming, outgoing) => {
    const meant = fault.only?.test(`${incoming.method} ${incoming.url}`) ?? true;
    const n = meant ? ++requests : 0;
    const begins = n > (fault.after ?? 0) && published >= (fault.afterPublished ?? 0);
    const faulty = !healed && meant && begins && n % fault.every === 0;
    if (incoming.method === 'POST' && incoming.url?.includes('uploadId=')) published++;
    if (faulty) faults++;
    if (faulty && fault.reset) {
      incoming.socket.destroy();
      return;
    }
    if (faulty && fault.hang) {
      incoming.resume();
      return;
    }
    if (faulty && fault.status !== undefined) {
      incoming.resume();
      outgoing.writeHead(fault.status, { 'content-type': 'application/xml' });
      const code = fault.code ?? 'SlowDown';
      outgoing.end(`<Error><Code>${code}</Code><Message>The answer of a faulty store.</Message></Error>`);
      return;
    }
    const pass = (): void => {
      const { host, port } = new URL(target);
      // The signature is of the host that the client named.
      const onward = forward(
        { host: host.split(':')[0], port, method: incoming.method, path: incoming.url, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    };
    if (faulty && fault.delay !== undefined) setTimeout(pass, fault.delay);
    else pass();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: () => faults,
    heal() {
      healed = true;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
