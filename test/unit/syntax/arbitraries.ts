/** Random trees of the shapes that the parser makes; every span and parameter index is zero. */
import fc from 'fast-check';
import type {
  BinaryOperator,
  BodyNode,
  CallNode,
  ExprNode,
  OrderNode,
  PatternNode,
  QueryNode,
  RelationNode,
  SelectNode,
  StatementNode,
  WindowSpec,
} from '../../../translators/syntax/ast.ts';
import { takesNamedArguments } from '../../../translators/syntax/keywords.ts';
import { integerLiteral } from '../../../translators/syntax/numbers.ts';
import { BINARY_POWER } from '../../../translators/syntax/precedence.ts';
import { type Arb, at, maybe, oneOf, parameter, simple, some, star, text, word } from './arbitrary-leaves.ts';

const isNumber = (node: ExprNode): boolean =>
  node.kind === 'literal' && ['integer', 'long', 'double'].includes(node.type);

export function expression(depth: number): Arb<ExprNode> {
  if (depth === 0) return simple;
  const e = expression(depth - 1);
  const small = expression(Math.min(depth - 1, 1));
  const node = <T>(kind: string, fields: { [K in keyof T]: Arb<T[K]> }): Arb<ExprNode> =>
    fc.record({ kind: oneOf(kind), ...fields, at: oneOf(at) }) as unknown as Arb<ExprNode>;
  const q = depth > 1 ? query(1) : query(0);
  return fc.oneof(
    { weight: 3, arbitrary: simple },
    {
      weight: 6,
      arbitrary: node('binary', { op: oneOf(...(Object.keys(BINARY_POWER) as BinaryOperator[])), left: e, right: e }),
    },
    { weight: 2, arbitrary: node('unary', { op: oneOf('NOT'), arg: e }) },
    node('unary', { op: oneOf('-', '+'), arg: e.filter((arg) => !isNumber(arg)) }),
    node('is', { arg: e, not: fc.boolean(), what: oneOf('NULL', 'TRUE', 'FALSE', 'MISSING') }),
    node('between', { arg: e, low: e, high: e, not: fc.boolean() }),
    node('in', {
      arg: e,
      list: some(small, 1).filter((l) => l.length > 1 || l[0]!.kind !== 'subquery'),
      not: fc.boolean(),
    }),
    node('inQuery', { arg: e, query: q, not: fc.boolean() }),
    node('quantified', {
      op: oneOf('<', '<=', '>', '>='),
      all: fc.boolean(),
      arg: e,
      query: q,
    }),
    node('row', { items: some(small, 2) }),
    node('like', { op: oneOf('LIKE', 'SIMILAR TO'), arg: e, pattern: e, escape: maybe(small), not: fc.boolean() }),
    node('like', { op: oneOf('REGEXP'), arg: e, pattern: e, not: fc.boolean() }),
    node('exists', { query: q }),
    node('subquery', { query: q }),
    node('case', { operand: maybe(small), whens: some(fc.tuple(small, e).map(branch), 1), otherwise: maybe(e) }),
    node('cast', { arg: e, type: oneOf('INT', 'VARCHAR', 'DOUBLE PRECISION', 'KEYWORD') }),
    // A whole number in quotes is read as the number.
    node('interval', {
      value: small.filter((v) => v.kind !== 'literal' || v.type !== 'string' || !/\d/.test(String(v.value))),
      unit: oneOf('DAY', 'MICROSECOND', 'DAY_HOUR'),
    }),
    node('index', { base: e, index: small }),
    { weight: 3, arbitrary: call(depth) },
  );
}

function branch([when, value]: [ExprNode, ExprNode]): { when: ExprNode; then: ExprNode } {
  return { when, then: value };
}

const fieldList: Arb<ExprNode> = some(
  fc.record({
    field: fc.oneof(word, oneOf('a^2', '*')),
    weight: maybe(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((w) => w + 0)),
    at: oneOf(at),
  }),
  1,
).map((items) => ({ kind: 'fieldList', items, at }));

function call(depth: number): Arb<ExprNode> {
  const e = expression(depth - 1);
  const unit = oneOf<ExprNode>({ kind: 'literal', type: 'string', value: 'DAY', at });
  const side = oneOf<ExprNode>({ kind: 'literal', type: 'string', value: 'LEADING', at });
  const forms: Arb<Partial<CallNode>>[] = [
    fc.record({
      name: oneOf('ABS', 'IF', 'LEFT', 'DATE', 'NOW', 'CURRENT_DATE', 'VALUES', 'SPAN', 'NESTED', 'MOD', 'COUNT'),
      args: some(e),
    }),
    fc.record({ name: oneOf('COUNT', 'SUM'), args: some(e, 1), distinct: oneOf(true) }),
    fc.record({ name: oneOf('COUNT', 'NESTED'), args: fc.tuple(star) }),
    fc.record({
      name: oneOf('GROUP_CONCAT', 'LISTAGG'),
      args: some(e, 1),
      order: maybe(some(order(simple), 1)),
      within: maybe(some(order(simple), 1)),
      separator: maybe(simple),
    }),
    fc.record({ name: oneOf('MATCH', 'QUERY', 'TERMS'), args: some(fc.oneof(e, fieldList)), named: some(named(e)) }),
    fc.record({ name: oneOf('TIMESTAMPADD', 'TIMESTAMPDIFF'), args: fc.tuple(fc.oneof(unit, e), e, e) }),
    fc.record({ name: oneOf('EXTRACT'), args: fc.tuple(fc.oneof(unit, e), e) }),
    fc.record({ name: oneOf('POSITION'), args: fc.tuple(e, e) }),
    fc.record({
      name: oneOf('TRIM'),
      args: fc.oneof(fc.tuple(e), fc.tuple(e, side), fc.tuple(e, side, e), fc.tuple(e, e)),
    }),
    fc.record({ name: oneOf('GET_FORMAT'), args: fc.tuple(e, e) }),
  ];
  const tail = fc.record({ filter: maybe(expression(Math.min(depth - 1, 1))), over: maybe(window) });
  return fc.tuple(fc.oneof(...forms), tail).map(([form, rest]) => {
    return { kind: 'call', name: 'F', args: [], named: [], distinct: false, ...form, ...rest, at };
  });
}

function named(value: Arb<ExprNode>): Arb<CallNode['named'][number]> {
  const key = fc.oneof(oneOf('operator', 'from', 'x y'), word).map((k) => k.toLowerCase());
  // A name in the place of a value is read as a text.
  return fc.record({
    name: key,
    value: fc.oneof(
      value.filter((v) => v.kind !== 'name'),
      fieldList,
    ),
    at: oneOf(at),
  });
}

const window: Arb<WindowSpec> = fc.record({
  base: maybe(oneOf('w', 'my window')),
  partition: some(simple),
  order: some(order(simple)),
  frame: maybe(
    oneOf(
      'ROWS UNBOUNDED PRECEDING',
      'RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW',
      'GROUPS BETWEEN 1 PRECEDING AND 2.5 FOLLOWING',
    ),
  ),
});

function order(expr: Arb<ExprNode>): Arb<OrderNode> {
  return fc.record({ expr, desc: fc.boolean(), nulls: maybe(oneOf('FIRST', 'LAST')), at: oneOf(at) });
}

const bareTable = oneOf(
  't',
  'logs-*',
  'logs-2024.01',
  'c1:logs',
  '.kibana',
  '<logs-{now/d}>',
  '2024',
  'a/b',
  'e.projects',
);

function relation(depth: number): Arb<RelationNode> {
  const alias = maybe(word);
  const table: Arb<RelationNode> = fc.oneof(
    fc.record({ kind: oneOf('table'), name: bareTable, quoted: oneOf(false), alias, at: oneOf(at) }),
    fc.record({ kind: oneOf('table'), name: word, quoted: oneOf(true), alias, at: oneOf(at) }),
  );
  if (depth === 0) return table;
  const side = relation(depth - 1);
  const join = { kind: oneOf('join'), left: side, right: side, at: oneOf(at) };
  const condition = fc.oneof(fc.record({ on: expression(1) }), fc.record({ using: some(word, 1, 2) }));
  return fc.oneof(
    { weight: 2, arbitrary: table },
    fc.record({ kind: oneOf('derived'), query: query(depth - 1), alias, at: oneOf(at) }),
    fc.record({ kind: oneOf('derived'), query: query(depth - 1), alias, lateral: oneOf(true), at: oneOf(at) }),
    fc.record({
      kind: oneOf('derived'),
      query: query(depth - 1),
      alias: word,
      columns: some(word, 1, 2),
      at: oneOf(at),
    }),
    fc.record({
      kind: oneOf('tableFunction'),
      name: oneOf('vectorSearch', 'p.f'),
      args: some(expression(1)),
      named: some(named(simple)),
      alias,
      at: oneOf(at),
    }),
    fc.record({ kind: oneOf('values'), rows: some(some(expression(1), 1), 1), at: oneOf(at) }),
    fc.record({
      kind: oneOf('values'),
      rows: some(some(simple, 1), 1),
      alias: word,
      columns: maybe(some(word, 1)),
      at: oneOf(at),
    }),
    fc.record({ ...join, join: oneOf('CROSS'), comma: oneOf(true) }),
    fc.record({ ...join, join: oneOf('CROSS') }),
    fc.record({ ...join, join: oneOf('INNER', 'LEFT', 'RIGHT', 'FULL', 'SEMI', 'ANTI'), natural: oneOf(true) }),
    fc
      .tuple(fc.record({ ...join, join: oneOf('INNER', 'LEFT', 'RIGHT', 'FULL', 'SEMI', 'ANTI') }), condition)
      .map(([j, c]) => ({ ...j, ...c })),
  );
}

function select(depth: number): Arb<SelectNode> {
  const e = expression(depth);
  const item = fc.oneof(
    { weight: 5, arbitrary: fc.record({ expr: e, alias: maybe(word), at: oneOf(at) }) },
    fc.record({ expr: star, at: oneOf(at) }),
  );
  return fc.record({
    kind: oneOf('select'),
    distinct: fc.boolean(),
    items: some(item, 1),
    from: maybe(relation(depth)),
    where: maybe(e),
    // A row of keys is read as the keys.
    group: some(
      e.filter((key) => key.kind !== 'row'),
      0,
      2,
    ),
    having: maybe(e),
    windows: maybe(some(fc.record({ name: word, spec: window, at: oneOf(at) }), 1, 2)),
    qualify: maybe(e),
    at: oneOf(at),
  });
}

function body(depth: number): Arb<BodyNode> {
  if (depth === 0) return select(0);
  const side = fc.oneof(body(depth - 1), query(depth - 1).filter(hasClauses));
  return fc.oneof(
    { weight: 2, arbitrary: select(depth) },
    fc.record({
      kind: oneOf('setOperation'),
      op: oneOf('UNION', 'INTERSECT', 'EXCEPT'),
      all: fc.boolean(),
      left: side,
      right: side,
      at: oneOf(at),
    }),
  );
}

const hasClauses = (q: QueryNode): boolean =>
  q.with.length > 0 || q.order.length > 0 || q.limit !== undefined || q.offset !== undefined;

/** A query in parentheses is a body only when it has clauses of its own, and then under further ones. */
export function query(depth: number): Arb<QueryNode> {
  const count = fc.oneof(
    fc.nat().map((n) => integerLiteral(String(n), at)),
    parameter,
  );
  const inner: Arb<BodyNode> =
    depth === 0 ? body(0) : fc.oneof({ weight: 4, arbitrary: body(depth) }, query(depth - 1).filter(hasClauses));
  return fc
    .record({
      kind: oneOf('query'),
      with:
        depth === 0
          ? oneOf([])
          : some(
              fc.record({
                name: word,
                columns: maybe(some(word, 1, 2)),
                recursive: maybe(oneOf(true)),
                query: query(depth - 1),
                at: oneOf(at),
              }),
              0,
              1,
            ),
      body: inner,
      order: some(order(expression(Math.min(depth, 1))), 0, 2),
      limit: maybe(count),
      offset: maybe(count),
      hints: oneOf([]),
      at: oneOf(at),
    })
    .map((q) => (q.body.kind === 'query' && !hasClauses(q) ? q.body : q));
}

const hinted = fc
  .tuple(query(2), some(oneOf('ROUTINGS(a, b)', 'USE_NL')))
  .map(([q, hints]): QueryNode => ({ ...q, hints }));
const pattern: Arb<PatternNode> = fc.oneof(
  fc.record({ text, at: oneOf(at) }),
  fc.record({ text: oneOf('hc_%', 'logs-2024', 'i%'), bare: oneOf(true), at: oneOf(at) }),
);
const plain: Arb<StatementNode> = fc.oneof(
  { weight: 6, arbitrary: hinted },
  fc.record({ kind: oneOf('show'), like: maybe(pattern), at: oneOf(at) }),
  fc.record({ kind: oneOf('describe'), like: pattern, columns: maybe(pattern), at: oneOf(at) }),
  fc.record({ kind: oneOf('delete'), from: relation(1), where: maybe(expression(2)), at: oneOf(at) }),
);
export const statement: Arb<StatementNode> = fc.oneof(
  { weight: 6, arbitrary: plain },
  plain.map((inner): StatementNode => ({ kind: 'explain', statement: inner, at })),
);

/** The functions above that were given named arguments must take them. */
for (const f of ['MATCH', 'QUERY', 'TERMS'])
  if (!takesNamedArguments(f)) throw new Error(`${f} takes no named arguments`);
