/** The values that a field's index holds, in their order and numbered, so that a boundary among them can be searched for. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { Field } from '../../algebra/schema.ts';
import type { Value } from '../../algebra/types.ts';
import { cellOf } from '../../algebra/whole-number.ts';
import { finerThanIndex } from '../../catalog/finer-than-index.ts';
import { daysOfCivil } from '../../temporal/calendar.ts';
import { dateOfDays, timestampFromEpochMillis, timestampFromEpochNanos } from '../../temporal/temporal-text.ts';
import { MATCH_ALL } from './bool.ts';
import { INTEGER_BOUNDS } from './number.ts';
import { isDateField, rangeQuery } from './temporal.ts';

/** From one position to another, both included. */
export interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

export interface Positions extends Span {
  /** The cell that a row shows of a position. */
  readonly cell: (at: bigint) => Value;
  /** The least and the greatest cell that the index keeps at a position, where it keeps less than a row shows. */
  readonly last?: (at: bigint) => Value;
  /** Documents with a value in the span; `match_all` when it is everything. */
  readonly query: (span: Span) => Dsl;
  /** Positions near which values lie as a rule. */
  readonly usual: readonly bigint[];
}

/** Undefined for fields whose index keeps other values than rows show, and for those without an order of their own. */
export function positionsOf(field: Field): Positions | undefined {
  if (!field.indexed || field.conflict) return undefined;
  const { mapping } = field;
  if (INTEGER_BOUNDS[mapping]) return integers(field, INTEGER_BOUNDS[mapping]);
  if (mapping === 'double' || mapping === 'float') return fractions(field, mapping);
  if (mapping === 'boolean') return booleans(field);
  if (!isDateField(field) || field.type === 'time') return undefined;
  if (field.type === 'date') return days(field);
  return mapping === 'date' ? milliseconds(field) : nanoseconds(field);
}

const rangeOf = (path: string, bounds: Readonly<Record<string, unknown>>): Dsl =>
  Object.keys(bounds).length === 0 ? MATCH_ALL : { range: { [path]: bounds } };

function integers({ path }: Field, [from, to]: readonly [bigint, bigint]): Positions {
  return {
    from,
    to,
    cell: cellOf,
    query: (span) =>
      span.from === span.to
        ? { term: { [path]: cellOf(span.from) } }
        : rangeOf(path, {
            ...(span.from > from ? { gte: cellOf(span.from) } : {}),
            ...(span.to < to ? { lte: cellOf(span.to) } : {}),
          }),
    usual: [0n, 1n, -1n],
  };
}

const bits = new DataView(new ArrayBuffer(8));
const SIGN = 1n << 63n;

/** Doubles in their order: position 0 is zero of either sign. */
function doubleAt(at: bigint): number {
  bits.setBigUint64(0, at < 0n ? -at | SIGN : at);
  return bits.getFloat64(0) + 0;
}
const positionOfDouble = (value: number): bigint => {
  bits.setFloat64(0, Math.abs(value));
  return value < 0 ? -bits.getBigUint64(0) : bits.getBigUint64(0);
};
function floatAt(at: bigint): number {
  bits.setUint32(0, Number(at < 0n ? -at : at));
  const size = bits.getFloat32(0);
  return at < 0n ? -size : size;
}
const positionOfFloat = (value: number): bigint => {
  bits.setFloat32(0, Math.abs(value));
  return BigInt(bits.getUint32(0)) * (value < 0 ? -1n : 1n);
};

const FLOAT_MAX = 3.4028234663852886e38;

function fractions({ path }: Field, mapping: 'double' | 'float'): Positions {
  const [cell, positionOf, most] =
    mapping === 'double'
      ? [doubleAt, positionOfDouble, positionOfDouble(Number.MAX_VALUE)]
      : [floatAt, positionOfFloat, positionOfFloat(FLOAT_MAX)];
  const shown = (at: bigint): number => (mapping === 'double' ? cell(at) : shortFloat(cell(at)));
  const short = (value: number): number => String(value).length;
  // Of two bounds that say the same, the one that a person would write: `gt 2.5` in place of `gte 2.5000000000000004`.
  const low = (at: bigint): Readonly<Record<string, unknown>> => {
    const [value, before] = [shown(at), shown(at - 1n)];
    if (short(before) < short(value)) return { gt: before };
    // Zero has two signs, which compare equal in SQL and differ in the index.
    return { gte: value === 0 ? '-0.0' : value };
  };
  const high = (at: bigint): Readonly<Record<string, unknown>> => {
    const [value, after] = [shown(at), shown(at + 1n)];
    if (short(after) < short(value)) return { lt: after === 0 ? '-0.0' : after };
    return { lte: value };
  };
  return {
    from: -most,
    to: most,
    cell,
    query: (span) =>
      span.from === span.to && span.from !== 0n
        ? { term: { [path]: shown(span.from) } }
        : rangeOf(path, {
            ...(span.from > -most ? low(span.from) : {}),
            ...(span.to < most ? high(span.to) : {}),
          }),
    usual: [0, 1, -1, 1e-3, 1e3, 1e9].map(positionOf),
  };
}

/** The shortest decimal that the cluster reads as the float. */
function shortFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function booleans({ path }: Field): Positions {
  return {
    from: 0n,
    to: 1n,
    cell: (at) => at === 1n,
    query: (span) => (span.from === span.to ? { term: { [path]: span.from === 1n } } : MATCH_ALL),
    usual: [],
  };
}

const DAY = 86_400_000n;
const NANOS = 1_000_000n;
const FIRST_DAY = BigInt(daysOfCivil(0, 1, 1));
const LAST_DAY = BigInt(daysOfCivil(9999, 12, 31));
const USUAL_DAYS = [daysOfCivil(1970, 1, 2), daysOfCivil(2000, 1, 1), daysOfCivil(2024, 5, 17)].map(BigInt);

const isoOfMillis = (millis: bigint): string => {
  const text = timestampFromEpochMillis(Number(millis));
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20).padEnd(9, '0')}Z`;
};
const isoOfNanos = (nanos: bigint): string => {
  const text = timestampFromEpochNanos(nanos);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20).padEnd(9, '0')}Z`;
};

/** Years beyond four digits count with the last one that has four. */
function moments(
  field: Field,
  from: bigint,
  to: bigint,
  iso: (at: bigint) => string,
  parts: Partial<Positions>,
): Positions {
  return {
    from,
    to,
    cell: () => null,
    usual: [],
    query: (span) =>
      span.from === span.to
        ? rangeQuery(field, { gte: iso(span.from), lte: iso(span.from) })
        : rangeQuery(field, {
            ...(span.from > from ? { gte: iso(span.from) } : {}),
            ...(span.to < to ? { lt: iso(span.to + 1n) } : {}),
          }),
    ...parts,
  };
}

function days(field: Field): Positions {
  return {
    ...moments(field, FIRST_DAY, LAST_DAY, (at) => isoOfMillis(at * DAY), {
      cell: (at) => dateOfDays(Number(at)),
      usual: USUAL_DAYS,
    }),
    query: (span) =>
      rangeQuery(field, {
        ...(span.from > FIRST_DAY ? { gte: isoOfMillis(span.from * DAY) } : {}),
        ...(span.to < LAST_DAY ? { lt: isoOfMillis((span.to + 1n) * DAY) } : {}),
      }),
  };
}

function milliseconds(field: Field): Positions {
  return moments(field, FIRST_DAY * DAY, (LAST_DAY + 1n) * DAY - 1n, isoOfMillis, {
    cell: (at) => timestampFromEpochMillis(Number(at)),
    last: finerThanIndex(field) ? (at) => timestampFromEpochMillis(Number(at), 999_999) : undefined,
    usual: USUAL_DAYS.map((at) => at * DAY),
  });
}

function nanoseconds(field: Field): Positions {
  return moments(field, 0n, 9_223_372_036_854_775_807n, isoOfNanos, {
    cell: timestampFromEpochNanos,
    usual: USUAL_DAYS.map((at) => at * DAY * NANOS),
  });
}
