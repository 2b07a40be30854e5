/** How SQL types are stored inside DuckDB. */
import { isInteger, type SqlType } from '../../algebra/types.ts';

export type DuckType = 'VARCHAR' | 'BOOLEAN' | 'INTEGER' | 'BIGINT' | 'HUGEINT' | 'FLOAT' | 'DOUBLE';

/** Temporals are VARCHAR because their canonical text sorts as time; structures are VARCHAR in the form of `cell-text.ts`. */
const STORED: Readonly<Record<SqlType, DuckType>> = {
  undefined: 'VARCHAR',
  boolean: 'BOOLEAN',
  byte: 'INTEGER',
  short: 'INTEGER',
  integer: 'INTEGER',
  long: 'BIGINT',
  // Differences and quotients of unsigned numbers may be negative, their sums longer than 64 bits.
  unsigned_long: 'HUGEINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  keyword: 'VARCHAR',
  text: 'VARCHAR',
  date: 'VARCHAR',
  time: 'VARCHAR',
  timestamp: 'VARCHAR',
  interval: 'VARCHAR',
  ip: 'VARCHAR',
  geo_point: 'VARCHAR',
  binary: 'VARCHAR',
  object: 'VARCHAR',
  nested: 'VARCHAR',
};

export const duckType = (type: SqlType): DuckType => STORED[type];

/** Parameters of our own functions: every whole number as BIGINT, since SUM over `integer` may have left 32 bits. */
export const parameterType = (type: SqlType): DuckType =>
  isInteger(type) && type !== 'unsigned_long' ? 'BIGINT' : STORED[type];

/** Types whose cells are not scalars: they always travel as cell text. */
export const isStructured = (type: SqlType): boolean =>
  type === 'object' || type === 'nested' || type === 'geo_point' || type === 'interval';
