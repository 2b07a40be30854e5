/** A generated expression: a tree that prints itself and can be made smaller. */
import type { ArgFamily } from '../../translators/algebra/function.ts';

/** Families of values that the generator tells apart. */
export type Family = Exclude<ArgFamily, 'any' | 'temporal' | 'geo' | 'interval'>;

export interface Node {
  readonly family: Family;
  readonly children: readonly Node[];
  readonly print: (children: readonly string[]) => string;
  /** Children may be evaluated in any order, or not at all where another decides: of AND and OR, and of calls that a NULL makes NULL. */
  readonly loose?: boolean;
}

export const leaf = (family: Family, text: string): Node => ({ family, children: [], print: () => text });

export const node = (family: Family, children: readonly Node[], print: Node['print']): Node => ({
  family,
  children,
  print,
});

export const junction = (children: readonly Node[], op: 'AND' | 'OR'): Node => ({
  ...node('boolean', children, (texts) => `(${texts.join(` ${op} `)})`),
  loose: true,
});

/** The expression, and all parts that may be evaluated without it. */
export function* evaluatedAlone(n: Node): Generator<Node> {
  yield n;
  for (const inner of [n, ...descendants(n)]) if (inner.loose) yield* inner.children;
}

export const printNode = (n: Node): string => n.print(n.children.map(printNode));

const NUMBERS: ReadonlySet<Family> = new Set(['number', 'integer']);
const fits = (wanted: Family, given: Family): boolean =>
  wanted === given || (wanted === 'number' && NUMBERS.has(given));

const NULLS: Readonly<Record<Family, string>> = {
  number: '1.5',
  integer: '1',
  string: "'a'",
  boolean: 'TRUE',
  date: "DATE '2024-01-01'",
  time: "TIME '12:00:00'",
  timestamp: "TIMESTAMP '2024-01-01 12:00:00'",
  ip: "CAST('10.0.0.1' AS IP)",
};

/** Simpler expressions of the same family, the simplest first. */
export function* smaller(n: Node): Generator<Node> {
  if (n.children.length > 0) yield leaf(n.family, NULLS[n.family]);
  for (const child of descendants(n)) if (fits(n.family, child.family)) yield child;
  for (const [i, child] of n.children.entries()) {
    for (const less of smaller(child)) yield { ...n, children: n.children.with(i, less) };
  }
}

function* descendants(n: Node): Generator<Node> {
  for (const child of n.children) {
    yield child;
    yield* descendants(child);
  }
}
