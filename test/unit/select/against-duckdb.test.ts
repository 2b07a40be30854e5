/** Select gives the rows that DuckDB's own readers find in the same file, however awkward its texts: csv, JSON, parquet, compressed. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Bzip2Encoder } from '../../../src/objects/codecs/bzip2-encoder.ts';
import type { BlockOptions } from '../../../src/select/csv/csv-run.ts';
import { CsvWalker } from '../../../src/select/csv/csv-walk.ts';
import type { SelectInput, SelectRequest } from '../../../src/select/requests/request.ts';
import { awkwardRows, COLUMNS, toArray, toCsv, toLines } from './awkward-rows.ts';
import { BY_ROWS, CSV, DOCUMENT, LINES, select, sharedBlocks, TO_CSV, TO_JSON } from './kit.ts';

const COUNT = 50_000;
const FEWER = 6_000;
const BLOCK_BYTES = 512 * 1024;

let directory: string;
let instance: DuckDBInstance;
let duckdb: DuckDBConnection;
let shared: Awaited<ReturnType<typeof sharedBlocks>>;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'select-rows-'));
  instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  duckdb = await instance.connect();
  shared = await sharedBlocks(BLOCK_BYTES);
});
afterAll(async () => {
  await shared.close();
  duckdb.closeSync();
  instance.closeSync();
  rmSync(directory, { recursive: true, force: true });
});

type Row = readonly (string | null)[];

/** The checksum of the rows in any order; beside it some of them, which say more than a checksum when it differs. */
function digest(rows: readonly Row[]): {
  readonly rows: number;
  readonly checksum: string;
  readonly some: readonly string[];
} {
  const lines = rows.map((row) => JSON.stringify(row)).sort();
  const checksum = createHash('sha256').update(lines.join('\n')).digest('hex');
  const step = Math.ceil(lines.length / 20);
  return {
    rows: rows.length,
    checksum,
    some: lines.filter((_, i) => i % step === 0).map((line) => line.slice(0, 200)),
  };
}

const asText = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

/** Behind a letter, for the client takes a byte order mark off the beginning of a text. */
async function theirs(sql: string): Promise<readonly Row[]> {
  const reader = await duckdb.runAndReadAll(`SELECT 'x' || COLUMNS(*)::VARCHAR FROM (${sql})`);
  return reader.getRows().map((row) => row.map((value) => asText(value)?.slice(1) ?? null));
}

interface Source {
  readonly object: Buffer;
  readonly input: SelectInput;
  readonly compression?: SelectRequest['compression'];
  readonly blocks?: BlockOptions;
  /** Its name in FROM. */
  readonly from?: string;
}

async function ours(source: Source, columns: readonly string[], rest: string): Promise<readonly Row[]> {
  const { object, input, compression = 'NONE', blocks = BY_ROWS, from = 'S3Object' } = source;
  const sql = rest.replace('S3Object', from);
  const run = { sql, object, input, output: TO_JSON, more: { compression }, engine: { blocks } };
  const { text } = await select(run);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      return columns.map((column) => asText(record[column]));
    });
}

/** The same answer written as csv, read by DuckDB. */
async function oursAsCsv(source: Source, columns: readonly string[], sql: string): Promise<readonly Row[]> {
  const { object, input, compression = 'NONE', blocks = BY_ROWS, from = 'S3Object' } = source;
  const run = {
    sql: sql.replace('S3Object', from),
    object,
    input,
    output: TO_CSV,
    more: { compression },
    engine: { blocks },
  };
  const { chunks } = await select(run);
  // A header line, for a file may begin with a byte order mark that is none of its first cell.
  const answer = Buffer.concat([Buffer.from(`${columns.join(',')}\n`), ...chunks]);
  return theirs(`SELECT * FROM ${readCsv(write('answer.csv', answer), columns)}`);
}

function write(name: string, bytes: Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

/** `force_not_null`: an empty cell is an empty text. */
const readCsv = (path: string, columns: readonly string[]): string =>
  `read_csv('${path}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', null_padding = true, parallel = false,
    force_not_null = [${columns.map((name) => `'${name}'`).join(', ')}], columns = {${columns.map((name) => `'${name}': 'VARCHAR'`).join(', ')}})`;

const NUMBER =
  "CASE WHEN num NOT LIKE '%\\_%' ESCAPE '\\' AND isfinite(TRY_CAST(num AS DOUBLE)) THEN TRY_CAST(num AS DOUBLE) END";

type Case = readonly [ours: string, columns: readonly string[], theirs: string];
const LISTS: readonly Case[] = [
  ['SELECT * FROM S3Object', COLUMNS, 'SELECT * FROM t'],
  ['SELECT note, body FROM S3Object', ['note', 'body'], 'SELECT note, body FROM t'],
  [
    `SELECT * FROM S3Object WHERE body LIKE '%"%,%' OR tail = '""' OR note = ''`,
    COLUMNS,
    `SELECT * FROM t WHERE body LIKE '%"%,%' OR tail = '""' OR note = ''`,
  ],
  [
    "SELECT tail, body FROM S3Object WHERE tail = '\ufeff'",
    ['tail', 'body'],
    "SELECT tail, body FROM t WHERE tail = '\ufeff'",
  ],
  [
    "SELECT id, body FROM S3Object WHERE tail >= 'é' AND NOT body LIKE ' %' AND CAST(id AS INT) > 3000",
    ['id', 'body'],
    "SELECT id, body FROM t WHERE tail >= 'é' AND NOT body LIKE ' %' AND id::BIGINT > 3000",
  ],
];
const CELLS: readonly Case[] = [
  ['SELECT * FROM S3Object WHERE num > 100', COLUMNS, `SELECT * FROM t WHERE ${NUMBER} > 100`],
  [
    'SELECT id, num FROM S3Object WHERE num <= 5 OR num = 100.5',
    ['id', 'num'],
    `SELECT id, num FROM t WHERE ${NUMBER} <= 5 OR ${NUMBER} = 100.5`,
  ],
  ['SELECT COUNT(*) AS n FROM S3Object WHERE num <> 7', ['n'], `SELECT count(*) FROM t WHERE ${NUMBER} <> 7`],
];
/** `least`: an empty cell is no value to MIN, an empty text of JSON is one. */
const aggregates = (least: string): readonly Case[] => [
  [
    'SELECT COUNT(*) AS n, COUNT(tail) AS c, SUM(CAST(id AS INT)) AS s, MIN(body) AS a, MAX(body) AS b, MAX(tail) AS d, SUM(CHAR_LENGTH(body)) AS l FROM S3Object',
    ['n', 'c', 's', 'a', 'b', 'd', 'l'],
    `SELECT count(*), count(tail), sum(id::BIGINT), ${least}, max(body), max(tail), sum(length(body)) FROM t`,
  ],
  [
    "SELECT COUNT(*) AS n FROM S3Object WHERE body LIKE '%long%'",
    ['n'],
    "SELECT count(*) FROM t WHERE body LIKE '%long%'",
  ],
  [
    'SELECT COUNT(*) AS n, SUM(CAST(id AS INT)) AS s FROM S3Object WHERE CAST(id AS INT) > 4321',
    ['n', 's'],
    'SELECT count(*), sum(id::BIGINT) FROM t WHERE id::BIGINT > 4321',
  ],
];
const AGGREGATES = aggregates('min(body)');
const CELL_AGGREGATES = aggregates("min(nullif(body, ''))");

async function compare(
  source: Source,
  cases: readonly Case[],
  asCsv: (rows: readonly Row[]) => readonly Row[],
): Promise<void> {
  for (const [sql, columns, reference] of cases) {
    const rows = await theirs(reference);
    expect(rows.length, sql).toBeGreaterThan(0);
    expect(digest(asCsv(await ours(source, columns, sql))), sql).toEqual(digest(asCsv(rows)));
    if (source.input.kind === 'csv' && source.blocks === undefined) continue;
    expect(digest(await oursAsCsv(source, columns, sql)), `${sql} as csv`).toEqual(digest(emptyForNull(rows)));
  }
}
const emptyForNull = (rows: readonly Row[]): readonly Row[] => rows.map((row) => row.map((value) => value ?? ''));
const asTheyAre = (rows: readonly Row[]): readonly Row[] => rows;

describe('csv', () => {
  const input: SelectInput = { ...CSV, fileHeaderInfo: 'USE' };
  // A line that begins as a comment does, even inside of a text, is one that blocks leave to the splitter.
  const noComments: SelectInput = { ...input, comment: undefined };
  it.each([
    ['LF', COUNT, '\n', ['\n'], noComments],
    ['LF, and any line end in its texts', FEWER, '\n', ['\n', '\r\n'], input],
    ['CR LF', FEWER, '\r\n', ['\r\n'], noComments],
    ['CR LF, said in the request', FEWER, '\r\n', ['\r\n', '\n'], { ...input, recordDelimiter: '\r\n' } as SelectInput],
  ] as const)(
    'with %s gives the rows of read_csv',
    async (_, count, end, newlines, settings) => {
      const object = toCsv(awkwardRows({ seed: 1, count, newlines }), { end, ragged: false });
      await duckdb.run(`CREATE OR REPLACE VIEW t AS SELECT * FROM ${readCsv(write('t.csv', object), COLUMNS)}`);
      const cases = [...LISTS, ...CELLS, ...CELL_AGGREGATES];
      await compare({ object, input: settings }, cases, asTheyAre);
      await compare({ object, input: settings, blocks: shared }, cases, asTheyAre);
    },
    300_000,
  );

  it('is answered by blocks where its line ends are of one kind', async () => {
    const before = shared.scans();
    const walk = vi.spyOn(CsvWalker.prototype, 'walk');
    const object = toCsv(awkwardRows({ seed: 2, count: COUNT / 2, newlines: ['\n'] }), { end: '\n', ragged: false });
    await duckdb.run(`CREATE OR REPLACE VIEW t AS SELECT * FROM ${readCsv(write('t.csv', object), COLUMNS)}`);
    await compare({ object, input: noComments, blocks: shared }, [...CELLS, ...CELL_AGGREGATES], asTheyAre);
    expect(shared.scans() - before).toBeGreaterThan(4);
    expect(walk.mock.results.filter(({ value }) => value !== undefined).length).toBeGreaterThan(4);
    walk.mockRestore();
  }, 300_000);

  it('with records of other lengths gives the rows of read_csv with null_padding', async () => {
    const object = toCsv(awkwardRows({ seed: 3, count: FEWER, newlines: ['\n'] }), { end: '\n', ragged: true });
    await duckdb.run(`CREATE OR REPLACE VIEW t AS SELECT * FROM ${readCsv(write('t.csv', object), COLUMNS)}`);
    for (const blocks of [undefined, shared]) {
      await compare(
        { object, input, ...(blocks && { blocks }) },
        [...LISTS.slice(0, 2), ...CELLS, ...CELL_AGGREGATES],
        emptyForNull,
      );
    }
  }, 300_000);
});

const TYPES = "{id: 'BIGINT', body: 'VARCHAR', num: 'VARCHAR', tail: 'VARCHAR', note: 'VARCHAR'}";
const MISSING: readonly Case[] = [
  [
    'SELECT id FROM S3Object WHERE note IS MISSING',
    ['id'],
    "SELECT json->>'$.id' FROM o WHERE NOT json_exists(json, '$.note')",
  ],
  [
    'SELECT id FROM S3Object WHERE note IS NOT MISSING AND note IS NULL',
    ['id'],
    "SELECT json->>'$.id' FROM o WHERE json_exists(json, '$.note') AND (json->>'$.note') IS NULL",
  ],
  ['SELECT COUNT(note) AS n FROM S3Object', ['n'], 'SELECT count(note) FROM t'],
];

describe('JSON', () => {
  it.each([
    ['lines', 'newline_delimited', LINES, toLines, 'S3Object'],
    ['an array', 'array', DOCUMENT, toArray, 'S3Object[*][*]'],
  ] as const)(
    'as %s gives the rows of read_json',
    async (_, format, input, print, from) => {
      const object = print(awkwardRows({ seed: 4, count: FEWER, newlines: ['\n', '\r\n', '\r'] }));
      const path = write('t.json', object);
      await duckdb.run(
        `CREATE OR REPLACE VIEW t AS SELECT * FROM read_json('${path}', format = '${format}', columns = ${TYPES})`,
      );
      await duckdb.run(
        `CREATE OR REPLACE VIEW o AS SELECT json FROM read_json_objects('${path}', format = '${format}')`,
      );
      await compare({ object, input, from }, [...LISTS, ...AGGREGATES, ...MISSING], asTheyAre);
    },
    300_000,
  );
});

describe('parquet', () => {
  it('gives the rows of read_parquet', async () => {
    const json = write('t.json', toLines(awkwardRows({ seed: 5, count: FEWER, newlines: ['\n', '\r\n', '\r'] })));
    const path = join(directory, 't.parquet');
    await duckdb.run(
      `COPY (SELECT * FROM read_json('${json}', columns = ${TYPES})) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
    );
    await duckdb.run(`CREATE OR REPLACE VIEW t AS SELECT * FROM read_parquet('${path}')`);
    await compare({ object: readFileSync(path), input: { kind: 'parquet' } }, [...LISTS, ...AGGREGATES], asTheyAre);
  }, 300_000);
});

describe('compressed', () => {
  const input: SelectInput = { ...CSV, fileHeaderInfo: 'USE' };
  /** Parts that end in the middle of records. */
  const parts = (bytes: Buffer): readonly Buffer[] => {
    const size = Math.ceil(bytes.length / 7);
    return Array.from({ length: 7 }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  };
  const bzip2 = async (bytes: Buffer): Promise<Buffer> => {
    const encoder = new Bzip2Encoder();
    return Buffer.concat([...(await encoder.push(bytes)), ...(await encoder.end())]);
  };

  it.each([
    [
      'gzip of many members',
      'GZIP',
      async (bytes: Buffer) => Buffer.concat(parts(bytes).map((part) => gzipSync(part))),
    ],
    ['bzip2', 'BZIP2', bzip2],
    [
      'bzip2 of many streams',
      'BZIP2',
      async (bytes: Buffer) => Buffer.concat(await Promise.all(parts(bytes).map(bzip2))),
    ],
  ] as const)(
    'by %s it gives the same rows',
    async (_, compression, compress) => {
      const plain = toCsv(awkwardRows({ seed: 6, count: FEWER, newlines: ['\n'] }), { end: '\n', ragged: false });
      await duckdb.run(`CREATE OR REPLACE VIEW t AS SELECT * FROM ${readCsv(write('t.csv', plain), COLUMNS)}`);
      const object = await compress(plain);
      await compare(
        { object, input, compression, blocks: shared },
        [...LISTS.slice(0, 2), ...CELL_AGGREGATES.slice(0, 1)],
        asTheyAre,
      );
    },
    300_000,
  );
});
