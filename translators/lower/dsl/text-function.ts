/** Functions of a text compared with a literal, as queries on the whole text: prefixes, ends, contents, lengths. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { Call, Compare, Expr, Like } from '../../algebra/expr.ts';
import type { Field } from '../../algebra/schema.ts';
import { isString } from '../../algebra/types.ts';
import { countOf } from '../../functions/code-points.ts';
import { reverse } from '../../functions/text-pieces.ts';
import { allOf, anyOf, MATCH_NONE, termsOf } from './bool.ts';
import { foldedQuery } from './case-fold.ts';
import { holds } from './compare.ts';
import type { Place } from './context.ts';
import { always, type Leaf, never } from './leaf.ts';
import { likeLeaf } from './like.ts';
import { likeParts } from './like-pattern.ts';
import { escapeRegexp } from './regexp.ts';
import { scriptQuery } from './script.ts';
import { onWhole, type WholeValue, wholeValueOf } from './text.ts';

/** Texts that satisfy a condition. `all` of them, one of `values`, or those that begin with, end with or contain a piece. */
type Texts =
  | { readonly kind: 'all' }
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | { readonly kind: 'starts' | 'ends' | 'contains'; readonly piece: string }
  | { readonly kind: 'regexp'; readonly source: string }
  | { readonly kind: 'query'; readonly query: (path: string) => Dsl };

const NOTHING: Texts = { kind: 'values', values: [] };
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
  switch (left.fn.name) {
    case 'LOCATE':
    case 'POSITION':
      return left.args.length === 2 ? positionLeaf(left.args[0]!, left.args[1]!, op, value, place) : undefined;
    case 'INSTR':
      return positionLeaf(left.args[1]!, left.args[0]!, op, value, place);
    case 'LENGTH':
    case 'CHAR_LENGTH':
      return lengthLeaf({ kind: 'compare', type: 'boolean', left, op, right }, value, place);
    default:
      return undefined;
  }
}

/** STARTS_WITH and ENDS_WITH. */
export function piecesLeaf(call: Call, place: Place): Leaf | undefined {
  const kind = call.fn.name === 'STARTS_WITH' ? 'starts' : call.fn.name === 'ENDS_WITH' ? 'ends' : undefined;
  const [text, piece] = call.args;
  if (!kind || !text || piece?.kind !== 'literal' || typeof piece.value !== 'string') return undefined;
  return leafOf(text, { kind, piece: piece.value }, place);
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
    case 'regexp':
      return texts.source.length > MAX_PATTERN
        ? undefined
        : { regexp: { [path]: { value: texts.source, flags: 'NONE' } } };
    case 'query':
      return texts.query(path);
  }
}

const wildcardText = (text: string): string => text.replace(/[\\*?]/g, '\\$&');

/** The texts of the column for which the expression is among `wanted`. */
function columnTexts(expr: Expr, wanted: Texts): { readonly column: Expr; readonly texts: Texts } | undefined {
  if (expr.kind === 'column') return isString(expr.type) ? { column: expr, texts: wanted } : undefined;
  if (expr.kind === 'cast' && isString(expr.type) && isString(expr.arg.type)) return columnTexts(expr.arg, wanted);
  if (expr.kind !== 'call' || !wellFormed(wanted)) return undefined;
  const step = STEPS[expr.fn.name]?.(expr.args, wanted);
  return step && columnTexts(step.arg, step.texts);
}

interface Step {
  readonly arg: Expr;
  readonly texts: Texts;
}
type StepRule = (args: readonly Expr[], wanted: Texts) => Step | undefined;

const numberAt = (args: readonly Expr[], at: number): number | undefined => {
  const arg = args[at];
  return arg?.kind === 'literal' && typeof arg.value === 'number' ? arg.value : undefined;
};

const STEPS: Readonly<Record<string, StepRule>> = {
  LEFT: (args, wanted) => beginning(args[0]!, numberAt(args, 1), wanted),
  RIGHT: (args, wanted) => {
    const count = numberAt(args, 1);
    return count === undefined || count < 1 ? undefined : step(args[0]!, cutTo(count, wanted, 'ends'));
  },
  SUBSTRING: (args, wanted) => {
    const from = numberAt(args, 1);
    if (from === undefined || (args.length > 2 && numberAt(args, 2) === undefined)) return undefined;
    if (from === 1) {
      return args.length === 2 ? { arg: args[0]!, texts: wanted } : beginning(args[0]!, numberAt(args, 2), wanted);
    }
    return from > 1 && from <= MAX_SKIPPED + 1
      ? step(args[0]!, middle(from - 1, numberAt(args, 2), wanted))
      : undefined;
  },
  REVERSE: ([arg], wanted) => step(arg!, reversed(wanted)),
  CONCAT: (args, wanted) => joined(args, '', wanted),
  CONCAT_WS: ([separator, ...args], wanted) =>
    separator?.kind === 'literal' && typeof separator.value === 'string'
      ? joined(args, separator.value, wanted)
      : undefined,
  TRIM: ([arg], wanted) => step(arg!, trimmed(wanted, TRIMMED, TRIMMED)),
  LTRIM: ([arg], wanted) => step(arg!, trimmed(wanted, BLANK, '')),
  RTRIM: ([arg], wanted) => step(arg!, trimmed(wanted, '', BLANK)),
  UPPER: ([arg], wanted) => step(arg!, folded(wanted, 'UPPER')),
  LOWER: ([arg], wanted) => step(arg!, folded(wanted, 'LOWER')),
};

const step = (arg: Expr, texts: Texts | undefined): Step | undefined => texts && { arg, texts };

const beginning = (arg: Expr, count: number | undefined, wanted: Texts): Step | undefined =>
  count === undefined || count < 1 ? undefined : step(arg, cutTo(count, wanted, 'starts'));

/** Texts whose first (last) `count` characters are among `wanted`. */
function cutTo(count: number, wanted: Texts, kind: 'starts' | 'ends'): Texts | undefined {
  if (wanted.kind === kind) return countOf(wanted.piece) <= count ? wanted : NOTHING;
  if (wanted.kind !== 'values') return undefined;
  const [value, more] = wanted.values;
  if (value === undefined) return NOTHING;
  const length = countOf(value);
  if (more !== undefined || length > count) return more === undefined ? NOTHING : undefined;
  return length === count ? { kind, piece: value } : wanted;
}

/** More skipped characters make a larger automaton than a query should bring. */
const MAX_SKIPPED = 100;

/** SUBSTRING(x, skipped + 1 [, count]) among `wanted`. */
function middle(skipped: number, count: number | undefined, wanted: Texts): Texts | undefined {
  const [value, more] = wanted.kind === 'values' ? wanted.values : [];
  if (value === undefined || more !== undefined || value === '' || (count !== undefined && count < 1)) return undefined;
  const length = countOf(value);
  if (count !== undefined && length > count) return NOTHING;
  const rest = count === undefined || length < count ? '' : '.*';
  return { kind: 'regexp', source: `.{${skipped}}${escapeRegexp(value)}${rest}` };
}

function reversed(wanted: Texts): Texts | undefined {
  switch (wanted.kind) {
    case 'values':
      return { kind: 'values', values: wanted.values.map(reverse) };
    case 'starts':
      return { kind: 'ends', piece: reverse(wanted.piece) };
    case 'ends':
      return { kind: 'starts', piece: reverse(wanted.piece) };
    case 'contains':
      return { kind: 'contains', piece: reverse(wanted.piece) };
    default:
      return undefined;
  }
}

/** Literals around one text. */
function joined(args: readonly Expr[], separator: string, wanted: Texts): Step | undefined {
  const at = args.findIndex((arg) => arg.kind !== 'literal');
  const others = args.filter((_, i) => i !== at);
  const arg = args[at];
  if (!arg || !isString(arg.type) || !others.every((o) => o.kind === 'literal' && typeof o.value === 'string')) {
    return undefined;
  }
  const texts = others.map((o) => (o.kind === 'literal' ? String(o.value) : ''));
  const head = texts
    .slice(0, at)
    .map((text) => text + separator)
    .join('');
  const tail = texts
    .slice(at)
    .map((text) => separator + text)
    .join('');
  if (wanted.kind === 'values') {
    const fitting = wanted.values.filter(
      (v) => v.length >= head.length + tail.length && v.startsWith(head) && v.endsWith(tail),
    );
    return step(arg, { kind: 'values', values: fitting.map((v) => v.slice(head.length, v.length - tail.length)) });
  }
  if (wanted.kind === 'starts') {
    if (head.startsWith(wanted.piece)) return step(arg, { kind: 'all' });
    if (!wanted.piece.startsWith(head)) return step(arg, NOTHING);
    return tail === '' ? step(arg, { kind: 'starts', piece: wanted.piece.slice(head.length) }) : undefined;
  }
  if (wanted.kind === 'ends') {
    if (tail.endsWith(wanted.piece)) return step(arg, { kind: 'all' });
    if (!wanted.piece.endsWith(tail)) return step(arg, NOTHING);
    const rest = wanted.piece.slice(0, wanted.piece.length - tail.length);
    return head === '' ? step(arg, { kind: 'ends', piece: rest }) : undefined;
  }
  return undefined;
}

/** What TRIM removes, and what LTRIM and RTRIM do (Java's white space). */
const TRIMMED = '[\u0000-\u0020]';
const BLANK = '[\t-\r\u001c-\u0020\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]';

function trimmed(wanted: Texts, before: string, behind: string): Texts | undefined {
  const [value, more] = wanted.kind === 'values' ? wanted.values : [];
  if (wanted.kind !== 'values' || more !== undefined) return undefined;
  if (value === undefined) return NOTHING;
  const isBlank = (c: string, set: string): boolean => set !== '' && new RegExp(set, 'u').test(c);
  if (value !== '' && (isBlank(value[0]!, before) || isBlank(value.at(-1)!, behind))) return NOTHING;
  const many = (set: string): string => (set === '' ? '' : `${set}*`);
  return {
    kind: 'regexp',
    source: `${many(before)}${escapeRegexp(value)}${value === '' && before !== '' ? '' : many(behind)}`,
  };
}

function folded(wanted: Texts, fold: 'UPPER' | 'LOWER'): Texts | undefined {
  if (wanted.kind !== 'values') return undefined;
  const queries = wanted.values.map((value) => foldedQuery('', fold, value));
  if (queries.includes(undefined)) return undefined;
  return {
    kind: 'query',
    query: (path) =>
      anyOf(
        wanted.values.map((value) => foldedQuery(path, fold, value)).filter((q): q is Dsl => typeof q === 'object'),
      ),
  };
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
function lengthLeaf(expr: Compare, value: number, place: Place): Leaf | undefined {
  const call = expr.left as Call;
  const field = fieldOf(call.args[0]!);
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
  if (call.fn.name === 'CHAR_LENGTH') return onWhole(field, whole, regexp(`.${times}`));
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
  const field = arg.fn.name === 'UPPER' || arg.fn.name === 'LOWER' ? fieldOf(arg.args[0]!) : undefined;
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
