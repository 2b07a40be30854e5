/** The one table of binding powers; parser and printer both read it. */
import type { BinaryOperator } from './ast.ts';

/**
 * Loosest first. NOT stands between AND and the comparisons, and all comparisons and predicates share one
 * left-associative level: `a = b IS NULL` is `(a = b) IS NULL` (spec sql-grammar 4.1).
 */
export const POWER = {
  or: 10,
  xor: 15,
  and: 20,
  not: 30,
  comparison: 40,
  concat: 50,
  sum: 60,
  product: 70,
  /** Behind a sign, so that a position may be negative. */
  member: 75,
  sign: 80,
  primary: 100,
} as const;

export const BINARY_POWER: Readonly<Record<BinaryOperator, number>> = {
  OR: POWER.or,
  XOR: POWER.xor,
  AND: POWER.and,
  '=': POWER.comparison,
  '<=>': POWER.comparison,
  '!=': POWER.comparison,
  '<': POWER.comparison,
  '<=': POWER.comparison,
  '>': POWER.comparison,
  '>=': POWER.comparison,
  '||': POWER.concat,
  '+': POWER.sum,
  '-': POWER.sum,
  '*': POWER.product,
  '/': POWER.product,
  '%': POWER.product,
  DIV: POWER.product,
  MOD: POWER.product,
  '->': POWER.member,
  '->>': POWER.member,
};

/** Predicates with a grammar of their own after the left operand; NOT stands before some of them. */
export type PredicateWord = 'IS' | 'BETWEEN' | 'IN' | 'LIKE' | 'ILIKE' | 'REGEXP' | 'RLIKE' | 'SIMILAR' | 'NOT';

export type InfixRow =
  | { readonly power: number; readonly op: BinaryOperator }
  | { readonly power: number; readonly predicate: PredicateWord };

/** Spellings that mean another operator. */
const SPELLINGS: readonly (readonly [string, BinaryOperator])[] = [
  ['&&', 'AND'],
  ['<>', '!='],
];
const PREDICATES: readonly PredicateWord[] = [
  'IS',
  'BETWEEN',
  'IN',
  'LIKE',
  'ILIKE',
  'REGEXP',
  'RLIKE',
  'SIMILAR',
  'NOT',
];

/** What may follow an operand, by token. */
export const INFIX: ReadonlyMap<string, InfixRow> = new Map<string, InfixRow>([
  ...(Object.keys(BINARY_POWER) as BinaryOperator[]).map((op) => [op, { power: BINARY_POWER[op], op }] as const),
  ...SPELLINGS.map(([text, op]) => [text, { power: BINARY_POWER[op], op }] as const),
  ...PREDICATES.map((predicate) => [predicate, { power: POWER.comparison, predicate }] as const),
]);

/** Everything of the Pratt loop that a dialect decides. */
export interface Grammar {
  readonly infix: ReadonlyMap<string, InfixRow>;
  readonly sign: number;
  readonly not: number;
}

export const OPENSEARCH_GRAMMAR: Grammar = { infix: INFIX, sign: POWER.sign, not: POWER.not };

/** SQL over objects: each predicate has a level of its own (spec s3-select 4); IS stands with `=`, `||` below the sums. */
const SELECT_POWER: Readonly<Record<string, number>> = {
  OR: 10,
  AND: 20,
  '=': 40,
  '!=': 40,
  IS: 40,
  '<': 45,
  '<=': 45,
  '>': 45,
  '>=': 45,
  LIKE: 50,
  BETWEEN: 55,
  IN: 60,
  '||': 62,
  '+': 65,
  '-': 65,
  '*': 70,
  '/': 70,
  '%': 70,
};
const SELECT_PREDICATES: ReadonlySet<string> = new Set(['IS', 'LIKE', 'BETWEEN', 'IN']);

export const SELECT_GRAMMAR: Grammar = {
  infix: new Map<string, InfixRow>([
    ...Object.entries(SELECT_POWER).map(([word, power]): [string, InfixRow] =>
      SELECT_PREDICATES.has(word)
        ? [word, { power, predicate: word as PredicateWord }]
        : [word, { power, op: word as BinaryOperator }],
    ),
    ['<>', { power: SELECT_POWER['!=']!, op: '!=' }],
    // `a NOT IN b` binds as IN does: the parser looks at the word behind NOT.
    ['NOT', { power: SELECT_POWER.LIKE!, predicate: 'NOT' }],
  ]),
  sign: 80,
  not: 30,
};

/** Predicates that NOT may stand before, as in `a NOT LIKE b`. */
export const NEGATABLE: ReadonlySet<string> = new Set(['LIKE', 'ILIKE', 'REGEXP', 'RLIKE', 'SIMILAR', 'IN', 'BETWEEN']);
