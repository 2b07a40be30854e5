/** LIKE without regular expressions: two pointers over the text, no pattern makes it slow. Folds ASCII case only. */
import { type LikePart, likeParts } from '../dsl/like-pattern.ts';

const ANY = -1;
const ONE = -2;

/** Whether a whole text matches the pattern; `%` is any run, `_` one character (code point). */
export function likeMatcher(pattern: string, escaper: string): (text: string) => boolean {
  const parts = likeParts(pattern, escaper);
  const [first, second] = parts;
  // The common shapes need no walk: 'abc', 'abc%'.
  if (parts.length === 0) return (text) => text === '';
  if (parts.length === 1 && first === 'any') return () => true;
  if (typeof first === 'object') {
    const units = foldedUnits(first.text);
    if (parts.length === 1) return (text) => text.length === units.length && startsWith(text, units);
    if (parts.length === 2 && second === 'any') return (text) => startsWith(text, units);
  }
  const tokens = tokensOf(parts);
  return (text) => matches(text, tokens);
}

/** The pattern as numbers: folded code units, -1 for any run, -2 for one character. */
export const likeTokens = (pattern: string, escaper: string): Int32Array => tokensOf(likeParts(pattern, escaper));

const tokensOf = (parts: readonly LikePart[], folded = fold): Int32Array =>
  Int32Array.from(
    parts.flatMap((part) => (part === 'any' ? [ANY] : part === 'one' ? [ONE] : [...foldedUnits(part.text, folded)])),
  );

/** As `likeMatcher`, but case matters. */
export function exactLikeMatcher(pattern: string, escaper: string): (text: string) => boolean {
  const same = (unit: number): number => unit;
  const tokens = tokensOf(likeParts(pattern, escaper), same);
  return (text) => matches(text, tokens, same);
}

function matches(text: string, tokens: Int32Array, folded = fold): boolean {
  let at = 0;
  let token = 0;
  // Where the last `%` stands, and how far of the text it has taken: only the last one is ever retried.
  let star = -1;
  let taken = 0;
  while (at < text.length) {
    const wanted = token < tokens.length ? tokens[token]! : undefined;
    if (wanted === ANY) {
      star = token++;
      taken = at;
    } else if (wanted === ONE) {
      at += widthAt(text, at);
      token++;
    } else if (wanted !== undefined && folded(text.charCodeAt(at)) === wanted) {
      at++;
      token++;
    } else if (star >= 0) {
      taken += widthAt(text, taken);
      at = taken;
      token = star + 1;
    } else return false;
  }
  while (token < tokens.length && tokens[token] === ANY) token++;
  return token === tokens.length;
}

/** 2 for a surrogate pair. */
function widthAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit > 0xdbff) return 1;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next <= 0xdfff ? 2 : 1;
}

const fold = (unit: number): number => (unit >= 65 && unit <= 90 ? unit + 32 : unit);

function foldedUnits(text: string, folded = fold): Int32Array {
  return Int32Array.from({ length: text.length }, (_, i) => folded(text.charCodeAt(i)));
}

function startsWith(text: string, units: Int32Array): boolean {
  if (text.length < units.length) return false;
  for (let i = 0; i < units.length; i++) if (fold(text.charCodeAt(i)) !== units[i]) return false;
  return true;
}
