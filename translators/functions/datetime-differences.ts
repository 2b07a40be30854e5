/** Differences of dates and times, and days counted from year 0 (spec sql-functions 5.4 and 5.5). */
import { date, int, lit, type ScalarFunction, str, time, timestamp } from '../algebra/function.ts';
import { FALLS, RISES, rises } from '../algebra/function-facts.ts';
import { epochDaysOf } from '../temporal/temporal-text.ts';
import { addTimes, clockOf, DAYS_TO_EPOCH, dateFromDays, unitsBetween } from './temporal.ts';

export const datetimeDifferences: readonly ScalarFunction[] = [
  {
    name: 'DATEDIFF',
    family: 'datetime',
    summary: 'Calendar days from the second date to the first.',
    signatures: [
      [date, date],
      [timestamp, timestamp],
    ],
    returns: 'long',
    nulls: 'strict',
    js: () => (a: string, b: string) => epochDaysOf(a) - epochDaysOf(b),
    painless: '(a0.getLong(ChronoField.EPOCH_DAY) - a1.getLong(ChronoField.EPOCH_DAY))',
    motion: ({ at }) => (at === 0 ? RISES : FALLS),
    examples: [
      { sql: "DATEDIFF(DATE '2024-03-01', DATE '2024-02-28')", value: 2 },
      { sql: "DATEDIFF(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2023-12-31 23:59:59')", value: 1 },
      { sql: "DATEDIFF(DATE '2024-01-01', DATE '2024-12-31')", value: -365 },
      { sql: "DATEDIFF(DATE '2024-01-02', TIMESTAMP '2024-01-01 23:00:00')", value: 1 },
    ],
  },
  {
    name: 'TIMEDIFF',
    family: 'datetime',
    summary: 'Time from the second to the first, around the clock.',
    signatures: [
      [time, time],
      [timestamp, timestamp],
    ],
    returns: 'time',
    nulls: 'strict',
    js: () => (a: string, b: string) => addTimes(clockOf(a), clockOf(b), -1),
    examples: [
      { sql: "TIMEDIFF('10:00:00', '08:45:00')", value: '01:15:00' },
      { sql: "TIMEDIFF(TIME '08:00:00', TIME '09:00:00')", value: '23:00:00' },
    ],
  },
  {
    name: 'TIMESTAMPDIFF',
    aliases: ['TIMESTAMP_DIFF'],
    family: 'datetime',
    summary: 'Whole units from the first timestamp to the second.',
    signatures: [[lit(str), timestamp, timestamp]],
    returns: 'long',
    nulls: 'strict',
    syntax: 'unit',
    js: () => (unit: string, a: string, b: string) => unitsBetween(unit, a, b),
    motion: ({ at }) => (at === 2 ? RISES : FALLS),
    examples: [
      { sql: "TIMESTAMPDIFF(MONTH, '2024-01-31 00:00:00', '2024-05-17 00:00:00')", value: 3 },
      { sql: "TIMESTAMPDIFF(DAY, '2024-01-01 00:00:00', '2024-03-01 12:00:00')", value: 60 },
      { sql: "TIMESTAMPDIFF(HOUR, '2024-01-01 00:00:00', '2023-12-31 00:30:00')", value: -23 },
      { sql: "TIMESTAMPDIFF(YEAR, DATE '2000-02-29', DATE '2024-02-28')", value: 23 },
      { sql: "TIMESTAMPDIFF(MONTH, '2024-03-31 00:00:00', '2024-03-01 00:00:00')", value: 0 },
    ],
  },
  {
    name: 'TO_DAYS',
    family: 'datetime',
    summary: 'Days since year 0.',
    signatures: [[date], [timestamp]],
    returns: 'long',
    nulls: 'strict',
    js: () => (text: string) => epochDaysOf(text) + DAYS_TO_EPOCH,
    painless: `(a0.getLong(ChronoField.EPOCH_DAY) + ${DAYS_TO_EPOCH}L)`,
    motion: rises,
    examples: [
      { sql: "TO_DAYS(DATE '2024-05-17')", value: 739388 },
      { sql: "TO_DAYS('1970-01-01')", value: 719528 },
      { sql: "TO_DAYS('0001-01-01')", value: 366 },
    ],
  },
  {
    name: 'FROM_DAYS',
    family: 'datetime',
    summary: 'The date that many days after year 0.',
    signatures: [[int]],
    returns: 'date',
    nulls: 'strict',
    js: () => (days: number | bigint) => dateFromDays(Number(days) - DAYS_TO_EPOCH),
    motion: rises,
    examples: [
      { sql: 'FROM_DAYS(738000)', value: '2020-07-29' },
      { sql: 'FROM_DAYS(719528)', value: '1970-01-01' },
      { sql: 'FROM_DAYS(366)', value: '0001-01-01' },
    ],
  },
];
