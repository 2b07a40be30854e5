/** Time zones: fixed offsets and the regions of the tz database, in whole seconds east of Greenwich. */
import { parseOffset } from './temporal-text.ts';

/** Offset in seconds at a moment, given in seconds since 1970-01-01 UTC. */
export type Zone = (epochSeconds: number) => number;

const DAY_SECONDS = 86_400;
const KNOWN_DAYS = 4096;
const zones = new Map<string, Zone | undefined>();
const KNOWN_ZONES = 1024;

/** A zone by offset (`±HH:MM`, −13:59…+14:00) or region name; undefined for anything else. */
export function zoneNamed(name: string): Zone | undefined {
  if (zones.has(name)) return zones.get(name);
  const zone = /^[+-]\d/.test(name) ? offsetZone(name) : regionZone(name);
  // Names come from rows too: an endless stream of bad ones must not grow the memory.
  if (zones.size >= KNOWN_ZONES) zones.clear();
  zones.set(name, zone);
  return zone;
}

function offsetZone(name: string): Zone | undefined {
  if (!/^[+-]\d\d:\d\d$/.test(name)) return undefined;
  const minutes = parseOffset(name);
  if (minutes === undefined || minutes < -(13 * 60 + 59) || minutes > 14 * 60) return undefined;
  return () => minutes * 60;
}

function regionZone(name: string): Zone | undefined {
  if (name === 'Z' || name === 'UTC' || name === 'GMT') return () => 0;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  const measure = (seconds: number): number => localSeconds(format, seconds) - seconds;
  // Looking an offset up takes microseconds; a day whose ends agree has no change in between.
  const byDay = new Map<number, number | undefined>();
  return (seconds) => {
    const day = Math.floor(seconds / DAY_SECONDS);
    if (!byDay.has(day)) {
      if (byDay.size >= KNOWN_DAYS) byDay.clear();
      const start = measure(day * DAY_SECONDS);
      byDay.set(day, measure((day + 1) * DAY_SECONDS) === start ? start : undefined);
    }
    return byDay.get(day) ?? measure(seconds);
  };
}

function localSeconds(format: Intl.DateTimeFormat, seconds: number): number {
  const part: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(seconds * 1000)) part[type] = value;
  const year = part.era === 'BC' ? 1 - Number(part.year) : Number(part.year);
  const date = new Date(0);
  // The setter takes years below 100 as they are, which Date.UTC does not.
  date.setUTCFullYear(year, Number(part.month) - 1, Number(part.day));
  date.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second));
  return date.getTime() / 1000;
}

/** The moment of a wall clock: the earlier one of an hour that comes twice; an hour that is left out moves on by the gap. */
export function instantOf(zone: Zone, localSeconds: number): number {
  const before = zone(localSeconds - DAY_SECONDS);
  if (zone(localSeconds - before) === before) return localSeconds - before;
  const after = zone(localSeconds + DAY_SECONDS);
  if (zone(localSeconds - after) === after) return localSeconds - after;
  return localSeconds - before;
}
