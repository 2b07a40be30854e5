/** The wall clock of a time zone, for functions and for the request's own `time_zone`. */

import { type ScalarFunction, str, timestamp } from '../algebra/function.ts';
import { RISES } from '../algebra/function-facts.ts';
import type { Session } from '../algebra/session.ts';
import { SqlError } from '../errors.ts';
import { epochSecondsOf, fieldsOf } from '../temporal/temporal-text.ts';
import { type Zone, zoneNamed } from '../temporal/time-zone.ts';
import { timestampFromSeconds } from './temporal.ts';

export function zoneOf(name: string): Zone {
  const zone = zoneNamed(name);
  if (!zone) throw new SqlError('semantic', `Unknown time zone [${name}]`);
  return zone;
}

/** What a clock on the wall shows at a moment that is given in UTC; NULL beyond four-digit years. */
export function wallClock(utc: string, zone: Zone): string | null {
  const seconds = epochSecondsOf(utc);
  return timestampFromSeconds(seconds + zone(seconds), fieldsOf(utc).nano);
}

/** A moment that was written with an offset: its digits alone would be those of another clock. */
const WITH_OFFSET = /\d\d:\d\d.*(?:Z|[+-]\d\d(?::?\d\d)?)$/;

/** Canonical UTC that was read from `text`, on the session's clock: text without an offset is on that clock already. */
export function onSessionClock(text: string, utc: string, { zone }: Session): string | undefined {
  if (zone === undefined || !WITH_OFFSET.test(text)) return utc;
  return wallClock(utc, zoneOf(zone)) ?? undefined;
}

export const TO_ZONE: ScalarFunction = {
  name: 'TO_ZONE',
  family: 'datetime',
  summary: 'The wall clock of a time zone (name or offset) at a moment in UTC. NULL for an unknown zone.',
  signatures: [[timestamp, str]],
  returns: 'timestamp',
  nulls: 'strict',
  js: () => (utc: string, name: string) => {
    const zone = zoneNamed(name);
    return zone ? wallClock(utc, zone) : null;
  },
  painless: 'wallClock(a0, a1)',
  motion: ({ constants: [, zone] }) => ({ ...RISES, zone: String(zone) }),
  showsClock: true,
  examples: [
    { sql: "TO_ZONE(TIMESTAMP '2024-07-01 12:00:00', 'Europe/Berlin')", value: '2024-07-01 14:00:00' },
    { sql: "TO_ZONE(TIMESTAMP '2024-01-01 12:00:00.5', '+05:30')", value: '2024-01-01 17:30:00.5' },
    { sql: "TO_ZONE(TIMESTAMP '2024-03-31 00:59:59', 'Europe/London')", value: '2024-03-31 00:59:59' },
    { sql: "TO_ZONE(TIMESTAMP '2024-03-31 01:00:00', 'Europe/London')", value: '2024-03-31 02:00:00' },
    { sql: "TO_ZONE(NULL, 'UTC')", value: null },
  ],
};

export const zoned: readonly ScalarFunction[] = [TO_ZONE];
