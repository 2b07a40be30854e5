/** Select over csv against DuckDB on the same file: `tsx test/bench/select/main.ts [MEGABYTES] [ROUNDS]`, interleaved, a process each. */
import { execFile } from 'node:child_process';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { selectData } from './data.ts';

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

const least = (samples: readonly Sample[], key: keyof Sample): number => Math.min(...samples.map((each) => each[key]));

const megabytes = Number(process.argv[2] ?? 1000);
const rounds = Number(process.argv[3] ?? 5);
const { csv, gzip } = await selectData(join(tmpdir(), 'select-bench-data'), megabytes);
console.log(
  '| object | statement | ours s (CPU) | DuckDB s (CPU) | ratio (CPU) | ours MB/s | ours RSS MB | DuckDB RSS MB | load |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const file of [csv, gzip]) {
  for (const statement of ['count', 'filter', 'copy']) {
    const ours: Sample[] = [];
    const theirs: Sample[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await sample('ours', file, statement));
      theirs.push(await sample('duckdb', file, statement));
    }
    const [a, b] = [least(ours, 'seconds'), least(theirs, 'seconds')];
    const [x, y] = [least(ours, 'cpu'), least(theirs, 'cpu')];
    const rss = (samples: readonly Sample[]): string => (Math.max(...samples.map((each) => each.rss)) / 1e6).toFixed(0);
    console.log(
      `| ${file.endsWith('.gz') ? 'csv.gz' : 'csv'} | ${statement} | ${a.toFixed(1)} (${x.toFixed(1)}) | ${b.toFixed(1)} (${y.toFixed(1)}) | ${(a / b).toFixed(2)} (${(x / y).toFixed(2)}) | ${(megabytes / a).toFixed(0)} | ${rss(ours)} | ${rss(theirs)} | ${loadavg()[0]!.toFixed(0)} |`,
    );
  }
}
