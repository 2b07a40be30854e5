/** Random statements as data: they print themselves, know whether their order is total, and can be made smaller. */
import type { Random } from '../../src/sample-data/random.ts';
import { Expressions, type ScopedColumn } from './expressions.ts';
import { edgeLiteral } from './literals.ts';
import { type Family, leaf, type Node, node, printNode, smaller } from './node.ts';
import type { FuzzTable } from './tables.ts';

interface OrderKey {
  readonly text: string;
  readonly suffix: string;
}

interface Aggregate {
  readonly name: string;
  readonly distinct: boolean;
  readonly argument?: Node;
  readonly filter?: Node;
}

export interface Statement {
  readonly from: string;
  /** Rows: items; groups: keys and aggregates. */
  readonly items: readonly Node[];
  readonly distinct: boolean;
  readonly grouped: boolean;
  readonly keys: readonly Node[];
  readonly aggregates: readonly Aggregate[];
  readonly where?: Node;
  readonly having?: string;
  /** Beyond the keys that make it total. */
  readonly order: readonly OrderKey[];
  /** What makes any order total; absent: the statement has no order. */
  readonly last?: readonly string[];
  readonly limit?: string;
  /** Another branch, under UNION ALL. */
  readonly union?: Statement;
}

export const isOrdered = (s: Statement): boolean => s.last !== undefined && !s.union;

function printAggregate(a: Aggregate): string {
  const argument = a.argument ? printNode(a.argument) : '*';
  const filter = a.filter ? ` FILTER (WHERE ${printNode(a.filter)})` : '';
  return `${a.name}(${a.distinct ? 'DISTINCT ' : ''}${argument})${filter}`;
}

export function printStatement(s: Statement): string {
  const items = s.grouped
    ? [
        ...s.keys.map((k, i) => `${printNode(k)} AS k${i}`),
        ...s.aggregates.map((a, i) => `${printAggregate(a)} AS a${i}`),
      ]
    : s.items.map((item, i) => `${printNode(item)} AS c${i}`);
  const parts = [`SELECT ${s.distinct ? 'DISTINCT ' : ''}${items.join(', ')} FROM ${s.from}`];
  if (s.where) parts.push(`WHERE ${printNode(s.where)}`);
  if (s.grouped && s.keys.length > 0) parts.push(`GROUP BY ${s.keys.map(printNode).join(', ')}`);
  if (s.having) parts.push(`HAVING ${s.having}`);
  if (s.union) parts.push(`UNION ALL ${printStatement(s.union)}`);
  if (isOrdered(s)) {
    const keys = [...s.order.map((key) => key.text + key.suffix), ...s.last!];
    if (keys.length > 0) parts.push(`ORDER BY ${keys.join(', ')}`);
    if (s.limit) parts.push(`LIMIT ${s.limit}`);
  }
  return parts.join(' ');
}

/** ORDER BY takes them for ordinals. */
const CONSTANT = /^-?[\d.e]+$|^(NULL|TRUE|FALSE)$|^(DATE |TIME |TIMESTAMP )?'/;
const TYPE_ENDS = new Set(['2147483647', '-2147483648', '9223372036854775807', '-9223372036854775808']);
const SUFFIXES = ['', '', ' DESC', ' ASC NULLS LAST', ' DESC NULLS FIRST', ' NULLS FIRST'];

export class Statements {
  constructor(
    private readonly random: Random,
    private readonly tables: readonly FuzzTable[],
  ) {
    const tied = tables.flatMap((table) => table.columns.filter((c) => c.samples.some((text) => TYPE_ENDS.has(text))));
    this.tied = new Set(tied.flatMap(({ path }) => [path, `l.${path}`, `r.${path}`, 'al', 'l.al', 'r.al']));
  }

  /**
   * Columns that hold the end of their type: the cluster sorts an absent value as that end, so that both tie
   * (docs/differences.md), and no order over them is total.
   */
  private readonly tied: ReadonlySet<string>;

  statement(): Statement {
    const roll = this.random.next();
    if (roll < 0.1) return this.joined();
    if (roll < 0.16) return this.united();
    const table = this.table();
    const scope = scopeOf(table, '');
    const source = { from: table.index, scope, last: [table.key.path], table };
    return roll < 0.55 ? this.rows(source) : this.groups(source);
  }

  private table(): FuzzTable {
    // Tables of many rows take time.
    const table = this.random.pick(this.tables);
    return table.rows > 500 && this.random.chance(0.6) ? this.table() : table;
  }

  private rows(source: Source): Statement {
    const { random } = this;
    const make = new Expressions(random, source.scope);
    const distinct = random.chance(0.12);
    const items = Array.from({ length: random.integer(1, 3) }, () => make.any(random.integer(0, 3)));
    const ordered = random.chance(0.5);
    const order = ordered
      ? Array.from({ length: random.integer(0, 2) }, () => ({
          text: distinct ? `c${random.integer(0, items.length - 1)}` : printNode(make.any(random.integer(0, 2))),
          suffix: random.pick(SUFFIXES),
        }))
      : [];
    const last = distinct ? items.map((_, i) => `c${i}`) : source.last;
    return {
      from: source.from,
      items,
      distinct,
      grouped: false,
      keys: [],
      aggregates: [],
      where: random.chance(0.75) ? this.where(make, source) : undefined,
      order: order.filter((key) => !CONSTANT.test(key.text) && !this.tied.has(key.text)),
      last: ordered ? last : undefined,
      limit: ordered && random.chance(0.5) ? this.limit() : undefined,
    };
  }

  private limit(): string {
    const count = this.random.pick(['1', '3', '5', '10']);
    return this.random.chance(0.4) ? `${count} OFFSET ${this.random.pick(['1', '2', '7'])}` : count;
  }

  private where(make: Expressions, source: Source): Node {
    const { random } = this;
    const condition = make.condition(random.integer(0, 3));
    if (!source.table || !random.chance(0.1)) return condition;
    const subquery = this.subquery(make, source);
    if (random.chance(0.5)) return subquery;
    return node('boolean', [condition, subquery], (texts) => texts.join(' AND '));
  }

  private subquery(make: Expressions, source: Source): Node {
    const { random } = this;
    const other = random.pick(this.tables.filter((t) => t.rows <= 500));
    const inner = new Expressions(random, scopeOf(other, 's.'));
    const where = random.chance(0.7) ? ` WHERE ${printNode(inner.condition(1))}` : '';
    const not = random.chance(0.3) ? 'NOT ' : '';
    const family = inner.anyFamily();
    const value = inner.field(family);
    const outer = make.field(family);
    if (random.chance(0.7) && value && outer) {
      return node(
        'boolean',
        [outer],
        ([a]) => `${a} ${not}IN (SELECT ${printNode(value)} FROM ${other.index} s${where})`,
      );
    }
    if (random.chance(0.5) && value && outer && source.table) {
      const link = `${source.table.index}.${printNode(outer)} = ${printNode(value)}`;
      return leaf(
        'boolean',
        `${not}EXISTS (SELECT 1 FROM ${other.index} s${where ? `${where} AND` : ' WHERE'} ${link})`,
      );
    }
    return leaf('boolean', `${not}EXISTS (SELECT 1 FROM ${other.index} s${where})`);
  }

  private aggregate(make: Expressions): Aggregate {
    const { random } = this;
    const name = random.pick(['COUNT', 'COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'MIN', 'MAX', 'STDDEV_POP', 'VAR_SAMP']);
    const filter = random.chance(0.15) ? make.condition(1) : undefined;
    if (name === 'COUNT') {
      if (random.chance(0.4)) return { name, distinct: false, filter };
      return { name, distinct: random.chance(0.5), argument: make.any(random.integer(0, 2)), filter };
    }
    if (/STDDEV|VAR/.test(name)) return { name, distinct: false, argument: make.smallNumber(), filter };
    const wanted: Family =
      name === 'MIN' || name === 'MAX' ? make.anyFamily() : random.chance(0.5) ? 'integer' : 'number';
    return { name, distinct: false, argument: make.of(wanted, random.integer(0, 2)), filter };
  }

  private groups(source: Source): Statement {
    const { random } = this;
    const make = new Expressions(random, source.scope);
    const keys = Array.from({ length: random.integer(0, 2) }, () => {
      const family = make.anyFamily();
      return (random.chance(0.55) ? make.field(family) : undefined) ?? make.of(family, random.integer(1, 2));
    }).filter(
      (key) => !/^[-\d'(]|^(NULL|TRUE|FALSE|DATE|TIME|TIMESTAMP) ?'?/.test(printNode(key)) || key.children.length > 0,
    );
    const unique = keys.filter((key, i) => keys.findIndex((k) => printNode(k) === printNode(key)) === i);
    const aggregates = Array.from({ length: random.integer(unique.length > 0 ? 0 : 1, 3) }, () => this.aggregate(make));
    const ordered = unique.length > 0 && random.chance(0.6);
    const order = ordered
      ? Array.from({ length: random.integer(0, 2) }, () => ({
          text:
            random.chance(0.5) && aggregates.length > 0
              ? `a${random.integer(0, aggregates.length - 1)}`
              : `k${random.integer(0, unique.length - 1)}`,
          suffix: random.pick(SUFFIXES),
        }))
      : [];
    return {
      from: source.from,
      items: [],
      distinct: false,
      grouped: true,
      keys: unique,
      aggregates,
      where: random.chance(0.6) ? this.where(make, source) : undefined,
      having: random.chance(0.25) ? this.having(make) : undefined,
      order,
      last: ordered ? unique.map((_, i) => `k${i}${random.pick(SUFFIXES)}`) : undefined,
      limit: ordered && random.chance(0.4) ? this.limit() : undefined,
    };
  }

  private having(make: Expressions): string {
    const { random } = this;
    const aggregate = printAggregate(this.aggregate(make));
    if (random.chance(0.3)) return `${aggregate} IS ${random.chance(0.5) ? 'NOT ' : ''}NULL`;
    const number = /^(COUNT|SUM|STDDEV|VAR)/.test(aggregate) ? aggregate : 'COUNT(*)';
    const test = `${number} ${random.pick(['>', '<', '=', '!=', '>='])} ${edgeLiteral('integer', random)}`;
    return random.chance(0.2) ? `NOT (${test})` : test;
  }

  private joined(): Statement {
    const { random } = this;
    const [left, right] = [random.pick(this.small()), random.pick(this.small())];
    const [l, r] = [scopeOf(left, 'l.'), scopeOf(right, 'r.')];
    const leftSide = new Expressions(random, l);
    const family = new Expressions(random, r).anyFamily();
    const value = leftSide.field(family) ?? leftSide.literal(family);
    const both = new Expressions(random, [...l, ...r]);
    const kind = random.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'JOIN']);
    const link = `${printNode(value)} = ${printNode(new Expressions(random, r).field(family)!)}`;
    const on = random.chance(0.3) ? `${link} AND ${printNode(both.condition(1))}` : link;
    const from = `${left.index} l ${kind} ${right.index} r ON ${on}`;
    const source = { from, scope: [...l, ...r], last: [`l.${left.key.path}`, `r.${right.key.path}`] };
    return random.chance(0.6) ? this.rows(source) : this.groups(source);
  }

  private small(): readonly FuzzTable[] {
    return this.tables.filter((table) => table.rows <= 100);
  }

  /** Columns of the branches have one family each. */
  private united(): Statement {
    const { random } = this;
    const tables = [random.pick(this.small()), random.pick(this.small())];
    const makers = tables.map((table) => new Expressions(random, scopeOf(table, '')));
    const families = Array.from({ length: random.integer(1, 2) }, () => makers[0]!.anyFamily());
    const branches = tables.map(
      (table, i): Statement => ({
        from: table.index,
        items: families.map((family) => makers[i]!.of(family, random.integer(0, 2))),
        distinct: false,
        grouped: false,
        keys: [],
        aggregates: [],
        where: random.chance(0.6) ? makers[i]!.condition(1) : undefined,
        order: [],
      }),
    );
    return { ...branches[0]!, union: branches[1] };
  }
}

interface Source {
  readonly from: string;
  readonly scope: readonly ScopedColumn[];
  readonly last: readonly string[];
  readonly table?: FuzzTable;
}

const RESERVED = /^(order|1st|a b|x-y)$/;
const scopeOf = (table: FuzzTable, prefix: string): ScopedColumn[] =>
  table.columns.map((column) => ({
    text: prefix + (RESERVED.test(column.path) || column.path.startsWith('@') ? `\`${column.path}\`` : column.path),
    type: column.type,
    samples: column.samples,
  }));

/** Statements with something left out, the boldest cuts first. */
export function* smallerStatements(s: Statement): Generator<Statement> {
  if (s.union) {
    yield { ...s, union: undefined };
    yield s.union;
  }
  if (s.limit) yield { ...s, limit: undefined };
  if (s.last && !s.limit) yield { ...s, last: undefined, order: [] };
  if (s.having) yield { ...s, having: undefined };
  if (s.where) yield { ...s, where: undefined };
  for (const [i] of s.order.entries()) yield { ...s, order: s.order.toSpliced(i, 1) };
  if (s.items.length > 1 && !s.union && !s.distinct)
    for (const [i] of s.items.entries()) yield { ...s, items: s.items.toSpliced(i, 1) };
  const referenced = s.order.some((key) => /^[ka]\d/.test(key.text));
  if (!referenced) {
    for (const [i] of s.aggregates.entries()) {
      if (s.keys.length + s.aggregates.length > 1) yield { ...s, aggregates: s.aggregates.toSpliced(i, 1) };
    }
    if (!s.last && s.keys.length + s.aggregates.length > 1)
      for (const [i] of s.keys.entries()) yield { ...s, keys: s.keys.toSpliced(i, 1) };
  }
  if (s.distinct && !s.last) yield { ...s, distinct: false };
  for (const [i, a] of s.aggregates.entries()) {
    if (a.filter) yield { ...s, aggregates: s.aggregates.with(i, { ...a, filter: undefined }) };
    if (a.distinct) yield { ...s, aggregates: s.aggregates.with(i, { ...a, distinct: false }) };
    if (a.argument)
      for (const less of smaller(a.argument))
        yield { ...s, aggregates: s.aggregates.with(i, { ...a, argument: less }) };
    if (a.filter)
      for (const less of smaller(a.filter)) yield { ...s, aggregates: s.aggregates.with(i, { ...a, filter: less }) };
  }
  if (s.where) for (const less of smaller(s.where)) yield { ...s, where: less };
  for (const [i, item] of s.items.entries())
    for (const less of smaller(item)) yield { ...s, items: s.items.with(i, less) };
  for (const [i, key] of s.keys.entries()) for (const less of smaller(key)) yield { ...s, keys: s.keys.with(i, less) };
  if (s.union) for (const less of smallerStatements(s.union)) yield { ...s, union: less };
}
