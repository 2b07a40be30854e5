/** Stands before a node and fails as told, in the ways in which clusters and the gateways before them do. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ClusterFault =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  /** Of the node's own answer: a part of the bytes it has told of, or a part that says that it is the whole. */
  | 'cut'
  | 'half'
  | 'reset';

export interface FaultRule {
  readonly fault: ClusterFault;
  /** Of paths; all by default. */
  readonly paths?: RegExp;
  /** Requests for such paths that are answered before the first one fails. */
  readonly after?: number;
}

export interface FaultyCluster {
  readonly url: string;
  /** From now on; undefined: nothing fails. */
  set(rule: FaultRule | undefined): void;
  /** Requests that have failed since. */
  failed(): number;
  close(): Promise<void>;
}

const error = (type: string, reason: string, status: number): string =>
  JSON.stringify({ error: { root_cause: [{ type, reason }], type, reason }, status });
const json = { 'content-type': 'application/json' };

export const CLUSTER_FAULTS = {
  'is overloaded': {
    status: 429,
    body: error('rejected_execution_exception', 'the queue is full', 429),
    headers: { ...json, 'retry-after': '7' },
  },
  'forbids it': { status: 403, body: error('security_exception', 'no permissions', 403), headers: json },
  'is not ready': { status: 503, body: error('cluster_block_exception', 'blocked', 503), headers: json },
  'has a fault': { status: 500, body: error('null_pointer_exception', 'it is null', 500), headers: json },
  'is behind a gateway that has lost it': {
    status: 502,
    body: '<html><title>502</title><body>Bad Gateway</body></html>',
    headers: { 'content-type': 'text/html' },
  },
  'is behind a gateway that asks for a login': {
    status: 200,
    body: '<html><body>Please log in</body></html>',
    headers: { 'content-type': 'text/html' },
  },
  'breaks off its answer': 'cut',
  'gives a part of its answer': 'half',
  'closes the connection': 'reset',
} as const satisfies Readonly<Record<string, ClusterFault>>;

export type FaultName = keyof typeof CLUSTER_FAULTS;

export async function startFaultyCluster(target: string): Promise<FaultyCluster> {
  let rule: FaultRule | undefined;
  let seen = 0;
  let failed = 0;
  const { hostname: host, port } = new URL(target);

  function faultOf({ url = '/' }: IncomingMessage): ClusterFault | undefined {
    if (rule === undefined || rule.paths?.test(url) === false) return undefined;
    if (seen++ < (rule.after ?? 0)) return undefined;
    failed++;
    return rule.fault;
  }

  const server = createServer((incoming, outgoing) => {
    const fault = faultOf(incoming);
    if (fault === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (typeof fault === 'object') {
      incoming.resume().on('end', () => void outgoing.writeHead(fault.status, fault.headers).end(fault.body));
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = forward({ host, port, method, path, headers }, (answer) => {
      if (fault === undefined) {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      } else void spoil(fault, answer, outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(next) {
      rule = next;
      seen = 0;
      failed = 0;
    },
    failed: () => failed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function spoil(fault: 'cut' | 'half', answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks);
  const part = whole.subarray(0, Math.floor(whole.length / 2));
  const length = fault === 'half' ? part.length : whole.length;
  outgoing.writeHead(answer.statusCode ?? 502, { ...json, 'content-length': length });
  outgoing.write(part, () => {
    if (fault === 'half') outgoing.end();
    else outgoing.destroy();
  });
}
