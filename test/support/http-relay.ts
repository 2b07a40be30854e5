/** Stands between the server and its node: hands every request on and keeps what was asked; some it may answer itself. */
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Relayed {
  readonly method: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpRelay {
  readonly url: string;
  /** What came since the last call of `clear`. */
  readonly seen: readonly Relayed[];
  clear(): void;
  close(): void;
}

/** `answered`: the JSON to answer with in the node's place. */
export async function startHttpRelay(
  upstream: string,
  answered: (request: Relayed) => unknown = () => undefined,
): Promise<HttpRelay> {
  const seen: Relayed[] = [];
  const { hostname, port } = new URL(upstream);
  const server = createServer((incoming, outgoing) => {
    const sent: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => sent.push(chunk));
    incoming.on('end', () => {
      const { method = 'GET', url: path = '/', headers } = incoming;
      const { pathname, searchParams } = new URL(path, upstream);
      const body = Buffer.concat(sent);
      const request = {
        method,
        path: decodeURIComponent(pathname),
        parameters: Object.fromEntries(searchParams),
        body: body.toString('utf8'),
      };
      seen.push(request);
      const own = answered(request);
      if (own !== undefined) {
        outgoing.writeHead(200, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify(own));
        return;
      }
      const onward = forward({ host: hostname, port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    clear: () => void seen.splice(0),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
