/** Dates as documents, doc values and group keys hold them → canonical text of the field's type. */

import type { Field, SqlType } from '../../translators/algebra/index.ts';
import {
  compileDateFormat,
  dateOf,
  parseTimestamp,
  timeOf,
  timestampFromEpochMillis,
} from '../../translators/execution.ts';

type DateCoercer = (raw: unknown) => string | null;

/** A year alone has four digits. */
const EPOCH = /^-?\d{5,}$/;
/** The furthest moments that the cluster's dates and ours hold. */
const MAX_MILLIS = 8.64e15;

export function sourceDateCoercer(field: Field): DateCoercer {
  const parse = compileDateFormat(field.format, field.mapping === 'date_nanos');
  // Only the cluster reads such a format. Where the source is read all the same (inside objects), plain spellings are understood.
  if (parse === undefined) return wireDateCoercer(field.type);
  const cut = cutter(field.type);
  return (raw) => {
    if (typeof raw !== 'string' && typeof raw !== 'number' && typeof raw !== 'bigint') return null;
    const text = parse(raw);
    return text === undefined ? null : cut(text);
  };
}

/** Text in the format that searches ask for (`strict_date_optional_time_nanos`), or epoch milliseconds as number or text (keys of groups). */
export function wireDateCoercer(type: SqlType): DateCoercer {
  const cut = cutter(type);
  return (raw) => {
    if (typeof raw !== 'string' && typeof raw !== 'number') return null;
    const text = typeof raw === 'number' || EPOCH.test(raw) ? fromMillis(Number(raw)) : parseTimestamp(raw);
    return text === undefined ? null : cut(text);
  };
}

const fromMillis = (millis: number): string | undefined =>
  Math.abs(millis) <= MAX_MILLIS ? timestampFromEpochMillis(Math.floor(millis)) : undefined;

/** The part of a timestamp that the type shows; text that is that part already stays. */
function cutter(type: SqlType): (text: string) => string {
  if (type === 'date') return (text) => (text.includes(' ') ? dateOf(text) : text);
  if (type === 'time') return (text) => (text.includes(' ') ? timeOf(text) : text);
  return (text) => text;
}
