/** Conditions that DuckDB answers over parquet find the rows that the closures find in the same rows as JSON. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ParquetColumn, parquetCondition } from '../../../src/select/parquet/parquet-condition.ts';
import { checkSelect } from '../../../translators/object-sql/check.ts';
import { Timestamp } from '../../../translators/object-sql/timestamp.ts';
import { parseObjectSelect } from '../../../translators/syntax/parse-object-select.ts';
import { LINES, outcome, TO_JSON } from './kit.ts';

const ROWS = `SELECT i, n, d, t, f, "Ab", "aB" FROM (VALUES
  (1, 9007199254740993, 1.5, 'a', 0.1, 1, 2), (2, -1, 'nan', 'B', 0.5, 2, 1), (3, NULL, 'inf', 'é', NULL, NULL, 3),
  (4, 0, '-inf', '😀', 2, 0, 0), (5, 9007199254740992, NULL, NULL, 3, 5, 5), (6, 5, 5, '5', 5, 6, 6), (7, 7, -0.0, '', 0, 7, 7),
  (8, 8, 1e300, '\uffee', 8, 8, 8)) v(i, n, d, t, f, "Ab", "aB")`;
const TYPED = `SELECT i::INTEGER AS i, n::BIGINT AS n, d::DOUBLE AS d, t, f::FLOAT AS f, "Ab"::TINYINT AS "Ab", "aB"::TINYINT AS "aB" FROM (${ROWS})`;

let directory: string;
let parquet: Buffer;
let json: Buffer;
let columns: readonly ParquetColumn[];
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'select-condition-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const path = join(directory, 'rows');
  await connection.run(`COPY (${TYPED}) TO '${path}.parquet' (FORMAT parquet)`);
  parquet = readFileSync(`${path}.parquet`);
  const described = await connection.runAndReadAll(`DESCRIBE ${TYPED}`);
  columns = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
  const rows = await connection.runAndReadAll(TYPED);
  json = Buffer.from(
    rows
      .getRowObjects()
      .map((row) => {
        const members = Object.entries(row).map(
          ([name, value]) => `${JSON.stringify(name)}:${typeof value === 'bigint' ? value : JSON.stringify(value)}`,
        );
        return `{${members.join(',')}}\n`;
      })
      .join(''),
  );
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function pushed(where: string): string | undefined {
  const tree = parseObjectSelect(`SELECT * FROM S3Object WHERE ${where}`);
  const options = { now: new Timestamp(0, 0, 'second', 3, 0), maxAggregates: 1 };
  const { where: condition } = checkSelect(tree, { kind: 'json' }, options);
  return parquetCondition(condition!, columns);
}

describe('a condition over parquet', () => {
  it.each([
    'n > 5',
    'NOT n > 5',
    'n = 9007199254740993',
    'n <> 9007199254740992 AND i < 7',
    '5 <= n OR d > 1',
    'd > 0',
    'NOT d > 0',
    'd <> 5',
    'd = 0 OR NOT (d < 1.5 AND n = 5)',
    'd BETWEEN -1 AND 1.5',
    'd IN (5, 1.5)',
    'NOT d IN (5, 1e300)',
    "t >= 'é'",
    "t < '😀' AND t <> ''",
    "T IN ('a', '5', '😀')",
    "NOT (t = 'a' OR n = 8)",
    '"Ab" = 1 OR i = 2',
  ])('%s', async (where) => {
    if (!where.includes('Ab')) expect(pushed(where)).toBeDefined();
    for (const list of ['i', 'COUNT(*)', 'COUNT(*), COUNT(t)']) {
      const run = { sql: `SELECT ${list} FROM S3Object WHERE ${where}`, output: TO_JSON };
      expect(await outcome({ ...run, object: parquet, input: { kind: 'parquet' } })).toBe(
        await outcome({ ...run, object: json, input: LINES }),
      );
    }
  });

  it.each([
    'f > 0.1',
    'ab = 1',
    'n > 1.5',
    "n = '5'",
    't = 5',
    'd > 9007199254740993',
    'n IS NULL',
    'i + 1 = 2',
    "t LIKE 'a%'",
  ])('%s is left to the closures', (where) => expect(pushed(where)).toBeUndefined());
});
