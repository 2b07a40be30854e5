/** Real server processes for fault tests: started, killed and started again over the same data, with a client of their job routes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardProcess } from '../../src/node/guard.ts';

export type Env = Readonly<Record<string, string>>;

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** The records that it has logged so far. */
  readonly log: readonly LogRecord[];
  /** Nothing that it holds is given back. */
  kill(): Promise<void>;
  /** As an operator stops it; answers its exit code. */
  stop(): Promise<number | null>;
}

export interface LogRecord {
  readonly message: string;
  readonly [key: string]: unknown;
}

const START_LIMIT = 60_000;

/** `env` must name the cluster and the data folder; the port is a free one. */
export async function startServerProcess(env: Env): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: LogRecord[] = [];
  const said: string[] = [];
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => resolve(code));
  });
  const url = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) log.push(JSON.parse(line) as LogRecord);
      else said.push(line);
      const found = /^health +(http\S+)\/_proxy\/health$/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.stderr.on('data', (data) => said.push(String(data)));
    void ended.then((code) => reject(new Error(`the server ended with ${code}:\n${said.join('\n')}`)));
  });
  const guard = guardProcess(child.pid!);
  void ended.then(() => guard.dismiss());
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  // What it said then tells why.
  const limit = setTimeout(() => void end('SIGKILL'), START_LIMIT);
  try {
    await url;
  } finally {
    clearTimeout(limit);
  }
  return {
    url: await url,
    pid: (child as ChildProcess & { pid: number }).pid,
    log,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

export type Told = Readonly<Record<string, unknown>> & { readonly status?: string; readonly job_id?: string };

export interface JobsClient {
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: Told }>;
  submit(sql: string, more?: object): Promise<string>;
  export(source: string, body: object): Promise<string>;
  status(id: string): Promise<Told>;
  /** Waits until the job has ended, and answers its status. */
  end(id: string, limit?: number): Promise<Told>;
}

/** `url` is asked anew each time: servers come and go. */
export function jobsClient(url: () => string, project = 'faults'): JobsClient {
  const client: JobsClient = {
    async call(method, path, body) {
      const response = await fetch(`${url()}/v1.0/${project}/jobs${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Told };
    },
    async submit(sql, more = {}) {
      return idOf(await client.call('POST', '/submit-job', { sql, ...more }));
    },
    async export(source, body) {
      return idOf(await client.call('POST', `/${source}/export-result`, body));
    },
    async status(id) {
      const { status, body } = await client.call('GET', `/${id}/status`);
      if (status !== 200) throw new Error(`status ${status}: ${JSON.stringify(body)}`);
      return body;
    },
    async end(id, limit = 60_000) {
      for (const until = Date.now() + limit; ; await sleep(100)) {
        const told = await client.status(id);
        if (['FINISHED', 'FAILED', 'CANCELLED'].includes(String(told.status))) return told;
        if (Date.now() > until) throw new Error(`job ${id} has not ended: ${JSON.stringify(told)}`);
      }
    },
  };
  return client;
}

function idOf({ status, body }: { readonly status: number; readonly body: Told }): string {
  if (status !== 200 || body.job_id === undefined) throw new Error(`status ${status}: ${JSON.stringify(body)}`);
  return body.job_id;
}
