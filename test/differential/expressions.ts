/** Random well-typed expressions over the columns in scope: fields, literals, operators, and whatever the catalogue's signatures allow. */
import type { Random } from '../../src/sample-data/random.ts';
import type { SqlType } from '../../translators/algebra/types.ts';
import { crossed } from './crossed.ts';
import { ARGUMENT_LITERALS, edgeLiteral, foreignLiteral, quote, sharedLiteral } from './literals.ts';
import { type Family, junction, leaf, type Node, node } from './node.ts';
import { familyOfType, PRODUCTIONS, type Production } from './productions.ts';

export interface ScopedColumn {
  /** As written in the statement, with the table's alias where there are two. */
  readonly text: string;
  readonly type: SqlType;
  readonly samples: readonly string[];
}

/** With any number they would make texts of megabytes. */
const LONG_TEXTS = new Set(['REPEAT', 'SPACE', 'LPAD', 'RPAD']);
/** Whose modes and zones are checked before any value is. */
const MODES = new Set(['WEEK', 'YEARWEEK', 'TO_ZONE']);
/** Which take no other value than a few constants at these places. */
const CONSTANTS: Readonly<Record<string, readonly number[]>> = {
  GET_FORMAT: [0],
  DATE_TRUNC: [0, 2],
  DATE_FLOOR: [1],
  DATE_CEIL: [1],
  DATE_PART: [0],
  SPAN: [1],
  TRIM_OF: [1],
};
/** Of a moment. */
const SPANS = [undefined, ['1d', '90m', '1M', "'2h'"]];
const UNITS = ['MICROSECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];
const COMPARISONS = ['=', '=', '!=', '<>', '<', '<=', '>', '>='];

const CAST_NAMES: Readonly<Record<Family, string>> = {
  integer: 'INT',
  number: 'DOUBLE',
  string: 'STRING',
  boolean: 'BOOLEAN',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  ip: 'IP',
};

/** A call of nothing but NULLs has no type of its own. */
const typedNull = (n: Node): Node =>
  n.print([]) === 'NULL' ? leaf(n.family, `CAST(NULL AS ${CAST_NAMES[n.family]})`) : n;

export interface ExpressionOptions {
  /** A subquery of one value. */
  readonly scalar?: (family: Family) => Node | undefined;
  /** Conditions of another kind, among the others. */
  readonly condition?: () => Node;
  /** Only what DuckDB has under the same name and with the same meaning. */
  readonly shared?: boolean;
}

export class Expressions {
  constructor(
    private readonly random: Random,
    private readonly columns: readonly ScopedColumn[],
    private readonly options: ExpressionOptions = {},
  ) {}

  /** Any family that some column has. */
  anyFamily(): Family {
    return familyOfType(this.random.pick(this.columns).type)!;
  }

  any(depth: number): Node {
    return this.of(this.anyFamily(), depth);
  }

  private columnsOf(family: Family): readonly ScopedColumn[] {
    return this.columns.filter((column) => {
      const own = familyOfType(column.type);
      return own === family || (family === 'number' && own === 'integer');
    });
  }

  field(family: Family): Node | undefined {
    const columns = this.columnsOf(family);
    return columns.length === 0 ? undefined : leaf(family, this.random.pick(columns).text);
  }

  /** Whose variance keeps its digits: the cluster subtracts squares, which loses those of large numbers that lie close together. */
  smallNumber(): Node {
    return this.smallOf('number') ?? leaf('integer', '1');
  }

  private smallOf(family: Family): Node | undefined {
    const small = this.columnsOf(family).filter(
      (c) => c.samples.length > 0 && c.samples.every((text) => Math.abs(Number(text)) <= 1_000),
    );
    return small.length === 0 ? undefined : leaf(family, this.random.pick(small).text);
  }

  literal(family: Family): Node {
    const column = this.random.chance(0.6) ? this.columnsOf(family).filter((c) => c.samples.length > 0) : [];
    const samples = column.length > 0 ? this.random.pick(column).samples : [];
    if (this.random.chance(0.03)) return leaf(family, 'NULL');
    if (samples.length > 0) return leaf(family, this.random.pick(samples));
    return leaf(family, this.options.shared ? sharedLiteral(family, this.random) : edgeLiteral(family, this.random));
  }

  of(family: Family, depth: number): Node {
    const { random } = this;
    if (depth <= 0 || random.chance(0.3)) {
      const field = random.chance(0.85) ? this.field(family) : undefined;
      return field ?? typedNull(this.literal(family));
    }
    if (family === 'boolean' && random.chance(0.7)) return this.condition(depth);
    const roll = random.next();
    if (roll < 0.02) return this.options.scalar?.(family) ?? this.of(family, 0);
    if (roll < 0.08) return this.caseOf(family, depth);
    if (this.options.shared) return this.sharedOf(family, depth);
    if (roll < 0.15) return this.castTo(family, depth);
    if ((family === 'number' || family === 'integer') && roll < 0.4) return this.arithmetic(family, depth);
    if (family === 'timestamp' && roll < 0.3) return this.shifted(depth);
    if (family === 'string' && roll < 0.18) return this.piece(depth);
    return this.call(family, depth);
  }

  private sharedOf(family: Family, depth: number): Node {
    const { random } = this;
    const roll = random.next();
    if (roll < 0.25) {
      const children = [this.of(family, depth - 1), this.of(family, 0)];
      const name = random.pick(['COALESCE', 'NULLIF']);
      return node(family, children, ([a, b]) => `${name}(${a}, ${b})`);
    }
    if (roll < 0.7 && (family === 'integer' || family === 'number')) {
      // Small numbers: the types in which the two engines compute differ in width.
      const [by, op] = [
        random.pick(family === 'integer' ? ['1', '2', '3'] : ['1', '0.5', '0.25']),
        random.pick(['+', '-', '*']),
      ];
      return node(family, [this.smallOf(family) ?? leaf(family, '1')], ([a]) => `(${a} ${op} ${by})`);
    }
    if (roll < 0.6 && family === 'string') {
      const name = random.pick(['UPPER', 'LOWER', 'TRIM']);
      return node(family, [this.of(family, depth - 1)], ([a]) => `${name}(${a})`);
    }
    if (roll < 0.5 && family === 'timestamp')
      return node(family, [this.of('date', depth - 1)], ([a]) => `CAST(${a} AS TIMESTAMP)`);
    if (roll < 0.5 && family === 'integer')
      return node(family, [this.of('boolean', depth - 1)], ([a]) => `CAST(${a} AS INT)`);
    return this.of(family, 0);
  }

  private call(family: Family, depth: number): Node {
    const { random } = this;
    const byName = new Map(PRODUCTIONS.get(family));
    if (family === 'number') for (const [name, list] of PRODUCTIONS.get('integer')!) byName.set(name, list);
    if (byName.size === 0) return this.of(family, 0);
    return this.callOf(random.pick(random.pick([...byName.values()])), family, depth);
  }

  /** A call of this function, whose arguments are made of columns where there are any. */
  callOf({ fn, args }: Production, family: Family, depth: number): Node {
    const { random } = this;
    const name = random.chance(0.2) && fn.aliases?.length ? random.pick(fn.aliases) : fn.name;
    const children: Node[] = [];
    const pieces = args.map((arg, i): string | number => {
      if (arg === 'unit') return random.pick(UNITS);
      if (arg === 'interval') return `INTERVAL ${random.pick(['1', '-1', '31', '0', '1000'])} ${random.pick(UNITS)}`;
      const given = fn.name === 'SPAN' && args[0] === 'timestamp' ? SPANS[i] : ARGUMENT_LITERALS[fn.name]?.[i];
      const only = LONG_TEXTS.has(fn.name) || MODES.has(fn.name) || CONSTANTS[fn.name]?.includes(i);
      if (given && (only || random.chance(0.85))) return random.pick(given);
      children.push(this.of(arg, arg === 'integer' && i > 0 ? 0 : depth - 1));
      return children.length - 1;
    });
    const written = (texts: readonly string[]): string[] => pieces.map((p) => (typeof p === 'number' ? texts[p]! : p));
    const print: Node['print'] =
      fn.name === 'EXTRACT'
        ? (texts) => `EXTRACT(${written(texts).join(' FROM ')})`
        : (texts) => `${name}(${written(texts).join(', ')})`;
    return { ...node(family, children, print), loose: fn.nulls === 'strict' };
  }

  private arithmetic(family: Family, depth: number): Node {
    const op = this.random.pick(['+', '-', '*', '/', '%', 'DIV']);
    if (this.random.chance(0.08)) return node(family, [this.of(family, depth - 1)], ([a]) => `-(${a})`);
    const children = [this.of(family, depth - 1), this.of(family, this.random.chance(0.5) ? 0 : depth - 1)];
    return { ...node(family, children, ([a, b]) => `(${a} ${op} ${b})`), loose: true };
  }

  private shifted(depth: number): Node {
    const { random } = this;
    const by = `INTERVAL ${random.pick(['1', '12', '-3', '100'])} ${random.pick(UNITS)}`;
    const op = random.pick(['+', '-']);
    return node('timestamp', [this.of(random.pick(['timestamp', 'date']), depth - 1)], ([a]) => `(${a} ${op} ${by})`);
  }

  /** `SPLIT(a, ',')[0]` */
  private piece(depth: number): Node {
    const [by, at] = [this.random.pick(["' '", "'.'", "'@'", "'a'"]), this.random.pick(['0', '1', '7'])];
    return node('string', [this.of('string', depth - 1)], ([a]) => `SPLIT(${a}, ${by})[${at}]`);
  }

  private caseOf(family: Family, depth: number): Node {
    const { random } = this;
    if (random.chance(0.3)) {
      const tested = this.anyFamily();
      const children = [this.of(tested, 0), this.literal(tested), this.of(family, depth - 1), this.of(family, 0)];
      return node(family, children, ([a, w, t, e]) => `CASE ${a} WHEN ${w} THEN ${t} ELSE ${e} END`);
    }
    const children = [this.condition(depth - 1), this.of(family, depth - 1)];
    if (random.chance(0.4)) return node(family, children, ([w, t]) => `CASE WHEN ${w} THEN ${t} END`);
    return node(family, [...children, this.of(family, 0)], ([w, t, e]) => `CASE WHEN ${w} THEN ${t} ELSE ${e} END`);
  }

  private castTo(family: Family, depth: number): Node {
    const { random } = this;
    const target = random.pick(
      {
        integer: ['INT', 'BIGINT', 'SHORT', 'BYTE'],
        number: ['DOUBLE', 'FLOAT'],
        string: ['STRING'],
        boolean: ['BOOLEAN'],
        date: ['DATE'],
        time: ['TIME'],
        timestamp: ['TIMESTAMP'],
        ip: ['IP'],
      }[family],
    );
    const from: Family[] = {
      integer: ['integer', 'number', 'boolean', 'integer'] as Family[],
      number: ['integer', 'number'] as Family[],
      string: ['integer', 'number', 'boolean', 'date', 'time', 'timestamp', 'string', 'ip'] as Family[],
      boolean: ['integer', 'boolean', 'number'] as Family[],
      date: ['timestamp', 'date'] as Family[],
      time: ['timestamp', 'time'] as Family[],
      timestamp: ['date', 'timestamp'] as Family[],
      ip: ['ip'] as Family[],
    }[family];
    return node(family, [this.of(random.pick(from), depth - 1)], ([a]) => `CAST(${a} AS ${target})`);
  }

  condition(depth: number): Node {
    const { random } = this;
    if (this.options.condition && random.chance(0.3)) return this.options.condition();
    const pair = this.options.shared && random.chance(0.12) ? crossed(random, this.columns) : undefined;
    if (pair) return pair;
    const roll = random.next();
    if (depth > 0 && roll < 0.3) {
      const op = random.pick(['AND', 'OR'] as const);
      if (!this.options.shared && random.chance(0.07))
        return node('boolean', [this.condition(depth - 1), this.condition(0)], ([a, b]) => `(${a} XOR ${b})`);
      const children = Array.from({ length: random.chance(0.25) ? 3 : 2 }, () => this.condition(depth - 1));
      return junction(children, op);
    }
    if (depth > 0 && roll < 0.42) return node('boolean', [this.condition(depth - 1)], ([a]) => `NOT (${a})`);
    if (roll < 0.5) {
      const test = random.pick(['IS NULL', 'IS NOT NULL']);
      return node('boolean', [this.any(depth - 1)], ([a]) => `((${a}) ${test})`);
    }
    if (roll < 0.54) {
      const test = random.pick(['IS TRUE', 'IS FALSE', 'IS NOT TRUE', 'IS NOT FALSE']);
      return node('boolean', [this.of('boolean', depth - 1)], ([a]) => `((${a}) ${test})`);
    }
    if (roll < 0.62) return this.inList(depth);
    if (roll < 0.69) return this.like(depth);
    if (roll < 0.76) return this.between(depth);
    if (roll < 0.8) return this.of('boolean', depth - 1);
    return this.comparison(depth);
  }

  /** What a condition tests, with a maker of literals that some row may hold. */
  private subject(depth: number): { family: Family; tested: Node; literal: () => Node } {
    const { random } = this;
    if (random.chance(0.5)) {
      const column = random.pick(this.columns);
      const family = familyOfType(column.type)!;
      const literal = (): Node =>
        column.samples.length > 0 && random.chance(0.75)
          ? leaf(family, random.pick(column.samples))
          : this.beside(family);
      return { family, tested: leaf(family, column.text), literal };
    }
    const family = this.anyFamily();
    return { family, tested: this.of(family, depth - 1), literal: () => this.beside(family) };
  }

  /** A literal to compare with, at times of another type. */
  private beside(family: Family): Node {
    const foreign = !this.options.shared && this.random.chance(0.25);
    return foreign ? leaf(family, foreignLiteral(family, this.random)) : this.literal(family);
  }

  private comparison(depth: number): Node {
    const { random } = this;
    const { family, tested: left, literal } = this.subject(depth);
    const op = random.chance(0.05) ? '<=>' : random.pick(COMPARISONS);
    const right = random.chance(0.7) ? literal() : this.of(family, depth - 1);
    const sides = random.chance(0.15) ? [right, left] : [left, right];
    return node('boolean', sides, ([a, b]) => `(${a} ${op} ${b})`);
  }

  private inList(depth: number): Node {
    const { random } = this;
    const { tested, literal } = this.subject(depth);
    const items = Array.from({ length: random.integer(1, 4) }, literal);
    if (random.chance(0.12)) items.push(leaf('string', 'NULL'));
    const not = random.chance(0.35) ? 'NOT ' : '';
    return node('boolean', [tested, ...items], ([a, ...list]) => `(${a} ${not}IN (${list.join(', ')}))`);
  }

  private between(depth: number): Node {
    const { family, tested, literal } = this.subject(depth);
    if (family === 'boolean') return this.inList(depth);
    const not = this.random.chance(0.3) ? 'NOT ' : '';
    const children = [tested, literal(), literal()];
    return node('boolean', children, ([a, low, high]) => `(${a} ${not}BETWEEN ${low} AND ${high})`);
  }

  private like(depth: number): Node {
    const { random } = this;
    const subject = this.of('string', depth - 1);
    const not = random.chance(0.3) ? 'NOT ' : '';
    if (!this.options.shared && random.chance(0.15)) {
      const pattern = random.pick(["'.*'", "'[A-Z].*'", "'.*[0-9].*'", "'a|b.*'", "'.'", "''"]);
      return node('boolean', [subject], ([a]) => `((${a} REGEXP ${pattern}) = ${not ? 0 : 1})`);
    }
    return this.likePattern(subject, not);
  }

  private likePattern(subject: Node, not: string): Node {
    const { random } = this;
    const sample = this.literal('string').print([]);
    let text = /^'.*'$/s.test(sample) ? sample.slice(1, -1).replaceAll("''", "'").replaceAll('\\\\', '\\') : 'a';
    const cut = [...text];
    const roll = random.next();
    if (roll < 0.3) text = `${cut.slice(0, random.integer(0, 3)).join('')}%`;
    else if (roll < 0.5) text = `%${cut.slice(-2).join('')}`;
    else if (roll < 0.7) text = `%${cut.slice(1, 3).join('')}%`;
    else if (roll < 0.85 && cut.length > 0) text = cut.with(random.integer(0, cut.length - 1), '_').join('');
    if (random.chance(0.2)) text = text.toUpperCase();
    if (random.chance(this.options.shared ? 0.3 : 0.1)) {
      // What stands behind the escape means itself; another sign than the default leaves that one without a meaning.
      const sign = random.pick(['!', '~']);
      const escaped = quote(text.replaceAll(sign, '').replace(/[%_]/, (found) => sign + found));
      return node('boolean', [subject], ([a]) => `(${a} ${not}LIKE ${escaped} ESCAPE '${sign}')`);
    }
    if (random.chance(0.06))
      return node('boolean', [subject, this.of('string', 0)], ([a, b]) => `(${a} ${not}LIKE ${b})`);
    const pattern = quote(text);
    return node('boolean', [subject], ([a]) => `(${a} ${not}LIKE ${pattern})`);
  }
}
