/** Chooses the signature of a call, with the implicit casts that it asks for (spec data-types 3). */

import type { ArgFamily, ArgSpec, ScalarFunction } from '../algebra/function.ts';
import { familyOf, isInteger, isString, type SqlType } from '../algebra/types.ts';
import { SqlError } from '../errors.ts';

interface ResolvedSignature {
  /** For each argument the type to cast it to; undefined where it stays. */
  readonly casts: readonly (SqlType | undefined)[];
  /** For each argument what the signature says of it. */
  readonly specs: readonly ArgSpec[];
}

/** The nearest signature that takes these types: fewest casts first, then the order in the row. */
export function resolveSignature(fn: ScalarFunction, argTypes: readonly SqlType[]): ResolvedSignature | undefined {
  let best: ResolvedSignature | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const signature of fn.signatures) {
    const specs = spread(signature, argTypes.length);
    if (!specs) continue;
    const fits = argTypes.map((type, i) => fitOf(specs[i]!.family, type));
    if (fits.some((f) => f === undefined)) continue;
    const distance = fits.reduce((sum, f) => sum + f!.distance, 0);
    if (distance < least) {
      least = distance;
      best = { casts: fits.map((f) => f!.cast), specs };
    }
  }
  return best;
}

/** One spec for each of `count` arguments, or undefined when the signature takes another number of them. */
function spread(signature: readonly ArgSpec[], count: number): readonly ArgSpec[] | undefined {
  const last = signature.at(-1);
  const required = signature.filter((spec) => !spec.optional).length;
  if (count < required) return undefined;
  if (count <= signature.length) return signature.slice(0, count);
  if (!last?.rest) return undefined;
  const repeated = count - signature.length + 1;
  if (last.max !== undefined && repeated > last.max) return undefined;
  return [...signature, ...new Array<ArgSpec>(repeated - 1).fill(last)];
}

interface Fit {
  readonly distance: number;
  readonly cast?: SqlType;
}

const SAME: Fit = { distance: 0 };
const castTo = (cast: SqlType, distance = 2): Fit => ({ distance, cast });

function fitOf(wanted: ArgFamily, type: SqlType): Fit | undefined {
  const family = familyOf(type);
  if (family === 'null') return SAME;
  switch (wanted) {
    case 'any':
      return SAME;
    case 'number':
      // A boolean beside numbers is 1 or 0.
      return family === 'number' ? SAME : family === 'boolean' ? castTo('integer') : undefined;
    case 'integer':
      return isInteger(type) ? SAME : undefined;
    case 'string':
      return family === 'string' ? SAME : undefined;
    case 'boolean':
      return family === 'boolean' ? SAME : family === 'string' ? castTo('boolean') : undefined;
    case 'date':
      return type === 'date' ? SAME : family === 'string' ? castTo('date') : undefined;
    case 'time':
      return type === 'time' ? SAME : family === 'string' ? castTo('time') : undefined;
    case 'timestamp':
      if (type === 'timestamp') return SAME;
      if (family === 'temporal') return castTo('timestamp', 1);
      return family === 'string' ? castTo('timestamp', 2) : undefined;
    case 'temporal':
      if (family === 'temporal') return SAME;
      // Text that any kind of time may be: the one that holds most. Rows that want the text itself list a signature for it.
      return family === 'string' ? castTo('timestamp', 3) : undefined;
    case 'interval':
      return family === 'interval' ? SAME : undefined;
    case 'ip':
      return family === 'ip' ? SAME : family === 'string' ? castTo('ip') : undefined;
    case 'geo':
      return family === 'geo' ? SAME : undefined;
  }
}

/** Names of types as the plugin writes them in messages. */
export function engineTypeName(type: SqlType): string {
  if (isString(type)) return 'STRING';
  if (type === 'object') return 'STRUCT';
  if (type === 'nested') return 'ARRAY';
  return type.toUpperCase();
}

const NUMBERS = ['BYTE', 'SHORT', 'INTEGER', 'LONG', 'FLOAT', 'DOUBLE'];
const SHOWN: Readonly<Record<ArgFamily, readonly string[]>> = {
  number: NUMBERS,
  integer: ['INTEGER'],
  string: ['STRING'],
  boolean: ['BOOLEAN'],
  date: ['DATE'],
  time: ['TIME'],
  timestamp: ['TIMESTAMP'],
  temporal: ['DATE', 'TIME', 'TIMESTAMP'],
  interval: ['INTERVAL'],
  ip: ['IP'],
  geo: ['GEO_POINT'],
  any: ['ANY'],
};

/** `[BYTE,INTEGER],[SHORT,INTEGER]`: arguments of one family vary together. */
function shownSignature(signature: readonly ArgSpec[]): readonly string[] {
  const variants = Math.max(1, ...signature.map((spec) => SHOWN[spec.family].length));
  return Array.from({ length: variants }, (_, i) => {
    const names = signature.map((spec) => {
      const choices = SHOWN[spec.family];
      return `${choices[i % choices.length]}${spec.rest ? '...' : ''}`;
    });
    return `[${names.join(',')}]`;
  });
}

/** The plugin's sentence for arguments that no signature takes. */
export function argumentError(fn: ScalarFunction, argTypes: readonly SqlType[]): SqlError {
  const expected = fn.signatures.flatMap((signature) => {
    const required = signature.filter((spec) => !spec.optional);
    return required.length === signature.length
      ? shownSignature(signature)
      : [...shownSignature(required), ...shownSignature(signature)];
  });
  return new SqlError(
    'argumentTypes',
    `${fn.name.toLowerCase()} function expected {${[...new Set(expected)].join(',')}}, but got [${argTypes.map(engineTypeName).join(',')}]`,
  );
}
