/**
 * The fuzz tests by hand, over tens of thousands of statements:
 * `OPENSEARCH_URL=… FUZZ_FINDER=paths FUZZ_SEED=… FUZZ_COUNT=… npx tsx test/differential/main.ts`.
 */
import { bothPaths } from './both-paths.ts';
import { openFinders } from './finders.ts';
import { runChecks } from './runner.ts';

async function main(): Promise<void> {
  const { OPENSEARCH_URL: url, FUZZ_SEED, FUZZ_FINDER = 'paths', ...env } = process.env;
  const { FUZZ_COUNT = '10000', FUZZ_FROM = '0', FUZZ_MOST = '20' } = env;
  if (!url) throw new Error('OPENSEARCH_URL is not set');
  const seed = FUZZ_SEED === undefined ? Date.now() % 1_000_000 : Number(FUZZ_SEED);
  console.log(`FUZZ_FINDER=${FUZZ_FINDER} FUZZ_SEED=${seed}`);
  const paths = bothPaths(url);
  const finders = await openFinders(url, `fuzz_${FUZZ_FINDER}_${seed}_`, paths, FUZZ_FINDER);
  const finder = finders.get(FUZZ_FINDER);
  const started = Date.now();
  const { checks, statements, answered, refused, excused, failures, refusals, coverage } = await runChecks(finder, {
    seed,
    count: Number(FUZZ_COUNT),
    from: Number(FUZZ_FROM),
    mostFailures: Number(FUZZ_MOST),
    explain: paths.explain,
    onFailure: (text) => console.log(`\n${text}`),
  });
  await finders.close();
  await paths.close();
  if (FUZZ_FINDER === 'paths')
    console.log(`\nnot met: ${[...coverage.missingFunctions(new Set()), ...coverage.missingForms()].join(', ')}`);
  console.log(
    `\n${[...refusals]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 25)
      .map(([m, c]) => `${c} × ${m}`)
      .join('\n')}`,
  );
  console.log(
    `\n${FUZZ_FINDER}, seed ${seed}: ${checks} checks of ${statements} statements in ${((Date.now() - started) / 1000).toFixed(0)} s: ${answered} agree, ${refused} refused by both, ${excused} excused, ${failures.length} disagree`,
  );
  process.exitCode = failures.length > 0 ? 1 : 0;
}

void main();
