/** Formats of whole timestamps in two alphabets: the % specifiers of DATE_FORMAT and the letters of java.time. */
import type { CalendarUnit } from './bucket-interval.ts';

interface Part {
  readonly specifier: string;
  readonly letters: string;
  readonly unit: CalendarUnit | 'second';
}

/** From the longest unit to the shortest; the first spelling of each is the one that is written. */
const PARTS: readonly Part[] = [
  { specifier: '%Y', letters: 'yyyy', unit: 'year' },
  { specifier: '%Y', letters: 'uuuu', unit: 'year' },
  { specifier: '%m', letters: 'MM', unit: 'month' },
  { specifier: '%d', letters: 'dd', unit: 'day' },
  { specifier: '%H', letters: 'HH', unit: 'hour' },
  { specifier: '%i', letters: 'mm', unit: 'minute' },
  { specifier: '%s', letters: 'ss', unit: 'second' },
  { specifier: '%S', letters: 'ss', unit: 'second' },
];
const UNITS: readonly Part['unit'][] = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** `yyyy-MM-dd` as `%Y-%m-%d`; undefined where a letter has no specifier. */
export function specifiersOf(pattern: string): string | undefined {
  let out = '';
  for (const [piece, quoted, letters] of pattern.matchAll(/'((?:[^']|'')*)'|(([A-Za-z])\3*)|[^A-Za-z']+/g)) {
    if (letters === undefined) out += (quoted ?? piece).replaceAll("''", "'").replaceAll('%', '%%');
    else {
      const part = PARTS.find((one) => one.letters === letters);
      if (!part) return undefined;
      out += part.specifier;
    }
  }
  return out;
}

export interface Letters {
  /** The pattern of java.time. */
  readonly pattern: string;
  /** The shortest unit that the text tells: equal texts are equal up to it. */
  readonly finest: Part['unit'];
}

/** Of a format of either alphabet. Undefined unless the text tells every unit down to its shortest, longest first: only then its order is that of time. */
export function lettersOf(format: string): Letters | undefined {
  const specifiers = format.includes('%') ? format : specifiersOf(format);
  if (specifiers === undefined) return undefined;
  let pattern = '';
  let known = 0;
  for (const [piece] of specifiers.matchAll(/%.|[^%]+/gs)) {
    if (!piece.startsWith('%')) {
      pattern += piece.replace(/[A-Za-z]+/g, "'$&'").replaceAll("''", '');
      if (/['{}[\]#]/.test(piece)) return undefined;
      continue;
    }
    const part = PARTS.find((one) => one.specifier === piece);
    if (!part || part.unit !== UNITS[known]) return undefined;
    known += 1;
    pattern += part.letters === 'yyyy' ? 'uuuu' : part.letters;
  }
  const finest = UNITS[known - 1];
  return finest === undefined ? undefined : { pattern, finest };
}
