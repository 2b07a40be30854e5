/** The `format` of date mappings: which SQL type it makes, and how to read the values that `_source` holds (spec data-types 1.2). */
import { parseTimestamp, timestampFromEpochMillis, timestampFromEpochNanos } from '../temporal/temporal-text.ts';
import { compileElements, type DateParts } from './date-elements.ts';
import { type DateKind, namedFormat } from './date-format-names.ts';
import { parsePattern } from './date-pattern.ts';
import { momentOf } from './date-resolve.ts';

type TextParser = (text: string) => string | undefined;
type DateParser = (value: string | number | bigint) => string | undefined;

const DEFAULT_FORMAT = 'strict_date_optional_time||epoch_millis';
const LAST_YEAR = 9999;
const TIME_LETTERS = /[nNASsmHkKha]/;
const DATE_LETTERS = /[FecEWwYqQgdMLDyuG]/;

/** A leading 8 marked patterns of java.time in the past. */
const listOf = (format: string): readonly string[] =>
  format
    .replace(/^8/, '')
    .split('||')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** What a number in the place of a date counts; undefined where the format reads none. Of several epoch formats it is milliseconds. */
export function epochScale(format: string | undefined): 'milliseconds' | 'seconds' | undefined {
  const formats = listOf(format ?? DEFAULT_FORMAT);
  if (formats.includes('epoch_millis')) return 'milliseconds';
  return formats.includes('epoch_second') ? 'seconds' : undefined;
}

/** SQL type of a date field by its mapping's `format`. */
export function dateFormatType(format: string | undefined): DateKind {
  const kinds = listOf(format ?? '').map(kindOf);
  const first = kinds[0];
  return first !== undefined && kinds.every((kind) => kind === first) ? first : 'timestamp';
}

function kindOf(format: string): DateKind {
  if (isEpoch(format)) return 'timestamp';
  const named = namedFormat(format);
  if (named) return named.kind;
  const bare = format.replace(/'[^']*'/g, '');
  const dated = DATE_LETTERS.test(bare);
  const timed = TIME_LETTERS.test(bare);
  return dated === timed ? 'timestamp' : dated ? 'date' : 'time';
}

/** Whether text such as `2024-01-02T03:04:05.678Z` is read as just that. */
export const readsIsoText = (format: string | undefined): boolean =>
  /^(strict_)?date_optional_time$/.test(listOf(format ?? DEFAULT_FORMAT)[0] ?? '');

const EPOCHS: Readonly<Record<string, TextParser>> = {
  epoch_millis: epochParser(6),
  epoch_second: epochParser(9),
  epoch_micros: epochParser(3),
};
const isEpoch = (format: string): boolean => Object.hasOwn(EPOCHS, format);

/** Whole units of 10^`digits` nanoseconds, perhaps with a fraction. */
function epochParser(digits: number): TextParser {
  const unit = 10n ** BigInt(digits);
  return (text) => {
    const found = /^(-?)(\d{1,19})(?:\.(\d{0,9}))?$/.exec(text);
    if (!found) return undefined;
    const [, sign, whole, fraction = ''] = found;
    if (fraction === '' && digits === 6) return timestampFromEpochMillis(Number(sign! + whole!));
    const part = BigInt(fraction.slice(0, digits).padEnd(digits, '0'));
    const size = BigInt(whole!) * unit;
    if (sign !== '-') return timestampFromEpochNanos(size + part);
    // The engine adds a fraction of seconds to the signed whole: -1.5 seconds are half a second before the epoch.
    return timestampFromEpochNanos(digits === 9 ? part - size : -size - part);
  };
}

function parserOf(format: string): TextParser | undefined {
  if (isEpoch(format)) return EPOCHS[format];
  const named = namedFormat(format);
  const elements = named?.elements ?? parsePattern(format);
  if (!elements) return undefined;
  const read = compileElements(elements);
  return (text) => {
    const parts: DateParts = {};
    return read(text, 0, parts) === text.length ? momentOf(parts, named?.excess) : undefined;
  };
}

const ISO = parserOf('strict_date_optional_time')!;

const listOrDefault = (format: string | undefined): readonly string[] => {
  const formats = listOf(format ?? '');
  return formats.length === 0 ? listOf(DEFAULT_FORMAT) : formats;
};

/** Whole ISO texts mean what they say, whatever else the format allows. */
function readsIsoFirst(format: string | undefined): boolean {
  return /^(?:strict_?)?(?:date_?optional_?time(?:_?nanos)?|iso8601)$/i.test(listOrDefault(format)[0]!);
}

/**
 * Reader of a field's `_source` values, to canonical UTC timestamps; a value that it cannot read is undefined. Undefined instead of a reader:
 * some format of the list is beyond it, and only the cluster can give the values.
 */
export function compileDateFormat(format: string | undefined, _nanos: boolean): DateParser | undefined {
  const list = listOrDefault(format);
  const parsers: TextParser[] = [];
  for (const one of list) {
    const parser = parserOf(one);
    if (!parser) return undefined;
    parsers.push(parser);
  }
  const iso = readsIsoFirst(format);
  const seconds = list.includes('epoch_second') && !list.includes('epoch_millis');
  // Above any year of four digits a number can only be an epoch, so that it need not be tried as text.
  const millis = list[0] === 'epoch_millis' || (/^strict/.test(list[0]!) && iso && list[1] === 'epoch_millis');
  return (value) => {
    if (typeof value === 'number' && millis && value > LAST_YEAR && Number.isInteger(value)) {
      return timestampFromEpochMillis(value);
    }
    if (typeof value !== 'string') return numberReader(value, parsers, seconds);
    // By far the most values are whole ISO texts: no list of formats is gone through for them.
    if (iso) {
      const at = parseTimestamp(value);
      if (at !== undefined) return at;
    }
    for (const parse of parsers) {
      const at = parse(value);
      if (at !== undefined) return at;
    }
    return parseTimestamp(value) ?? ISO(value);
  };
}

/** A number is first read as the engine does, by its digits (2024 may be a year); then as what it mostly is, an epoch. */
function numberReader(value: number | bigint, parsers: readonly TextParser[], seconds: boolean): string | undefined {
  const text = String(value);
  for (const parse of parsers) {
    const at = parse(text);
    if (at !== undefined) return at;
  }
  return (seconds ? EPOCHS.epoch_second : EPOCHS.epoch_millis)!(text);
}

/** The `format` to ask the cluster for, so that `fields` answers with text that `parseTimestamp` reads. */
export function formatForFields(_type: DateKind): string {
  return 'strict_date_optional_time_nanos';
}
