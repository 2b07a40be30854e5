/** A generated statement as data: it prints itself, knows whether its order is total, and can be made smaller. */
import { evaluatedAlone, type Node, printNode, smaller } from './node.ts';

export interface OrderKey {
  readonly text: string;
  readonly suffix: string;
}

export interface Aggregate {
  readonly name: string;
  readonly distinct: boolean;
  readonly argument?: Node;
  /** Behind the argument: of PERCENTILE. */
  readonly literals?: readonly string[];
  readonly filter?: Node;
}

/** What an expression of HAVING prints where an aggregate stands. */
export interface Having {
  readonly aggregates: readonly Aggregate[];
  readonly print: (aggregates: readonly string[]) => string;
}

export interface Statement {
  /** Texts, and statements that print themselves in parentheses. */
  readonly from: readonly (string | Statement)[];
  /** `WITH d AS (…)`: its name and body. */
  readonly cte?: { readonly name: string; readonly body: Statement };
  /** Rows: items; groups: keys and aggregates, and perhaps ranks of the groups. */
  readonly items: readonly Node[];
  readonly distinct: boolean;
  readonly grouped: boolean;
  readonly keys: readonly Node[];
  readonly aggregates: readonly Aggregate[];
  readonly windows?: readonly string[];
  readonly where?: Node;
  readonly having?: Having;
  /** Beyond the keys that make it total. */
  readonly order: readonly OrderKey[];
  /** What makes any order total; absent: the statement has no order. */
  readonly last?: readonly string[];
  readonly limit?: string;
  /** Another branch, behind an operator of sets. */
  readonly union?: { readonly op: string; readonly right: Statement };
}

export const isOrdered = (s: Statement): boolean => s.last !== undefined;

export function printAggregate(a: Aggregate): string {
  const argument = a.argument ? printNode(a.argument) : '*';
  const filter = a.filter ? ` FILTER (WHERE ${printNode(a.filter)})` : '';
  return `${a.name}(${[(a.distinct ? 'DISTINCT ' : '') + argument, ...(a.literals ?? [])].join(', ')})${filter}`;
}

const printHaving = (having: Having): string => having.print(having.aggregates.map(printAggregate));

export function printStatement(s: Statement): string {
  const items = s.grouped
    ? [
        ...s.keys.map((k, i) => `${printNode(k)} AS k${i}`),
        ...s.aggregates.map((a, i) => `${printAggregate(a)} AS a${i}`),
        ...(s.windows ?? []).map((w, i) => `${w} AS w${i}`),
      ]
    : s.items.map((item, i) => `${printNode(item)} AS c${i}`);
  const from = s.from.map((piece) => (typeof piece === 'string' ? piece : `(${printStatement(piece)})`)).join('');
  const parts = [`SELECT ${s.distinct ? 'DISTINCT ' : ''}${items.join(', ')} FROM ${from}`];
  if (s.cte) parts.unshift(`WITH ${s.cte.name} AS (${printStatement(s.cte.body)})`);
  if (s.where) parts.push(`WHERE ${printNode(s.where)}`);
  if (s.grouped && s.keys.length > 0) parts.push(`GROUP BY ${s.keys.map(printNode).join(', ')}`);
  if (s.having) parts.push(`HAVING ${printHaving(s.having)}`);
  if (s.union) parts.push(`${s.union.op} ${printStatement(s.union.right)}`);
  if (isOrdered(s)) {
    const keys = [...s.order.map((key) => key.text + key.suffix), ...s.last!];
    if (keys.length > 0) parts.push(`ORDER BY ${keys.join(', ')}`);
    if (s.limit) parts.push(`LIMIT ${s.limit}`);
  }
  return parts.join(' ');
}

/** Statements with something left out, the boldest cuts first. */
export function* smallerStatements(s: Statement): Generator<Statement> {
  if (s.union) {
    yield { ...s, union: undefined };
    yield s.union.right;
  }
  if (s.limit) yield { ...s, limit: undefined };
  if (s.last && !s.limit) yield { ...s, last: undefined, order: [] };
  if (s.having) yield { ...s, having: undefined };
  if (s.where) yield { ...s, where: undefined };
  for (const [i] of s.order.entries()) yield { ...s, order: s.order.toSpliced(i, 1) };
  yield* withoutOutputs(s);
  if (s.distinct && !s.last) yield { ...s, distinct: false };
  for (const [i, a] of s.aggregates.entries())
    for (const less of smallerAggregates(a)) yield { ...s, aggregates: s.aggregates.with(i, less) };
  for (const [i, a] of (s.having?.aggregates ?? []).entries())
    for (const less of smallerAggregates(a))
      yield { ...s, having: { ...s.having!, aggregates: s.having!.aggregates.with(i, less) } };
  if (s.where) for (const less of smaller(s.where)) yield { ...s, where: less };
  for (const [i, item] of s.items.entries())
    for (const less of smaller(item)) yield { ...s, items: s.items.with(i, less) };
  for (const [i, key] of s.keys.entries()) for (const less of smaller(key)) yield { ...s, keys: s.keys.with(i, less) };
  if (s.union) for (const less of smallerStatements(s.union.right)) yield { ...s, union: { ...s.union, right: less } };
  if (s.cte) for (const less of sameOutputs(s.cte.body)) yield { ...s, cte: { ...s.cte, body: less } };
  for (const [i, piece] of s.from.entries()) {
    if (typeof piece === 'string') continue;
    for (const less of sameOutputs(piece)) yield { ...s, from: s.from.with(i, less) };
  }
}

function* withoutOutputs(s: Statement): Generator<Statement> {
  if (s.windows) yield { ...s, windows: undefined };
  if (s.items.length > 1 && !s.union && !s.distinct && !s.last?.some((text) => /^c\d/.test(text)))
    for (const [i] of s.items.entries()) yield { ...s, items: s.items.toSpliced(i, 1) };
  if (s.windows || s.order.some((key) => /^[ka]\d/.test(key.text))) return;
  for (const [i] of s.aggregates.entries()) {
    if (s.keys.length + s.aggregates.length > 1) yield { ...s, aggregates: s.aggregates.toSpliced(i, 1) };
  }
  if (!s.last && s.keys.length + s.aggregates.length > 1)
    for (const [i] of s.keys.entries()) yield { ...s, keys: s.keys.toSpliced(i, 1) };
}

function* smallerAggregates(a: Aggregate): Generator<Aggregate> {
  if (a.filter) yield { ...a, filter: undefined };
  if (a.distinct) yield { ...a, distinct: false };
  if (a.argument) for (const less of smaller(a.argument)) yield { ...a, argument: less };
  if (a.filter) for (const less of smaller(a.filter)) yield { ...a, filter: less };
}

/** Of a derived table, whose columns the outer statement names. */
function* sameOutputs(s: Statement): Generator<Statement> {
  for (const less of smallerStatements(s)) {
    const same =
      less.items.length === s.items.length &&
      less.keys.length === s.keys.length &&
      less.aggregates.length === s.aggregates.length &&
      less.windows?.length === s.windows?.length;
    if (same) yield less;
  }
}

const JOIN = / (?:\w+ )?(?:OUTER )?JOIN (\S+ \w+) ON .*$/;

/** A join of two without its condition, so that every pair of rows is there; of three they would be too many. */
const unlinked = (piece: string | Statement): string | Statement =>
  typeof piece === 'string' && piece.split('JOIN').length === 2 ? piece.replace(JOIN, ' CROSS JOIN $1') : piece;

/**
 * The expressions of a statement, each in a statement that evaluates it on every row that may reach it: a condition on all rows of
 * FROM, or on all pairs of a join, everything else on those that WHERE leaves. A group is computed before HAVING drops it.
 */
export function* evaluations(s: Statement): Generator<Statement> {
  const rows: Statement = { ...NOTHING, from: s.from, cte: s.cte };
  const kept: Statement = { ...rows, where: s.where };
  const calls = [...s.aggregates, ...(s.having?.aggregates ?? [])];
  const results = [
    ...s.items,
    ...s.keys,
    ...calls.flatMap((a) => [a.argument, a.filter].filter((n) => n !== undefined)),
  ];
  for (const result of results) for (const part of evaluatedAlone(result)) yield { ...kept, items: [part] };
  if (s.where) {
    for (const part of evaluatedAlone(s.where)) {
      yield { ...rows, items: [part] };
      yield { ...rows, from: s.from.map(unlinked), items: [part] };
    }
  }
  if (s.having) yield { ...s, having: undefined, last: undefined, order: [], union: undefined };
  if (s.union) yield* evaluations(s.union.right);
  if (s.cte) yield* evaluations(s.cte.body);
  for (const piece of s.from) if (typeof piece !== 'string') yield* evaluations(piece);
}

const NOTHING: Statement = {
  from: [],
  items: [],
  distinct: false,
  grouped: false,
  keys: [],
  aggregates: [],
  order: [],
};
