/** Java date patterns (`dd/MM/yyyy HH:mm`) as elements; undefined for letters that only the cluster can read. */
import { DAY_NAMES, MONTH_NAMES, SHORT_DAY_NAMES, SHORT_MONTH_NAMES } from '../temporal/date-names.ts';
import {
  type DateParts,
  type Element,
  fixed,
  fixedFraction,
  literal,
  names,
  number,
  offset,
  optional,
  reducedYear,
  region,
} from './date-elements.ts';

type Letter = (count: number) => Element | undefined;

const year =
  (field: 'year' | 'yearOfEra' | 'localWeekYear'): Letter =>
  (count) =>
    count === 2 ? reducedYear(field) : number(field, count, 19, count < 4 ? 'normal' : 'exceeds');

/** One letter: any width; two: exactly two digits. */
const plain =
  (field: Exclude<keyof DateParts, 'zone'>): Letter =>
  (count) =>
    count === 1 ? number(field, 1, 19, 'normal') : count === 2 ? fixed(field, 2) : undefined;

// Full and short names are one in the root locale; a mapping may name another locale, so both are taken for both.
const MONTHS = names('month', [...SHORT_MONTH_NAMES, ...MONTH_NAMES], (index) => (index % 12) + 1);
const WEEKDAYS = names('weekday', [...SHORT_DAY_NAMES, ...DAY_NAMES], (index) => (index % 7) + 1);

const month: Letter = (count) => (count === 3 || count === 4 ? MONTHS : plain('month')(count));

const weekdayName: Letter = (count) => (count <= 4 ? WEEKDAYS : undefined);

const weekdayNumber: Letter = (count) => (count <= 2 ? plain('localWeekday')(count) : weekdayName(count));

const OFFSETS: Readonly<Record<string, RegExp>> = {
  X: /^(?:Z|[+-]\d\d(?:\d\d)?)/,
  XX: /^(?:Z|[+-]\d{4})/,
  XXX: /^(?:Z|[+-]\d\d:\d\d)/,
  XXXX: /^(?:Z|[+-]\d{4}(?:\d\d)?)/,
  XXXXX: /^(?:Z|[+-]\d\d:\d\d(?::\d\d)?)/,
  x: /^[+-]\d\d(?:\d\d)?/,
  xx: /^[+-]\d{4}/,
  xxx: /^[+-]\d\d:\d\d/,
  xxxx: /^[+-]\d{4}(?:\d\d)?/,
  xxxxx: /^[+-]\d\d:\d\d(?::\d\d)?/,
  Z: /^[+-]\d{4}/,
  ZZ: /^[+-]\d{4}/,
  ZZZ: /^[+-]\d{4}/,
  ZZZZZ: /^(?:Z|[+-]\d\d:\d\d(?::\d\d)?)/,
};
const offsetLetter =
  (letter: string): Letter =>
  (count) => {
    const pattern = OFFSETS[letter.repeat(count)];
    return pattern && offset(pattern);
  };

const LETTERS: Readonly<Record<string, Letter>> = {
  u: year('year'),
  y: year('yearOfEra'),
  Y: year('localWeekYear'),
  M: month,
  L: month,
  Q: (count) =>
    count === 3 ? names('quarter', ['Q1', 'Q2', 'Q3', 'Q4'], (index) => index + 1) : plain('quarter')(count),
  q: (count) =>
    count === 3 ? names('quarter', ['Q1', 'Q2', 'Q3', 'Q4'], (index) => index + 1) : plain('quarter')(count),
  d: plain('day'),
  D: (count) =>
    count === 1 ? number('dayOfYear', 1, 19, 'normal') : count <= 3 ? number('dayOfYear', count, 3) : undefined,
  w: plain('localWeek'),
  E: weekdayName,
  e: weekdayNumber,
  a: (count) => (count === 1 ? names('half', ['AM', 'PM'], (index) => index) : undefined),
  H: plain('hour'),
  k: plain('clockHour'),
  K: plain('halfHour'),
  h: plain('clockHalfHour'),
  m: plain('minute'),
  s: plain('second'),
  S: (count) => (count <= 9 ? fixedFraction(count) : undefined),
  A: (count) => number('milliOfDay', count, 19),
  n: (count) => number('nano', count, 19),
  N: (count) => number('nanoOfDay', count, 19),
  X: offsetLetter('X'),
  x: offsetLetter('x'),
  Z: offsetLetter('Z'),
  V: (count) => (count === 2 ? region : undefined),
};

export function parsePattern(pattern: string): readonly Element[] | undefined {
  const levels: Element[][] = [[]];
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at]!;
    const level = levels[levels.length - 1]!;
    if (/[A-Za-z]/.test(char)) {
      let count = 1;
      while (pattern[at + count] === char) count++;
      const element = LETTERS[char]?.(count);
      if (!element) return undefined;
      level.push(element);
      at += count;
    } else if (char === "'") {
      const quoted = readQuoted(pattern, at);
      if (!quoted) return undefined;
      level.push(literal(quoted.text));
      at = quoted.end;
    } else if (char === '[') {
      levels.push([]);
      at++;
    } else if (char === ']') {
      if (levels.length === 1) return undefined;
      levels.pop();
      levels[levels.length - 1]!.push(optional(...level));
      at++;
    } else if (/[{}#]/.test(char)) {
      return undefined;
    } else {
      level.push(literal(char));
      at++;
    }
  }
  // java.time closes what is left open at the end.
  while (levels.length > 1) {
    const inner = levels.pop()!;
    levels[levels.length - 1]!.push(optional(...inner));
  }
  return levels[0];
}

/** Two quotes are one, inside quotes and outside. */
function readQuoted(pattern: string, start: number): { text: string; end: number } | undefined {
  if (pattern[start + 1] === "'") return { text: "'", end: start + 2 };
  let text = '';
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] !== "'") text += pattern[at];
    else if (pattern[at + 1] === "'") {
      text += "'";
      at++;
    } else return { text, end: at + 1 };
  }
  return undefined;
}
