/** The finders of wrong rows by name, each over its own rows. */
import type { BothPaths } from './both-paths.ts';
import { fillSamples, onPaths } from './fuzz.ts';
import { openJudge } from './judge.ts';
import { judged } from './judged.ts';
import { asDataSet, JUDGED_SETS } from './judged-tables.ts';
import { optimised } from './optimised.ts';
import { partition } from './partitions.ts';
import type { Finder } from './runner.ts';
import { loadTables } from './tables.ts';

/**
 * paths: the server's way against its own plans in DuckDB, over whole documents; partitions: ternary logic; optimised: NoREC; judged: the
 * statement itself in a DuckDB that holds the same rows.
 */
export const FINDERS = ['paths', 'partitions', 'optimised', 'judged'] as const;

export interface Finders {
  get(name: string): Finder;
  close(): Promise<void>;
}

export async function openFinders(
  url: string,
  prefix: string,
  paths: BothPaths,
  ...names: readonly string[]
): Promise<Finders> {
  const unknown = names.find((name) => !(FINDERS as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`there is no finder ${unknown}: ${FINDERS.join(', ')}`);
  const tables = names.every((name) => name === 'judged') ? [] : await loadTables(url, prefix);
  const loaded = names.includes('judged') ? await loadTables(url, prefix, JUDGED_SETS.map(asDataSet)) : [];
  // The judge knows no twins of text fields.
  const common = loaded.map((table) => ({
    ...table,
    columns: table.columns.filter(({ path }) => !path.includes('.')),
  }));
  await fillSamples([...tables, ...common], paths);
  const judge = await openJudge(prefix);
  const finders = new Map<string, Finder>([
    ['paths', onPaths(tables, paths)],
    ['partitions', (random) => partition(random, tables, paths.cluster)],
    ['optimised', (random) => optimised(random, tables, paths.cluster)],
    ['judged', (random) => judged(random, common, paths.cluster, judge)],
  ]);
  return {
    get(name) {
      const finder = finders.get(name);
      if (!finder) throw new Error(`the finder ${name} is not open`);
      return finder;
    },
    async close() {
      judge.close();
      await fetch(`${url}/${prefix}*`, { method: 'DELETE' });
    },
  };
}
