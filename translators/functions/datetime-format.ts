/** Dates and times as text and back by a format (spec sql-functions 5.7). */

import { lit, num, type ScalarFunction, str, time, timestamp } from '../algebra/function.ts';
import { type MotionRule, RISES } from '../algebra/function-facts.ts';
import { fromUnixTime } from './datetime-numbers.ts';
import { lettersOf } from './format-letters.ts';
import { formatOf, specifiersFormat } from './format-specifiers.ts';
import { strToDate } from './str-to-date.ts';
import { checkedText, limitOf } from './text-length.ts';

const bounded = (text: string | null, limit: number): string | null =>
  text === null ? null : checkedText(text, limit);

const base = { family: 'datetime', nulls: 'strict' } as const;

/** Formats by type and region; JIS and ISO agree. */
const GET_FORMATS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DATE: { USA: '%m.%d.%Y', JIS: '%Y-%m-%d', ISO: '%Y-%m-%d', EUR: '%d.%m.%Y', INTERNAL: '%Y%m%d' },
  TIME: { USA: '%h:%i:%s %p', JIS: '%H:%i:%s', ISO: '%H:%i:%s', EUR: '%H.%i.%s', INTERNAL: '%H%i%s' },
  TIMESTAMP: {
    USA: '%Y-%m-%d %H.%i.%s',
    JIS: '%Y-%m-%d %H:%i:%s',
    ISO: '%Y-%m-%d %H:%i:%s',
    EUR: '%Y-%m-%d %H.%i.%s',
    INTERNAL: '%Y%m%d%H%i%s',
  },
};

const AT = "TIMESTAMP '2024-05-03 17:04:05.5'";
const FORMATTED: Readonly<Record<string, string>> = {
  '%a %b %c': 'Fri May 05',
  '%D %d %e': '3rd 03 3',
  '%f': '500000',
  '%H %h %I': '17 05 05',
  '%i %j': '04 124',
  '%k %l': '17 5',
  '%M %m': 'May 05',
  '%p %r': 'PM 05:04:05 PM',
  '%S %s %T': '05 05 17:04:05',
  '%V %v': '17 18',
  '%X %x': '2024 2024',
  '%Y %y': '2024 24',
  '%% x': '% x',
  '%Y-%m-%dT%H:%i:%s': '2024-05-03T17:04:05',
  '%W, %D %M %Y %r': 'Friday, 3rd May 2024 05:04:05 PM',
};

/** A text that tells a moment down to some unit, longest first, is in the order of time. */
const byFormat: MotionRule = ({ at, constants: [, format] }) =>
  at === 0 && typeof format === 'string' && lettersOf(format.replaceAll('%T', '%H:%i:%s')) ? RISES : undefined;

export const DATE_FORMAT: ScalarFunction = {
  ...base,
  name: 'DATE_FORMAT',
  aliases: ['TIME_TO_STR'],
  summary:
    'A date or time as text by specifiers such as %Y-%m-%d; a format without % is a pattern of Java, such as yyyy-MM-dd.',
  signatures: [[timestamp, str]],
  returns: 'keyword',
  js: (_args, _result, session) => {
    const limit = limitOf(session);
    return (at: string, format: string) => bounded(formatOf(format, 'date')(at), limit);
  },
  motion: byFormat,
  bucket: 'format',
  olderForm: 'pattern',
  examples: [
    ...Object.entries(FORMATTED).map(([format, value]) => ({ sql: `DATE_FORMAT(${AT}, '${format}')`, value })),
    { sql: "DATE_FORMAT('1998-01-31 00:14:15.012345', '%D %f %h %p %r')", value: '31st 012345 12 AM 12:14:15 AM' },
    { sql: "DATE_FORMAT('1998-01-31 00:14:15.012345', '%V %v %k')", value: '4 4 0' },
    { sql: "DATE_FORMAT(TIMESTAMP '2024-01-02 00:00:00', '%U %u')", value: '0 1' },
    { sql: "DATE_FORMAT('2024-05-03', '%d.%m.%Y')", value: '03.05.2024' },
    { sql: `DATE_FORMAT(${AT}, 'yyyy-MM-dd HH:mm:ss.SSS')`, value: '2024-05-03 17:04:05.500' },
    { sql: `DATE_FORMAT(${AT}, 'EEE, d MMMM yy, h a')`, value: 'Fri, 3 May 24, 5 PM' },
    { sql: `TIME_TO_STR(${AT}, 'yyyy-MM-dd HH:00:00.000')`, value: '2024-05-03 17:00:00.000' },
    { sql: "DATE_FORMAT(NULL, '%Y')", value: null },
  ],
};

export const datetimeFormat: readonly ScalarFunction[] = [
  DATE_FORMAT,
  {
    ...base,
    name: 'TIME_FORMAT',
    summary: 'A time of day as text; specifiers of dates give zeros or NULL.',
    signatures: [
      [time, str],
      [timestamp, str],
    ],
    returns: 'keyword',
    js: (args, _result, session) => {
      const limit = limitOf(session);
      return args[0] === 'time'
        ? (clock: string, format: string) => bounded(formatOf(format, 'time')(`1970-01-01 ${clock}`), limit)
        : (at: string, format: string) => bounded(formatOf(format, 'time')(at), limit);
    },
    examples: [
      { sql: "TIME_FORMAT(TIME '17:04:05.25', '%H:%i:%s')", value: '17:04:05' },
      { sql: "TIME_FORMAT('2024-05-03 07:04:05', '%r')", value: '07:04:05 AM' },
      { sql: "TIME_FORMAT(TIME '17:04:05.25', '%T %f')", value: '17:04:05 250000' },
      { sql: "TIME_FORMAT(TIME '17:04:05.25', '%h %I %k %l %p')", value: '05 05 17 5 PM' },
      { sql: "TIME_FORMAT('2024-05-03 07:04:05', '%Y %m %d %c')", value: '0000 00 00 0' },
      { sql: "TIME_FORMAT(TIME '17:04:05.25', '%H %a')", value: null },
      { sql: "TIME_FORMAT(TIME '17:04:05.25', 'HH:mm')", value: '17:04' },
      { sql: "TIME_FORMAT(TIME '17:04:05.25', 'yyyy HH')", value: null },
    ],
  },
  {
    ...base,
    name: 'GET_FORMAT',
    summary: 'The format of a type (DATE, TIME, TIMESTAMP) in a region (USA, JIS, ISO, EUR, INTERNAL).',
    signatures: [[lit(str), str]],
    returns: 'keyword',
    js: () => (type: string, region: string) => GET_FORMATS[type.toUpperCase()]?.[region.toUpperCase()] ?? null,
    syntax: 'formatType',
    examples: [
      { sql: "GET_FORMAT(DATE, 'usa')", value: '%m.%d.%Y' },
      { sql: "GET_FORMAT(TIME, 'EUR')", value: '%H.%i.%s' },
      { sql: "GET_FORMAT(TIMESTAMP, 'INTERNAL')", value: '%Y%m%d%H%i%s' },
      { sql: "GET_FORMAT(DATE, 'elsewhere')", value: null },
      { sql: "DATE_FORMAT('2024-05-03', GET_FORMAT(DATE, 'EUR'))", value: '03.05.2024' },
    ],
  },
  {
    ...base,
    name: 'STR_TO_DATE',
    summary: 'A timestamp read by specifiers; NULL for text that does not fit.',
    signatures: [[str, str]],
    returns: 'timestamp',
    js:
      (_args, _result, { today }) =>
      (text: string, format: string) =>
        strToDate(text, format, today),
    examples: [
      { sql: "STR_TO_DATE('17/05/2024', '%d/%m/%Y')", value: '2024-05-17 00:00:00' },
      { sql: "STR_TO_DATE('2024-05-17 08:30:15', '%Y-%m-%d %H:%i:%s')", value: '2024-05-17 08:30:15' },
      { sql: "STR_TO_DATE('abc', '%Y')", value: null },
      { sql: "STR_TO_DATE('May 1 2024', '%M %e %Y')", value: '2024-05-01 00:00:00' },
      { sql: "STR_TO_DATE('08:30', '%H:%i')", value: null },
      { sql: "STR_TO_DATE('2024-02-30', '%Y-%m-%d')", value: null },
      { sql: "STR_TO_DATE('3rd Feb 24 01:02:03 PM', '%D %b %y %r')", value: '2024-02-03 13:02:03' },
      { sql: "STR_TO_DATE('2024 60', '%Y %j')", value: '2024-02-29 00:00:00' },
    ],
  },
  {
    ...base,
    name: 'FROM_UNIXTIME',
    summary: 'The timestamp of seconds since 1970, or its text by a format.',
    signatures: [[num], [num, str]],
    returns: (args) => (args.length === 1 ? 'timestamp' : 'keyword'),
    js: (args) =>
      args.length === 1
        ? fromUnixTime
        : (seconds: number | bigint, format: string) => {
            const at = fromUnixTime(seconds);
            return at === null ? null : specifiersFormat(format)(at);
          },
    motion: ({ constants }) => (constants.length === 1 ? RISES : undefined),
    onClock: (call, clock) => {
      const [seconds, format] = call.args.map((arg) => clock.expr(arg));
      const wall = clock.wall({ ...call, type: 'timestamp', args: [seconds!] });
      return format ? { kind: 'call', type: 'keyword', fn: DATE_FORMAT, args: [wall, format] } : wall;
    },
    examples: [
      { sql: 'FROM_UNIXTIME(1700000000)', value: '2023-11-14 22:13:20' },
      { sql: 'FROM_UNIXTIME(0)', value: '1970-01-01 00:00:00' },
      { sql: 'FROM_UNIXTIME(1.5)', value: '1970-01-01 00:00:01.5' },
      { sql: 'FROM_UNIXTIME(-1)', value: null },
      { sql: 'FROM_UNIXTIME(99999999999)', value: null },
      { sql: "FROM_UNIXTIME(1700000000, '%T')", value: '22:13:20' },
      { sql: "FROM_UNIXTIME(0, '%W %M %Y')", value: 'Thursday January 1970' },
    ],
  },
];
