/** Intervals, and dates and times moved by them (spec sql-functions 5.6). */

import {
  type ArgSpec,
  date,
  int,
  interval,
  type JsFunction,
  lit,
  num,
  type ScalarFunction,
  str,
  time,
  timestamp,
} from '../algebra/function.ts';
import { type MotionRule, RISES } from '../algebra/function-facts.ts';
import type { Interval, SqlType, Value } from '../algebra/types.ts';
import { badTimestamp, epochDaysOf, parseTime, parseTimestamp } from '../temporal/temporal-text.ts';
import { addInterval, addTime, addTimes, clockOf, dateFromDays, intervalOf } from './temporal.ts';

type Row = Pick<ScalarFunction, 'name' | 'summary' | 'examples'> &
  Partial<Pick<ScalarFunction, 'aliases' | 'family' | 'painless' | 'operator'>>;

export const INTERVAL: ScalarFunction = {
  name: 'INTERVAL',
  family: 'datetime',
  summary: 'INTERVAL n unit, a span of months or of exact time.',
  signatures: [[num, lit(str)]],
  returns: 'interval',
  nulls: 'strict',
  js: () => (amount: number | bigint, unit: string) => intervalOf(amount, unit),
  examples: [],
};

/** Where a date is what is moved, it is so from midnight. */
const byInterval = (type: SqlType | undefined, sign: 1 | -1): JsFunction =>
  type === 'date'
    ? (date: string, span: Interval) => addInterval(`${date} 00:00:00`, span, sign)
    : (at: string, span: Interval) => addInterval(at, span, sign);

/** A moment moved by a constant; where months are added, the last days of one fall together. */
const shifted: MotionRule = ({ at, type, constants: [, shift] }) => {
  if (at !== 0 || shift === undefined) return undefined;
  const months = isInterval(shift) && shift.months !== 0;
  return months && type === 'timestamp' ? { ...RISES, monthly: true } : RISES;
};
const MONTHS: ReadonlySet<string> = new Set(['MONTH', 'QUARTER', 'YEAR']);

const isInterval = (value: Value): value is Interval =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'months' in value;

/** The plugin reads text as a date here, whatever time it holds. */
const DATE_AND_INTERVAL: readonly (readonly ArgSpec[])[] = [
  [date, interval],
  [timestamp, interval],
];

const moved = (row: Row, sign: 1 | -1, signatures = DATE_AND_INTERVAL): ScalarFunction => ({
  family: 'datetime',
  ...row,
  signatures,
  returns: 'timestamp',
  nulls: 'strict',
  motion: shifted,
  js: (args) => byInterval(args[0], sign),
});

const DAYS_OR_INTERVAL: readonly (readonly ArgSpec[])[] = [[date, int], [timestamp, int], ...DATE_AND_INTERVAL];

/** By an interval always a timestamp; by days a date stays one. */
const movedByDays = (row: Row, sign: 1 | -1): ScalarFunction => ({
  family: 'datetime',
  ...row,
  signatures: DAYS_OR_INTERVAL,
  returns: (args) => (args[0] === 'date' && args[1] !== 'interval' ? 'date' : 'timestamp'),
  nulls: 'strict',
  motion: shifted,
  js: (args) => {
    if (args[1] === 'interval') return byInterval(args[0], sign);
    if (args[0] === 'date') return (at: string, days: number) => dateFromDays(epochDaysOf(at) + sign * Number(days));
    return (at: string, days: number | bigint) => addInterval(at, intervalOf(days, 'DAY'), sign);
  },
});

/** Text is a timestamp, or a time of today. */
const timestampOfText = (text: string, today: string): string => {
  const at = parseTimestamp(text);
  if (at !== undefined) return at;
  const clock = parseTime(text);
  if (clock === undefined) throw badTimestamp(text);
  return `${today} ${clock}`;
};

const isText = (type: SqlType | undefined): boolean => type === 'keyword' || type === 'text';

const movedByTime = (row: Row, sign: 1 | -1): ScalarFunction => ({
  family: 'datetime',
  ...row,
  signatures: [str, time, timestamp].flatMap((first) => [
    [first, time],
    [first, timestamp],
  ]),
  returns: (args) => (args[0] === 'time' ? 'time' : 'timestamp'),
  nulls: 'strict',
  motion: ({ at }) => (at === 0 ? RISES : undefined),
  js: (args, _result, session) => {
    if (args[0] === 'time') return (a: string, b: string) => addTimes(clockOf(a), clockOf(b), sign);
    if (isText(args[0])) {
      const { today } = session;
      return (a: string, b: string) => addTime(timestampOfText(a, today), clockOf(b), sign);
    }
    return (a: string, b: string) => addTime(a, clockOf(b), sign);
  },
});

const CHANGES: readonly ScalarFunction[] = [
  moved(
    {
      name: 'DATE_ADD',
      summary: 'A date or time plus an interval; a month too short gives its last day.',
      examples: [
        { sql: "DATE_ADD(DATE '2024-01-31', INTERVAL 1 MONTH)", value: '2024-02-29 00:00:00' },
        { sql: "DATE_ADD('2024-05-17 08:00:00', INTERVAL 36 HOUR)", value: '2024-05-18 12:00:00' },
        { sql: "DATE_ADD(TIMESTAMP '2024-05-17 08:00:00', INTERVAL -1 DAY)", value: '2024-05-16 08:00:00' },
        { sql: 'DATE_ADD(NULL, INTERVAL 1 DAY)', value: null },
        { sql: "DATE_ADD(TIMESTAMP '9999-12-31 23:00:00', INTERVAL 1 HOUR)", value: null },
      ],
    },
    1,
  ),
  moved(
    {
      name: 'DATE_SUB',
      summary: 'A date or time minus an interval.',
      examples: [
        { sql: "DATE_SUB(DATE '2024-03-31', INTERVAL 1 MONTH)", value: '2024-02-29 00:00:00' },
        { sql: "DATE_SUB('2024-05-17 08:00:00', INTERVAL 1 SECOND)", value: '2024-05-16 23:59:59' },
        { sql: "DATE_SUB(TIMESTAMP '2024-05-17 08:00:00', INTERVAL 1 SECOND)", value: '2024-05-17 07:59:59' },
        { sql: "DATE_SUB(DATE '2024-02-29', INTERVAL 1 YEAR)", value: '2023-02-28 00:00:00' },
      ],
    },
    -1,
  ),
  moved(
    {
      name: 'ADD_INTERVAL',
      operator: { written: ['+'], of: 'interval' },
      family: 'operator',
      summary: 'd + INTERVAL n unit.',
      examples: [
        { sql: "DATE '2024-05-17' + INTERVAL 1 DAY", value: '2024-05-18 00:00:00' },
        { sql: "DATE '2024-01-31' + INTERVAL 1 QUARTER", value: '2024-04-30 00:00:00' },
        { sql: "'2024-05-17 08:00:00' + INTERVAL 1 HOUR", value: '2024-05-17 09:00:00' },
      ],
    },
    1,
    [[timestamp, interval]],
  ),
  moved(
    {
      name: 'SUBTRACT_INTERVAL',
      operator: { written: ['-'], of: 'interval' },
      family: 'operator',
      summary: 'd - INTERVAL n unit.',
      examples: [{ sql: "TIMESTAMP '2024-05-17 08:00:00' - INTERVAL 90 MINUTE", value: '2024-05-17 06:30:00' }],
    },
    -1,
    [[timestamp, interval]],
  ),
  movedByDays(
    {
      name: 'ADDDATE',
      summary: 'A date plus days or an interval.',
      examples: [
        { sql: "ADDDATE(DATE '2024-05-17', 10)", value: '2024-05-27' },
        { sql: "ADDDATE('2024-05-17 08:00:00', 1)", value: '2024-05-18' },
        { sql: "ADDDATE(TIMESTAMP '2024-05-17 08:00:00', 1)", value: '2024-05-18 08:00:00' },
        { sql: "ADDDATE(DATE '2024-05-17', INTERVAL 1 WEEK)", value: '2024-05-24 00:00:00' },
      ],
    },
    1,
  ),
  movedByDays(
    {
      name: 'SUBDATE',
      summary: 'A date minus days or an interval.',
      examples: [
        { sql: "SUBDATE(DATE '2024-05-17', 17)", value: '2024-04-30' },
        { sql: "SUBDATE(TIMESTAMP '2024-05-17 08:00:00', INTERVAL 1 QUARTER)", value: '2024-02-17 08:00:00' },
      ],
    },
    -1,
  ),
  movedByTime(
    {
      name: 'ADDTIME',
      summary: 'The first argument plus the time of day of the second.',
      examples: [
        { sql: "ADDTIME(DATE '2024-05-17', TIME '12:30:00')", value: '2024-05-17 12:30:00' },
        { sql: "ADDTIME(TIME '23:30:00', TIME '01:00:00')", value: '00:30:00' },
        { sql: "ADDTIME(TIMESTAMP '2024-05-17 23:30:00', TIME '01:00:00')", value: '2024-05-18 00:30:00' },
        { sql: "ADDTIME('2024-05-17 10:00:00', '00:00:00.5')", value: '2024-05-17 10:00:00.5' },
        { sql: "ADDTIME(TIME '10:00:00', DATE '2024-05-17')", value: '10:00:00' },
      ],
    },
    1,
  ),
  movedByTime(
    {
      name: 'SUBTIME',
      summary: 'The first argument minus the time of day of the second.',
      examples: [
        { sql: "SUBTIME(DATE '2024-05-17', TIME '12:30:00')", value: '2024-05-16 11:30:00' },
        { sql: "SUBTIME(TIME '00:30:00', TIME '01:00:00')", value: '23:30:00' },
        { sql: "SUBTIME(TIMESTAMP '2024-05-17 00:30:00', TIME '01:00:00')", value: '2024-05-16 23:30:00' },
        { sql: "SUBTIME(TIME '00:00:00.25', TIME '00:00:00.5')", value: '23:59:59.75' },
      ],
    },
    -1,
  ),
  {
    name: 'TIMESTAMPADD',
    aliases: ['TIMESTAMP_ADD'],
    family: 'datetime',
    summary: 'A timestamp plus n units.',
    signatures: [[lit(str), int, timestamp]],
    returns: 'timestamp',
    nulls: 'strict',
    syntax: 'unit',
    js: () => (unit: string, amount: number | bigint, at: string) => addInterval(at, intervalOf(amount, unit), 1),
    motion: ({ at, constants: [unit] }) =>
      at === 2 ? { ...RISES, ...(MONTHS.has(String(unit).toUpperCase()) ? { monthly: true } : {}) } : undefined,
    examples: [
      { sql: "TIMESTAMPADD(WEEK, 2, '2024-05-17 00:00:00')", value: '2024-05-31 00:00:00' },
      { sql: "TIMESTAMPADD(MONTH, 1, DATE '2024-01-31')", value: '2024-02-29 00:00:00' },
      { sql: "TIMESTAMPADD(MICROSECOND, 5, TIMESTAMP '2024-05-17 00:00:00')", value: '2024-05-17 00:00:00.000005' },
      { sql: "TIMESTAMPADD(QUARTER, -1, '2024-05-31 00:00:00')", value: '2024-02-29 00:00:00' },
      { sql: "TIMESTAMPADD(MINUTE, 90, '2024-05-17 23:00:00')", value: '2024-05-18 00:30:00' },
    ],
  },
];

export const datetimeArithmetic: readonly ScalarFunction[] = [INTERVAL, ...CHANGES];
