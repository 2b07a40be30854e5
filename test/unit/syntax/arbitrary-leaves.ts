/** Random words, texts, literals and names, with a liking for those that need quoting. */
import fc from 'fast-check';
import type { ExprNode, LiteralNode, NameNode } from '../../../translators/syntax/ast.ts';
import { integerLiteral, withSign } from '../../../translators/syntax/numbers.ts';

export type Arb<T> = fc.Arbitrary<T>;
export const at = { start: 0, end: 0 };
export const maybe = <T>(arb: Arb<T>): Arb<T | undefined> => fc.option(arb, { nil: undefined });
export const some = <T>(arb: Arb<T>, minLength = 0, maxLength = 3): Arb<T[]> => fc.array(arb, { minLength, maxLength });
export const oneOf = fc.constantFrom;

export const word: Arb<string> = fc.oneof(
  oneOf(
    'a',
    'b',
    'age',
    '@timestamp',
    '_id',
    'order',
    'interval',
    'date',
    'current_date',
    'end',
    'from',
    'day',
    'x',
    '日本',
    'x y',
    'a.b',
    '`',
    "it's",
    '1x',
    '*',
    'null',
    'left',
    'match',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
);
export const text: Arb<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  some(oneOf('\\', "'", '"', '`', '%', 'n', '/*'), 0, 6).map((t) => t.join('')),
);

const integer: Arb<LiteralNode> = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).chain((big) => {
  return oneOf(big, big >> 32n, big >> 60n).map((value) => {
    const literal = integerLiteral(String(value < 0n ? -value : value), at);
    return value < 0n ? withSign('-', literal, at)! : literal;
  });
});
export const literal: Arb<LiteralNode> = fc.oneof(
  integer,
  fc.double({ noNaN: true }).map((value): LiteralNode => ({ kind: 'literal', type: 'double', value, at })),
  text.map((value): LiteralNode => ({ kind: 'literal', type: 'string', value, at })),
  text.map((value): LiteralNode => ({ kind: 'literal', type: 'string', value, doubleQuoted: true, at })),
  fc
    .tuple(oneOf('date', 'time', 'timestamp'), text)
    .map(([type, value]): LiteralNode => ({ kind: 'literal', type, value, at })),
  oneOf<LiteralNode>(
    { kind: 'literal', type: 'null', value: null, at },
    { kind: 'literal', type: 'boolean', value: true, at },
    { kind: 'literal', type: 'boolean', value: false, at },
  ),
);
const name: Arb<NameNode> = some(word, 1).map((parts) => ({ kind: 'name', parts, at }));
export const star = fc.record({
  kind: oneOf('star'),
  qualifier: some(word, 0, 2),
  except: maybe(some(word, 1, 2)),
  at: oneOf(at),
}) as Arb<ExprNode>;
export const parameter = oneOf<ExprNode>({ kind: 'parameter', index: 0, at });
export const simple: Arb<ExprNode> = fc.oneof(name, literal, parameter);
