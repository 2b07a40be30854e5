/**
 * `npm run bench:export`: rows a second of an export over a plain drain of the same index that parses its pages, and over
 * elasticdump, in turn, against one node. Settings: OPENSEARCH_URL (default: a node of its own), BENCH_DOCUMENTS, BENCH_ROUNDS,
 * BENCH_SHARDS, BENCH_INDEX, BENCH_ELASTICDUMP=false, BENCH_CPU_PROFILE (a folder). `--quick` is a smoke run.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { startEngine } from '../support/start-engine.ts';
import { COLUMNS, loadBenchIndex } from './data.ts';
import { build } from './server.ts';

const quick = process.argv.includes('--quick');
const documents = Number(process.env.BENCH_DOCUMENTS ?? (quick ? 50_000 : 1_000_000));
const rounds = Number(process.env.BENCH_ROUNDS ?? (quick ? 1 : 3));
const shards = Number(process.env.BENCH_SHARDS ?? 2);
const index = process.env.BENCH_INDEX ?? 'bench-export';
const ELASTICDUMP = 'elasticdump@6.125.1';

interface Run {
  readonly rows: number;
  readonly milliseconds: number;
  /** Of the process so far, in bytes. */
  readonly peak?: number;
  /** Milliseconds of processor time: of the client, and of the node meanwhile where it runs here. */
  readonly cpu?: number;
  readonly nodeCpu?: number;
}

interface Contender {
  readonly name: string;
  run(): Promise<Run>;
  stop(): void;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function worker(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const execArgv = process.env.BENCH_CPU_PROFILE
    ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_CPU_PROFILE}`]
    : [];
  const child = fork(here(script), [...args], { env: { ...process.env, ...env }, execArgv });
  await answer(child);
  return child;
}

function answer(child: ChildProcess, message?: object): Promise<Run> {
  return new Promise((resolve, reject) => {
    child.once('message', (said: { error?: string } & Run) => {
      if (said.error === undefined) resolve(said);
      else reject(new Error(said.error));
    });
    child.once('exit', (code) => reject(new Error(`a process of the bench ended with ${code}`)));
    if (message !== undefined) child.send(message);
  });
}

/** Each form in a process of its own, so that its peak of memory is its own. */
async function ours(url: string, dataDir: string, compress: string, columns: readonly string[]): Promise<Contender> {
  const child = await worker('export-worker.mjs', [], {
    OPENSEARCH_URL: url,
    DATA_DIR: dataDir,
    STORAGE_URL: `file:${dataDir}/objects`,
  });
  const request = {
    dataPath: 'obs://bench/export',
    bucket: 'bench',
    folder: 'export',
    dataType: 'csv',
    compress,
    mode: 'Overwrite',
    withColumnHeader: true,
    limitNum: 0,
    encoding: 'utf-8',
    quoteChar: '"',
    escapeChar: '"',
    sanitize: false,
    maxRecordsPerFile: 0,
  };
  const message = { sql: `SELECT ${columns.join(', ')} FROM ${index}`, request };
  return {
    name: `export ${columns.length} columns, ${compress}`,
    run: () => answer(child, message),
    stop: () => child.disconnect(),
  };
}

async function drain(url: string): Promise<Contender> {
  const child = await worker('drain-worker.mjs', [url], {});
  return { name: 'drain', run: () => answer(child, { index, slices: shards }), stop: () => child.disconnect() };
}

function elasticdump(url: string, folder: string): Contender | undefined {
  if (process.env.BENCH_ELASTICDUMP === 'false') return undefined;
  const home = here('../../.cache/elasticdump');
  const command = join(home, 'node_modules/elasticdump/bin/elasticdump');
  if (!existsSync(command)) {
    mkdirSync(home, { recursive: true });
    const { status } = spawnSync(
      'npm',
      ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', home, ELASTICDUMP],
      { stdio: 'inherit' },
    );
    if (status !== 0) return undefined;
  }
  return {
    name: 'elasticdump',
    async run() {
      const output = join(folder, 'dump.json');
      const started = performance.now();
      const args = [
        command,
        `--input=${url}/${index}`,
        `--output=${output}`,
        '--type=data',
        '--limit=10000',
        '--quiet',
      ];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      const milliseconds = performance.now() - started;
      rmSync(output, { force: true });
      if (status !== 0) throw new Error(`elasticdump: ${stderr.slice(-500)}`);
      return { rows: documents, milliseconds };
    },
    stop: () => undefined,
  };
}

async function main(): Promise<void> {
  const node = process.env.OPENSEARCH_URL
    ? { url: process.env.OPENSEARCH_URL.split(',')[0]!, pid: undefined, stop: async () => undefined }
    : await startEngine(undefined, console.log);
  const direct = new Pool(node.url, { connections: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'bench-export-'));
  const contenders: Contender[] = [];
  try {
    console.log(`Loading ${documents} documents`);
    await loadBenchIndex(direct, index, documents, shards);
    build();
    contenders.push(await drain(node.url));
    for (const compress of ['none', 'gzip'])
      contenders.push(await ours(node.url, join(folder, compress), compress, COLUMNS));
    contenders.push(await ours(node.url, join(folder, 'three'), 'gzip', COLUMNS.slice(0, 3)));
    const peer = elasticdump(node.url, folder);
    if (peer) contenders.push(peer);
    report(await measure(contenders, node.pid));
  } finally {
    for (const contender of contenders) contender.stop();
    await direct.close();
    await node.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A clock tick is 10 ms on every Linux that Node runs on. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [utime, stime] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(utime) + Number(stime)) * 10;
}

/** In turn, from another one each round: noise of the machine falls on all. The first round warms up. */
async function measure(
  contenders: readonly Contender[],
  pid: number | undefined,
): Promise<ReadonlyMap<string, readonly Run[]>> {
  const results = new Map<string, Run[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const { name, run } = contenders[(i + round) % contenders.length]!;
      const before = pid && cpuOf(pid);
      const result = { ...(await run()), nodeCpu: before && cpuOf(pid) - before };
      if (result.rows !== documents) throw new Error(`${name} gave ${result.rows} rows of ${documents}`);
      console.log(
        `${round === 0 ? 'warm-up' : `round ${round}`}: ${name} ${rate(result).toFixed(0)} rows/s, load ${loadavg()[0]!.toFixed(1)}, ${(result.cpu ?? 0).toFixed(0)} + ${result.nodeCpu ?? 0} ms CPU`,
      );
      if (round > 0) results.get(name)!.push(result);
    }
  }
  return results;
}

const rate = ({ rows, milliseconds }: Run): number => rows / (milliseconds / 1_000);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Of processor time a row. */
function microseconds(runs: readonly Run[], cpu: (run: Run) => number | undefined): string {
  const known = runs.flatMap((run) => {
    const spent = cpu(run);
    return spent === undefined ? [] : [(spent / run.rows) * 1_000];
  });
  return known.length === 0 ? '' : median(known).toFixed(1);
}

function report(results: ReadonlyMap<string, readonly Run[]>): void {
  const base = results.get('drain')!.map(rate);
  const peer = results.get('elasticdump')?.map(rate);
  const lines: string[] = [];
  const records: string[] = [];
  for (const [name, runs] of results) {
    const rates = runs.map(rate);
    // Of neighbours in time: each round by itself.
    const overDrain = median(rates.map((one, i) => one / base[i]!));
    const overPeer = peer && median(rates.map((one, i) => one / peer[i]!));
    const peak = Math.max(...runs.map((run) => run.peak ?? 0));
    const cells = [
      name,
      median(rates).toFixed(0),
      Math.max(...rates).toFixed(0),
      overDrain.toFixed(2),
      overPeer?.toFixed(2) ?? '',
      peak === 0 ? '' : (peak / 1_048_576).toFixed(0),
      ...[(run: Run) => run.cpu, (run: Run) => run.nodeCpu].map((cpu) => microseconds(runs, cpu)),
    ];
    lines.push(`| ${cells.join(' | ')} |`);
    records.push(
      JSON.stringify({
        at: new Date().toISOString(),
        bench: 'export',
        documents,
        shards,
        quick,
        name,
        rates,
        overDrain,
        overPeer,
        peak,
        load: loadavg(),
      }),
    );
  }
  console.log(`
${documents} documents, ${shards} shards, ${cpus().length} cores shared by node, server and client, ${rounds} rounds, Node ${process.version}

| | rows/s, median | best | over the drain | over elasticdump | peak RSS MB | CPU μs a row | node's CPU μs a row |
| --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`);
  const to = here('results/');
  mkdirSync(to, { recursive: true });
  appendFileSync(`${to}${new Date().toISOString().slice(0, 10)}.jsonl`, `${records.join('\n')}\n`);
}

await main();
