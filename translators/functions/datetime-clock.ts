/** The current time: constants of a statement, but for SYSDATE (spec sql-functions 5.2). */

import { int, opt, type ScalarFunction } from '../algebra/function.ts';
import type { Session } from '../algebra/session.ts';
import type { SqlType, Value } from '../algebra/types.ts';
import { SqlError } from '../errors.ts';
import { dateOf, timeOf, timestampFromEpochMillis } from '../temporal/temporal-text.ts';
import { wallClock, zoneOf } from './zoned.ts';

const utcOf = (s: Session): string => s.utc ?? s.now;

const clock = (
  name: string,
  aliases: readonly string[],
  summary: string,
  returns: SqlType,
  session: (session: Session) => Value,
  /** The names that standard SQL writes without parentheses. */
  bare: readonly string[],
): ScalarFunction => ({
  name,
  aliases,
  bare,
  family: 'datetime',
  summary,
  signatures: [[]],
  returns,
  nulls: 'strict',
  session,
  js: (_args, _result, at) => () => session(at),
  examples: [],
});

const SYSDATE: ScalarFunction = {
  name: 'SYSDATE',
  family: 'datetime',
  summary: 'Time of the evaluation, with 0–6 digits of fraction.',
  signatures: [[opt(int)]],
  returns: 'timestamp',
  nulls: 'strict',
  volatile: true,
  js:
    (_args, _result, { zone }) =>
    (digits: number = 0) => {
      if (digits < 0 || digits > 6) {
        throw new SqlError('illegalArgument', `Invalid \`fsp\` value: ${digits}, allowed 0 to 6`);
      }
      // The one function whose meaning is the clock at the moment of its evaluation.
      const unit = 10 ** Math.max(0, 3 - Number(digits));
      const utc = timestampFromEpochMillis(Math.floor(Date.now() / unit) * unit);
      return zone === undefined ? utc : wallClock(utc, zoneOf(zone));
    },
  examples: [],
};

export const datetimeClock: readonly ScalarFunction[] = [
  clock(
    'NOW',
    ['CURRENT_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP'],
    'Start of the statement, on the clock of `time_zone` (UTC).',
    'timestamp',
    (s) => s.now,
    ['CURRENT_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP'],
  ),
  clock(
    'CURDATE',
    ['CURRENT_DATE'],
    'Date of the start of the statement, on the clock of `time_zone` (UTC).',
    'date',
    (s) => s.today,
    ['CURRENT_DATE'],
  ),
  clock(
    'CURTIME',
    ['CURRENT_TIME'],
    'Time of day of the start of the statement, on the clock of `time_zone` (UTC).',
    'time',
    (s) => timeOf(s.now),
    ['CURRENT_TIME'],
  ),
  clock('UTC_TIMESTAMP', [], 'Start of the statement in UTC.', 'timestamp', utcOf, ['UTC_TIMESTAMP']),
  clock('UTC_DATE', [], 'Date of the start of the statement in UTC.', 'date', (s) => dateOf(utcOf(s)), ['UTC_DATE']),
  clock('UTC_TIME', [], 'Time of day of the start of the statement in UTC.', 'time', (s) => timeOf(utcOf(s)), [
    'UTC_TIME',
  ]),
  SYSDATE,
];
