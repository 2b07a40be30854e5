/** Statements that the dialect and DuckDB have in common: subqueries that look outside, joins with USING, operations of sets. */
import type { Random } from '../../src/sample-data/random.ts';
import type { BothPaths } from './both-paths.ts';
import { difference } from './compare.ts';
import { Expressions, type ScopedColumn } from './expressions.ts';
import type { Judge } from './judge.ts';
import { type Family, type Node, node, printNode } from './node.ts';
import { familyOfType } from './productions.ts';
import { type Check, codeOf, failed, messageOf } from './runner.ts';
import { scopeOf } from './sources.ts';
import { type Aggregate, isOrdered, printStatement, type Statement, smallerStatements } from './statement.ts';
import type { FuzzTable } from './tables.ts';

type Run = BothPaths['cluster'];

export function judged(random: Random, tables: readonly FuzzTable[], run: Run, judge: Judge): Check {
  const made = new JudgedStatements(random, tables);
  return checkOf(made.statement(), run, judge);
}

function checkOf(s: Statement, run: Run, judge: Judge): Check {
  const sql = printStatement(s);
  return {
    sql,
    statements: 1,
    async judge() {
      const [ours, right] = [await run(sql), await judge.ask(sql)];
      if ('error' in ours && 'error' in right) return { kind: 'refused', refusal: messageOf(ours) };
      if ('error' in right) return failed(`the judge refuses: ${messageOf(right)}`);
      if ('error' in ours) return failed(`refused: ${codeOf(ours)}: ${messageOf(ours)}`);
      const why = difference(ours.rows, right.rows, isOrdered(s));
      return why === undefined ? { kind: 'answered' } : failed(why.replaceAll('on the cluster path', 'here'));
    },
    *smaller() {
      for (const less of smallerStatements(s)) yield checkOf(less, run, judge);
    },
  };
}

const KINDS = ['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'FULL OUTER JOIN', 'INNER JOIN'];
const SETS = ['UNION', 'UNION ALL', 'INTERSECT', 'INTERSECT ALL', 'EXCEPT', 'EXCEPT ALL', 'MINUS'];
const LINKS = ['=', '=', '=', '<=', '<', '<>', '<=>'];
/** In every judged table. */
const SHARED = ['k', 't', 'flag', 'day', 'ts'];

class JudgedStatements {
  private aliases = 0;

  constructor(
    private readonly random: Random,
    private readonly tables: readonly FuzzTable[],
  ) {}

  statement(): Statement {
    const roll = this.random.next();
    if (roll < 0.5) return this.asking();
    return roll < 0.75 ? this.using() : this.sets();
  }

  private expressions(scope: readonly ScopedColumn[], depth: number): Expressions {
    return new Expressions(this.random, scope, {
      shared: true,
      condition: depth > 0 ? () => this.subquery(scope, depth - 1) : undefined,
      scalar: (family) => this.scalar(family),
    });
  }

  /** Rows or groups of a table whose conditions hold subqueries. */
  private asking(): Statement {
    const { random } = this;
    const table = random.pick(this.tables);
    const scope = scopeOf(table, 'x.');
    const make = this.expressions(scope, 2);
    const question = (): Node => this.subquery(scope, 1);
    const base = { ...NOTHING, from: [`${table.index} x`] };
    const where = random.chance(0.8) ? make.condition(random.integer(0, 2)) : question();
    if (random.chance(0.75)) {
      const shown = random.chance(0.4) ? [question()] : [];
      return {
        ...base,
        items: [node('integer', [], () => 'x.id'), ...shown],
        where: random.chance(0.85) ? where : undefined,
      };
    }
    const keys = random.chance(0.5) ? [random.chance(0.5) ? question() : make.any(0)] : [];
    const counted = node('integer', [question()], ([a]) => `CASE WHEN ${a} THEN 1 END`);
    const aggregates: Aggregate[] = [
      { name: 'COUNT', distinct: false, argument: counted },
      { name: 'COUNT', distinct: false },
    ];
    return { ...base, grouped: true, keys: keys.filter((key) => /x\./.test(printNode(key))), aggregates, where };
  }

  private scalar(family: Family): Node | undefined {
    const table = this.random.pick(this.tables);
    const make = new Expressions(this.random, scopeOf(table, 'v.'), { shared: true });
    const value = make.field(family);
    if (!value || family === 'boolean') return undefined;
    const call = this.random.pick(['MAX', 'MIN']);
    return node(
      family,
      [make.condition(0)],
      ([where]) => `(SELECT ${call}(${printNode(value)}) FROM ${table.index} v WHERE ${where})`,
    );
  }

  /** EXISTS or IN over rows that look at those of the scope, in none, one or two ways. */
  private subquery(outer: readonly ScopedColumn[], depth: number): Node {
    const { random } = this;
    const table = random.pick(this.tables);
    const alias = `s${this.aliases++}`;
    const scope = scopeOf(table, `${alias}.`);
    const inner = this.expressions(scope, depth);
    const looking = new Expressions(random, outer, { shared: true });
    const links = Array.from({ length: random.pick([0, 1, 1, 1, 2]) }, () => this.link(inner, looking, outer));
    const conditions = random.chance(0.5) ? [...links, inner.condition(random.integer(0, 1))] : links;
    const from = random.chance(0.15) ? `(SELECT * FROM ${table.index}) ${alias}` : `${table.index} ${alias}`;
    const where = (texts: readonly string[]): string => (texts.length > 0 ? ` WHERE ${texts.join(' AND ')}` : '');
    const not = random.chance(0.4) ? 'NOT ' : '';
    if (random.chance(0.35))
      return node('boolean', conditions, (texts) => `(${not}EXISTS (SELECT 1 FROM ${from}${where(texts)}))`);
    const family = inner.anyFamily();
    const value = random.chance(0.8) ? inner.field(family)! : inner.of(family, 1);
    const tested = random.chance(0.85) ? looking.of(family, 0) : looking.of(family, 1);
    const distinct = random.chance(0.1) ? 'DISTINCT ' : '';
    const word = random.pick(not ? ['NOT IN', 'NOT IN', '<> ALL'] : ['IN', 'IN', '= ANY']);
    return node(
      'boolean',
      [tested, value, ...conditions],
      ([a, b, ...texts]) => `(${a} ${word} (SELECT ${distinct}${b} FROM ${from}${where(texts)}))`,
    );
  }

  private link(inner: Expressions, looking: Expressions, outer: readonly ScopedColumn[]): Node {
    const { random } = this;
    const family = familyOfType(random.pick(outer).type)!;
    const sides = [inner.field(family) ?? inner.literal(family), looking.field(family)!];
    const op = random.pick(family === 'boolean' ? ['=', '<>', '<=>'] : LINKS);
    if (random.chance(0.12)) {
      const children = [...sides, looking.any(0)];
      return node('boolean', children, ([a, b, c]) => `(${a} ${op} ${b} OR ${c} IS NULL)`);
    }
    return node('boolean', random.chance(0.5) ? sides : [...sides].reverse(), ([a, b]) => `${a} ${op} ${b}`);
  }

  /** Tables joined by the names of columns that they share, which unqualified mean whichever side has a value. */
  private using(): Statement {
    const { random } = this;
    const names = ['l', 'r', 'm'].slice(0, random.chance(0.3) ? 3 : 2);
    const members = names.map((name) => ({ name, table: random.pick(this.tables) }));
    const fit = SHARED.filter((path) => new Set(members.map(({ table }) => familyIn(table, path))).size === 1);
    const merged = [...new Set(Array.from({ length: random.integer(1, 2) }, () => random.pick(fit)))];
    const [first, ...rest] = members;
    const from = rest.reduce(
      (text, { name, table }) => `${text} ${random.pick(KINDS)} ${table.index} ${name} USING (${merged.join(', ')})`,
      `${first!.table.index} ${first!.name}`,
    );
    const own = members.flatMap(({ name, table }) => scopeOf(table, `${name}.`));
    const common = scopeOf(first!.table, '').filter(({ text }) => merged.includes(text));
    const make = new Expressions(random, [...common, ...common, ...common, ...own], { shared: true });
    const keys = common.map(({ text, type }) => node(familyOfType(type)!, [], () => text));
    const ids = members.map(({ name }) => node('integer', [], () => `${name}.id`));
    const base = { ...NOTHING, from: [from], where: random.chance(0.5) ? make.condition(1) : undefined };
    if (random.chance(0.7)) {
      const items = [...keys, ...ids, ...(random.chance(0.4) ? [make.any(1)] : [])];
      return random.chance(0.2) ? { ...base, items: keys, distinct: true } : { ...base, items };
    }
    const argument = make.any(0);
    return {
      ...base,
      grouped: true,
      keys,
      aggregates: [
        { name: 'COUNT', distinct: false, argument },
        { name: 'COUNT', distinct: false },
      ],
    };
  }

  private sets(): Statement {
    const { random } = this;
    const families = Array.from({ length: random.integer(1, 2) }, () => random.pick(COLUMNS));
    const branches = Array.from({ length: random.chance(0.3) ? 3 : 2 }, () => this.branch(families));
    const whole = branches.reduceRight((right, left) => ({ ...left, union: { op: random.pick(SETS), right } }));
    if (!random.chance(0.35)) return whole;
    const suffix = (): string => random.pick(['', ' DESC', ' NULLS LAST', ' DESC NULLS FIRST']);
    const last = families.map((_, i) => `c${i}${suffix()}`);
    return { ...whole, last, limit: random.chance(0.5) ? random.pick(['1', '3', '7', '5 OFFSET 2']) : undefined };
  }

  private branch(families: readonly Family[]): Statement {
    const { random } = this;
    const table = random.pick(this.tables);
    const scope = scopeOf(table, 'x.');
    const make = this.expressions(scope, 1);
    const items = families.map((family) => {
      const given = family === 'timestamp' && random.chance(0.4) ? 'date' : family;
      return make.of(given, random.integer(0, 1));
    });
    return { ...NOTHING, from: [`${table.index} x`], items, where: random.chance(0.6) ? make.condition(1) : undefined };
  }
}

const COLUMNS: readonly Family[] = ['integer', 'number', 'number', 'string', 'boolean', 'date', 'timestamp'];

function familyIn(table: FuzzTable, path: string): string {
  const family = familyOfType(table.columns.find((column) => column.path === path)!.type)!;
  return family === 'integer' ? 'number' : family;
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
