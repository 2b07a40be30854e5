/** Functions of a text compared with a literal, as queries on the whole text: prefixes, ends, contents, lengths. */

import { holds } from '../../algebra/compare-operators.ts';
import type { Dsl } from '../../algebra/dsl.ts';
import type { Call, Compare, Expr, Like } from '../../algebra/expr.ts';
import type { Fold, Texts } from '../../algebra/function-facts.ts';
import type { Field } from '../../algebra/schema.ts';
import { isString } from '../../algebra/types.ts';
import { allOf, anyOf, MATCH_NONE, termsOf } from './bool.ts';
import { foldedQuery } from './case-fold.ts';
import type { Place } from './context.ts';
import { always, type Leaf, never } from './leaf.ts';
import { likeLeaf } from './like.ts';
import { likeParts } from './like-pattern.ts';
import { escapeRegexp } from './regexp.ts';
import { scriptQuery } from './script.ts';
import { onWhole, type WholeValue, wholeValueOf } from './text.ts';

const one = (value: string): Texts => ({ kind: 'values', values: [value] });

/** `f(field) = 'text'`, and conditions on positions and lengths. */
export function textFunctionLeaf({ left, op, right }: Compare, place: Place): Leaf | undefined {
  if (left.kind !== 'call' || right.kind !== 'literal' || op === '!=') return undefined;
  const { value } = right;
  if (typeof value === 'string' && isString(left.type)) {
    return op === '=' ? leafOf(left, one(value), place) : undefined;
  }
  if (left.type === 'boolean') return op === '=' && value === true ? piecesLeaf(left, place) : undefined;
  if (typeof value !== 'number') return undefined;
  const { text } = left.fn;
  switch (text?.kind) {
    case 'position': {
      if (left.args.length !== 2) return undefined;
      return positionLeaf(left.args[text.piece]!, left.args[text.text]!, op, value, place);
    }
    case 'length': {
      const comparison: Compare = { kind: 'compare', type: 'boolean', left, op, right };
      return lengthLeaf(comparison, left.args[0]!, text.unit, value, place);
    }
    default:
      return undefined;
  }
}

/** Whether a text begins or ends with another. */
export function piecesLeaf(call: Call, place: Place): Leaf | undefined {
  const fact = call.fn.text;
  const [text, piece] = call.args;
  if (fact?.kind !== 'edge' || !text || piece?.kind !== 'literal' || typeof piece.value !== 'string') return undefined;
  return leafOf(text, { kind: fact.edge, piece: piece.value }, place);
}

function leafOf(expr: Expr, wanted: Texts, place: Place): Leaf | undefined {
  const below = columnTexts(expr, wanted);
  const field = below && fieldOf(below.column);
  const whole = field && wholeValueOf(field, place);
  // Other kinds of whole values answer patterns by rules of their own.
  if (!below || !field || whole?.mapping !== 'keyword') return undefined;
  const { texts } = below;
  if (texts.kind === 'all') return always(field, whole.present);
  const query = queryOf(texts, whole);
  if (query === MATCH_NONE) return never(field, whole.present);
  return query && onWhole(field, whole, query);
}

const fieldOf = (expr: Expr): Field | undefined => (expr.kind === 'column' ? expr.column.field : undefined);

/** Longer patterns become too large an automaton. */
const MAX_PATTERN = 200;

function queryOf(texts: Texts, { path, ignoreAbove }: WholeValue): Dsl | undefined {
  switch (texts.kind) {
    case 'all':
      return undefined;
    case 'values': {
      // What is hidden from the index has to be looked at anyway.
      return texts.values.some((value) => ignoreAbove !== undefined && value.length > ignoreAbove)
        ? undefined
        : termsOf(path, texts.values);
    }
    case 'starts':
      return { prefix: { [path]: { value: texts.piece } } };
    case 'ends':
      return { wildcard: { [path]: { value: `*${wildcardText(texts.piece)}` } } };
    case 'contains':
      return { wildcard: { [path]: { value: `*${wildcardText(texts.piece)}*` } } };
    case 'around': {
      const value = `${texts.before}${escapeRegexp(texts.text)}${texts.behind}`;
      return value.length > MAX_PATTERN ? undefined : { regexp: { [path]: { value, flags: 'NONE' } } };
    }
    case 'folded':
      return foldedTexts(path, texts.fold, texts.values);
  }
}

function foldedTexts(path: string, fold: Fold, values: readonly string[]): Dsl | undefined {
  const queries = values.map((value) => foldedQuery(path, fold, value));
  return queries.includes(undefined) ? undefined : anyOf(queries.filter((query) => typeof query === 'object'));
}

const wildcardText = (text: string): string => text.replace(/[\\*?]/g, '\\$&');

/** The texts of the column for which the expression is among `wanted`. */
function columnTexts(expr: Expr, wanted: Texts): { readonly column: Expr; readonly texts: Texts } | undefined {
  if (expr.kind === 'column') return isString(expr.type) ? { column: expr, texts: wanted } : undefined;
  if (expr.kind === 'cast' && isString(expr.type) && isString(expr.arg.type)) return columnTexts(expr.arg, wanted);
  if (expr.kind !== 'call' || !wellFormed(wanted)) return undefined;
  const step = expr.fn.preimage?.(expr.args, wanted);
  return step && columnTexts(step.arg, step.texts);
}

/** Half of a surrogate pair is no character of the index. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const wellFormed = (texts: Texts): boolean =>
  texts.kind === 'values' ? !texts.values.some((v) => LONE.test(v)) : !('piece' in texts && LONE.test(texts.piece));

/** LOCATE(piece, text) op n: whether the text contains the piece, or begins with it. */
function positionLeaf(
  piece: Expr,
  text: Expr,
  op: Exclude<Compare['op'], '!='>,
  value: number,
  place: Place,
): Leaf | undefined {
  if (piece.kind !== 'literal' || typeof piece.value !== 'string' || piece.value === '') return undefined;
  // Positions from 1 to the end: what holds for both 1 and 2 and far beyond holds for all.
  const [none, start, later, far] = [0, 1, 2, Number.MAX_SAFE_INTEGER].map((n) => holds(op, n - value));
  if (value === 1 && op === '=') return leafOf(text, { kind: 'starts', piece: piece.value }, place);
  if (none || !start || !later || !far) return undefined;
  return leafOf(text, { kind: 'contains', piece: piece.value }, place);
}

const MAX_LENGTH = 250;

/** The index counts characters. Texts of ASCII have one byte for each: the bytes of others are for a script. */
function lengthLeaf(
  expr: Compare,
  text: Expr,
  unit: 'characters' | 'bytes',
  value: number,
  place: Place,
): Leaf | undefined {
  const field = fieldOf(text);
  const whole = field && wholeValueOf(field, place);
  if (!field || whole?.mapping !== 'keyword') return undefined;
  const counts = countsOf(expr.op, value);
  if (counts === 'none') return never(field, whole.present);
  if (counts === 'all') return always(field, whole.present);
  const [least, most] = counts;
  if (least > MAX_LENGTH || (most ?? 0) > MAX_LENGTH) return undefined;
  const { path } = whole;
  if (most === 0) return onWhole(field, whole, { term: { [path]: '' } });
  const regexp = (source: string): Dsl => ({ regexp: { [path]: { value: source, flags: 'NONE' } } });
  // Any character makes a length of one or more.
  if (least === 1 && most === undefined) return onWhole(field, whole, regexp('.+'));
  const times = `{${least},${most ?? ''}}`;
  if (unit === 'characters') return onWhole(field, whole, regexp(`.${times}`));
  const unusual = regexp('[\u0000-\u007f]*[\u0080-\u{10ffff}].*');
  return settled(field, whole, regexp(`[\u0000-\u007f]${times}`), unusual, expr, place);
}

/** The lengths that satisfy the comparison: the least and, where there is one, the most. */
function countsOf(op: Compare['op'], value: number): 'all' | 'none' | readonly [number, number | undefined] {
  if (!Number.isFinite(value)) return 'none';
  const whole = Number.isInteger(value);
  switch (op) {
    case '=':
      return whole && value >= 0 ? [value, value] : 'none';
    case '<':
    case '<=': {
      const most = op === '<' && whole ? value - 1 : Math.floor(value);
      return most < 0 ? 'none' : [0, most];
    }
    default: {
      const least = op === '>' && whole ? value + 1 : Math.ceil(value);
      return least <= 0 ? 'all' : [least, undefined];
    }
  }
}

/** `certain`, and of the texts that `unusual` finds those that a script (or a look at the source) says. */
function settled(
  field: Field,
  whole: WholeValue,
  certain: Dsl,
  unusual: Dsl,
  expr: Expr,
  place: Place,
): Leaf | undefined {
  if (whole.hidden) return undefined;
  const script = scriptQuery(expr, true, place, false);
  if (script) {
    return { field, match: { query: anyOf([certain, allOf([unusual, script])]), exact: true }, present: whole.present };
  }
  return { field, match: { query: anyOf([certain, unusual]), exact: false }, certain, present: whole.present };
}

/** Folding the case of other letters may give letters of ASCII, or several. */
const BEYOND_ASCII = '.*[\u0080-\u{10ffff}].*';

/** UPPER(field) LIKE pattern: LIKE folds the letters of ASCII itself. */
export function foldedLikeLeaf(expr: Like, place: Place): Leaf | undefined {
  const { arg, pattern } = expr;
  if (arg.kind !== 'call' || pattern.kind !== 'literal' || typeof pattern.value !== 'string') return undefined;
  const field = arg.fn.text?.kind === 'fold' ? fieldOf(arg.args[0]!) : undefined;
  const whole = field && wholeValueOf(field, place);
  if (!field || whole?.mapping !== 'keyword') return undefined;
  const parts = likeParts(pattern.value, expr.escape);
  const plain = likeLeaf(field, pattern.value, expr.escape, place);
  if (parts.every((part) => part === 'any')) return plain;
  // One character may become two, so that a place for one is not the same place.
  if (parts.some((part) => part === 'one' || (typeof part === 'object' && !isAscii(part.text)))) return undefined;
  if (!plain?.match.exact) return undefined;
  const unusual = { regexp: { [whole.path]: { value: BEYOND_ASCII, flags: 'NONE' } } };
  return settled(field, whole, plain.match.query, unusual, expr, place);
}

const isAscii = (text: string): boolean => [...text].every((c) => c.charCodeAt(0) < 128);
