/** Stands before a real node as its security plugin would: knows users by Basic credentials, and says who somebody is. */
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SecurityFront {
  readonly url: string;
  /** By name; changed while it runs, as an administrator does. */
  readonly users: Map<string, string>;
  /** Targets asked for, refused ones too. */
  readonly asked: string[];
  close(): Promise<void>;
}

export const basicOf = (user: string, password = `${user}-secret`): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

export type Kind = 'opensearch' | 'elasticsearch' | 'nameless';

const IDENTITY: Readonly<Record<Kind, (path: string, user: string) => object | undefined>> = {
  opensearch: (path, user) =>
    path === '/_plugins/_security/authinfo' ? { user: `User [name=${user}]`, user_name: user } : undefined,
  elasticsearch: (path, username) =>
    path === '/_security/_authenticate'
      ? { username, roles: [], authentication_realm: { name: 'native1', type: 'native' }, authentication_type: 'realm' }
      : undefined,
  /** A gateway that checks credentials of users that the cluster does not know. */
  nameless: () => undefined,
};

export async function startSecurityFront(node: string, kind: Kind = 'opensearch'): Promise<SecurityFront> {
  const users = new Map<string, string>();
  const asked: string[] = [];

  function userOf({ headers }: IncomingMessage): string | undefined {
    const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
    const [name = '', password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    return password !== undefined && users.get(name) === password ? name : undefined;
  }

  const server = createServer((incoming, response) => {
    const { url = '/', method, headers } = incoming;
    asked.push(`${method} ${url}`);
    const user = userOf(incoming);
    const say = (status: number, body: object, more = {}): void =>
      void response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(body));
    if (user === undefined) {
      incoming.resume();
      return say(401, { error: 'Unauthorized', status: 401 }, { 'www-authenticate': 'Basic realm="test"' });
    }
    const identity = IDENTITY[kind](url.split('?', 1)[0]!, user);
    if (identity !== undefined) {
      incoming.resume();
      return say(200, identity);
    }
    const { authorization: _, host: __, ...rest } = headers;
    const target = new URL(node);
    const on = httpRequest({ host: target.hostname, port: target.port, method, path: url, headers: rest }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    on.on('error', () => response.destroy());
    incoming.pipe(on);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    users,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
