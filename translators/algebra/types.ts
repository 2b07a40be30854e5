/** SQL types and mapping types: one row each, everything that depends on a type reads these tables (spec data-types 1). */

export type TypeFamily =
  | 'null'
  | 'boolean'
  | 'number'
  | 'string'
  | 'temporal'
  | 'interval'
  | 'ip'
  | 'geo'
  | 'binary'
  | 'object'
  | 'array';

interface SqlTypeRow {
  readonly family: TypeFamily;
  /** The name that an answer's schema shows (spec sql-endpoint 4.3). */
  readonly shown: string;
  /** Place in the widening chain of numbers; 0 for what is no number. */
  readonly width: number;
}

export const SQL_TYPES = {
  undefined: { family: 'null', shown: 'undefined', width: 0 },
  boolean: { family: 'boolean', shown: 'boolean', width: 0 },
  byte: { family: 'number', shown: 'byte', width: 1 },
  short: { family: 'number', shown: 'short', width: 2 },
  integer: { family: 'number', shown: 'integer', width: 3 },
  long: { family: 'number', shown: 'long', width: 4 },
  unsigned_long: { family: 'number', shown: 'long', width: 5 },
  float: { family: 'number', shown: 'float', width: 6 },
  double: { family: 'number', shown: 'double', width: 7 },
  keyword: { family: 'string', shown: 'keyword', width: 0 },
  text: { family: 'string', shown: 'text', width: 0 },
  date: { family: 'temporal', shown: 'date', width: 0 },
  time: { family: 'temporal', shown: 'time', width: 0 },
  timestamp: { family: 'temporal', shown: 'timestamp', width: 0 },
  interval: { family: 'interval', shown: 'interval', width: 0 },
  ip: { family: 'ip', shown: 'ip', width: 0 },
  geo_point: { family: 'geo', shown: 'geo_point', width: 0 },
  binary: { family: 'binary', shown: 'binary', width: 0 },
  object: { family: 'object', shown: 'object', width: 0 },
  nested: { family: 'array', shown: 'nested', width: 0 },
} as const satisfies Record<string, SqlTypeRow>;

export type SqlType = keyof typeof SQL_TYPES;

export const familyOf = (type: SqlType): TypeFamily => SQL_TYPES[type].family;
export const isNumber = (type: SqlType): boolean => SQL_TYPES[type].family === 'number';
export const isString = (type: SqlType): boolean => SQL_TYPES[type].family === 'string';
export const isTemporal = (type: SqlType): boolean => SQL_TYPES[type].family === 'temporal';
/** byte … long, unsigned_long: exact whole numbers. */
export const isInteger = (type: SqlType): boolean => SQL_TYPES[type].width > 0 && SQL_TYPES[type].width <= 5;

/**
 * A cell's value inside the server.
 *
 * boolean → boolean; byte…integer, float, double → number; long, unsigned_long → number, or bigint beyond ±2^53;
 * keyword, text, ip, binary → string; date `yyyy-MM-dd`, time `HH:mm:ss[.f]`, timestamp `yyyy-MM-dd HH:mm:ss[.f]` (UTC, up to nine
 * digits, trailing zeros trimmed) → string in exactly that canonical form, so that text order is time order;
 * interval → { months, nanos }; geo_point → { lat, lon }; object → plain object; nested and multi-valued fields → array; NULL and MISSING → null.
 */
export type Value = null | boolean | number | bigint | string | readonly Value[] | { readonly [key: string]: Value };

export interface Interval {
  readonly [key: string]: Value;
  readonly months: number;
  readonly nanos: bigint;
}

interface MappingTypeRow {
  readonly sql: SqlType;
  /** Whether sorting, grouping and scripts can read it, unless the mapping says `doc_values: false`. */
  readonly docValues: boolean;
}

/** One row a mapping type. `date` and `date_nanos` become date or time when their formats say so (spec data-types 1.2). */
export const MAPPING_TYPES: Readonly<Record<string, MappingTypeRow>> = {
  boolean: { sql: 'boolean', docValues: true },
  byte: { sql: 'byte', docValues: true },
  short: { sql: 'short', docValues: true },
  integer: { sql: 'integer', docValues: true },
  long: { sql: 'long', docValues: true },
  unsigned_long: { sql: 'unsigned_long', docValues: true },
  half_float: { sql: 'float', docValues: true },
  float: { sql: 'float', docValues: true },
  scaled_float: { sql: 'double', docValues: true },
  double: { sql: 'double', docValues: true },
  token_count: { sql: 'integer', docValues: true },
  keyword: { sql: 'keyword', docValues: true },
  constant_keyword: { sql: 'keyword', docValues: true },
  wildcard: { sql: 'keyword', docValues: true },
  version: { sql: 'keyword', docValues: true },
  text: { sql: 'text', docValues: false },
  match_only_text: { sql: 'text', docValues: false },
  search_as_you_type: { sql: 'text', docValues: false },
  completion: { sql: 'keyword', docValues: false },
  date: { sql: 'timestamp', docValues: true },
  date_nanos: { sql: 'timestamp', docValues: true },
  ip: { sql: 'ip', docValues: true },
  geo_point: { sql: 'geo_point', docValues: true },
  binary: { sql: 'binary', docValues: false },
  object: { sql: 'object', docValues: false },
  nested: { sql: 'nested', docValues: false },
  flat_object: { sql: 'object', docValues: false },
  flattened: { sql: 'object', docValues: false },
  geo_shape: { sql: 'object', docValues: false },
  shape: { sql: 'object', docValues: false },
  xy_point: { sql: 'object', docValues: false },
  xy_shape: { sql: 'object', docValues: false },
  integer_range: { sql: 'object', docValues: false },
  long_range: { sql: 'object', docValues: false },
  float_range: { sql: 'object', docValues: false },
  double_range: { sql: 'object', docValues: false },
  date_range: { sql: 'object', docValues: false },
  ip_range: { sql: 'object', docValues: false },
  join: { sql: 'object', docValues: false },
  percolator: { sql: 'object', docValues: false },
  rank_feature: { sql: 'float', docValues: false },
  rank_features: { sql: 'object', docValues: false },
  murmur3: { sql: 'long', docValues: true },
  knn_vector: { sql: 'nested', docValues: false },
};
