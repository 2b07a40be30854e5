/**
 * Finders of wrong rows, each of which knows the answer in another way: ternary logic partitioning, NoREC, and a DuckDB that holds the same
 * rows and reads the statement itself. The fixed seed is the same in every run; a fresh one, for the full run, searches for faults that are
 * there already. `FUZZ_FINDER=… FUZZ_SEED=… npx tsx test/differential/main.ts` repeats a failure.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringifyJson } from '../../src/rows/longs.ts';
import { FULL, getEngine, uniqueName } from '../support/engine.ts';
import { type BothPaths, bothPaths } from './both-paths.ts';
import { FINDERS, type Finders, openFinders } from './finders.ts';
import { type FuzzResult, runChecks } from './runner.ts';

const FIXED_SEED = 20_261_201;
/** Checks with the fixed seed in every run, in the full run, and with a fresh seed there. */
const COUNTS = {
  partitions: [250, 2_500, 1_000],
  optimised: [400, 4_000, 1_500],
  judged: [1_200, 12_000, 5_000],
} as const;
type Name = keyof typeof COUNTS;
const NAMES = Object.keys(COUNTS) as Name[];

/** The judge takes names without quotes. */
const nameOf = (what: string): string => `${uniqueName(what).replaceAll('-', '_')}_`;

describe('finders of wrong rows', () => {
  const { url } = getEngine();
  let paths: BothPaths | undefined;
  let finders: Finders | undefined;

  beforeAll(async () => {
    paths = bothPaths(url);
    finders = await openFinders(url, nameOf('finders'), paths, ...NAMES);
  }, 120_000);
  afterAll(async () => {
    await finders?.close();
    await paths?.close();
  });

  it('are all here', () => {
    expect(FINDERS.filter((name) => name !== 'paths').sort()).toEqual([...NAMES].sort());
  });

  const agree = async (name: Name, seed: number, count: number): Promise<FuzzResult> => {
    console.log(`[finders] FUZZ_FINDER=${name} FUZZ_SEED=${seed}`);
    const result = await runChecks(finders!.get(name), { seed, count, mostFailures: 5, explain: paths!.explain });
    const { checks, statements, answered, excused, failures } = result;
    console.log(
      `[finders] ${name}: ${checks} checks of ${statements} statements: ${answered} agree, ${excused} excused`,
    );
    expect(failures.join('\n\n')).toBe('');
    return result;
  };

  it.each(NAMES)(
    'find nothing with the fixed seed: %s',
    async (name) => {
      const { checks, answered } = await agree(name, FIXED_SEED, COUNTS[name][FULL ? 1 : 0]);
      // A generator whose statements mostly fail would compare nothing.
      expect(answered / checks).toBeGreaterThan(0.95);
    },
    3_600_000,
  );

  it.skipIf(!FULL).each(NAMES)(
    'find nothing with a fresh seed: %s',
    async (name) => {
      await agree(name, Date.now() % 1_000_000, COUNTS[name][2]);
    },
    1_800_000,
  );

  const faults: readonly (readonly [Name, string, (json: string) => string])[] = [
    [
      'partitions',
      'NOT that keeps documents without the field',
      (json) => json.replaceAll('{"exists":', '{"match_all":{}},{"exists":'),
    ],
    [
      'partitions',
      'groups without the one of NULL',
      (json) => json.replaceAll('"missing_bucket":true', '"missing_bucket":false'),
    ],
    ['optimised', 'ranges that leave out their upper end', (json) => json.replaceAll('"lte":', '"lt":')],
    ['judged', 'ranges that leave out their lower end', (json) => json.replaceAll('"gte":', '"gt":')],
    [
      'judged',
      'NOT that keeps documents without the field',
      (json) => json.replaceAll('{"exists":', '{"match_all":{}},{"exists":'),
    ],
  ];
  it.each(faults)(
    'find what is wrong: %s, %s',
    async (name, _what, change) => {
      const tampered = bothPaths(url, (body) => JSON.parse(change(stringifyJson(body))));
      const wrong = await openFinders(url, nameOf('tampered'), tampered, name);
      try {
        const { failures } = await runChecks(wrong.get(name), {
          seed: FIXED_SEED,
          count: 6_000,
          mostFailures: 1,
          shrinks: 0,
        });
        expect(failures).not.toEqual([]);
      } finally {
        await wrong.close();
        await tampered.close();
      }
    },
    600_000,
  );
});
