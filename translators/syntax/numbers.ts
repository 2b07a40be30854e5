/** Numeric literals: the type that a size of integer has, and signs that belong to the literal. */
import { cellOf } from '../algebra/whole-number.ts';
import type { LiteralNode, Span } from './ast.ts';

const INT_MAX = 2147483647;
/** Digits that a double holds for certain. */
const SAFE_DIGITS = 15;

/** INTEGER when it fits 32 bits, otherwise LONG; a value beyond 64 bits is left to the binder to refuse. */
export function integerLiteral(text: string, at: Span): LiteralNode {
  return integerNode(text.length <= SAFE_DIGITS ? Number(text) : BigInt(text), at);
}

function integerNode(value: number | bigint, at: Span): LiteralNode {
  const type = value >= -INT_MAX - 1 && value <= INT_MAX ? 'integer' : 'long';
  return { kind: 'literal', type, value: typeof value === 'number' ? value : cellOf(value), at };
}

/** `- 5` is the literal -5 and `+5` is 5; undefined when the literal is no number. */
export function withSign(sign: '-' | '+', literal: LiteralNode, at: Span): LiteralNode | undefined {
  const { type, value } = literal;
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  if (sign === '+') return { ...literal, at };
  if (type === 'double') {
    const { decimal } = literal;
    const negated = decimal?.startsWith('-') ? decimal.slice(1) : `-${decimal}`;
    return { ...literal, value: -value, ...(decimal && { decimal: negated }), at };
  }
  // `0 - value`, for an integer has no negative zero.
  return integerNode(typeof value === 'bigint' ? -value : 0 - value, at);
}
