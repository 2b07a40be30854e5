/**
 * Random statements over the golden data, each on the cluster path and in DuckDB over the same documents: both must agree. The fixed seed
 * is the same in every run, so a failure is of the change at hand. A fresh one searches for faults that are there already: that is for the
 * full run, which prints it. `FUZZ_SEED=… npx tsx test/differential/main.ts` repeats a failure.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringifyJson } from '../../src/rows/longs.ts';
import type { SqlError } from '../../translators/errors.ts';
import { listAggregates } from '../../translators/functions/aggregate-lists.ts';
import { FULL, getEngine, uniqueName } from '../support/engine.ts';
import { type BothPaths, bothPaths } from './both-paths.ts';
import { fillSamples, fuzz } from './fuzz.ts';
import { PINNED } from './pinned.ts';
import type { FuzzResult } from './runner.ts';
import { type FuzzTable, loadTables } from './tables.ts';

const FIXED_SEED = 20_240_517;
const STATEMENTS = FULL ? 20_000 : 2_500;
const FRESH_STATEMENTS = 5_000;

/** What no statement here can call: of each call or of objects (test/unit/functions), of points (test/cluster/search-functions.test.ts). */
const NOT_CALLED = new Set([
  ...['RAND', 'SYSDATE', 'GEOHASH', 'GEO_BOUNDS'],
  // Estimates and structures, which no two engines make alike.
  ...['APPROX_COUNT_DISTINCT', 'STATS', 'EXTENDED_STATS', 'PERCENTILES', 'TOPHITS', 'SCRIPTED_METRIC'],
  // Buckets by named arguments of the old engine (test/unit/legacy.test.ts).
  ...['HISTOGRAM', 'DATE_HISTOGRAM'],
  // Operators: see the forms.
  ...['REGEXP', '<=>', 'DIV', 'NEGATE', 'ELEMENT_AT', 'INTERVAL', 'ADD_INTERVAL', 'SUBTRACT_INTERVAL'],
  // Of a type, a path, a pattern or an interval; aggregates that DuckDB alone computes (test/cluster/standard-functions.test.ts).
  ...['VERSION', 'CURRENT_USER', 'TRY_CAST', 'DATE_BIN', 'TIME_BUCKET', 'SIMILAR_PATTERN'],
  ...['JSON_EXTRACT', 'JSON_EXTRACT_STRING', 'JSON_VALUE', 'JSON_UNQUOTE'],
  ...[...listAggregates.map(({ name }) => name), 'ANY_VALUE'],
]);

describe('the cluster path and DuckDB', () => {
  const prefix = `${uniqueName('fuzz')}_`;
  const { url } = getEngine();
  let tables: readonly FuzzTable[];
  let paths: BothPaths;

  beforeAll(async () => {
    tables = await loadTables(url, prefix);
    paths = bothPaths(url);
    await fillSamples(tables, paths);
  }, 120_000);
  afterAll(async () => {
    await paths.close();
    await fetch(`${url}/${prefix}*`, { method: 'DELETE' });
  });

  it.each(PINNED)('give the right answer: $what', async ({ sql, rows, refused }) => {
    const text = sql.replaceAll('@', prefix);
    for (const outcome of [await paths.cluster(text), await paths.duckDb(text)]) {
      if (refused === undefined) {
        if ('error' in outcome) throw outcome.error;
        const sorted = (given: typeof outcome.rows): string[] => given.map((row) => stringifyJson(row)).sort();
        expect(sorted(outcome.rows)).toEqual(sorted(rows!));
      } else expect('error' in outcome && (outcome.error as SqlError).type).toBe(refused);
    }
  });

  const agree = async (seed: number, count: number): Promise<FuzzResult> => {
    console.log(`[fuzz] FUZZ_SEED=${seed}`);
    const result = await fuzz(tables, paths, { seed, count, mostFailures: 5 });
    const { statements, answered, refused, excused, failures } = result;
    console.log(`[fuzz] ${statements} statements: ${answered} agree, ${refused} refused by both, ${excused} excused`);
    expect(failures.join('\n\n')).toBe('');
    return result;
  };

  it('agree on statements of the fixed seed, which hold every function and form', async () => {
    const { statements, answered, excused, coverage } = await agree(FIXED_SEED, STATEMENTS);
    expect(coverage.missingFunctions(NOT_CALLED)).toEqual([]);
    expect(coverage.missingForms()).toEqual([]);
    // A generator whose statements mostly fail would compare nothing.
    expect(answered / statements).toBeGreaterThan(0.9);
    expect(excused / statements).toBeLessThan(0.02);
  }, 3_600_000);

  it.skipIf(!FULL)(
    'agree on statements of a fresh seed',
    async () => {
      await agree(Date.now() % 1_000_000, FRESH_STATEMENTS);
    },
    1_800_000,
  );

  const lowerings: readonly (readonly [string, (json: string) => string])[] = [
    ['ranges that leave out their lower end', (json) => json.replaceAll('"gte":', '"gt":')],
    [
      'NOT that keeps documents without the field',
      (json) => json.replaceAll('{"exists":', '{"match_all":{}},{"exists":'),
    ],
    ['groups without the one of NULL', (json) => json.replaceAll('"missing_bucket":true', '"missing_bucket":false')],
    ['sums that are maxima', (json) => json.replaceAll('{"sum":', '{"max":')],
    ['sorts that run the other way', (json) => json.replaceAll('"order":"desc"', '"order":"asc"')],
    [
      'scripts that add one',
      (json) => json.replaceAll(/return (v\d+);"/g, 'return $1 instanceof Long ? $1 + 1 : $1;"'),
    ],
  ];
  it.each(lowerings)(
    'disagree where the lowering is wrong: %s',
    async (_what, change) => {
      const tampered = bothPaths(url, (body) => JSON.parse(change(stringifyJson(body))));
      try {
        const { failures } = await fuzz(tables, tampered, {
          seed: FIXED_SEED,
          count: 4_000,
          mostFailures: 1,
          shrinks: 0,
        });
        expect(failures).not.toEqual([]);
      } finally {
        await tampered.close();
      }
    },
    600_000,
  );
});
