/** Generates statements from a seed, runs each on both paths, and makes small what they disagree on. */
import { seeded } from '../../src/sample-data/random.ts';
import { type BothPaths, errorCode, type Outcome } from './both-paths.ts';
import { difference } from './compare.ts';
import { literalOf } from './literals.ts';
import { isOrdered, printStatement, type Statement, Statements, smallerStatements } from './statements.ts';
import type { FuzzTable } from './tables.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  /** The first statement's number: to repeat one. */
  readonly from?: number;
  readonly mostFailures: number;
  readonly deadline?: number;
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
  /** Refusals by message, to see what the generator wastes its time on. */
  readonly refusals: ReadonlyMap<string, number>;
}

/** Errors of values. A condition, limit or join may keep such a row from ever being evaluated, on one path only (docs: errors of values). */
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
  | { readonly kind: 'answered' | 'refused' | 'excused' }
  | { readonly kind: 'failed'; readonly why: string };

async function judge(s: Statement, paths: BothPaths): Promise<Verdict & { refusal?: string }> {
  const sql = printStatement(s);
  const [cluster, duckDb] = [await paths.cluster(sql), await paths.duckDb(sql)];
  if ('rows' in cluster && 'rows' in duckDb) {
    const why = difference(cluster.rows, duckDb.rows, isOrdered(s), /STDDEV|VAR_/.test(sql) ? 1e-4 : undefined);
    return why === undefined ? { kind: 'answered' } : { kind: 'failed', why };
  }
  const [a, b] = [codeOf(cluster), codeOf(duckDb)];
  if (a !== undefined && b !== undefined) {
    const alike = a === b || (OF_VALUES.has(a) && OF_VALUES.has(b)) || (OF_VALUES.has(b) && isScriptError(cluster));
    if (alike) return { kind: 'refused', refusal: messageOf(duckDb) };
    return {
      kind: 'failed',
      why: `errors differ: cluster ${a}: ${messageOf(cluster)}; DuckDB ${b}: ${messageOf(duckDb)}`,
    };
  }
  if (a !== undefined) {
    if (OF_VALUES.has(a) && mayHide(s)) return { kind: 'excused' };
    return { kind: 'failed', why: `only the cluster path fails: ${a}: ${messageOf(cluster)}` };
  }
  if ((OF_VALUES.has(b!) && mayHide(s)) || /Out of Memory/.test(messageOf(duckDb))) return { kind: 'excused' };
  return { kind: 'failed', why: `only DuckDB fails: ${b}: ${messageOf(duckDb)}` };
}

const codeOf = (outcome: Outcome): string | undefined => ('error' in outcome ? errorCode(outcome.error) : undefined);
const messageOf = (outcome: Outcome): string =>
  'error' in outcome ? String((outcome.error as Error).message).slice(0, 400) : '';
const isScriptError = (outcome: Outcome): boolean => /script|Arithmetic|overflow/i.test(messageOf(outcome));

/** Whether some rows or parts need not be evaluated. */
const mayHide = (s: Statement): boolean =>
  s.where !== undefined ||
  s.having !== undefined ||
  s.limit !== undefined ||
  /JOIN|CASE|AND|OR|IF|COALESCE|FILTER/.test(printStatement(s));

async function shrink(s: Statement, why: string, paths: BothPaths): Promise<{ s: Statement; why: string }> {
  let best = { s, why };
  const kind = kindOf(why);
  let tries = 0;
  for (let found = true; found && tries < 150; ) {
    found = false;
    for (const less of smallerStatements(best.s)) {
      if (printStatement(less).length >= printStatement(best.s).length) continue;
      if (++tries > 150) break;
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

const kindOf = (why: string): string => /^(only the cluster|only DuckDB fails|errors differ)/.exec(why)?.[0] ?? 'rows';

export async function fuzz(
  tables: readonly FuzzTable[],
  paths: BothPaths,
  { seed, count, from = 0, mostFailures, deadline = Number.POSITIVE_INFINITY, onFailure }: FuzzOptions,
): Promise<FuzzResult> {
  const counts = { answered: 0, refused: 0, excused: 0 };
  const failures: string[] = [];
  const refusals = new Map<string, number>();
  const seen = new Set<string>();
  let n = 0;
  for (; n < count && failures.length < mostFailures && Date.now() < deadline; n++) {
    const number = from + n;
    const s = new Statements(seeded(Math.imul(seed, 1_000_003) + number * 7_919), tables).statement();
    const verdict = await judge(s, paths);
    if (verdict.kind !== 'failed') {
      counts[verdict.kind]++;
      if (verdict.refusal) refusals.set(verdict.refusal, (refusals.get(verdict.refusal) ?? 0) + 1);
      continue;
    }
    const small = await shrink(s, verdict.why, paths);
    const sql = printStatement(small.s);
    if (seen.has(sql)) continue;
    seen.add(sql);
    const plan = await paths.explain(sql).catch((error: Error) => `no plan: ${error.message}`);
    const text = `seed ${seed}, statement ${number}\n${sql}\n${small.why}\n${plan}`;
    failures.push(text);
    onFailure?.(text);
  }
  return { statements: n, ...counts, failures, refusals };
}
