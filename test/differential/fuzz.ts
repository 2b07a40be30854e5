/** Statements on both paths: as the server runs them, and in DuckDB over whole documents. */
import type { BothPaths, Outcome } from './both-paths.ts';
import { difference } from './compare.ts';
import { literalOf } from './literals.ts';
import { CALLABLE } from './productions.ts';
import {
  type Check,
  codeOf,
  type Finder,
  type FuzzOptions,
  type FuzzResult,
  failed,
  isOfValues,
  messageOf,
  runChecks,
  type Verdict,
} from './runner.ts';
import { evaluations, isOrdered, printStatement, type Statement, smallerStatements } from './statement.ts';
import { Statements } from './statements.ts';
import type { FuzzTable } from './tables.ts';

export async function fillSamples(tables: readonly FuzzTable[], paths: BothPaths): Promise<void> {
  for (const table of tables) {
    const { columns, rows } = await paths.documents(table.index);
    for (const column of table.columns) {
      const at = columns.findIndex((c) => (c.field?.path ?? c.name) === column.path);
      const values = new Set(rows.slice(0, 40).map((row) => literalOf(row[at] ?? null, column.type)));
      for (const text of values) if (text !== undefined) column.samples.push(text);
    }
  }
}

async function judge(s: Statement, paths: BothPaths): Promise<Verdict> {
  const sql = printStatement(s);
  const cluster = await paths.cluster(sql);
  const duckDb = await paths.duckDb(sql);
  if ('rows' in cluster && 'rows' in duckDb) {
    const why = difference(cluster.rows, duckDb.rows, isOrdered(s), {
      noise: /STD|VAR/.test(sql) ? 1e-4 : undefined,
      lastBit: /\b(EXP|EXPM1|POW|POWER|SINH|COSH)\(/.test(sql),
    });
    return why === undefined ? { kind: 'answered' } : failed(why);
  }
  if ('error' in cluster && 'error' in duckDb) {
    // Which of several bad values is met first is nobody's promise; that a well-typed statement is refused for another reason is a fault.
    if (isOfValues(cluster) && isOfValues(duckDb)) return { kind: 'refused', refusal: messageOf(duckDb) };
    return failed(
      `both refuse: cluster ${codeOf(cluster)}: ${messageOf(cluster)}; DuckDB ${codeOf(duckDb)}: ${messageOf(duckDb)}`,
    );
  }
  const [refusing, path] = 'error' in cluster ? [cluster, 'duckDb' as const] : [duckDb, 'cluster' as const];
  const who = path === 'cluster' ? 'DuckDB' : 'the cluster path';
  if (isOfValues(refusing) && (await failsSomewhere(s, paths[path]))) {
    return { kind: 'excused', excuse: `${who}: ${messageOf(refusing)}` };
  }
  return failed(`only ${who} fails: ${codeOf(refusing)}: ${messageOf(refusing)}`);
}

/**
 * A value that one path met and the other did not need to look at (a condition decided before, a LIMIT reached): only where the
 * other path refuses that value too, once made to look at it.
 */
async function failsSomewhere(s: Statement, path: (sql: string) => Promise<Outcome>): Promise<boolean> {
  for (const evaluation of evaluations(s)) if (isOfValues(await path(printStatement(evaluation)))) return true;
  return false;
}

const onBothPaths = (s: Statement, paths: BothPaths): Check => ({
  sql: printStatement(s),
  statements: 1,
  judge: () => judge(s, paths),
  *smaller() {
    for (const less of smallerStatements(s)) yield onBothPaths(less, paths);
  },
});

export const onPaths =
  (tables: readonly FuzzTable[], paths: BothPaths): Finder =>
  (random, number) => {
    const made = new Statements(random, tables);
    // Each function in its turn, so that none is left to chance.
    const s = number % 4 === 0 ? made.about(CALLABLE[(number / 4) % CALLABLE.length]!) : made.statement();
    return onBothPaths(s, paths);
  };

export const fuzz = (tables: readonly FuzzTable[], paths: BothPaths, options: FuzzOptions): Promise<FuzzResult> =>
  runChecks(onPaths(tables, paths), { explain: paths.explain, ...options });
