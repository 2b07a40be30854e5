/** Random statements: rows, groups, sets, over tables, derived tables and joins. */
import type { Random } from '../../src/sample-data/random.ts';
import type { ScalarFunction } from '../../translators/algebra/function.ts';
import { Expressions } from './expressions.ts';
import { edgeLiteral } from './literals.ts';
import { type Family, junction, leaf, type Node, node, printNode } from './node.ts';
import { familyOfType, productionsOf } from './productions.ts';
import { ofJoin, ofStatement, ofTable, type Source, scalarSubquery, subqueryCondition } from './sources.ts';
import { type Aggregate, type Having, type OrderKey, printAggregate, type Statement } from './statement.ts';
import type { FuzzTable } from './tables.ts';
import { windowCall } from './windows.ts';

/** ORDER BY takes them for ordinals. */
const NEGATED = /^-\(-?[\d.]+(e[-+]?\d+)?\)$/;
const CONSTANT = /^-?[\d.]+(e[-+]?\d+)?$|^(NULL|TRUE|FALSE)$|^(DATE |TIME |TIMESTAMP )?'[^']*'$/;
const TYPE_ENDS = new Set([
  ...['2147483647', '-2147483648', '9223372036854775807', '-9223372036854775808'],
  // The least date of nanoseconds.
  "TIMESTAMP '1970-01-01 00:00:00'",
]);
const isName = (key: Node): boolean => key.children.length === 0 && !CONSTANT.test(printNode(key));
const SUFFIXES = ['', '', ' DESC', ' ASC NULLS LAST', ' DESC NULLS FIRST', ' NULLS FIRST'];
const SETS = ['UNION ALL', 'UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT', 'MINUS'];
const FIGURES = ['STDDEV_POP', 'STDDEV_SAMP', 'VAR_POP', 'VAR_SAMP', 'STDDEV', 'STD', 'VARIANCE'];

export class Statements {
  constructor(
    private readonly random: Random,
    private readonly tables: readonly FuzzTable[],
  ) {
    const tied = tables.flatMap((table) => table.columns.filter((c) => c.samples.some((text) => TYPE_ENDS.has(text))));
    this.tied = new Set(tied.flatMap(({ path }) => [path, `l.${path}`, `r.${path}`, 'al', 'l.al', 'r.al']));
    this.small = tables.filter((table) => table.rows <= 100);
  }

  /**
   * Columns that hold the end of their type: the cluster sorts an absent value as that end, so that both tie
   * (docs/differences.md), and no order over them is total.
   */
  private readonly tied: ReadonlySet<string>;
  private readonly small: readonly FuzzTable[];

  statement(): Statement {
    const roll = this.random.next();
    if (roll < 0.08) return this.sets();
    if (roll < 0.18) return this.over(ofJoin(this.random, this.small));
    if (roll < 0.28) {
      const source = ofStatement(this.random, this.inner());
      if (source) return this.over(source);
    }
    return this.over(ofTable(this.table()));
  }

  /** A statement whose parts can be put together: rows, different rows, groups and aggregates that add up; without order. */
  partitionable(): { readonly source: Source; readonly s: Statement } {
    const { random } = this;
    const roll = random.next();
    const inner = roll < 0.15 ? ofStatement(random, this.inner()) : undefined;
    const source = inner ?? (roll < 0.3 ? ofJoin(random, this.small) : ofTable(this.table()));
    const make = this.expressions(source);
    const base = { ...this.base(source), where: random.chance(0.2) ? make.condition(1) : undefined };
    if (random.chance(0.5)) {
      const items = Array.from({ length: random.integer(1, 3) }, () => make.any(random.integer(0, 1)));
      return { source, s: { ...base, items, distinct: random.chance(0.3) } };
    }
    // Keys that are fractions may differ in their last digits from one way of computing them to another.
    const keys = Array.from({ length: random.integer(0, 2) }, () => make.any(0)).filter(
      (key, i, all) => isName(key) && all.findIndex((k) => printNode(k) === printNode(key)) === i,
    );
    const aggregates = Array.from({ length: random.integer(1, 3) }, () => this.summable(make));
    return { source, s: { ...base, grouped: true, keys, aggregates } };
  }

  condition(source: Source): Node {
    return this.where(this.expressions(source), source);
  }

  private summable(make: Expressions): Aggregate {
    const { random } = this;
    const name = random.pick(['COUNT', 'COUNT', 'SUM', 'MIN', 'MAX']);
    if (name === 'COUNT' && random.chance(0.4)) return { name, distinct: false };
    // Sums of large fractions lose digits, and addresses are not in the order of their text.
    if (name === 'SUM') return { name, distinct: false, argument: make.smallNumber() };
    const family = make.anyFamily();
    const argument = make.of(family === 'ip' ? 'integer' : family, random.integer(0, 1));
    return { name, distinct: false, argument };
  }

  /** A statement that depends on a call of this function. */
  about(fn: ScalarFunction): Statement {
    const { random } = this;
    const production = random.pick(productionsOf(fn));
    const wanted = production.args.filter((arg): arg is Family => arg !== 'unit' && arg !== 'interval');
    const fitting = this.small.filter((table) =>
      wanted.every((family) => table.columns.some((column) => familyOfType(column.type) === family)),
    );
    const source = ofTable(random.pick(fitting.length > 0 ? fitting : this.small));
    const make = this.expressions(source);
    const call = make.callOf(production, production.result, 1);
    const base = this.base(source);
    const columns = [make.any(0), leaf('integer', '1')];
    const roll = random.next();
    if (roll < 0.25) return { ...base, items: [call], last: source.last };
    if (roll < 0.5) {
      const literal = make.literal(production.result);
      const op = production.result === 'boolean' ? '=' : random.pick(['=', '!=', '<', '>=']);
      const where = node('boolean', [call, literal], ([a, b]) => `${a} ${op} ${b}`);
      return { ...base, items: columns, where };
    }
    if (roll < 0.6)
      return { ...base, items: columns, order: [{ text: printNode(call), suffix: '' }], last: source.last };
    if (roll < 0.8 && /[a-z]/.test(printNode(call).replaceAll(/'[^']*'/g, ''))) {
      return { ...base, grouped: true, keys: [call], aggregates: [{ name: 'COUNT', distinct: false }] };
    }
    return {
      ...base,
      grouped: true,
      aggregates: [
        { name: 'MAX', distinct: false, argument: call },
        { name: 'COUNT', distinct: true, argument: call },
      ],
    };
  }

  private over(source: Source): Statement {
    return this.random.chance(0.5) ? this.rows(source) : this.groups(source);
  }

  private inner(): Statement {
    return this.over({ ...ofTable(this.random.pick(this.small)), opaque: undefined });
  }

  private table(): FuzzTable {
    // Tables of many rows take time.
    const table = this.random.pick(this.tables);
    return table.rows > 500 && this.random.chance(0.6) ? this.table() : table;
  }

  private expressions(source: Source): Expressions {
    const scalar = (family: Family): Node | undefined => {
      const text = scalarSubquery(this.random, this.small, family);
      return text === undefined ? undefined : leaf(family, text);
    };
    return new Expressions(this.random, source.scope, { scalar });
  }

  private rows(source: Source): Statement {
    const { random } = this;
    const make = this.expressions(source);
    const distinct = random.chance(0.12);
    const items: Node[] = Array.from({ length: random.integer(1, 3) }, () => make.any(random.integer(0, 3)));
    if (source.last && !distinct && random.chance(0.12)) items.push(windowCall(random, make, source.last));
    if (source.opaque?.length && !distinct && random.chance(0.3)) {
      items.push(leaf('string', random.pick(source.opaque)));
    }
    const ordered = random.chance(0.5);
    const named = distinct || !source.last;
    const keys = Array.from({ length: ordered ? random.integer(0, 2) : 0 }, () => ({
      text: named ? `c${random.integer(0, items.length - 1)}` : printNode(make.any(random.integer(0, 2))),
      suffix: random.pick(SUFFIXES),
    }));
    return {
      ...this.base(source),
      items,
      distinct,
      where: random.chance(0.75) ? this.where(make, source) : undefined,
      order: keys.filter((key) => !CONSTANT.test(key.text) && !NEGATED.test(key.text) && !this.tied.has(key.text)),
      last: !ordered ? undefined : named ? items.map((_, i) => `c${i}`) : source.last,
      limit: ordered && random.chance(0.5) ? this.limit() : undefined,
    };
  }

  private base(source: Source): Statement {
    return {
      from: source.from,
      cte: source.cte,
      items: [],
      distinct: false,
      grouped: false,
      keys: [],
      aggregates: [],
      order: [],
    };
  }

  private limit(): string {
    const count = this.random.pick(['1', '3', '5', '10', '0']);
    return this.random.chance(0.4) ? `${count} OFFSET ${this.random.pick(['1', '2', '7'])}` : count;
  }

  private where(make: Expressions, source: Source): Node {
    const { random } = this;
    const condition = make.condition(random.integer(0, 3));
    if (source.opaque?.length && random.chance(0.1)) {
      const test = leaf('boolean', `${random.pick(source.opaque)} IS ${random.chance(0.5) ? 'NOT ' : ''}NULL`);
      return random.chance(0.5) ? test : junction([condition, test], 'AND');
    }
    if (!source.table || !random.chance(0.12)) return condition;
    const { tested, print } = subqueryCondition(random, this.small, make, source);
    const subquery = node('boolean', tested ? [tested] : [], ([text]) => print(text ?? ''));
    return random.chance(0.5) ? subquery : junction([condition, subquery], random.pick(['AND', 'OR'] as const));
  }

  private aggregate(make: Expressions): Aggregate {
    const { random } = this;
    const name = random.pick(['COUNT', 'COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'MIN', 'MAX', 'FIGURE', 'PERCENTILE']);
    const filter = random.chance(0.15) ? make.condition(1) : undefined;
    if (name === 'COUNT') {
      if (random.chance(0.4)) return { name, distinct: false, filter };
      return { name, distinct: random.chance(0.5), argument: make.any(random.integer(0, 2)), filter };
    }
    if (name === 'FIGURE') return { name: random.pick(FIGURES), distinct: false, argument: make.smallNumber(), filter };
    // Between its ends a percentile is an estimate, which no two ways of computing it share.
    if (name === 'PERCENTILE') {
      const literals = [random.pick(['0', '100'])];
      const named = random.pick(['PERCENTILE', 'PERCENTILE_APPROX']);
      return { name: named, distinct: false, argument: make.smallNumber(), literals, filter };
    }
    const wanted: Family =
      name === 'MIN' || name === 'MAX' ? make.anyFamily() : random.chance(0.5) ? 'integer' : 'number';
    if (name === 'AVG' && random.chance(0.15))
      return { name, distinct: false, argument: make.of('timestamp', 0), filter };
    return { name, distinct: false, argument: make.of(wanted, random.integer(0, 2)), filter };
  }

  private groups(source: Source): Statement {
    const { random } = this;
    const make = this.expressions(source);
    const keys = Array.from({ length: random.integer(0, 2) }, () => {
      const family = make.anyFamily();
      return (random.chance(0.55) ? make.field(family) : undefined) ?? make.of(family, random.integer(1, 2));
    }).filter((key) => !CONSTANT.test(printNode(key)) && !NEGATED.test(printNode(key)));
    const unique = keys.filter((key, i) => keys.findIndex((k) => printNode(k) === printNode(key)) === i);
    const aggregates = Array.from({ length: random.integer(unique.length > 0 ? 0 : 1, 3) }, () => this.aggregate(make));
    const ordered = unique.length > 0 && random.chance(0.6);
    const order = Array.from({ length: ordered ? random.integer(0, 2) : 0 }, () => this.groupOrder(unique, aggregates));
    const ranked = unique.length > 0 && random.chance(0.08);
    return {
      ...this.base(source),
      grouped: true,
      keys: unique,
      aggregates,
      windows: ranked ? [this.rankOfGroups(aggregates)] : undefined,
      where: random.chance(0.6) ? this.where(make, source) : undefined,
      having: random.chance(0.3) ? this.havingOf(make) : undefined,
      order,
      last: ordered ? unique.map((_, i) => `k${i}${random.pick(SUFFIXES)}`) : undefined,
      limit: ordered && random.chance(0.4) ? this.limit() : undefined,
    };
  }

  private groupOrder(keys: readonly Node[], aggregates: readonly Aggregate[]): OrderKey {
    const { random } = this;
    const at = aggregates.length > 0 ? random.integer(0, aggregates.length - 1) : 0;
    // Figures that agree to nine digits only may tie on one path.
    const byAggregate = random.chance(0.5) && aggregates[at] && /^(COUNT|MIN|MAX)$/.test(aggregates[at].name);
    return {
      text: byAggregate ? `a${at}` : `k${random.integer(0, keys.length - 1)}`,
      suffix: random.pick(SUFFIXES),
    };
  }

  private rankOfGroups(aggregates: readonly Aggregate[]): string {
    const counts = aggregates.filter((a) => /^(COUNT|MIN|MAX)$/.test(a.name)).map(printAggregate);
    const by = counts.length > 0 ? this.random.pick(counts) : 'COUNT(*)';
    return `${this.random.pick(['RANK()', 'DENSE_RANK()', 'COUNT(*)'])} OVER (ORDER BY ${by} DESC)`;
  }

  having(source: Source): Having {
    return this.havingOf(this.expressions(source));
  }

  private havingOf(make: Expressions): Having {
    const { random } = this;
    const a = this.aggregate(make);
    if (random.chance(0.3)) {
      const test = random.chance(0.5) ? 'IS NOT NULL' : 'IS NULL';
      return { aggregates: [a], print: ([text]) => `${text} ${test}` };
    }
    const numeric = /^(COUNT|SUM)/.test(a.name) ? a : { name: 'COUNT', distinct: false };
    const op = random.pick(['>', '<', '=', '!=', '>=']);
    const literal = edgeLiteral('integer', random);
    const one = (text: string): string => `${text} ${op} ${literal}`;
    if (random.chance(0.2)) return { aggregates: [numeric], print: ([text]) => `NOT (${one(text!)})` };
    if (random.chance(0.3)) {
      const both = random.pick(['AND', 'OR']);
      return { aggregates: [numeric, a], print: ([x, y]) => `${one(x!)} ${both} ${y} IS NOT NULL` };
    }
    return { aggregates: [numeric], print: ([text]) => one(text!) };
  }

  /** Columns of the branches have one family each. */
  private sets(): Statement {
    const { random } = this;
    const makers = [0, 1].map(() => {
      const source = ofTable(random.pick(this.small));
      return { source, make: this.expressions(source) };
    });
    const families = Array.from({ length: random.integer(1, 2) }, () => makers[0]!.make.anyFamily());
    const [left, right] = makers.map(
      ({ source, make }): Statement => ({
        ...this.base(source),
        items: families.map((family) => make.of(family, random.integer(0, 2))),
        where: random.chance(0.6) ? make.condition(1) : undefined,
      }),
    );
    const ordered = random.chance(0.4);
    return {
      ...left!,
      union: { op: random.pick(SETS), right: right! },
      last: ordered ? families.map((_, i) => `c${i}${random.pick(SUFFIXES)}`) : undefined,
      limit: ordered && random.chance(0.5) ? this.limit() : undefined,
    };
  }
}
