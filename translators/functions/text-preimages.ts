/** Which texts of an argument give the wanted results: what stands as `preimage` in the rows. */
import type { Expr } from '../algebra/expr.ts';
import type { Fold, PreimageRule, Texts } from '../algebra/function-facts.ts';
import { isString } from '../algebra/types.ts';
import { countOf } from './code-points.ts';
import { reverse } from './text-pieces.ts';

type Step = ReturnType<PreimageRule>;

const NOTHING: Texts = { kind: 'values', values: [] };

const numberAt = (args: readonly Expr[], at: number): number | undefined => {
  const arg = args[at];
  return arg?.kind === 'literal' && typeof arg.value === 'number' ? arg.value : undefined;
};

const step = (arg: Expr, texts: Texts | undefined): Step => texts && { arg, texts };

const beginning = (arg: Expr, count: number | undefined, wanted: Texts): Step =>
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
  return { kind: 'around', before: `.{${skipped}}`, text: value, behind: rest };
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
function joined(args: readonly Expr[], separator: string, wanted: Texts): Step {
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
    kind: 'around',
    before: many(before),
    text: value,
    behind: value === '' && before !== '' ? '' : many(behind),
  };
}

export const ofFirst: PreimageRule = (args, wanted) => beginning(args[0]!, numberAt(args, 1), wanted);

export const ofLast: PreimageRule = (args, wanted) => {
  const count = numberAt(args, 1);
  return count === undefined || count < 1 ? undefined : step(args[0]!, cutTo(count, wanted, 'ends'));
};

export const ofPart: PreimageRule = (args, wanted) => {
  const from = numberAt(args, 1);
  if (from === undefined || (args.length > 2 && numberAt(args, 2) === undefined)) return undefined;
  if (from === 1) {
    return args.length === 2 ? { arg: args[0]!, texts: wanted } : beginning(args[0]!, numberAt(args, 2), wanted);
  }
  return from > 1 && from <= MAX_SKIPPED + 1 ? step(args[0]!, middle(from - 1, numberAt(args, 2), wanted)) : undefined;
};

export const ofReversed: PreimageRule = ([arg], wanted) => step(arg!, reversed(wanted));

export const ofJoined: PreimageRule = (args, wanted) => joined(args, '', wanted);

export const ofSeparated: PreimageRule = ([separator, ...args], wanted) =>
  separator?.kind === 'literal' && typeof separator.value === 'string'
    ? joined(args, separator.value, wanted)
    : undefined;

export const ofTrimmed: PreimageRule = ([arg], wanted) => step(arg!, trimmed(wanted, TRIMMED, TRIMMED));
export const ofTrimmedStart: PreimageRule = ([arg], wanted) => step(arg!, trimmed(wanted, BLANK, ''));
export const ofTrimmedEnd: PreimageRule = ([arg], wanted) => step(arg!, trimmed(wanted, '', BLANK));

export const ofFolded =
  (fold: Fold): PreimageRule =>
  ([arg], wanted) =>
    wanted.kind === 'values' ? { arg: arg!, texts: { kind: 'folded', fold, values: wanted.values } } : undefined;
