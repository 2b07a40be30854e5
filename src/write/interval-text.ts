/** An interval as java.time prints it: `P1Y2M`, `P3D`, `PT1H30M` (spec sql-endpoint 4.4). */
import type { Interval, Value } from '../../translators/algebra/index.ts';

const NANOS_A_SECOND = 1_000_000_000n;
const NANOS_A_DAY = 86_400n * NANOS_A_SECOND;

/** The cell of an interval column. */
export function intervalCell(value: Value): string {
  const { months, nanos } = value as Interval;
  return intervalText(months, nanos);
}

/** Whole days are a Period as months are; everything else is a Duration, whose largest unit is the hour. */
export function intervalText(months: number, nanos: bigint): string {
  const days = nanos % NANOS_A_DAY === 0n ? nanos / NANOS_A_DAY : 0n;
  const rest = nanos - days * NANOS_A_DAY;
  const period = periodText(months, days);
  if (rest === 0n) return period === '' ? 'PT0S' : `P${period}`;
  return `P${period}T${durationText(rest)}`;
}

function periodText(months: number, days: bigint): string {
  const years = Math.trunc(months / 12);
  const left = months % 12;
  return `${years === 0 ? '' : `${years}Y`}${left === 0 ? '' : `${left}M`}${days === 0n ? '' : `${days}D`}`;
}

function durationText(nanos: bigint): string {
  const seconds = nanos / NANOS_A_SECOND;
  const hours = seconds / 3600n;
  const minutes = (seconds / 60n) % 60n;
  const fraction = nanos % NANOS_A_SECOND;
  const text = `${hours === 0n ? '' : `${hours}H`}${minutes === 0n ? '' : `${minutes}M`}`;
  const left = seconds % 60n;
  if (fraction === 0n) return left === 0n ? text : `${text}${left}S`;
  const digits = String(fraction < 0n ? -fraction : fraction)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${text}${left === 0n && fraction < 0n ? '-0' : left}.${digits}S`;
}
