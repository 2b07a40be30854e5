/** Runs checks made from a seed, in lanes, makes small what fails, and counts the rest. What a check compares is its finder's matter. */
import { type Random, seeded } from '../../src/sample-data/random.ts';
import { errorCode, type Outcome } from './both-paths.ts';
import { Coverage } from './coverage.ts';

export type Verdict =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused'; readonly refusal: string }
  | { readonly kind: 'excused'; readonly excuse: string }
  | { readonly kind: 'failed'; readonly why: string };

export const failed = (why: string): Verdict => ({ kind: 'failed', why });

/** One question whose answer is known in another way. */
export interface Check {
  /** As a failure is told. */
  readonly sql: string;
  /** Statements that it sends to the server's own way. */
  readonly statements: number;
  judge(): Promise<Verdict>;
  /** Checks of the same kind with less in them, the boldest cuts first. */
  smaller(): Iterable<Check>;
}

/** Makes the check of a number: the same for the same seed. */
export type Finder = (random: Random, number: number) => Check;

export interface FuzzOptions {
  readonly seed: number;
  /** Checks. */
  readonly count: number;
  /** The first check's number: to repeat one. */
  readonly from?: number;
  readonly mostFailures: number;
  readonly deadline?: number;
  /** Checks that are tried to make a failing one small. */
  readonly shrinks?: number;
  readonly onFailure?: (text: string) => void;
  /** Told with a failure, where it can be had. */
  readonly explain?: (sql: string) => Promise<string>;
}

export interface FuzzResult {
  readonly checks: number;
  readonly statements: number;
  /** All that was compared is equal. */
  readonly answered: number;
  /** Refused in both ways. */
  readonly refused: number;
  /** One failed on a row that the other never evaluated. */
  readonly excused: number;
  readonly failures: readonly string[];
  /** Refusals and excuses by message, to see what the generator wastes its time on. */
  readonly refusals: ReadonlyMap<string, number>;
  readonly coverage: Coverage;
}

/** Checks under way at the same time: while one waits for the cluster, another computes. */
const LANES = 4;

/** Errors of values: what a row's value does to an expression, never what the statement is. */
const OF_VALUES = new Set(['evaluation', 'arithmetic', 'numberFormat', 'illegalArgument']);

export const codeOf = (outcome: Outcome): string | undefined =>
  'error' in outcome ? errorCode(outcome.error) : undefined;
export const messageOf = (outcome: Outcome): string =>
  'error' in outcome ? String((outcome.error as Error).message).slice(0, 400) : '';
/** A script's own error comes as the cluster's. */
export const isOfValues = (outcome: Outcome): boolean => {
  const code = codeOf(outcome);
  return code !== undefined && (OF_VALUES.has(code) || /^cluster Arithmetic/.test(code));
};

const kindOf = (why: string): string =>
  /^(only the cluster|only DuckDB fails|both refuse: [^:]+: \S+ \S+|refused: \S+|the judge refuses)/.exec(why)?.[0] ??
  'rows';

async function shrink(check: Check, why: string, most: number): Promise<{ check: Check; why: string }> {
  let best = { check, why };
  const kind = kindOf(why);
  let tries = 0;
  for (let found = true; found && tries < most; ) {
    found = false;
    for (const less of best.check.smaller()) {
      if (less.sql.length >= best.check.sql.length) continue;
      if (++tries > most) break;
      const verdict = await less.judge();
      if (verdict.kind === 'failed' && kindOf(verdict.why) === kind) {
        best = { check: less, why: verdict.why };
        found = true;
        break;
      }
    }
  }
  return best;
}

export async function runChecks(
  make: Finder,
  { seed, count, from = 0, mostFailures, deadline = Number.POSITIVE_INFINITY, shrinks = 150, ...rest }: FuzzOptions,
): Promise<FuzzResult> {
  const counts = { answered: 0, refused: 0, excused: 0 };
  const failures: string[] = [];
  const refusals = new Map<string, number>();
  const coverage = new Coverage();
  const seen = new Set<string>();
  let n = 0;
  let statements = 0;
  const next = (): number | undefined =>
    n < count && failures.length < mostFailures && Date.now() < deadline ? from + n++ : undefined;
  const report = async (check: Check, why: string, number: number): Promise<void> => {
    const small = await shrink(check, why, shrinks);
    const { sql } = small.check;
    if (seen.has(sql)) return;
    seen.add(sql);
    const plan = await rest.explain?.(sql).catch((error: Error) => `no plan: ${error.message}`);
    const text = [`seed ${seed}, number ${number}`, sql, small.why, ...(plan ? [plan] : [])].join('\n');
    failures.push(text);
    rest.onFailure?.(text);
  };
  const lane = async (): Promise<void> => {
    for (let number = next(); number !== undefined; number = next()) {
      const check = make(seeded(Math.imul(seed, 1_000_003) + number * 7_919), number);
      statements += check.statements;
      const verdict = await check.judge();
      if (verdict.kind === 'failed') {
        await report(check, verdict.why, number);
        continue;
      }
      counts[verdict.kind]++;
      if (verdict.kind === 'answered') coverage.add(check.sql);
      else {
        const why = verdict.kind === 'refused' ? verdict.refusal : `(excused) ${verdict.excuse}`;
        refusals.set(why, (refusals.get(why) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { checks: n, statements, ...counts, failures, refusals, coverage };
}
