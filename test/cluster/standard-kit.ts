/** Two tables in a real node and in a DuckDB: forms of standard SQL over the one are judged by the same forms over the other. */
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

type Doc = Readonly<Record<string, number | string>>;

const CUSTOMERS: readonly Doc[] = [
  { id: 1, name: 'a', lim: 10 },
  { id: 2, name: 'b' },
  { id: 3, name: 'c', lim: 5 },
  { name: 'n', lim: 1 },
];
const ORDERS: readonly Doc[] = [
  { cust: 1, total: 4, st: 'x', n: 1 },
  { cust: 1, total: 8, st: 'y', n: 2 },
  { cust: 2, total: 3, st: 'x' },
  { total: 100, st: 'x', n: 5 },
];
const TABLES = {
  c: { docs: CUSTOMERS, columns: { id: 'BIGINT', name: 'VARCHAR', lim: 'DOUBLE' } },
  o: { docs: ORDERS, columns: { cust: 'BIGINT', total: 'DOUBLE', st: 'VARCHAR', n: 'BIGINT' } },
} as const;
const MAPPING = { BIGINT: 'long', VARCHAR: 'keyword', DOUBLE: 'double' } as const;

export interface Standard {
  /** The rows of both are the same, in one order where the statement has none. `@c` and `@o` are the tables. */
  compare(written: string, forJudge?: string): Promise<void>;
  /** The statement is refused, with status 400 and these words. */
  refused(written: string, message: string): Promise<void>;
  query(written: string, body?: object): ReturnType<SqlProxy['query']>;
}

/** To be called within describe(). */
export function standardTables(name: string, env: Readonly<Record<string, string>> = {}): Standard {
  const prefix = uniqueName(name).replaceAll('-', '_');
  const { url } = getEngine();
  let proxy: SqlProxy;
  let judge: Awaited<ReturnType<DuckDBInstance['connect']>>;

  beforeAll(async () => {
    proxy = await startSqlProxy(url, env);
    judge = await (await DuckDBInstance.create(':memory:')).connect();
    await judge.run("SET default_null_order = 'nulls_first_on_asc_last_on_desc'");
    const headers = { 'content-type': 'application/json' };
    for (const [name, { docs, columns }] of Object.entries(TABLES)) {
      const index = `${prefix}_${name}`;
      const types = Object.entries(columns);
      const properties = Object.fromEntries(types.map(([field, type]) => [field, { type: MAPPING[type] }]));
      await fetch(`${url}/${index}`, { method: 'PUT', headers, body: JSON.stringify({ mappings: { properties } }) });
      const lines = docs.flatMap((doc) => [{ index: {} }, doc]).map((line) => `${JSON.stringify(line)}\n`);
      const path = `${url}/${index}/_bulk?refresh=true`;
      expect((await fetch(path, { method: 'POST', headers, body: lines.join('') })).ok).toBe(true);
      await judge.run(`CREATE TABLE ${index} (${types.map((column) => column.join(' ')).join(', ')})`);
      const cell = (value: number | string | undefined): string =>
        typeof value === 'string' ? `'${value}'` : String(value ?? 'NULL');
      const rows = docs.map((doc) => `(${types.map(([field]) => cell(doc[field])).join(', ')})`);
      await judge.run(`INSERT INTO ${index} VALUES ${rows.join(', ')}`);
    }
  });

  afterAll(async () => {
    await fetch(`${url}/${prefix}_*`, { method: 'DELETE' });
    await proxy.close();
    judge.closeSync();
  });

  const named = (written: string): string => written.replaceAll('@', `${prefix}_`);

  return {
    async compare(written, forJudge = written) {
      const sql = named(written);
      const { datarows } = await proxy.query(sql);
      const judged = await judge.runAndReadAll(named(forJudge));
      const wanted = judged
        .getRowsJS()
        .map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)));
      const ordered = (rows: readonly (readonly unknown[])[]): readonly string[] => {
        const texts = rows.map((row) => JSON.stringify(row));
        return /ORDER BY [^)]*$/.test(sql) ? texts : texts.sort();
      };
      expect(ordered(datarows)).toEqual(ordered(wanted));
    },
    async refused(written, message) {
      const { error, status } = JSON.parse(await proxy.text(named(written), '')) as {
        readonly error: { readonly details: string };
        readonly status: number;
      };
      expect([status, error.details]).toEqual([400, expect.stringContaining(message)]);
    },
    query: (written, body) => proxy.query(named(written), body),
  };
}
