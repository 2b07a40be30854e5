/** Geohash cells: the code of a point, and the box of a code. */
import { SqlError } from '../errors.ts';

const ALPHABET = '0123456789bcdefghjkmnpqrstuvwxyz';
const LONGEST = 12;

interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export function checkedPrecision(precision: number): number {
  if (Number.isInteger(precision) && precision >= 1 && precision <= LONGEST) return precision;
  throw new SqlError(
    'illegalArgument',
    `Invalid geohash precision [${precision}]. It must be between 1 and ${LONGEST}`,
  );
}

export function geohashOf(lat: number, lon: number, precision: number): string {
  return locate(lat, lon, checkedPrecision(precision)).code;
}

/** The cell of a point, with the cells around it when `neighbours`. */
export function geohashBox(lat: number, lon: number, precision: number, neighbours = false): Box {
  const { box } = locate(lat, lon, checkedPrecision(precision));
  if (!neighbours) return box;
  const height = box.top - box.bottom;
  const width = box.right - box.left;
  return {
    top: Math.min(90, box.top + height),
    bottom: Math.max(-90, box.bottom - height),
    left: wrapped(box.left - width),
    right: wrapped(box.right + width),
  };
}

const wrapped = (lon: number): number => (lon < -180 ? lon + 360 : lon > 180 ? lon - 360 : lon);

/** Halves the world by turns in longitude and latitude, five bits a character. */
function locate(lat: number, lon: number, precision: number): { code: string; box: Box } {
  let [left, right, bottom, top] = [-180, 180, -90, 90];
  let code = '';
  let even = true;
  for (let i = 0; i < precision; i++) {
    let bits = 0;
    for (let bit = 0; bit < 5; bit++) {
      const middle = even ? (left + right) / 2 : (bottom + top) / 2;
      const upper = (even ? lon : lat) >= middle;
      bits = bits * 2 + (upper ? 1 : 0);
      if (even) [left, right] = upper ? [middle, right] : [left, middle];
      else [bottom, top] = upper ? [middle, top] : [bottom, middle];
      even = !even;
    }
    code += ALPHABET[bits];
  }
  return { code, box: { top, left, bottom, right } };
}
