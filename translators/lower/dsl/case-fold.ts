/** UPPER(field) = 'X' and LOWER(field) = 'x' as queries on the field, with the few letters beyond ASCII that fold into it. */
import type { Dsl } from '../../algebra/dsl.ts';
import type { Fold } from '../../algebra/function-facts.ts';

/** Letters outside of ASCII whose upper (lower) case is one ASCII letter. */
const INTO_ONE: Readonly<Record<Fold, Readonly<Record<string, string>>>> = {
  upper: { I: 'ı', S: 'ſ' },
  lower: { k: '\u212a' },
};
/** Letters whose upper case is several ASCII letters. */
const INTO_SEVERAL: readonly (readonly [string, string])[] = [
  ['FFI', 'ﬃ'],
  ['FFL', 'ﬄ'],
  ['FF', 'ﬀ'],
  ['FI', 'ﬁ'],
  ['FL', 'ﬂ'],
  ['ST', 'ﬅﬆ'],
  ['SS', 'ß'],
];

const MAX_LENGTH = 100;

/** Values without preimage; a query otherwise. Undefined: letters whose folding is not tabled here. */
export function foldedQuery(path: string, fold: Fold, value: string): Dsl | 'none' | undefined {
  if (value === '' || [...value].some((c) => c.charCodeAt(0) > 127)) return undefined;
  if (fold === 'upper' ? /[a-z]/.test(value) : /[A-Z]/.test(value)) return 'none';
  const single = INTO_ONE[fold];
  const several = fold === 'upper' ? INTO_SEVERAL.filter(([text]) => value.includes(text)) : [];
  if (several.length === 0 && ![...value].some((c) => single[c])) {
    return { term: { [path]: { value, case_insensitive: true } } };
  }
  if (value.length > MAX_LENGTH) return undefined;
  const pattern = alternatives(value, single, several);
  return pattern === undefined ? undefined : { regexp: { [path]: { value: pattern, flags: 'NONE' } } };
}

function alternatives(
  value: string,
  single: Readonly<Record<string, string>>,
  several: readonly (readonly [string, string])[],
): string | undefined {
  let out = '';
  for (let at = 0; at < value.length; ) {
    const starts = several.filter(([text]) => value.startsWith(text, at));
    if (starts.length === 0) {
      out += letter(value[at]!, single);
      at++;
      continue;
    }
    // The stretch in which one sequence overlaps the next is spelled out as a whole.
    let end = at;
    for (let i = at; i <= end; i++) {
      for (const [text] of several) if (value.startsWith(text, i)) end = Math.max(end, i + text.length - 1);
    }
    const stretch = value.slice(at, end + 1);
    if (stretch.length > 6) return undefined;
    out += `(${spellings(stretch, single, several).join('|')})`;
    at = end + 1;
  }
  return out;
}

function spellings(
  text: string,
  single: Readonly<Record<string, string>>,
  several: readonly (readonly [string, string])[],
): readonly string[] {
  if (text === '') return [''];
  const out = spellings(text.slice(1), single, several).map((rest) => letter(text[0]!, single) + rest);
  for (const [sequence, letters] of several) {
    if (!text.startsWith(sequence)) continue;
    for (const rest of spellings(text.slice(sequence.length), single, several)) out.push(`[${letters}]${rest}`);
  }
  return out;
}

function letter(c: string, single: Readonly<Record<string, string>>): string {
  if (/[A-Za-z]/.test(c)) return `[${c.toUpperCase()}${c.toLowerCase()}${single[c] ?? ''}]`;
  return /[0-9]/.test(c) ? c : `\\${c}`;
}
