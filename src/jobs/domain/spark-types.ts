/** The types of a result in Spark's two spellings: that of its JSON schema, and that of SQL (spec dli-jobs 4). */
import type { SqlType } from '../../../translators/algebra/index.ts';
import type { ResultColumn } from './model.ts';

interface SparkType {
  /** In `detail` of a job's status. */
  readonly json: string;
  /** In `schema` of a result. */
  readonly sql: string;
}

const same = (name: string): SparkType => ({ json: name, sql: name });

/** Objects and nested collections are JSON text in the rows. */
const TYPES: Readonly<Record<SqlType, SparkType>> = {
  undefined: same('string'),
  boolean: same('boolean'),
  byte: { json: 'byte', sql: 'tinyint' },
  short: { json: 'short', sql: 'smallint' },
  integer: { json: 'integer', sql: 'int' },
  long: { json: 'long', sql: 'bigint' },
  unsigned_long: same('decimal(20,0)'),
  float: same('float'),
  double: same('double'),
  keyword: same('string'),
  text: same('string'),
  date: same('date'),
  time: same('string'),
  timestamp: same('timestamp'),
  interval: same('string'),
  ip: same('string'),
  geo_point: same('struct'),
  binary: same('binary'),
  object: same('struct'),
  nested: same('struct'),
};

const typeOf = ({ type }: ResultColumn): SparkType =>
  Object.hasOwn(TYPES, type) ? TYPES[type as SqlType] : same('string');

/** Text that holds JSON, as the status of a job has it. */
export function sparkSchema(columns: readonly ResultColumn[]): string {
  const fields = columns.map((column) => ({
    name: column.name,
    type: typeOf(column).json,
    nullable: true,
    metadata: {},
  }));
  return JSON.stringify({ type: 'struct', fields });
}

/** One-key objects in column order, as a result has them. */
export const resultSchema = (columns: readonly ResultColumn[]): readonly Readonly<Record<string, string>>[] =>
  columns.map((column) => ({ [column.name]: typeOf(column).sql }));
