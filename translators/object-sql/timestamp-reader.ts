/** TO_TIMESTAMP with a pattern: the symbols of TO_STRING that can be read back. */
import { SelectFault } from './errors.ts';
import { makeTimestamp, type Precision, parseOffset, type Timestamp } from './timestamp.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A regular expression for each symbol; the group's name is the field. */
const FORMS: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  y: '(?<year>\\d{1,4})',
  M: '(?<month>\\d{1,2})',
  MM: '(?<month>\\d{2})',
  MMM: '(?<monthName>[A-Za-z]{3})',
  MMMM: '(?<monthName>[A-Za-z]{3,9})',
  d: '(?<day>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  h: '(?<hour>\\d{1,2})',
  hh: '(?<hour>\\d{2})',
  a: '(?<half>[AaPp][Mm])',
  m: '(?<minute>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  s: '(?<second>\\d{1,2})',
  ss: '(?<second>\\d{2})',
  X: '(?<offset>Z|[+-]\\d{2}(?::?\\d{2})?)',
  XX: '(?<offset>Z|[+-]\\d{4})',
  XXX: '(?<offset>Z|[+-]\\d{2}:\\d{2})',
  x: '(?<offset>[+-]\\d{2}(?::?\\d{2})?)',
  xx: '(?<offset>[+-]\\d{4})',
  xxx: '(?<offset>[+-]\\d{2}:\\d{2})',
};

const TOKEN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g;
const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export function timestampReader(pattern: string): (text: string) => Timestamp | undefined {
  let source = '';
  for (const [token, quoted] of pattern.matchAll(TOKEN)) {
    if (quoted !== undefined) source += literal(token === "''" ? "'" : quoted.replaceAll("''", "'"));
    else if (/^S+$/.test(token)) source += `(?<fraction>\\d{1,${token.length}})`;
    else if (!/^[A-Za-z]/.test(token) && token !== "'") source += literal(token);
    else if (Object.hasOwn(FORMS, token)) source += FORMS[token];
    else {
      throw new SelectFault(
        'EvaluatorInvalidTimestampFormatPattern',
        `${token} in the pattern ${pattern} cannot be read from a text`,
      );
    }
  }
  const form = compile(source, pattern);
  return (text) => read(form.exec(text)?.groups);
}

function compile(source: string, pattern: string): RegExp {
  try {
    return new RegExp(`^${source}$`);
  } catch {
    // Two groups of one name.
    throw new SelectFault('EvaluatorTimestampFormatPatternDuplicateFields', `the pattern ${pattern} has a field twice`);
  }
}

function read(groups: Readonly<Record<string, string | undefined>> | undefined): Timestamp | undefined {
  if (groups === undefined) return undefined;
  const { year, monthName, day, half, minute, second, fraction, offset } = groups;
  const named = monthName === undefined ? undefined : MONTHS.indexOf(monthName.slice(0, 3).toLowerCase()) + 1;
  const month = named === undefined ? groups.month : String(named);
  let hour = groups.hour;
  if (hour !== undefined && half !== undefined) {
    if (Number(hour) > 12) return undefined;
    hour = String((Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0));
  }
  const precision: Precision =
    second !== undefined
      ? 'second'
      : hour !== undefined
        ? 'minute'
        : day !== undefined
          ? 'day'
          : month !== undefined
            ? 'month'
            : 'year';
  const minutes = offset === undefined ? 0 : offset.length === 3 ? parseOffset(`${offset}00`) : parseOffset(offset);
  return makeTimestamp({ year, month, day, hour, minute, second }, precision, fraction ?? '', minutes);
}
