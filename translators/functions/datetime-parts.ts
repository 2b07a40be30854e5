/** Parts of a date or time: YEAR … MICROSECOND and weeks (spec sql-functions 5.3). */

import {
  type ArgSpec,
  date,
  type Example,
  int,
  opt,
  type ScalarFunction,
  time,
  timestamp,
} from '../algebra/function.ts';
import { type MotionRule, type Period, RISES, rises } from '../algebra/function-facts.ts';
import type { SqlType } from '../algebra/types.ts';
import { dayOfYear, quarterOf, weekdayOfDays } from '../temporal/calendar.ts';
import { DAY_NAMES, MONTH_NAMES } from '../temporal/date-names.ts';
import { dateFields, epochDaysOf, timeFields } from '../temporal/temporal-text.ts';
import { microsOf, sundayFirst, timeStart, weekOf, yearWeek } from './temporal.ts';

/** Text is read as a date; a TIME stands for today at that time. */
const DATE_OR_TIMESTAMP: readonly (readonly ArgSpec[])[] = [[date], [timestamp]];
/** Text is read as a time of day, with or without a date; a DATE is midnight. */
const TIME_OR_TIMESTAMP: readonly (readonly ArgSpec[])[] = [[time], [timestamp]];

interface Part {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly js: (text: string) => number | string;
  readonly returns?: SqlType;
  readonly painless?: string;
  readonly duckdb?: ScalarFunction['duckdb'];
  readonly motion?: MotionRule;
  readonly named?: boolean;
  readonly olderBucket?: ScalarFunction['olderBucket'];
  readonly moment?: ScalarFunction['moment'];
  readonly bucket?: ScalarFunction['bucket'];
  readonly examples: readonly Example[];
}

const part = (row: Part, signatures: ScalarFunction['signatures']): ScalarFunction => ({
  family: 'datetime',
  signatures,
  returns: 'integer',
  nulls: 'strict',
  total: true,
  ...row,
  js: () => row.js,
});

/** A part of a date grows inside the longer period that it is a part of. */
const within =
  (period: Period): MotionRule =>
  () => ({ ...RISES, within: period });

/** A function of the calendar day; `date` and `timestamp` texts begin alike. */
const ofDate = (row: Part): ScalarFunction => part(row, DATE_OR_TIMESTAMP);
const ofTime = (row: Part): ScalarFunction => part(row, TIME_OR_TIMESTAMP);

/** Two digits of the time of day in DuckDB, whose temporals are canonical text. */
const clockDigits =
  (offset: number): ScalarFunction['duckdb'] =>
  (args, types) =>
    `CAST(substr(${args[0]}, ${offset + (types[0] === 'time' ? 1 : 12)}, 2) AS INTEGER)`;

const weekFunction = (
  row: Pick<ScalarFunction, 'name' | 'aliases' | 'summary' | 'examples'>,
  of: (days: number, mode: number) => number,
): ScalarFunction => ({
  ...row,
  family: 'datetime',
  signatures: [
    [date, opt(int)],
    [timestamp, opt(int)],
  ],
  returns: 'integer',
  nulls: 'strict',
  js:
    () =>
    (text: string, mode: number = 0) =>
      of(epochDaysOf(text), Number(mode)),
});

const DATE_PARTS: readonly ScalarFunction[] = [
  ofDate({
    name: 'YEAR',
    summary: 'Year of a date.',
    js: (text) => dateFields(text).year,
    painless: 'a0.getYear()',
    duckdb: 'CAST(substr(a0, 1, 4) AS INTEGER)',
    motion: rises,
    moment: ({ args: [arg] }) => arg && { arg, cut: 'year' },
    bucket: 'year',
    examples: [
      { sql: "YEAR('2024-05-17')", value: 2024 },
      { sql: "YEAR(DATE '1970-01-01')", value: 1970 },
      { sql: "YEAR(TIMESTAMP '2024-12-31 23:59:59')", value: 2024 },
      { sql: 'YEAR(NULL)', value: null },
    ],
  }),
  ofDate({
    name: 'QUARTER',
    summary: 'Quarter of the year, 1–4.',
    js: (text) => quarterOf(dateFields(text).month),
    painless: '((a0.getMonthValue() + 2) / 3)',
    duckdb: '((CAST(substr(a0, 6, 2) AS INTEGER) + 2) // 3)',
    motion: within('year'),
    examples: [
      { sql: "QUARTER('2024-05-17')", value: 2 },
      { sql: "QUARTER(DATE '2024-12-01')", value: 4 },
      { sql: "QUARTER(TIMESTAMP '2024-03-31 23:59:59')", value: 1 },
    ],
  }),
  ofDate({
    name: 'MONTH',
    aliases: ['MONTH_OF_YEAR'],
    summary: 'Month of the year, 1–12.',
    js: (text) => dateFields(text).month,
    painless: 'a0.getMonthValue()',
    duckdb: 'CAST(substr(a0, 6, 2) AS INTEGER)',
    motion: within('year'),
    named: true,
    olderBucket: 'dateRange',
    examples: [
      { sql: "MONTH('2024-05-17')", value: 5 },
      { sql: "MONTH_OF_YEAR(DATE '2024-02-29')", value: 2 },
    ],
  }),
  ofDate({
    name: 'MONTHNAME',
    summary: 'English name of the month.',
    returns: 'keyword',
    js: (text) => MONTH_NAMES[dateFields(text).month - 1]!,
    painless: 'a0.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH)',
    examples: [
      { sql: "MONTHNAME('2024-05-17')", value: 'May' },
      { sql: "MONTHNAME(DATE '2024-09-01')", value: 'September' },
    ],
  }),
  ofDate({
    name: 'DAYOFMONTH',
    aliases: ['DAY_OF_MONTH', 'DAY'],
    summary: 'Day of the month, 1–31.',
    js: (text) => dateFields(text).day,
    painless: 'a0.getDayOfMonth()',
    duckdb: 'CAST(substr(a0, 9, 2) AS INTEGER)',
    motion: within('month'),
    examples: [
      { sql: "DAY('2024-05-17')", value: 17 },
      { sql: "DAYOFMONTH('2024-05-17')", value: 17 },
      { sql: "DAY_OF_MONTH(DATE '2024-02-29')", value: 29 },
    ],
  }),
  ofDate({
    name: 'DAYNAME',
    summary: 'English name of the weekday.',
    returns: 'keyword',
    js: (text) => DAY_NAMES[weekdayOfDays(epochDaysOf(text))]!,
    painless: 'DayOfWeek.of(a0.get(ChronoField.DAY_OF_WEEK)).getDisplayName(TextStyle.FULL, Locale.ENGLISH)',
    examples: [
      { sql: "DAYNAME('2024-05-17')", value: 'Friday' },
      { sql: "DAYNAME(DATE '2024-02-25')", value: 'Sunday' },
    ],
  }),
  ofDate({
    name: 'DAYOFWEEK',
    aliases: ['DAY_OF_WEEK'],
    summary: 'Day of the week, 1 = Sunday … 7 = Saturday.',
    js: (text) => sundayFirst(epochDaysOf(text)),
    painless: '(a0.get(ChronoField.DAY_OF_WEEK) % 7 + 1)',
    examples: [
      { sql: "DAYOFWEEK('2024-05-17')", value: 6 },
      { sql: "DAY_OF_WEEK('2024-05-19')", value: 1 },
      { sql: "DAYOFWEEK(DATE '1969-12-27')", value: 7 },
    ],
  }),
  ofDate({
    name: 'WEEKDAY',
    summary: 'Day of the week, 0 = Monday … 6 = Sunday.',
    js: (text) => weekdayOfDays(epochDaysOf(text)),
    painless: '(a0.get(ChronoField.DAY_OF_WEEK) - 1)',
    examples: [
      { sql: "WEEKDAY('2024-05-17')", value: 4 },
      { sql: "WEEKDAY('2024-05-19')", value: 6 },
      { sql: "WEEKDAY('2024-05-20')", value: 0 },
    ],
  }),
  ofDate({
    name: 'DAYOFYEAR',
    aliases: ['DAY_OF_YEAR'],
    summary: 'Day of the year, 1–366.',
    js: (text) => {
      const { year, month, day } = dateFields(text);
      return dayOfYear(year, month, day);
    },
    painless: 'a0.get(ChronoField.DAY_OF_YEAR)',
    motion: within('year'),
    examples: [
      { sql: "DAYOFYEAR('2024-05-17')", value: 138 },
      { sql: "DAY_OF_YEAR('2024-12-31')", value: 366 },
      { sql: "DAY_OF_YEAR('2023-12-31')", value: 365 },
    ],
  }),
  weekFunction(
    {
      name: 'WEEK',
      aliases: ['WEEKOFYEAR', 'WEEK_OF_YEAR'],
      summary: 'Week of the year in one of the modes 0–7 (default 0).',
      examples: [
        { sql: "WEEK('2024-05-17')", value: 19 },
        { sql: "WEEK(DATE '2024-05-17', 1)", value: 20 },
        { sql: "WEEKOFYEAR('2024-05-17')", value: 19 },
        { sql: "WEEK_OF_YEAR('2024-05-17', 3)", value: 20 },
        ...[7, 8, 7, 8, 8, 7, 8, 7].map((value, mode) => ({ sql: `WEEK('2008-02-20', ${mode})`, value })),
        ...[0, 0, 52, 52, 0, 0, 52, 52].map((value, mode) => ({ sql: `WEEK('2000-01-01', ${mode})`, value })),
        { sql: "WEEK('2024-12-31', 0)", value: 52 },
        { sql: "WEEK('2024-12-31', 1)", value: 1 },
        { sql: "WEEK('2023-01-01', 0)", value: 1 },
        { sql: "WEEK('2023-01-01', 1)", value: 0 },
      ],
    },
    (days, mode) => weekOf(days, mode).week,
  ),
  weekFunction(
    {
      name: 'YEARWEEK',
      summary: 'Year and week in one number; early January may belong to the old year.',
      examples: [
        { sql: "YEARWEEK('2024-05-17')", value: 202419 },
        { sql: "YEARWEEK('2024-05-17', 1)", value: 202420 },
        { sql: "YEARWEEK('2000-01-01', 0)", value: 199952 },
        { sql: "YEARWEEK('2000-01-01', 3)", value: 199952 },
        { sql: "YEARWEEK('2024-12-31', 1)", value: 202401 },
      ],
    },
    yearWeek,
  ),
];

const TIME_PARTS: readonly ScalarFunction[] = [
  ofTime({
    name: 'HOUR',
    aliases: ['HOUR_OF_DAY'],
    summary: 'Hour of the day, 0–23.',
    js: (text) => timeFields(text, timeStart(text)).hour,
    painless: 'a0.getHour()',
    duckdb: clockDigits(0),
    motion: within('day'),
    examples: [
      { sql: "HOUR('08:30:15')", value: 8 },
      { sql: "HOUR(TIME '23:00:00')", value: 23 },
      { sql: "HOUR(TIMESTAMP '2024-05-17 08:30:15')", value: 8 },
      { sql: "HOUR_OF_DAY('2024-05-17 08:30:15')", value: 8 },
      { sql: "HOUR(DATE '2024-05-17')", value: 0 },
    ],
  }),
  ofTime({
    name: 'MINUTE',
    aliases: ['MINUTE_OF_HOUR'],
    summary: 'Minute of the hour, 0–59.',
    js: (text) => timeFields(text, timeStart(text)).minute,
    painless: 'a0.getMinute()',
    duckdb: clockDigits(3),
    motion: within('hour'),
    examples: [
      { sql: "MINUTE('08:30:15')", value: 30 },
      { sql: "MINUTE_OF_HOUR(TIME '08:59:15')", value: 59 },
      { sql: "MINUTE(TIMESTAMP '2024-05-17 08:07:15')", value: 7 },
    ],
  }),
  ofTime({
    name: 'MINUTE_OF_DAY',
    summary: 'Minute of the day, 0–1439.',
    js: (text) => {
      const { hour, minute } = timeFields(text, timeStart(text));
      return hour * 60 + minute;
    },
    painless: 'a0.get(ChronoField.MINUTE_OF_DAY)',
    motion: within('day'),
    examples: [
      { sql: "MINUTE_OF_DAY(TIME '02:05:09')", value: 125 },
      { sql: "MINUTE_OF_DAY('23:59:59')", value: 1439 },
    ],
  }),
  ofTime({
    name: 'SECOND',
    aliases: ['SECOND_OF_MINUTE'],
    summary: 'Second of the minute, 0–59.',
    js: (text) => timeFields(text, timeStart(text)).second,
    painless: 'a0.getSecond()',
    duckdb: clockDigits(6),
    motion: within('minute'),
    examples: [
      { sql: "SECOND('08:30:15')", value: 15 },
      { sql: "SECOND_OF_MINUTE(TIMESTAMP '2024-05-17 08:30:59')", value: 59 },
    ],
  }),
  ofTime({
    name: 'MICROSECOND',
    summary: 'Microsecond of the second, 0–999999.',
    js: (text) => microsOf(timeFields(text, timeStart(text)).nano),
    painless: '(a0.getNano() / 1000)',
    examples: [
      { sql: "MICROSECOND(TIME '08:30:15.25')", value: 250000 },
      { sql: "MICROSECOND('2024-05-17 08:30:15.000123')", value: 123 },
      { sql: "MICROSECOND(TIME '08:30:15')", value: 0 },
    ],
  }),
];

export const datetimeParts: readonly ScalarFunction[] = [...DATE_PARTS, ...TIME_PARTS];
