/**
 * Select against DuckDB on the same file: `tsx test/bench/select/main.ts [MEGABYTES] [ROUNDS] [OBJECT[:STATEMENT],…]`, in alternating pairs, a
 * process each; all figures are medians, the ratios those of the pairs.
 */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type SelectData, selectData } from './data.ts';

interface Sample {
  readonly seconds: number;
  readonly cpu: number;
  readonly rss: number;
}

const run = promisify(execFile);
const one = join(import.meta.dirname, 'one.ts');

async function sample(who: string, file: string, statement: string): Promise<Sample> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', one, who, file, statement]);
  return JSON.parse(stdout) as Sample;
}

/** Of an odd number of rounds the one in the middle. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

const megabytes = Number(process.argv[2] ?? 1000);
const rounds = Number(process.argv[3] ?? 5);
/** Which objects and statements, as `json` or `json:count`; all without it. */
const wanted = process.argv[4]?.split(',');
const data = await selectData(join(tmpdir(), 'select-bench-data'), megabytes);
const SHAPES: readonly (readonly [object: keyof SelectData, statements: readonly string[]])[] = [
  ['csv', ['count', 'filter', 'copy']],
  ['gzip', ['count', 'filter', 'copy']],
  ['quoted', ['count', 'filter', 'copy']],
  ['json', ['count', 'filter']],
  ['parquet', ['count', 'filter']],
];
console.log(
  '| object | statement | ours s (CPU) | DuckDB s (CPU) | ratio (CPU) | ours MB/s | ours RSS MB | DuckDB RSS MB | load |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const [object, statements] of SHAPES) {
  for (const statement of statements) {
    if (wanted !== undefined && !wanted.some((each) => each === object || each === `${object}:${statement}`)) continue;
    const file = data[object];
    const pairs: (readonly [ours: Sample, theirs: Sample])[] = [];
    for (let round = 0; round < rounds; round++) {
      pairs.push([await sample('ours', file, statement), await sample('duckdb', file, statement)]);
    }
    const middle = (of: (pair: readonly [Sample, Sample]) => number): number => median(pairs.map(of));
    const seconds = [middle(([ours]) => ours.seconds), middle(([, theirs]) => theirs.seconds)] as const;
    const cpu = [middle(([ours]) => ours.cpu), middle(([, theirs]) => theirs.cpu)] as const;
    const ratio = middle(([ours, theirs]) => ours.seconds / theirs.seconds);
    const cpuRatio = middle(([ours, theirs]) => ours.cpu / theirs.cpu);
    const rss = ([0, 1] as const).map((who) => (Math.max(...pairs.map((pair) => pair[who].rss)) / 1e6).toFixed(0));
    console.log(
      `| ${object} | ${statement} | ${seconds[0].toFixed(1)} (${cpu[0].toFixed(1)}) | ${seconds[1].toFixed(1)} (${cpu[1].toFixed(1)}) | ${ratio.toFixed(2)} (${cpuRatio.toFixed(2)}) | ${(statSync(file).size / 1e6 / seconds[0]).toFixed(0)} | ${rss[0]} | ${rss[1]} | ${loadavg()[0]!.toFixed(0)} |`,
    );
  }
}
