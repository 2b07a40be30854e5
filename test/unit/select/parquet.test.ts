/** Parquet objects: their rows are those that DuckDB wrote, with every digit. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcome, type Run, TO_CSV, TO_JSON } from './kit.ts';

let directory: string;
let object: Buffer;
let large: Buffer;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'select-parquet-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const write = async (name: string, sql: string, options = ''): Promise<Buffer> => {
    const path = join(directory, name);
    await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet${options})`);
    return readFileSync(path);
  };
  object = await write(
    'small.parquet',
    `SELECT 1 AS "Id", 'a "b", c' AS text, 9007199254740993 AS big, 12345678901234567890.12::DECIMAL(38,2) AS amount, TIMESTAMP '2020-01-02 03:04:05.5' AS at,
       DATE '2020-01-02' AS day, {'x': [1, 2], 'y': NULL} AS nested, 1.5::DOUBLE AS d, NULL::VARCHAR AS nil
     UNION ALL SELECT 2, 'é', -1, 0, NULL, NULL, {'x': [], 'y': 'z'}, 'nan'::DOUBLE, NULL`,
  );
  large = await write(
    'large.parquet',
    "SELECT range AS i, 'text ' || range AS t FROM range(100000)",
    ', ROW_GROUP_SIZE 20000',
  );
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (sql: string, more: Partial<Run> = {}): Promise<string> =>
  outcome({ sql, object, input: { kind: 'parquet' }, output: TO_JSON, ...more });

describe('parquet', () => {
  it('keeps names, digits and nested values', async () => {
    expect(await run('SELECT * FROM S3Object WHERE id = 1')).toBe(
      '{"Id":1,"text":"a \\"b\\", c","big":9007199254740993,"amount":12345678901234567890.12,"at":"2020-01-02T03:04:05.5Z","day":"2020-01-02","nested":{"x":[1,2],"y":null},"d":1.5,"nil":null}\n',
    );
  });

  it.each([
    ['SELECT s.nested.x[1], s.text FROM S3Object s WHERE s.amount > 1', '{"_1":2,"text":"a \\"b\\", c"}\n'],
    ['SELECT big + 1 AS more FROM S3Object LIMIT 1', '{"more":9007199254740994}\n'],
    [
      'SELECT COUNT(*), SUM(big), MAX(id), COUNT(nil), COUNT(d) FROM S3Object',
      '{"_1":2,"_2":9007199254740992,"_3":2,"_4":0,"_5":1}\n',
    ],
    ['SELECT EXTRACT(year FROM at) AS y FROM S3Object WHERE at > `2019T`', '{"y":2020}\n'],
    ['SELECT COUNT(*) FROM S3Object', '{"_1":2}\n'],
    ['SELECT x FROM S3Object[*].nested', '!DataSourcePathUnsupported'],
  ])('%s', async (sql, answer) => {
    expect(await run(sql)).toBe(answer);
  });

  it('to csv', async () => {
    expect(await run('SELECT id, text, nested FROM S3Object', { output: TO_CSV })).toBe(
      '1,"a ""b"", c","{""x"":[1,2],""y"":null}"\n2,é,"{""x"":[],""y"":""z""}"\n',
    );
  });

  it('reads many row groups, and those of a scan range once', async () => {
    expect(await run('SELECT COUNT(*), SUM(i) FROM S3Object', { object: large, output: TO_CSV })).toBe(
      '100000,4999950000\n',
    );
    const half = large.length >> 1;
    const counts: number[] = [];
    for (const scanRange of [
      { start: 0, end: half },
      { start: half + 1, end: undefined },
    ]) {
      const count = await run('SELECT COUNT(*) FROM S3Object', { object: large, output: TO_CSV, more: { scanRange } });
      counts.push(Number(count));
    }
    expect(counts[0]! + counts[1]!).toBe(100_000);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(20_000);
  });

  it('refuses what is no parquet, cut off, too large, or compressed once more', async () => {
    expect(await run('SELECT * FROM S3Object', { object: 'a,b\n' })).toBe('!ParquetParsingError');
    expect(await run('SELECT * FROM S3Object', { object: object.subarray(0, object.length - 9) })).toBe(
      '!ParquetParsingError',
    );
    expect(await run('SELECT * FROM S3Object', { engine: { parquetBytes: 100 } })).toBe('!ParquetParsingError');
    expect(await run('SELECT * FROM S3Object', { more: { compression: 'GZIP' } })).toBe('!InvalidCompressionFormat');
  });
});
