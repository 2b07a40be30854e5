/** The runner of jobs over the real node in the test's process, and an index of the nastiest cells. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCluster } from '../../src/cluster/cluster.ts';
import { createMappingCache } from '../../src/cluster/mapping-cache.ts';
import { createPools } from '../../src/cluster/pool.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { JobRunner, QueryJob } from '../../src/jobs/domain/model.ts';
import { createJobRunner } from '../../src/jobs/schedule/runner.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openStore } from '../../src/objects/open-store.ts';
import type { ObjectStore } from '../../src/objects/store.ts';
import { createSqlService } from '../../src/run/service.ts';
import { getEngine } from '../support/engine.ts';
import { control, NASTY, queryJob } from '../support/export-jobs.ts';

export interface RunningJobs {
  readonly config: Config;
  readonly runner: JobRunner;
  readonly store: ObjectStore;
  /** Runs a statement to its end. */
  query(sql: string): Promise<QueryJob>;
  stop(): Promise<void>;
}

export async function startJobs(
  env: Readonly<Record<string, string>> = {},
  url: string = getEngine().url,
): Promise<RunningJobs> {
  const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
  const config = loadConfig({ DATA_DIR: folder, OPENSEARCH_URL: url, STORAGE_URL: `file:${folder}/objects`, ...env });
  const pools = createPools(config);
  const metrics = createMetrics();
  const cluster = createCluster(config, pools, metrics);
  const mappings = createMappingCache(config, cluster);
  const service = createSqlService({ config, cluster, mappings, metrics, log: createLog('silent') });
  const store = await openStore(config);
  const runner = createJobRunner({ config, service, store, metrics });
  return {
    config,
    runner,
    store,
    async query(sql) {
      const job = queryJob(sql);
      return { ...job, result: await runner.runQuery(job, control()) };
    },
    async stop() {
      await store.close();
      await pools.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function call(
  method: string,
  path: string,
  body?: string | object,
  url = getEngine().url,
): Promise<string> {
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status >= 300) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
  return text;
}

export const COLUMNS = ['id', 't', 'k', 'l', 'd', 'b', 'at', 'tags', 'o', 'n'] as const;

/** Readers of csv drop or refuse these two; parquet and JSON keep them. */
const TEXTS = NASTY.filter((text) => text !== '\ud800' && text.length < 1_000);

/** The text of a row: any of the nasty ones, and some that are made of several. */
export function textOf(id: number): string {
  const first = TEXTS[id % TEXTS.length]!;
  return id % 3 === 0
    ? `${first}${id}`
    : id % 3 === 1
      ? `${id}${first}`
      : `${first}${TEXTS[(id * 7) % TEXTS.length]}${id}`;
}

export async function loadNasty(index: string, rows: number, shards = 3, url = getEngine().url): Promise<void> {
  await call(
    'PUT',
    `/${index}`,
    {
      settings: { number_of_shards: shards, number_of_replicas: 0, refresh_interval: '-1' },
      mappings: {
        properties: {
          id: { type: 'long' },
          t: { type: 'text' },
          k: { type: 'keyword', ignore_above: 8191 },
          l: { type: 'long' },
          d: { type: 'double' },
          b: { type: 'boolean' },
          at: { type: 'date' },
          tags: { type: 'keyword' },
          o: { properties: { a: { type: 'keyword' } } },
          n: { type: 'keyword' },
        },
      },
    },
    url,
  );
  for (let next = 0; next < rows; ) {
    const lines: string[] = [];
    for (const end = Math.min(next + 10_000, rows); next < end; next++) {
      const t = textOf(next);
      const source = {
        id: next,
        t,
        k: t,
        l: next * 1_000_003,
        d: next / 8,
        b: next % 2 === 0,
        at: new Date(1_700_000_000_000 + next * 1_001).toISOString(),
        tags: next % 5 === 0 ? ['x', 'a,b', `"${next}"`] : 'one',
        o: { a: t },
        n: next % 4 === 0 ? null : 'there',
      };
      lines.push('{"index":{}}', JSON.stringify(source));
    }
    const answer = await call('POST', `/${index}/_bulk?filter_path=errors`, `${lines.join('\n')}\n`, url);
    if (answer.includes('true')) throw new Error(`bulk: ${answer.slice(0, 300)}`);
  }
  await call('POST', `/${index}/_refresh`, undefined, url);
}

/** Of rows in any order: each id and its text, summed. Readers in other languages make the same. */
export class Checksum {
  rows = 0;
  #sum = 0n;

  add(id: number, text: string): void {
    this.addDigest(createHash('sha256').update(`${id}|${text}`).digest('hex'));
  }

  addDigest(digest: string): void {
    this.rows++;
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) & ((1n << 256n) - 1n);
  }

  toString(): string {
    return `${this.rows} ${this.#sum.toString(16)}`;
  }
}

export function expectedChecksum(rows: number): string {
  const sum = new Checksum();
  for (let id = 0; id < rows; id++) sum.add(id, textOf(id));
  return String(sum);
}

/** Points in time and scrolls that are open on an index; other suites have theirs on the same node. */
export async function openContexts(index = '_all', url = getEngine().url): Promise<number> {
  const { indices } = JSON.parse(await call('GET', `/${index}/_stats/search`, undefined, url)) as {
    indices: Record<string, { total: { search: { open_contexts: number } } }>;
  };
  return Object.values(indices).reduce((sum, { total }) => sum + total.search.open_contexts, 0);
}
