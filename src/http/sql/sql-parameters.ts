/** Reads the values for `?` placeholders, each with its declared type (spec sql-endpoint 3.4). */

import { SqlError } from '../../../translators/errors.ts';
import type { Parameter } from '../../contract/sql-request.ts';

type Kind = 'integer' | 'number' | 'boolean' | 'string' | 'null';

/** `timestamp` comes from drivers, though the plugin refuses it; `time`, `text` and `ip` go with it. */
const KINDS: Readonly<Record<Parameter['type'], Kind>> = {
  byte: 'integer',
  short: 'integer',
  integer: 'integer',
  long: 'integer',
  float: 'number',
  double: 'number',
  boolean: 'boolean',
  string: 'string',
  keyword: 'string',
  text: 'string',
  date: 'string',
  time: 'string',
  timestamp: 'string',
  ip: 'string',
  null: 'null',
};

export const PARAMETER_TYPES: readonly string[] = Object.keys(KINDS);

const BAD_VALUE = 'Failed to parse PreparedStatement parameters';
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

export function readParameters(value: unknown): readonly Parameter[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new SqlError('illegalArgument', 'Failed to parse request payload');
  return value.map(readParameter);
}

function readParameter(given: unknown): Parameter {
  const { type, value } = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  if (typeof type !== 'string') throw new SqlError('illegalArgument', 'Failed to parse request payload');
  const name = type.toLowerCase();
  if (!Object.hasOwn(KINDS, name)) throw new SqlError('illegalArgument', `Unsupported parameter type ${type}`);
  const kind = KINDS[name as Parameter['type']];
  // Drivers send null with the declared type of the column.
  const read = kind === 'null' || value === null ? null : readValue(kind, value);
  if (read === undefined) throw new SqlError('illegalArgument', BAD_VALUE);
  return { type: name, value: read } as Parameter;
}

function readValue(kind: Kind, value: unknown): string | number | bigint | boolean | undefined {
  switch (kind) {
    case 'integer':
      return readInteger(value);
    case 'number':
      return readNumber(value);
    case 'boolean':
      if (typeof value === 'string') return { true: true, false: false }[value.toLowerCase()];
      return typeof value === 'boolean' ? value : undefined;
    default:
      return typeof value === 'string' ? value : undefined;
  }
}

function readInteger(value: unknown): number | bigint | undefined {
  const text = typeof value === 'string' ? value.trim() : undefined;
  const read = text !== undefined && /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, '')) : value;
  if (typeof read === 'bigint') {
    if (read < LONG_MIN || read > LONG_MAX) return undefined;
    const number = Number(read);
    return Number.isSafeInteger(number) ? number : read;
  }
  return typeof read === 'number' && Number.isSafeInteger(read) ? read : undefined;
}

function readNumber(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}
