/** Runs exports in a process of its own, from the compiled server, when its parent says so. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

const root = new URL('../../dist/src/', import.meta.url);
const load = (path) => import(new URL(path, root).href);
const [{ loadConfig }, { createPools }, { createCluster }, { createMappingCache }, { createMetrics }, { createLog }] =
  await Promise.all(
    ['config.js', 'cluster/pool.js', 'cluster/cluster.js', 'cluster/mapping-cache.js', 'metrics.js', 'log.js'].map(
      load,
    ),
  );
const [{ createSqlService }, { createJobRunner }, { openStore }, { limitHeapGrowth }] = await Promise.all(
  ['execute/service.js', 'jobs/runner.js', 'objects/open-store.js', 'heap-growth.js'].map(load),
);
limitHeapGrowth();

const config = loadConfig({ ...process.env, JOB_REREAD_ROWS: '1' });
const pools = createPools(config);
const metrics = createMetrics();
const cluster = createCluster(config, pools, metrics);
const mappings = createMappingCache(config, cluster);
const service = createSqlService({ config, cluster, mappings, metrics, log: createLog('silent') });
const store = await openStore(config);
const runner = createJobRunner({ config, service, store, metrics });

const base = {
  project: 'bench',
  owner: 'bench',
  keyId: undefined,
  rawIdentity: false,
  queue: 'default',
  tags: [],
  conf: [],
  status: 'RUNNING',
  message: '',
  progress: { rows: 0, bytes: 0 },
  attempts: 1,
};
const control = {
  identity: {},
  signal: new AbortController().signal,
  progress: () => undefined,
  journal: async () => undefined,
};
const peak = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;

async function run({ sql, request }) {
  const query = { ...base, id: randomUUID(), type: 'QUERY', statement: sql, submitted: Date.now() };
  const source = { ...query, result: await runner.runQuery(query, control) };
  const job = {
    ...base,
    id: randomUUID(),
    type: 'EXPORT',
    statement: sql,
    submitted: Date.now(),
    source: query.id,
    request,
  };
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const { rows, bytes } = await runner.runExport(job, source, control);
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  await runner.discard(source);
  await rm(join(config.dataDir, 'objects', request.bucket), { recursive: true, force: true });
  return { rows, bytes, milliseconds, peak: peak(), cpu: (user + system) / 1_000 };
}

process.on('message', (message) => {
  run(message).then(
    (result) => process.send(result),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});
process.send({ ready: true });
