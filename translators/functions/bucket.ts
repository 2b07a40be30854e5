/** Functions that give the bucket of a value, as the aggregations of the same names do (spec sql-functions 11.1). */

import { define, int, lit, num, opt, type ScalarFunction, str, timestamp } from '../algebra/function.ts';
import { type MotionRule, RISES } from '../algebra/function-facts.ts';
import { SqlError } from '../errors.ts';
import { civilOfDays, daysOfCivil, weekdayOfDays } from '../temporal/calendar.ts';
import { epochMillisOf, timestampFromEpochMillis } from '../temporal/temporal-text.ts';
import { instantOf, type Zone, zoneNamed } from '../temporal/time-zone.ts';
import { type BucketInterval, bucketInterval, offsetMillis } from './bucket-interval.ts';
import { geohashOf } from './geohash.ts';
import type { Numeric } from './numbers.ts';

const DAY = 86_400_000;

/** A value and the width of its bucket, without an offset. */
const ofTwo: MotionRule = ({ at, constants }) => (at === 0 && constants.length === 2 ? RISES : undefined);

/** Where clocks are never put back, a later moment is in no earlier bucket. */
const inUtc: MotionRule = ({ at, constants: [, , zone] }) =>
  at === 0 && (zone === undefined || zone === 'UTC') ? RISES : undefined;

export const HISTOGRAM: ScalarFunction = {
  name: 'HISTOGRAM',
  family: 'math',
  summary:
    'lower edge of the bucket of the given width that holds a number: floor((x - offset) / width) * width + offset',
  signatures: [[num, lit(num), opt(lit(num))]],
  returns: 'double',
  nulls: 'strict',
  js:
    () =>
    (value: Numeric, width: Numeric, offset: Numeric = 0) => {
      const [w, o] = [Number(width), Number(offset)];
      // No minus zero among the edges.
      return Math.floor((Number(value) - o) / w) * w + o + 0;
    },
  painless: ([, , offset]) =>
    offset === undefined
      ? '(Math.floor((double) a0 / (double) a1) * (double) a1 + 0.0)'
      : '(Math.floor(((double) a0 - (double) a2) / (double) a1) * (double) a1 + (double) a2 + 0.0)',
  motion: ofTwo,
  bucket: 'width',
  named: true,
  olderBucket: 'histogram',
  examples: [
    { sql: 'HISTOGRAM(27, 10)', value: 20 },
    { sql: 'HISTOGRAM(-0.5, 0.25)', value: -0.5 },
    { sql: 'HISTOGRAM(27, 10, 5)', value: 25 },
  ],
};

export const DATE_HISTOGRAM: ScalarFunction = {
  name: 'DATE_HISTOGRAM',
  family: 'datetime',
  summary: 'start of the calendar unit or fixed interval that holds a moment, in a time zone, moved by an offset',
  signatures: [[timestamp, lit(str), opt(lit(str)), opt(lit(str))]],
  returns: 'timestamp',
  nulls: 'strict',
  js: () => {
    const start = remembered(bucketStart);
    return (moment: string, interval: string, zone = 'UTC', offset = '+0ms') => start(interval, zone, offset)(moment);
  },
  motion: inUtc,
  bucket: 'interval',
  named: true,
  olderBucket: 'dateHistogram',
  examples: [
    { sql: "DATE_HISTOGRAM(TIMESTAMP '2024-05-17 10:20:30', '1M')", value: '2024-05-01 00:00:00' },
    { sql: "DATE_HISTOGRAM(TIMESTAMP '2024-05-17 10:20:30', '90m')", value: '2024-05-17 09:00:00' },
    { sql: "DATE_HISTOGRAM(TIMESTAMP '2024-05-17 23:20:30', '1d', '+02:00')", value: '2024-05-17 22:00:00' },
  ],
};

export const GEOHASH: ScalarFunction = {
  name: 'GEOHASH',
  family: 'geo',
  summary: 'geohash cell of a point, of 1 to 12 characters',
  signatures: [[{ family: 'geo' }, lit(int)]],
  returns: 'keyword',
  nulls: 'strict',
  js: () => (point: { readonly lat: number; readonly lon: number }, precision: Numeric) =>
    geohashOf(point.lat, point.lon, Number(precision)),
  examples: [],
};

export const buckets = define([HISTOGRAM, DATE_HISTOGRAM, GEOHASH] satisfies readonly ScalarFunction[]);

/** The last result stands while the constants stay the same, which is always but for literals of the tests. */
function remembered(make: (interval: string, zone: string, offset: string) => (moment: string) => string) {
  let key: string | undefined;
  let made: (moment: string) => string;
  return (interval: string, zone: string, offset: string) => {
    const wanted = `${interval}|${zone}|${offset}`;
    if (wanted !== key) {
      made = make(interval, zone, offset);
      key = wanted;
    }
    return made;
  };
}

/** As the cluster rounds: in the wall clock of the zone, then back to an instant; the offset shifts the grid. */
function bucketStart(intervalText: string, zoneText: string, offsetText: string): (moment: string) => string {
  const interval = bucketInterval(intervalText);
  const zone = checkedZone(zoneText);
  const offset = offsetMillis(offsetText);
  return (moment) => {
    const instant = Math.floor(epochMillisOf(moment)) - offset;
    const local = instant + zone(Math.floor(instant / 1000)) * 1000;
    const start = startOf(interval, local);
    // Lengths below a second cannot straddle a change of the zone.
    const whole = Math.floor(start / 1000);
    return timestampFromEpochMillis(instantOf(zone, whole) * 1000 + (start - whole * 1000) + offset);
  };
}

export function checkedZone(name: string): Zone {
  const zone = zoneNamed(name);
  if (!zone) throw new SqlError('illegalArgument', `Invalid time zone [${name}]`);
  return zone;
}

/** Where the interval that holds a moment begins, both in milliseconds of one clock. */
export function startOf(interval: BucketInterval, local: number): number {
  if (interval.kind === 'fixed') return Math.floor(local / interval.millis) * interval.millis;
  const day = Math.floor(local / DAY);
  const { year, month } = civilOfDays(day);
  switch (interval.unit) {
    case 'minute':
      return Math.floor(local / 60_000) * 60_000;
    case 'hour':
      return Math.floor(local / 3_600_000) * 3_600_000;
    case 'day':
      return day * DAY;
    case 'week':
      return (day - weekdayOfDays(day)) * DAY;
    case 'month':
      return daysOfCivil(year, month, 1) * DAY;
    case 'quarter':
      return daysOfCivil(year, month - ((month - 1) % 3), 1) * DAY;
    case 'year':
      return daysOfCivil(year, 1, 1) * DAY;
  }
}
