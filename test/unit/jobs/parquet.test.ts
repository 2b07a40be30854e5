/** Parquet parts, read back by DuckDB: types, exact values, cuts, names, what cannot be told. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import type { ExportOutcome, ExportRequest } from '../../../src/jobs/domain/model.ts';
import { exportOnce } from '../../../src/jobs/schedule/run-export.ts';
import { openDirectoryStore } from '../../../src/objects/directory.ts';
import type { OutputColumn, Page } from '../../../src/rows/page.ts';
import { control, exportJob, exportRequest, NASTY } from '../../support/export-jobs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parquet-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function exported(
  columns: OutputColumn[],
  pages: Page[],
  more: Partial<ExportRequest> = {},
): Promise<ExportOutcome> {
  const store = await openDirectoryStore(join(folder, 'objects'));
  const config = loadConfig({ DATA_DIR: folder });
  const lane = async function* () {
    yield* pages;
  };
  const rows = async () => ({ kind: 'pages', columns, lanes: [lane()], close: async () => undefined }) as const;
  return exportOnce({ config, store }, exportJob(exportRequest({ dataType: 'parquet', ...more })), rows, control());
}

async function read(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const files = join(folder, 'objects/bucket/folder/*.parquet');
  const reader = await connection.runAndReadAll(sql.replace('FILES', `read_parquet('${files}', union_by_name = true)`));
  const found = reader.getRowsJS();
  connection.closeSync();
  instance.closeSync();
  return found as unknown[][];
}

it('keeps types and every digit', async () => {
  const columns: OutputColumn[] = [
    { name: 'k', type: 'keyword' },
    { name: 'l', type: 'long' },
    { name: 'u', type: 'unsigned_long' },
    { name: 'd', type: 'double' },
    { name: 'b', type: 'boolean' },
    { name: 'ts', type: 'timestamp' },
    { name: 'ns', type: 'timestamp' },
    { name: 'day', type: 'date' },
    { name: 'o', type: 'object' },
  ];
  await exported(columns, [
    [
      [
        'a',
        9223372036854775807n,
        18446744073709551615n,
        0.1,
        true,
        '2024-01-02 03:04:05.678',
        '2024-01-02 03:04:05.123456789',
        '2024-02-29',
        { x: [1] },
      ],
      [null, null, null, null, null, null, null, null, null],
    ],
  ]);
  const [first, second] = await read(
    'SELECT k, l::VARCHAR, u::VARCHAR, d::VARCHAR, b, ts::VARCHAR, ns::VARCHAR, day::VARCHAR, o FROM FILES',
  );
  expect(first).toEqual([
    'a',
    '9223372036854775807',
    '18446744073709551615',
    '0.1',
    true,
    '2024-01-02 03:04:05.678',
    '2024-01-02 03:04:05.123456789',
    '2024-02-29',
    '{"x":[1]}',
  ]);
  expect(second).toEqual(columns.map(() => null));
  expect(
    await read(
      'SELECT typeof(k), typeof(l), typeof(u), typeof(d), typeof(b), typeof(ts), typeof(ns), typeof(day), typeof(o) FROM FILES LIMIT 1',
    ),
  ).toEqual([
    ['VARCHAR', 'BIGINT', 'DECIMAL(38,0)', 'DOUBLE', 'BOOLEAN', 'TIMESTAMP', 'TIMESTAMP_NS', 'DATE', 'VARCHAR'],
  ]);
});

it('keeps any text, over several files', async () => {
  const texts = NASTY.filter((text) => text !== '\ud800');
  const { files, rows } = await exported(
    [
      { name: 'n', type: 'integer' },
      { name: 't', type: 'text' },
    ],
    [texts.map((text, n) => [n, text])],
    { maxRecordsPerFile: 10, compress: 'gzip' },
  );
  expect(rows).toBe(texts.length);
  expect(files.map((file) => file.rows)).toEqual([10, 10, 10, texts.length - 30].filter((n) => n > 0));
  expect(files[0]!.key).toMatch(/-c000\.gz\.parquet$/);
  expect((await read('SELECT hex(t) FROM FILES ORDER BY n')).flat()).toEqual(
    texts.map((text) => Buffer.from(text).toString('hex').toUpperCase()),
  );
});

it('gives names that differ in case only other names, and an empty result its columns', async () => {
  const { rows } = await exported(
    [
      { name: 'a', type: 'long' },
      { name: 'A', type: 'double' },
    ],
    [],
  );
  expect(rows).toBe(0);
  expect((await read('SELECT column_name FROM (DESCRIBE SELECT * FROM FILES)')).flat()).toEqual(['a', 'A_2']);
});

it('refuses several values in one cell and other compressions, and leaves no file', async () => {
  await expect(exported([{ name: 'l', type: 'long' }], [[[[1, 2]]]])).rejects.toThrow('several values');
  await expect(exported([{ name: 'l', type: 'long' }], [[[1]]], { compress: 'bzip2' })).rejects.toThrow('none or gzip');
  expect(readdirSync(join(folder, 'spool'))).toEqual([]);
  expect(readdirSync(join(folder, 'objects')).filter((name) => !name.startsWith('.'))).toEqual([]);
});
