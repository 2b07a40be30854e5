/** A point in any notation that the cluster accepts → { lat, lon }. */

interface GeoPoint {
  readonly [key: string]: number;
  readonly lat: number;
  readonly lon: number;
}

const WKT = /^\s*POINT\s*\(\s*(\S+)\s+(\S+?)(?:\s+\S+)?\s*\)\s*$/i;
const GEOHASH = /^[0-9b-hjkmnp-z]{1,12}$/i;
const GEOHASH_DIGITS = '0123456789bcdefghjkmnpqrstuvwxyz';

/** `[lon, lat]` is one point, not two values. */
export const isPointArray = (raw: readonly unknown[]): boolean =>
  typeof raw[0] === 'number' && typeof raw[1] === 'number';

export function geoPoint(raw: unknown): GeoPoint | null {
  if (typeof raw === 'string') return fromText(raw);
  if (typeof raw !== 'object' || raw === null) return null;
  if (Array.isArray(raw)) return point(raw[1], raw[0]);
  const one = raw as { lat?: unknown; lon?: unknown; coordinates?: unknown; geohash?: unknown };
  if (Array.isArray(one.coordinates)) return point(one.coordinates[1], one.coordinates[0]);
  if (typeof one.geohash === 'string') return fromGeohash(one.geohash);
  return point(one.lat, one.lon);
}

function fromText(text: string): GeoPoint | null {
  const comma = text.indexOf(',');
  if (comma >= 0) return point(text.slice(0, comma), text.slice(comma + 1).split(',')[0]);
  const wkt = WKT.exec(text);
  if (wkt !== null) return point(wkt[2], wkt[1]);
  return fromGeohash(text);
}

function point(lat: unknown, lon: unknown): GeoPoint | null {
  const y = coordinate(lat);
  const x = coordinate(lon);
  return y === undefined || x === undefined ? null : { lat: y, lon: x };
}

function coordinate(raw: unknown): number | undefined {
  const n = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
}

/** The south-west corner of the cell, as the cluster takes it; bits alternate between longitude and latitude, longitude first. */
function fromGeohash(text: string): GeoPoint | null {
  if (!GEOHASH.test(text)) return null;
  const low = [-180, -90];
  const high = [180, 90];
  let axis = 0;
  for (const letter of text.toLowerCase()) {
    const digit = GEOHASH_DIGITS.indexOf(letter);
    for (let bit = 16; bit > 0; bit >>= 1) {
      const middle = (low[axis]! + high[axis]!) / 2;
      if ((digit & bit) === 0) high[axis] = middle;
      else low[axis] = middle;
      axis = 1 - axis;
    }
  }
  return { lat: low[1]!, lon: low[0]! };
}
