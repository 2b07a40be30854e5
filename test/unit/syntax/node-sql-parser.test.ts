/**
 * The same groupings as node-sql-parser, on the part of SQL that both read. AND and OR are compared only between
 * comparisons with constants, and only in its bigquery mode: everywhere else it groups them wrongly itself
 * (`a = 0 OR a = b AND c IS NULL` it reads as `(a = 0 OR a = b) AND c IS NULL`).
 */
import fc from 'fast-check';
import nodeSqlParser from 'node-sql-parser';
import { describe, expect, it } from 'vitest';
import type { ExprNode } from '../../../translators/syntax/ast.ts';
import { parse } from '../../../translators/syntax/parser.ts';
import { print } from '../../../translators/syntax/print.ts';

type Shape = string;
/** The loosely typed tree of node-sql-parser. */
type Foreign = { readonly [key: string]: unknown };

const reader = new nodeSqlParser.Parser();

/** Chains of one of AND and OR are flat here: node-sql-parser groups some of them from the right, which means the same. */
function group(op: string, left: Shape, right: Shape): Shape {
  const flat = (side: Shape): Shape => (side.startsWith(`(${op} `) ? side.slice(op.length + 2, -1) : side);
  return op === 'AND' || op === 'OR' ? `(${op} ${flat(left)} ${flat(right)})` : `(${op} ${left} ${right})`;
}

function foreignWhere(sql: string): Shape {
  const ast = reader.astify(sql, { database: 'bigquery' });
  return foreign((Array.isArray(ast) ? ast[0] : ast) as unknown as Foreign, 'where');
}

function foreign(node: Foreign, key: string): Shape {
  const e = node[key] as Foreign;
  const list = (value: unknown): Shape => (value as Foreign[]).map((item) => foreign({ item }, 'item')).join(' ');
  switch (e.type) {
    case 'binary_expr':
      return group(String(e.operator).toUpperCase(), foreign(e, 'left'), foreign(e, 'right'));
    case 'unary_expr':
      return `(${e.operator} ${foreign(e, 'expr')})`;
    case 'column_ref': {
      const column = e.column as { expr?: Foreign } | string;
      return typeof column === 'string' ? `${e.table}.${column}` : String(column.expr?.value);
    }
    case 'function': {
      const called = String(((e.name as Foreign).schema as Foreign).value);
      return `(${called} ${list((e.args as Foreign).value)})`;
    }
    case 'expr_list':
      return list(e.value);
    case 'number':
      return String(Number(e.value));
    case 'single_quote_string':
      return `'${e.value}'`;
    case 'null':
      return 'NULL';
    default:
      throw new Error(`unknown node: ${JSON.stringify(e)}`);
  }
}

function ourWhere(sql: string): Shape {
  const tree = parse(sql);
  if (tree.kind !== 'query' || tree.body.kind !== 'select' || tree.body.where === undefined) throw new Error(sql);
  return ours(tree.body.where);
}

function ours(node: ExprNode): Shape {
  const list = (nodes: readonly ExprNode[]): Shape => nodes.map(ours).join(' ');
  switch (node.kind) {
    case 'binary':
      return group(node.op, ours(node.left), ours(node.right));
    case 'unary':
      return `(${node.op} ${ours(node.arg)})`;
    case 'name':
      return node.parts.join('.');
    case 'call':
      return `(${node.name} ${list(node.args)})`;
    case 'literal':
      return node.type === 'string' ? `'${node.value}'` : node.value === null ? 'NULL' : String(node.value);
    case 'is':
      return `(IS${node.not ? ' NOT' : ''} ${ours(node.arg)} NULL)`;
    case 'in':
      return `(${node.not ? 'NOT ' : ''}IN ${list([node.arg, ...node.list])})`;
    case 'between':
      return `(${node.not ? 'NOT ' : ''}BETWEEN ${list([node.arg, node.low, node.high])})`;
    case 'like':
      return `(${node.not ? 'NOT ' : ''}LIKE ${list([node.arg, node.pattern])})`;
    default:
      throw new Error(`not in the shared part: ${node.kind}`);
  }
}

const at = { start: 0, end: 0 };
const oneOf = fc.constantFrom;
const fixed = <T>(value: T): fc.Arbitrary<T> => fc.constant(value);
const leaf: fc.Arbitrary<ExprNode> = fc.oneof(
  oneOf('a', 'b', 'c', 'd').map((name): ExprNode => ({ kind: 'name', parts: [name], at })),
  fixed<ExprNode>({ kind: 'name', parts: ['t', 'x'], at }),
  fc.nat(100).map((value): ExprNode => ({ kind: 'literal', type: 'integer', value, at })),
);
const { value } = fc.letrec<{ value: ExprNode }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      kind: fixed('binary' as const),
      op: oneOf('+', '-', '*', '/', '%'),
      left: tie('value'),
      right: tie('value'),
      at: fixed(at),
    }),
    fc.record({
      kind: fixed('call' as const),
      name: oneOf('ABS', 'ROUND'),
      args: fc.tuple(tie('value')),
      named: fixed([]),
      distinct: fixed(false),
      at: fixed(at),
    }),
  ),
}));
const text: fc.Arbitrary<ExprNode> = oneOf('x%', '_y').map(
  (v): ExprNode => ({ kind: 'literal', type: 'string', value: v, at }),
);
const comparison = oneOf('a', 'b', 'c').chain((column) => oneOf('=', '<', '>=').map((op) => `${column} ${op} 1`));
const predicate: fc.Arbitrary<ExprNode> = fc.oneof(
  fc.record({
    kind: fixed('binary' as const),
    op: oneOf('=', '!=', '<', '<=', '>', '>='),
    left: value,
    right: value,
    at: fixed(at),
  }),
  fc.record({ kind: fixed('is' as const), arg: leaf, not: fc.boolean(), what: fixed('NULL' as const), at: fixed(at) }),
  fc.record({ kind: fixed('between' as const), arg: leaf, low: leaf, high: leaf, not: fc.boolean(), at: fixed(at) }),
  fc.record({
    kind: fixed('like' as const),
    op: fixed('LIKE' as const),
    arg: leaf,
    pattern: text,
    not: fc.boolean(),
    at: fixed(at),
  }),
);

/** A fixed seed: a fault of the other parser must not fail a run now and then. */
const RUNS = { numRuns: 200, seed: 20_240_229 };

describe('groupings', () => {
  it.each([
    'a = 1 OR b = 2 AND c = 3',
    'a = 1 AND b = 2 OR c = 3',
    'a = 1 OR b = 2 AND c = 3 OR d = 4 AND a = 5',
    '(a = 1 OR b = 2) AND c = 3',
    'NOT a = 1 AND b = 2',
    'a + b * c - d > a / b / c',
    'a BETWEEN 1 AND 2 AND b NOT IN (1, 2) OR c IS NOT NULL',
    "NOT a LIKE 'x%'",
  ])('%s', (condition) => {
    const sql = `SELECT a FROM t WHERE ${condition}`;
    expect(ourWhere(sql)).toBe(foreignWhere(sql));
  });

  it('of arbitrary chains of AND and OR', () => {
    const chain = fc.array(fc.tuple(comparison, oneOf('AND', 'OR')), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(chain, (links) => {
        const condition = links.map(([text, op], i) => (i === 0 ? '' : ` ${op} `) + text).join('');
        const sql = `SELECT a FROM t WHERE ${condition}`;
        expect(ourWhere(sql)).toBe(foreignWhere(sql));
      }),
      RUNS,
    );
  });

  it('of single predicates, negated or not', () => {
    fc.assert(
      fc.property(predicate, fc.boolean(), (node, negated) => {
        const text = print(node);
        // NOT before a bracket it takes for a function.
        const sql = `SELECT a FROM t WHERE ${negated && !text.startsWith('(') ? 'NOT ' : ''}${text}`;
        expect(ourWhere(sql)).toBe(foreignWhere(sql));
      }),
      RUNS,
    );
  });

  it('of arbitrary arithmetic, as written by our printer', () => {
    fc.assert(
      fc.property(value, (node) => {
        const sql = `SELECT a FROM t WHERE ${print(node)} > 0`;
        expect(ourWhere(sql)).toBe(foreignWhere(sql));
      }),
      RUNS,
    );
  });
});
