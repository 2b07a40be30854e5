/** The pieces that date patterns are made of: each reads some characters and notes a field, as java.time's parsers do. */
import { parseOffset } from '../temporal/temporal-text.ts';
import { zoneNamed } from '../temporal/time-zone.ts';

/** What a text said about a moment, by java.time's fields. */
export interface DateParts {
  year?: number;
  yearOfEra?: number;
  /** ISO 8601 weeks; the named formats count in them. */
  weekYear?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  week?: number;
  /** 1 = Monday … 7 = Sunday. */
  weekday?: number;
  /** Weeks from Sunday, the first with 1 January in it; the letters Y, w and e of patterns count in them. */
  localWeekYear?: number;
  localWeek?: number;
  /** 1 = Sunday … 7 = Saturday. */
  localWeekday?: number;
  hour?: number;
  /** 1–24. */
  clockHour?: number;
  /** 0–11. */
  halfHour?: number;
  /** 1–12. */
  clockHalfHour?: number;
  /** 0 = AM, 1 = PM. */
  half?: number;
  minute?: number;
  second?: number;
  nano?: number;
  milliOfDay?: number;
  nanoOfDay?: number;
  quarter?: number;
  offsetSeconds?: number;
  zone?: string;
}

type NumberField = Exclude<keyof DateParts, 'zone'>;

/** Reads at `at`, notes what it found and answers where it ended; -1 when the text does not fit. */
type Reader = (text: string, at: number, parts: DateParts) => number;

type Sign = 'never' | 'normal' | 'exceeds';

interface NumberElement {
  readonly kind: 'number';
  readonly field: NumberField;
  readonly min: number;
  readonly max: number;
  /** never: none; normal: `-`; exceeds: `-`, and `+` exactly when there are more digits than `min`. */
  readonly sign: Sign;
  /** Turns the digits into the field's value. */
  readonly value?: (n: number, width: number) => number;
}
export type Element =
  | NumberElement
  | { readonly kind: 'reader'; readonly read: Reader }
  | { readonly kind: 'optional'; readonly elements: readonly Element[] };

export const number = (field: NumberField, min: number, max: number, sign: Sign = 'never'): NumberElement => ({
  kind: 'number',
  field,
  min,
  max,
  sign,
});
export const fixed = (field: NumberField, width: number): NumberElement => number(field, width, width);
/** A fraction of a second without its point, of exactly that many digits. */
export const fixedFraction = (width: number): NumberElement => ({
  ...fixed('nano', width),
  value: (n) => (width <= 9 ? n * 10 ** (9 - width) : Math.floor(n / 10 ** (width - 9))),
});
/** Two-digit years lie in 2000–2099. */
export const reducedYear = (field: NumberField): NumberElement => ({ ...fixed(field, 2), value: (n) => 2000 + n });
export const optional = (...elements: readonly Element[]): Element => ({ kind: 'optional', elements });
const reader = (read: Reader): Element => ({ kind: 'reader', read });

export const literal = (expected: string): Element =>
  reader((text, at) => (text.startsWith(expected, at) ? at + expected.length : -1));

/** One of the names, the longest first. */
export function names(field: NumberField, of: readonly string[], value: (index: number) => number): Element {
  const byLength = of.map((name, index) => ({ name, index })).sort((a, b) => b.name.length - a.name.length);
  return reader((text, at, parts) => {
    const found = byLength.find(({ name }) => text.startsWith(name, at));
    if (!found) return -1;
    parts[field] = value(found.index);
    return at + found.name.length;
  });
}

/** One to nine digits behind a point or comma. */
export const pointedFraction: Element = reader((text, at, parts) => {
  const point = text.charCodeAt(at);
  if (point !== 46 && point !== 44) return -1;
  let end = at + 1;
  while (end < text.length && end - at <= 9 && isDigit(text, end)) end++;
  if (end === at + 1) return -1;
  parts.nano = Number(text.slice(at + 1, end)) * 10 ** (10 + at - end);
  return end;
});

/** An offset by a pattern for its text behind the place. */
export const offset = (pattern: RegExp): Element =>
  reader((text, at, parts) => {
    const found = pattern.exec(text.slice(at, at + 9))?.[0];
    if (found === undefined) return -1;
    const seconds = offsetSeconds(found);
    if (seconds === undefined) return -1;
    parts.offsetSeconds = seconds;
    return at + found.length;
  });

function offsetSeconds(text: string): number | undefined {
  const withSeconds = /^([+-]\d\d:?\d\d):?(\d\d)$/.exec(text);
  const minutes = parseOffset(withSeconds ? withSeconds[1]! : text);
  if (minutes === undefined) return undefined;
  const seconds = withSeconds ? Number(withSeconds[2]) : 0;
  return seconds > 59 ? undefined : minutes * 60 + (minutes < 0 || text.startsWith('-') ? -seconds : seconds);
}

const ANY_OFFSET = /^(?:Z|[+-]\d\d(?::\d\d(?::\d\d)?|\d\d(?:\d\d)?)?)/;

/** A region such as `Europe/Berlin`, or `UTC`. */
export const region: Element = reader((text, at, parts) => {
  const name = /^[A-Za-z][A-Za-z0-9/_+~.-]*/.exec(text.slice(at, at + 40))?.[0];
  if (name === undefined || !zoneNamed(name)) return -1;
  parts.zone = name;
  return at + name.length;
});

/** `Z`, an offset in any spelling, or a region; may be absent. */
export const anyZone: readonly Element[] = [optional(offset(ANY_OFFSET)), optional(region)];

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** `reserved`: digits that belong to the fixed-width numbers right behind this one. */
function numberReader({ field, min, max, sign, value }: NumberElement, reserved: number): Reader {
  return (text, at, parts) => {
    const first = text.charCodeAt(at);
    const signed = first === 43 || first === 45;
    if (signed && (sign === 'never' || (sign === 'normal' && first === 43))) return -1;
    const start = signed ? at + 1 : at;
    let end = start;
    while (end < start + max + reserved && isDigit(text, end)) end++;
    if (reserved > 0) end = Math.min(Math.max(end - reserved, start + min), end);
    const width = end - start;
    if (width < min) return -1;
    if (sign === 'exceeds' && first !== 45 && width > min !== (first === 43)) return -1;
    const n = Number(text.slice(start, end));
    if (first === 45 && n === 0) return -1;
    parts[field] = (first === 45 ? -1 : 1) * (value ? value(n, width) : n);
    return end;
  };
}

/** One reader of a list of elements. An optional part that does not fit is left out, without trying less of what came before. */
export function compileElements(elements: readonly Element[]): Reader {
  const readers = elements.map((element, index): Reader => {
    if (element.kind === 'reader') return element.read;
    if (element.kind === 'optional') return optionalReader(compileElements(element.elements));
    return numberReader(
      element,
      isFixed(elements[index - 1]) && isFixed(element) ? 0 : reservedBehind(elements, index),
    );
  });
  return (text, start, parts) => {
    let at = start;
    for (const read of readers) {
      at = read(text, at, parts);
      if (at < 0) return -1;
    }
    return at;
  };
}

const isFixed = (element: Element | undefined): element is NumberElement =>
  element?.kind === 'number' && element.min === element.max && element.sign === 'never';

function reservedBehind(elements: readonly Element[], index: number): number {
  const self = elements[index];
  if (isFixed(self)) return 0;
  let width = 0;
  for (let i = index + 1; isFixed(elements[i]); i++) width += (elements[i] as NumberElement).max;
  return width;
}

function optionalReader(read: Reader): Reader {
  return (text, at, parts) => {
    const found: DateParts = { ...parts };
    const end = read(text, at, found);
    if (end < 0) return at;
    Object.assign(parts, found);
    return end;
  };
}
