/** Short hands to write logical plans and run them in the residual engine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page, Row } from '../../../src/rows/page.ts';
import type { ResidualLimits } from '../../../src/run/residual.ts';
import { runResidual } from '../../../src/run/residual.ts';
import type {
  AggregateCall,
  Column,
  ColumnRef,
  Compare,
  CompareOperator,
  Expr,
} from '../../../translators/algebra/expr.ts';
import type { JsFunction, ScalarFunction } from '../../../translators/algebra/function.ts';
import type { Input, Join, LogicalPlan, Membership, SortKey, WindowCall } from '../../../translators/algebra/plan.ts';
import type { Session } from '../../../translators/algebra/session.ts';
import type { SqlType, Value } from '../../../translators/algebra/types.ts';
import { aggregates } from '../../../translators/functions/aggregate.ts';
import { lowerToDuckDb } from '../../../translators/lower/duckdb/index.ts';

export const SESSION: Session = { now: '2026-03-01 12:00:00', today: '2026-03-01' };

let ids = 0;
export const column = (name: string, type: SqlType): Column => ({ id: ++ids, name, type });
export const ref = (of: Column): ColumnRef => ({ kind: 'column', type: of.type, column: of });
export const lit = (value: Value, type: SqlType): Expr => ({ kind: 'literal', type, value });
export const compare = (left: Expr, op: CompareOperator, right: Expr): Compare => ({
  kind: 'compare',
  type: 'boolean',
  op,
  left,
  right,
});
export const and = (...args: Expr[]): Expr => ({ kind: 'and', type: 'boolean', args });

export interface Table {
  readonly plan: Input;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export function table(name: string, types: Readonly<Record<string, SqlType>>, rows: readonly Row[]): Table {
  const columns = Object.entries(types).map(([each, type]) => column(each, type));
  return { plan: { kind: 'input', name, columns }, columns, rows };
}

export const join2 = (kind: Join['join'], left: Table, right: Table, on?: Expr, member?: Membership): Join => ({
  kind: 'join',
  join: kind,
  left: left.plan,
  right: right.plan,
  on,
  member,
});

export const asc = (expr: Expr, nullsFirst = true): SortKey => ({ expr, desc: false, nullsFirst });
export const desc = (expr: Expr, nullsFirst = false): SortKey => ({ expr, desc: true, nullsFirst });

export function agg(name: string, args: readonly Expr[] = [], more: Partial<AggregateCall> = {}): AggregateCall {
  const fn = aggregates.find((row) => row.name === name || row.aliases?.includes(name));
  if (!fn) throw new Error(`no aggregate ${name}`);
  const type = typeof fn.returns === 'string' ? fn.returns : fn.returns(args.map((arg) => arg.type));
  return { fn, args, distinct: false, type, ...more };
}

/** Aggregates of the whole input (or by keys): `{ plan, columns }`. */
export function group(input: LogicalPlan, keys: readonly Expr[], calls: readonly AggregateCall[]): LogicalPlan {
  return {
    kind: 'aggregate',
    input,
    keys: keys.map((expr, i) => ({ column: column(`k${i}`, expr.type), expr })),
    aggregates: calls.map((call, i) => ({ column: column(`a${i}`, call.type), call })),
  };
}

export const over = (call: AggregateCall, more: Partial<Omit<WindowCall, 'call' | 'column'>> = {}): WindowCall => ({
  column: column('w', call.type),
  call,
  partition: [],
  order: [],
  ...more,
});

export function project(input: LogicalPlan, ...exprs: readonly Expr[]): LogicalPlan {
  return { kind: 'project', input, items: exprs.map((expr, i) => ({ column: column(`p${i}`, expr.type), expr })) };
}

/** A scalar row that runs by its closure only, unless it gets a `duckdb` cell. */
export function scalar(
  name: string,
  returns: SqlType,
  js: JsFunction,
  more: Partial<ScalarFunction> = {},
): ScalarFunction {
  return {
    name,
    family: 'text',
    summary: name,
    signatures: [[]],
    returns,
    nulls: 'strict',
    js: () => js,
    examples: [],
    ...more,
  };
}
export const call = (fn: ScalarFunction, ...args: readonly Expr[]): Expr => ({
  kind: 'call',
  type: fn.returns as SqlType,
  fn,
  args,
});

export async function* pagesOf(rows: readonly Row[], size = 700): AsyncGenerator<Page> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size) as Page;
}

export async function withTemp<T>(use: (tempDirectory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'residual-test-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export const limitsIn = (tempDirectory: string, more: Partial<ResidualLimits> = {}): ResidualLimits => ({
  memoryLimit: 256_000_000,
  threads: 2,
  tempDirectory,
  ...more,
});

/** Lowers, loads and runs; all rows of the answer. */
export async function run(plan: LogicalPlan, tables: readonly Table[] = []): Promise<Row[]> {
  return withTemp(async (directory) => {
    const query = lowerToDuckDb(plan, SESSION);
    const inputs = tables.map(({ plan: { name }, columns, rows }) => ({ name, columns, pages: pagesOf(rows) }));
    const out: Row[] = [];
    for await (const page of runResidual({ query, inputs, limits: limitsIn(directory) })) out.push(...page);
    return out;
  });
}

/** Rows in one order, for answers without ORDER BY. */
export const sorted = (rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
const text = (row: Row): string =>
  JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
