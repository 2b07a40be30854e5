/** The fuzz test by hand: `OPENSEARCH_URL=… FUZZ_SEED=… FUZZ_COUNT=… npx tsx test/differential/main.ts`, over tens of thousands of statements. */
import { bothPaths } from './both-paths.ts';
import { fillSamples, fuzz } from './fuzz.ts';
import { loadTables } from './tables.ts';

async function main(): Promise<void> {
  const { OPENSEARCH_URL: url, FUZZ_SEED, FUZZ_COUNT = '10000', FUZZ_FROM = '0', FUZZ_MOST = '20' } = process.env;
  if (!url) throw new Error('OPENSEARCH_URL is not set');
  const seed = FUZZ_SEED === undefined ? Date.now() % 1_000_000 : Number(FUZZ_SEED);
  console.log(`FUZZ_SEED=${seed}`);
  const tables = await loadTables(url, `fuzz_${seed}_`);
  const paths = bothPaths(url);
  await fillSamples(tables, paths);
  const started = Date.now();
  const result = await fuzz(tables, paths, {
    seed,
    count: Number(FUZZ_COUNT),
    from: Number(FUZZ_FROM),
    mostFailures: Number(FUZZ_MOST),
    onFailure: (text) => console.log(`\n${text}`),
  });
  await paths.close();
  await fetch(`${url}/fuzz_${seed}_*`, { method: 'DELETE' });
  const { statements, answered, refused, excused, failures, refusals, coverage } = result;
  console.log(`\nnot met: ${[...coverage.missingFunctions(new Set()), ...coverage.missingForms()].join(', ')}`);
  console.log(
    `\n${[...refusals]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 25)
      .map(([m, c]) => `${c} × ${m}`)
      .join('\n')}`,
  );
  console.log(
    `\n${statements} statements in ${((Date.now() - started) / 1000).toFixed(0)} s: ${answered} agree, ${refused} refused by both, ${excused} excused, ${failures.length} disagree`,
  );
  process.exitCode = failures.length > 0 ? 1 : 0;
}

void main();
