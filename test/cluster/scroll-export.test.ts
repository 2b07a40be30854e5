/** Exports from clusters without a usable point in time: read by sliced scrolls, of which no page can be asked for again. */
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { control, exportJob, exportRequest } from '../support/export-jobs.ts';
import { Checksum, call, loadNasty, openContexts, type RunningJobs, startJobs, textOf } from './export-kit.ts';

const ROWS = 6_000;
const index = uniqueName('scrolled');
const both = `${index}-a,${index}-b`;

/** The node, calling itself an engine without points in time; the scroll pages with the given numbers are lost on their way back. */
class OldCluster {
  readonly #server: Server;
  readonly lost = new Set<number>();
  pages = 0;
  slices = 0;

  constructor() {
    this.#server = createServer((incoming, outgoing) => {
      if (incoming.url === '/') {
        outgoing.setHeader('content-type', 'application/json');
        outgoing.end(JSON.stringify({ version: { number: '7.10.2', build_flavor: 'oss' } }));
        return;
      }
      const page = incoming.url === '/_search/scroll' && incoming.method === 'POST' ? ++this.pages : 0;
      const { hostname, port } = new URL(getEngine().url);
      const { method, url: path, headers } = incoming;
      const onward = forward({ host: hostname, port, method, path, headers }, (answer) => {
        if (this.lost.delete(page)) {
          answer.resume();
          answer.on('end', () => incoming.socket.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      const sent: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => sent.push(chunk));
      incoming.on('end', () => {
        const body = Buffer.concat(sent);
        if (body.includes('"slice"')) this.slices++;
        onward.end(body);
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const cluster = new OldCluster();
let jobs: RunningJobs;
beforeAll(async () => {
  for (const name of both.split(',')) await loadNasty(name, ROWS);
  jobs = await startJobs({ JOB_REREAD_ROWS: '1000', PAGE_ROWS: '400', EXPORT_SLICES: '2' }, await cluster.start());
}, 120_000);
afterAll(async () => {
  await jobs?.stop();
  cluster.stop();
  for (const name of both.split(',')) await call('DELETE', `/${name}`);
});

/** Each id so many times with its text. */
function expected(times: number): string {
  const sum = new Checksum();
  for (let id = 0; id < ROWS; id++) for (let i = 0; i < times; i++) sum.add(id, textOf(id));
  return String(sum);
}

async function exported(sql: string, more: object = {}): Promise<string> {
  const source = await jobs.query(sql);
  expect(source.result!.place.kind).toBe('cluster');
  const request = exportRequest({ dataType: 'json', ...more, folder: uniqueName('folder') });
  const { files } = await jobs.runner.runExport(exportJob(request), source, control());
  const sum = new Checksum();
  for (const { key } of files) {
    const { bytes } = await jobs.store.read(request.bucket, key);
    const chunks: Buffer[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    for (const line of Buffer.concat(chunks).toString().split('\n').slice(0, -1)) {
      const { id, t } = JSON.parse(line) as { readonly id: number; readonly t: string };
      sum.add(id, t);
    }
  }
  expect(await openContexts(both)).toBe(0);
  return String(sum);
}

it.each([
  [`${index}-a`, 1],
  [both.replace(',', '`,`'), 2],
] as const)('of %s have each row once, from slices side by side', async (from, times) => {
  cluster.slices = 0;
  expect(await exported(`SELECT id, t FROM \`${from}\``)).toBe(expected(times));
  expect(cluster.slices).toBe(2);
});

it('begin again when a page was lost, and still have each row once', async () => {
  cluster.slices = 0;
  for (const page of [3, 9]) cluster.lost.add(cluster.pages + page);
  expect(await exported(`SELECT id, t FROM ${index}-a`)).toBe(expected(1));
  expect([...cluster.lost]).toEqual([]);
  expect(cluster.slices).toBeGreaterThanOrEqual(6);
});

it('that want a part of the rows leave no scroll open', async () => {
  const sum = await exported(`SELECT id, t FROM ${index}-a`, { limitNum: 700 });
  expect(sum.startsWith('700 ')).toBe(true);
});
