/** Generates statements from a seed, runs each on both paths, and makes small what they disagree on. */
import { seeded } from '../../src/sample-data/random.ts';
import { type BothPaths, errorCode, type Outcome } from './both-paths.ts';
import { difference } from './compare.ts';
import { Coverage } from './coverage.ts';
import { literalOf } from './literals.ts';
import { CALLABLE } from './productions.ts';
import { evaluations, isOrdered, printStatement, type Statement, smallerStatements } from './statement.ts';
import { Statements } from './statements.ts';
import type { FuzzTable } from './tables.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  /** The first statement's number: to repeat one. */
  readonly from?: number;
  readonly mostFailures: number;
  readonly deadline?: number;
  /** Statements that are tried to make a failing one small. */
  readonly shrinks?: number;
  readonly onFailure?: (text: string) => void;
}

export interface FuzzResult {
  readonly statements: number;
  /** Both paths answered. */
  readonly answered: number;
  /** Both refused. */
  readonly refused: number;
  /** One failed on a row that the other never evaluated. */
  readonly excused: number;
  readonly failures: readonly string[];
  /** Refusals and excuses by message, to see what the generator wastes its time on. */
  readonly refusals: ReadonlyMap<string, number>;
  readonly coverage: Coverage;
}

/** Statements under way at the same time: while one waits for the cluster, another computes. */
const LANES = 4;

/** Errors of values: what a row's value does to an expression, never what the statement is. */
const OF_VALUES = new Set(['evaluation', 'arithmetic', 'numberFormat', 'illegalArgument']);

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

type Verdict =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused'; readonly refusal: string }
  | { readonly kind: 'excused'; readonly excuse: string }
  | { readonly kind: 'failed'; readonly why: string };

const failed = (why: string): Verdict => ({ kind: 'failed', why });

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
    const [a, b] = [errorCode(cluster.error), errorCode(duckDb.error)];
    // Which of several bad values is met first is nobody's promise; that a well-typed statement is refused for another reason is a fault.
    if (isOfValues(cluster) && isOfValues(duckDb)) return { kind: 'refused', refusal: messageOf(duckDb) };
    return failed(`both refuse: cluster ${a}: ${messageOf(cluster)}; DuckDB ${b}: ${messageOf(duckDb)}`);
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

const codeOf = (outcome: Outcome): string | undefined => ('error' in outcome ? errorCode(outcome.error) : undefined);
const messageOf = (outcome: Outcome): string =>
  'error' in outcome ? String((outcome.error as Error).message).slice(0, 400) : '';
/** A script's own error comes as the cluster's. */
const isOfValues = (outcome: Outcome): boolean => {
  const code = codeOf(outcome);
  return code !== undefined && (OF_VALUES.has(code) || /^cluster Arithmetic/.test(code));
};

async function shrink(
  s: Statement,
  why: string,
  paths: BothPaths,
  most: number,
): Promise<{ s: Statement; why: string }> {
  let best = { s, why };
  const kind = kindOf(why);
  let tries = 0;
  for (let found = true; found && tries < most; ) {
    found = false;
    for (const less of smallerStatements(best.s)) {
      if (printStatement(less).length >= printStatement(best.s).length) continue;
      if (++tries > most) break;
      const verdict = await judge(less, paths);
      if (verdict.kind === 'failed' && kindOf(verdict.why) === kind) {
        best = { s: less, why: verdict.why };
        found = true;
        break;
      }
    }
  }
  return best;
}

const kindOf = (why: string): string =>
  /^(only the cluster|only DuckDB fails|both refuse: [^:]+: \S+ \S+)/.exec(why)?.[0] ?? 'rows';

export async function fuzz(
  tables: readonly FuzzTable[],
  paths: BothPaths,
  { seed, count, from = 0, mostFailures, deadline = Number.POSITIVE_INFINITY, shrinks = 150, onFailure }: FuzzOptions,
): Promise<FuzzResult> {
  const counts = { answered: 0, refused: 0, excused: 0 };
  const failures: string[] = [];
  const refusals = new Map<string, number>();
  const coverage = new Coverage();
  const seen = new Set<string>();
  let n = 0;
  const next = (): number | undefined =>
    n < count && failures.length < mostFailures && Date.now() < deadline ? from + n++ : undefined;
  const lane = async (): Promise<void> => {
    for (let number = next(); number !== undefined; number = next()) {
      const made = new Statements(seeded(Math.imul(seed, 1_000_003) + number * 7_919), tables);
      // Each function in its turn, so that none is left to chance.
      const s = number % 4 === 0 ? made.about(CALLABLE[(number / 4) % CALLABLE.length]!) : made.statement();
      const verdict = await judge(s, paths);
      if (verdict.kind === 'failed') await report(s, verdict.why, number);
      else {
        counts[verdict.kind]++;
        if (verdict.kind === 'answered') coverage.add(printStatement(s));
        else {
          const why = verdict.kind === 'refused' ? verdict.refusal : `(excused) ${verdict.excuse}`;
          refusals.set(why, (refusals.get(why) ?? 0) + 1);
        }
      }
    }
  };
  const report = async (s: Statement, why: string, number: number): Promise<void> => {
    const small = await shrink(s, why, paths, shrinks);
    const sql = printStatement(small.s);
    if (seen.has(sql)) return;
    seen.add(sql);
    const plan = await paths.explain(sql).catch((error: Error) => `no plan: ${error.message}`);
    const text = `seed ${seed}, statement ${number}\n${sql}\n${small.why}\n${plan}`;
    failures.push(text);
    onFailure?.(text);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { statements: n, ...counts, failures, refusals, coverage };
}
