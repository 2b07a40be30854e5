/** What a generated statement reads FROM: a table, a derived table, a common table expression, or joins of small ones. */
import type { Random } from '../../src/sample-data/random.ts';
import type { SqlType } from '../../translators/algebra/types.ts';
import { Expressions, type ScopedColumn } from './expressions.ts';
import { type Family, type Node, printNode } from './node.ts';
import type { Statement } from './statement.ts';
import type { FuzzTable } from './tables.ts';

export interface Source {
  readonly from: Statement['from'];
  readonly cte?: Statement['cte'];
  readonly scope: readonly ScopedColumn[];
  /** Columns that make an order total; none: the rows' own columns have to. */
  readonly last?: readonly string[];
  readonly table?: FuzzTable;
  /** Columns that can only be shown and tested for NULL. */
  readonly opaque?: readonly string[];
}

const RESERVED = /^(order|1st|a b|x-y)$/;
export const nameOf = (path: string): string =>
  RESERVED.test(path) || path.startsWith('@') || /^when$/.test(path) ? `\`${path}\`` : path;

export const scopeOf = (table: FuzzTable, prefix: string): ScopedColumn[] =>
  table.columns.map((column) => ({
    text: prefix + nameOf(column.path),
    type: column.type,
    samples: column.samples,
  }));

export function ofTable(table: FuzzTable): Source {
  return {
    from: [table.index],
    scope: scopeOf(table, ''),
    last: [nameOf(table.key.path)],
    table,
    opaque: table.opaque,
  };
}

const TYPES: Readonly<Record<Family, SqlType>> = {
  integer: 'long',
  number: 'double',
  string: 'keyword',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  ip: 'ip',
};

/** Its columns are what the inner statement shows; it has no key, so orders end with all columns shown. */
export function ofStatement(random: Random, inner: Statement): Source | undefined {
  const shown: ScopedColumn[] = [];
  const add = (name: string, family: Family): void => {
    shown.push({ text: `d.${name}`, type: TYPES[family], samples: [] });
  };
  for (const [i, item] of inner.items.entries()) add(`c${i}`, item.family);
  for (const [i, key] of inner.keys.entries()) add(`k${i}`, key.family);
  for (const [i, a] of inner.aggregates.entries()) {
    // The others are declared narrower or wider than their argument.
    if (a.name === 'COUNT') add(`a${i}`, 'integer');
    else if (/^(STDDEV|VAR)/.test(a.name)) add(`a${i}`, 'number');
    else if (a.argument && (a.name === 'MIN' || a.name === 'MAX')) add(`a${i}`, a.argument.family);
  }
  if (shown.length === 0) return undefined;
  if (random.chance(0.4)) return { from: ['d'], cte: { name: 'd', body: inner }, scope: shown };
  return { from: [inner, random.chance(0.5) ? ' d' : ' AS d'], scope: shown };
}

export function ofJoin(random: Random, tables: readonly FuzzTable[]): Source {
  const names = ['l', 'r', 'm'].slice(0, random.chance(0.2) ? 3 : 2);
  const members = names.map((name) => ({ name, table: random.pick(tables) }));
  const first = members[0]!;
  let from = `${first.table.index} ${first.name}`;
  let scope = scopeOf(first.table, `${first.name}.`);
  let rows = first.table.rows;
  for (const { name, table } of members.slice(1)) {
    const own = scopeOf(table, `${name}.`);
    const right = new Expressions(random, own);
    if (rows * table.rows < 400 && random.chance(0.12)) {
      from += `${names.length === 2 ? random.pick([' CROSS JOIN ', ', ']) : ' CROSS JOIN '}${table.index} ${name}`;
      rows *= table.rows;
    } else {
      const left = new Expressions(random, scope);
      const family = right.anyFamily();
      const link = `${printNode(left.field(family) ?? left.literal(family))} = ${printNode(right.field(family)!)}`;
      const both = new Expressions(random, [...scope, ...own]);
      const on = random.chance(0.3) ? `${link} AND ${printNode(both.condition(1))}` : link;
      const kind = random.pick(['JOIN', 'INNER JOIN', 'LEFT JOIN', 'RIGHT OUTER JOIN', 'FULL JOIN', 'JOIN']);
      from += ` ${kind} ${table.index} ${name} ON ${on}`;
    }
    scope = [...scope, ...own];
  }
  return { from: [from], scope, last: members.map(({ name, table }) => `${name}.${nameOf(table.key.path)}`) };
}

/** `(SELECT MAX(x) FROM t s WHERE …)` */
export function scalarSubquery(random: Random, tables: readonly FuzzTable[], family: Family): string | undefined {
  const table = random.pick(tables);
  const make = new Expressions(random, scopeOf(table, 's.'));
  const value = make.field(family);
  if (!value) return undefined;
  const where = random.chance(0.5) ? ` WHERE ${printNode(make.condition(0))}` : '';
  return `(SELECT ${random.pick(['MAX', 'MIN'])}(${printNode(value)}) FROM ${table.index} s${where})`;
}

interface SubqueryCondition {
  readonly tested?: Node;
  readonly print: (tested: string) => string;
}

/** `a IN (SELECT …)`, `EXISTS (…)`, perhaps with a reference to the outer row. */
export function subqueryCondition(
  random: Random,
  tables: readonly FuzzTable[],
  outer: Expressions,
  source: Source,
): SubqueryCondition {
  const other = random.pick(tables);
  const inner = new Expressions(random, scopeOf(other, 's.'));
  const where = random.chance(0.7) ? ` WHERE ${printNode(inner.condition(1))}` : '';
  const not = random.chance(0.3) ? 'NOT ' : '';
  const family = inner.anyFamily();
  const value = inner.field(family);
  const tested = outer.field(family);
  const from = `FROM ${other.index} s${where}`;
  // A pattern cannot qualify a column.
  const { table } = source;
  const linked = inner.field(family);
  const link =
    random.chance(0.5) && linked && tested && table && !table.index.includes('*')
      ? `${where ? ' AND' : ' WHERE'} \`${table.index}\`.${printNode(tested)} ${random.pick(['=', '=', '<='])} ${printNode(linked)}`
      : '';
  const looked = outer.field(family);
  if (random.chance(0.7) && value && looked)
    return { tested: looked, print: (text) => `${text} ${not}IN (SELECT ${printNode(value)} ${from}${link})` };
  return { print: () => `${not}EXISTS (SELECT 1 ${from}${link})` };
}
