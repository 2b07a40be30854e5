/**
 * `npm run bench`: what SQL through the server costs over the same search written by hand, interleaved against one node.
 * Settings, each an environment variable: OPENSEARCH_URL (default: a node of its own), BENCH_DOCUMENTS, BENCH_ROUNDS,
 * BENCH_SECONDS (for each shape), BENCH_SHAPES (names, comma separated), BENCH_INDEX, BENCH_CPU_PROFILE (a folder).
 * `--quick` is a smoke run; `--functions` measures functions in place of the general shapes,
 * and with `--requests` only what is asked of the cluster: the request that SQL became against the one written by hand, both sent directly.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { startEngine } from '../support/start-engine.ts';
import { call, loadBenchIndex } from './data.ts';
import { functionShapesOf } from './function-shapes.ts';
import { type Comparison, compare, type MeasureOptions, withinAim } from './measure.ts';
import { type MixedLoad, measureMixed } from './mixed.ts';
import { startServer } from './server.ts';
import { shapesOf } from './shapes.ts';
import { measureTranslation, type TranslationCost } from './translate.ts';

const quick = process.argv.includes('--quick');
const functions = process.argv.includes('--functions');
const requests = process.argv.includes('--requests');
const number = (name: string, usual: number, inQuick: number): number =>
  Number(process.env[name] ?? (quick ? inQuick : usual));

const index = process.env.BENCH_INDEX ?? 'bench-logs';
const documents = number('BENCH_DOCUMENTS', 200_000, 20_000);
const options: MeasureOptions = {
  warmUp: quick ? 100 : 3_000,
  rounds: number('BENCH_ROUNDS', 4_000, 10),
  milliseconds: 1_000 * number('BENCH_SECONDS', 10, 1),
};
const wanted = process.env.BENCH_SHAPES?.split(',').map((name) => name.trim());
const profile = process.env.BENCH_CPU_PROFILE;

async function main(): Promise<void> {
  // First: nothing runs beside it yet.
  const translation = measureTranslation(quick ? 3 : 25);
  const node = process.env.OPENSEARCH_URL
    ? { url: process.env.OPENSEARCH_URL.split(',')[0]!, stop: async () => undefined }
    : await startEngine(undefined, console.log);
  const direct = new Pool(node.url, { connections: 1 });
  try {
    console.log(`Loading ${documents} documents`);
    await loadBenchIndex(direct, index, documents);
    const server = await startServer(node.url, {
      compiled: !requests,
      // The mapping is asked once, as in a server that is in use: what is measured is the query.
      env: { MAPPING_CACHE_TTL: process.env.MAPPING_CACHE_TTL ?? '1h' },
      nodeArgs: profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [],
    });
    const ours = new Pool(server.url, { connections: 1 });
    try {
      const shapes = await measureAll(direct, ours);
      const statements = shapesOf(index)
        .filter(({ body }) => ((body as { size?: number }).size ?? 0) <= 1_000)
        .map(({ sql }) => JSON.stringify({ query: sql }));
      report(shapes, translation, await measureMixed(server.url, statements, CLIENTS, options.milliseconds * 2));
    } finally {
      await ours.close();
      await server.stop();
    }
  } finally {
    await direct.close();
    await node.stop();
  }
}

/** Of the load of many at once. */
const CLIENTS = 32;

async function measureAll(cluster: Pool, proxy: Pool): Promise<Comparison[]> {
  const results: Comparison[] = [];
  const search = `/${index}/_search`;
  for (const { name, sql, body } of (functions ? functionShapesOf : shapesOf)(index)) {
    if (wanted && !wanted.includes(name)) continue;
    const byHand = JSON.stringify(body);
    const statement = JSON.stringify({ query: sql });
    results.push(
      await compare(
        name,
        () => parsed(cluster, search, byHand),
        requests ? await asked(cluster, proxy, search, statement) : () => parsed(proxy, '/_plugins/_sql', statement),
        options,
      ),
    );
    console.log(line(results.at(-1)!));
  }
  const body = JSON.stringify({ size: 10, query: { term: { status: 404 } } });
  if (wanted ? wanted.includes('pass-through') : !functions) {
    results.push(
      await compare(
        'pass-through',
        () => parsed(cluster, search, body),
        () => parsed(proxy, search, body),
        options,
      ),
    );
    console.log(line(results.at(-1)!));
  }
  return results;
}

/** The search that a statement becomes, sent without the server. */
async function asked(cluster: Pool, proxy: Pool, search: string, statement: string): Promise<() => Promise<unknown>> {
  let node = ((await parsed(proxy, '/_plugins/_sql/_explain', statement)) as { root: Explained }).root;
  while (node.children.length > 0) node = node.children[0]!;
  const body = JSON.stringify(node.description.request);
  return () => parsed(cluster, search, body);
}

interface Explained {
  readonly description: { readonly request?: unknown };
  readonly children: readonly Explained[];
}

async function parsed(pool: Pool, path: string, body: string): Promise<unknown> {
  const { status, text } = await call(pool, 'POST', path, body);
  if (status !== 200) throw new Error(`${path}: ${status} ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

const ms = (value: number): string => value.toFixed(2);

function line(result: Comparison): string {
  const { name, direct: a, ours: b, ratio, ratioOfMinima, added } = result;
  const aim = withinAim(result) ? 'yes' : 'NO';
  const cells = [name, ms(a.p50), ms(b.p50), ms(ratio), ms(a.min), ms(b.min), ms(ratioOfMinima), ms(added), aim];
  return `| ${cells.join(' | ')} |`;
}

function report(results: readonly Comparison[], translation: TranslationCost, mixed: MixedLoad): void {
  const heads = ['shape', '`_search` p50 ms', 'SQL p50 ms', 'ratio', '`_search` min', 'SQL min', 'ratio', 'added ms'];
  console.log(`
${documents} documents, ${cpus().length} cores shared by node, server and client, Node ${process.version}

| ${heads.join(' | ')} | within the aim |
|${' --- |'.repeat(heads.length + 1)}
${results.map(line).join('\n')}

Translation alone, ${translation.statements} statements of the corpus: p50 ${translation.p50.toFixed(0)} µs, p99 ${translation.p99.toFixed(0)} µs.
${mixed.clients} clients at once, shapes of up to 1,000 rows: ${mixed.perSecond.toFixed(0)} requests a second, p50 ${ms(mixed.p50)} ms, p99 ${ms(mixed.p99)} ms; event loop delay of the server, p99: ${ms(mixed.loopDelayP99)} ms.
`);
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const lines = results.map((result) => JSON.stringify({ at, documents, quick, ...result }));
  lines.push(JSON.stringify({ at, documents, quick, translation, mixed }));
  appendFileSync(`${folder}${at.slice(0, 10)}.jsonl`, `${lines.join('\n')}\n`);
}

await main();
