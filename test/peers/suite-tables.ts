/** The rows of a suite in a DuckDB of the test's own, and from there in indices: both hold the same. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { call } from '../cluster/export-kit.ts';
import type { Suite, SuiteTable } from './suites.ts';

/** As the dialect has it: NULL is the least value, a quotient of whole numbers is one. */
const SETTINGS = [
  "default_null_order = 'nulls_first_on_asc_last_on_desc'",
  'integer_division = true',
  "TimeZone = 'UTC'",
];

/** Decimals are doubles in the dialect. */
const TYPES: Readonly<Record<string, readonly [duckdb: string, mapping: object]>> = {
  SMALLINT: ['SMALLINT', { type: 'short' }],
  INTEGER: ['INTEGER', { type: 'integer' }],
  BIGINT: ['BIGINT', { type: 'long' }],
  DECIMAL: ['DOUBLE', { type: 'double' }],
  DATE: ['DATE', { type: 'date', format: 'yyyy-MM-dd' }],
  TIMESTAMP: ['TIMESTAMP', { type: 'date', format: 'yyyy-MM-dd HH:mm:ss' }],
};
const TEXT = ['VARCHAR', { type: 'keyword' }] as const;

const typeOf = (type: string): readonly [string, object] => TYPES[type] ?? TEXT;

const ROWS_A_REQUEST = 10_000;

export async function openTables(suite: Suite, prefix: string): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create()).connect();
  for (const setting of SETTINGS) await connection.run(`SET ${setting}`);
  for (const table of suite.tables) await fill(connection, table, `${prefix}${table.name}`);
  return connection;
}

async function fill(connection: DuckDBConnection, { columns, file }: SuiteTable, name: string): Promise<void> {
  const types = columns.map((column) => `'${column.name}': '${typeOf(column.type)[0]}'`);
  // A bar may stand behind the last value.
  const options = `auto_detect = false, delim = '|', header = false, nullstr = '', quote = '"', null_padding = true, strict_mode = false`;
  await connection.run(
    `CREATE TABLE ${name} AS SELECT ${columns.map((column) => column.name).join(', ')}
     FROM read_csv('${file}', columns = {${[...types, ...(await ends(file))].join(', ')}}, ${options})`,
  );
}

/** The column of nothing behind a bar at the end of lines. */
async function ends(file: string): Promise<readonly string[]> {
  const { open } = await import('node:fs/promises');
  const handle = await open(file);
  try {
    for await (const line of handle.readLines({ autoClose: false }))
      return line.endsWith('|') ? ["'rest': 'VARCHAR'"] : [];
    return [];
  } finally {
    await handle.close();
  }
}

/** Makes an index of each table of the judge. */
export async function loadIndices(connection: DuckDBConnection, suite: Suite, prefix: string): Promise<void> {
  for (const { name, columns } of suite.tables) {
    const properties = Object.fromEntries(columns.map((column) => [column.name, typeOf(column.type)[1]]));
    const settings = { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' };
    await call('PUT', `/${prefix}${name}`, { settings, mappings: { dynamic: 'strict', properties } });
    const select = `SELECT to_json(t)::VARCHAR FROM ${prefix}${name} t`;
    const lines = (await connection.runAndReadAll(select)).getRows().map(([json]) => `{"index":{}}\n${json}\n`);
    for (let i = 0; i < lines.length; i += ROWS_A_REQUEST)
      await call('POST', `/${prefix}${name}/_bulk`, lines.slice(i, i + ROWS_A_REQUEST).join(''));
    await call('POST', `/${prefix}${name}/_refresh`);
  }
}

export async function dropIndices(suite: Suite, prefix: string): Promise<void> {
  for (const { name } of suite.tables) await call('DELETE', `/${prefix}${name}`);
}
