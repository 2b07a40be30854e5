/** The current time: constants of a statement, but for SYSDATE (spec sql-functions 5.2). */
import type { Session } from '../bind/expr.ts';
import type { SqlType, Value } from '../catalog/types.ts';
import { SqlError } from '../errors.ts';
import { int, opt, type ScalarFunction } from './row.ts';
import { timeOf, timestampFromEpochMillis } from './temporal-text.ts';

const clock = (
  name: string,
  aliases: readonly string[],
  summary: string,
  returns: SqlType,
  session: (session: Session) => Value,
): ScalarFunction => ({
  name,
  aliases,
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
    () =>
    (digits: number = 0) => {
      if (digits < 0 || digits > 6) {
        throw new SqlError('illegalArgument', `Invalid \`fsp\` value: ${digits}, allowed 0 to 6`);
      }
      // The one function whose meaning is the clock at the moment of its evaluation.
      const unit = 10 ** Math.max(0, 3 - Number(digits));
      return timestampFromEpochMillis(Math.floor(Date.now() / unit) * unit);
    },
  examples: [],
};

export const datetimeClock: readonly ScalarFunction[] = [
  clock(
    'NOW',
    ['CURRENT_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP', 'UTC_TIMESTAMP'],
    'Start of the statement (UTC).',
    'timestamp',
    (s) => s.now,
  ),
  clock('CURDATE', ['CURRENT_DATE', 'UTC_DATE'], 'Date of the start of the statement (UTC).', 'date', (s) => s.today),
  clock('CURTIME', ['CURRENT_TIME', 'UTC_TIME'], 'Time of day of the start of the statement (UTC).', 'time', (s) =>
    timeOf(s.now),
  ),
  SYSDATE,
];
