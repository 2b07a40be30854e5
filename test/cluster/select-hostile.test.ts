/** Hostile and damaged input to select, by both protocols, against a server of its own process: a clear code each time, and it lives on. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../bench/server.ts';
import { getEngine } from '../support/engine.ts';
import { send } from '../unit/http/select-kit.ts';
import { readBosMessages, readEvents } from '../unit/select/read-messages.ts';

const SECRET = 'a-secret-of-the-machine';
let folder: string;
let server: ServerProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'select-hostile-'));
  const demo = join(folder, 'objects/demo');
  mkdirSync(demo, { recursive: true });
  writeFileSync(join(folder, 'secret.csv'), `${SECRET}\n`);
  symlinkSync(join(folder, 'secret.csv'), join(demo, 'link.csv'));
  const rows = Buffer.from(Array.from({ length: 300_000 }, (_, i) => `${i},name ${i % 1000},${i % 100}\n`).join(''));
  const zipped = gzipSync(rows);
  const damaged = Buffer.from(zipped);
  damaged.fill(0xaa, zipped.length >> 1, (zipped.length >> 1) + 4_000);
  const wrongSum = Buffer.from(zipped);
  wrongSum.writeUInt32LE(1, wrongSum.length - 8);
  const objects: Readonly<Record<string, string | Buffer>> = {
    'rows.csv': rows,
    'none.csv': '',
    'damaged.gz': damaged,
    'sum.gz': wrongSum,
    'cut.gz': zipped.subarray(0, zipped.length >> 1),
    'bomb.gz': gzipSync(Buffer.concat([Buffer.alloc(300_000_000, 'a,b\n')]), { level: 9 }),
    'endless.gz': gzipSync(Buffer.alloc(200_000_000, 'a')),
    'endless.csv': Buffer.alloc(20_000_000, 'a'),
    'late-latin1.csv': Buffer.concat([rows, Buffer.from('caf\xe9,1,2\n', 'latin1'), rows]),
    'late-long.csv': Buffer.concat([rows, Buffer.alloc(2_000_000, 'x'), rows]),
    'quote.csv': Buffer.concat([rows, Buffer.from('"never closed,1,2\n'), rows]),
    'nul.csv': Buffer.concat([Buffer.from('\0,\0\n'), rows]),
    'deep.json': '['.repeat(200_000),
    'deep-line.json': `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}\n`,
    'very-deep-line.json': `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}\n`,
    'cut.json': `${'{"a":1}\n'.repeat(1_000)}{"a":`,
    'wrong.json': `${'{"a":1}\n'.repeat(1_000)}{"a":}\n`,
    'proto.json': '{"__proto__":{"x":1},"constructor":1}\n',
    'no.parquet': 'PAR1 this is none PAR1',
  };
  for (const [name, bytes] of Object.entries(objects)) writeFileSync(join(demo, name), bytes);
  server = await startServer(getEngine().url, {
    compiled: true,
    env: { DATA_DIR: folder, SELECT_MAX_EXPANSION: '500' },
  });
}, 300_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Delimiters = { readonly field?: string; readonly record?: string; readonly quote?: string };
interface Asked extends Delimiters {
  readonly key?: string;
  readonly sql?: string;
  readonly kind?: 'csv' | 'json' | 'parquet';
  readonly gzip?: boolean;
  /** An element of S3 alone. */
  readonly range?: string;
}

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function bosRequest({ sql, kind = 'csv', gzip, field, record, quote }: Asked): string {
  const expression = sql!.replaceAll('S3Object', 'BosObject');
  const csv = { fieldDelimiter: field, recordDelimiter: record, quoteCharacter: quote };
  const input = kind === 'csv' ? { csv } : kind === 'json' ? { json: { type: 'LINES' } } : { parquet: {} };
  return JSON.stringify({
    selectRequest: {
      expression: Buffer.from(expression).toString('base64'),
      expressionType: 'SQL',
      inputSerialization: { ...input, compressionType: gzip ? 'GZIP' : 'NONE' },
      outputSerialization: { json: {} },
    },
  });
}

function s3Request({ sql, kind = 'csv', gzip, field, record, quote, range = '' }: Asked): string {
  const element = (name: string, text: string | undefined): string =>
    text === undefined ? '' : `<${name}>${xml(text)}</${name}>`;
  const csv =
    '<AllowQuotedRecordDelimiter>true</AllowQuotedRecordDelimiter>' +
    element('FieldDelimiter', field) +
    element('RecordDelimiter', record) +
    element('QuoteCharacter', quote);
  const input = {
    csv: `<CSV>${range === '' ? csv : ''}</CSV>`,
    json: '<JSON><Type>LINES</Type></JSON>',
    parquet: '<Parquet/>',
  };
  return (
    `<SelectObjectContentRequest><Expression>${xml(sql!)}</Expression><ExpressionType>SQL</ExpressionType><InputSerialization>` +
    `${input[kind]}<CompressionType>${gzip ? 'GZIP' : 'NONE'}</CompressionType></InputSerialization>` +
    `<OutputSerialization><JSON/></OutputSerialization>${range}</SelectObjectContentRequest>`
  );
}

interface Seen {
  readonly code: string;
  readonly text: string;
}

/** Of whoever answers: a path that the client has shortened is none of select. */
function refusal(text: string): Seen {
  const [, bosCode, s3Code] = /"code":"(\w+)"|<Code>(\w+)</.exec(text) ?? [];
  return { code: bosCode ?? s3Code ?? 'refused', text };
}

async function bos(asked: Asked): Promise<Seen> {
  const { key = 'rows.csv', kind = 'csv' } = asked;
  const { status, bytes } = await send(`${server.url}/v1/demo/${key}?select&type=${kind}`, bosRequest(asked));
  if (status !== 200) return refusal(bytes.toString());
  const messages = readBosMessages(bytes);
  const code = messages.at(-1)!.headers['error-code']!;
  return {
    code,
    text: Buffer.concat(messages.map(({ payload }) => payload)).toString() + JSON.stringify(messages.at(-1)),
  };
}

async function s3(asked: Asked): Promise<Seen> {
  const { key = 'rows.csv' } = asked;
  const { status, bytes } = await send(`${server.url}/demo/${key}?select&select-type=2`, s3Request(asked));
  if (status !== 200) return refusal(bytes.toString());
  const messages = readEvents(bytes);
  const code = messages.at(-1)!.headers[':error-code'] ?? 'success';
  return {
    code,
    text: Buffer.concat(messages.map(({ payload }) => payload)).toString() + JSON.stringify(messages.at(-1)),
  };
}

const COUNT = 'SELECT COUNT(*) FROM S3Object';
const DATA: readonly (readonly [name: string, code: string, asked: Asked])[] = [
  ['no gzip', 'InvalidCompressionFormat', { gzip: true }],
  ['gzip that is damaged', 'InvalidCompressionFormat', { key: 'damaged.gz', gzip: true }],
  ['gzip with a wrong sum', 'InvalidCompressionFormat', { key: 'sum.gz', gzip: true }],
  ['gzip cut off', 'TruncatedInput', { key: 'cut.gz', gzip: true }],
  ['a bomb', 'InvalidCompressionFormat', { key: 'bomb.gz', gzip: true }],
  ['an endless line in gzip', 'OverMaxRecordSize', { key: 'endless.gz', gzip: true }],
  ['an endless line', 'OverMaxRecordSize', { key: 'endless.csv' }],
  ['no UTF-8, late', 'InvalidTextEncoding', { key: 'late-latin1.csv' }],
  [
    'no UTF-8, late, to the engine',
    'InvalidTextEncoding',
    { key: 'late-latin1.csv', sql: "SELECT UPPER(_1) FROM S3Object WHERE _2 LIKE 'z'" },
  ],
  ['a long record, late', 'OverMaxRecordSize', { key: 'late-long.csv' }],
  ['a quote that is not closed, late', 'OverMaxRecordSize', { key: 'quote.csv' }],
  ['deep JSON', 'JSONParsingError', { key: 'deep.json', kind: 'json' }],
  ['a deep line', 'JSONParsingError', { key: 'deep-line.json', kind: 'json' }],
  [
    'a very deep line',
    'JSONParsingError',
    { key: 'very-deep-line.json', kind: 'json', sql: 'SELECT s.a FROM S3Object s' },
  ],
  ['JSON cut off', 'TruncatedInput', { key: 'cut.json', kind: 'json' }],
  ['JSON that is none, late', 'JSONParsingError', { key: 'wrong.json', kind: 'json' }],
  ['no parquet', 'ParquetParsingError', { key: 'no.parquet', kind: 'parquet' }],
  ['gzip as parquet', 'ParquetParsingError', { key: 'cut.gz', kind: 'parquet' }],
];

const passwd = readFileSync('/etc/passwd', 'utf8').split('\n')[0]!;
const SQL = [
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM read_text('/etc/passwd')",
  'SELECT * FROM "/etc/passwd"',
  "SELECT * FROM '/etc/passwd'",
  'SELECT * FROM "read_csv"(\'/etc/passwd\')',
  'SELECT "read_text"(\'/etc/passwd\') FROM S3Object',
  "SELECT read_blob('/etc/passwd') FROM S3Object",
  "SELECT getenv('HOME') FROM S3Object",
  "SELECT _1 FROM S3Object WHERE _1 IN (SELECT content FROM read_text('/etc/passwd'))",
  "SELECT _1 FROM S3Object WHERE EXISTS (SELECT 1 FROM glob('/*'))",
  "SELECT * FROM S3Object; COPY (SELECT 1) TO '/tmp/x'",
  "COPY (SELECT 1) TO '/tmp/x'",
  "ATTACH '/tmp/x.db' AS x",
  'PRAGMA database_list',
  'SET enable_external_access = true',
  'INSTALL httpfs',
  'LOAD httpfs',
  'SELECT * FROM duckdb_settings()',
  'SELECT * FROM information_schema.tables',
  'CREATE TABLE x AS SELECT 1',
  "EXPORT DATABASE '/tmp/x'",
  'CALL pragma_version()',
  `SELECT ${'('.repeat(3_000)}1${')'.repeat(3_000)} FROM S3Object`,
  `SELECT ${'NOT '.repeat(3_000)}TRUE FROM S3Object`,
  `SELECT _1 FROM S3Object WHERE ${'_1 = 1 OR '.repeat(1_000)}(`,
  'SELECT \0 FROM S3Object',
  "SELECT _1 FROM S3Object WHERE _1 = 'x",
];
/** What is harmless only if it is taken as text. */
const TEXTS = [
  "' OR 1=1 --",
  "x'; COPY (SELECT 1) TO '/tmp/x'; --",
  "%'); SELECT * FROM read_csv('/etc/passwd') --",
  '\\',
  '"',
  '\u001f',
  '\u001e',
];

describe.each([
  ['BOS', bos],
  ['S3', s3],
] as const)('%s', (_protocol, ask) => {
  it.each(DATA)('%s: %s', async (_name, code, asked) => {
    expect((await ask({ sql: COUNT, ...asked })).code).toBe(code);
  });

  it.each(SQL)('%s', async (sql) => {
    const { code, text } = await ask({ sql });
    expect(code).not.toMatch(/^(success|InternalError)$/);
    expect(text).not.toContain(passwd);
  });

  it.each(TEXTS)('%j as a text', async (text) => {
    const literal = `'${text.replaceAll("'", "''")}'`;
    for (const condition of [
      `_2 = ${literal}`,
      `_2 LIKE ${literal}`,
      `UPPER(_2) = ${literal} OR LOWER(_1) LIKE ${literal}`,
    ]) {
      expect((await ask({ sql: `${COUNT} WHERE ${condition}` })).text).toMatch(/"_1":0\}/);
    }
  });

  it.each([
    [{ field: '\n' }],
    [{ field: 'ab' }],
    [{ field: ''.padEnd(100_000, 'x') }],
    [{ record: ''.padEnd(100_000, '\r') }],
    [{ quote: ',' }],
    [{ record: ',' }],
    [{ field: '😀😀' }],
  ] as readonly (readonly [Delimiters])[])('delimiters %o', async (delimiters) => {
    expect((await ask({ sql: COUNT, ...delimiters })).code).toMatch(/^Invalid|^Malformed|^EntityTooLarge/);
  });

  it('a link out of the store, a key that climbs out, members of all objects', async () => {
    for (const key of ['link.csv', '..%2f..%2fsecret.csv', '%2e%2e/%2e%2e/secret.csv', '..%5c..%5csecret.csv', '%00']) {
      const { code, text } = await ask({ sql: 'SELECT * FROM S3Object', key });
      expect([key, code]).not.toEqual([key, 'success']);
      expect(text).not.toContain(SECRET);
    }
    const { text } = await ask({
      sql: 'SELECT s.__proto__.x, s.toString, s.constructor FROM S3Object s',
      key: 'proto.json',
      kind: 'json',
    });
    expect(text).toContain('{"x":1,"constructor":1}');
  });

  it('bytes of no meaning, and no bytes', async () => {
    expect(
      (await ask({ sql: "SELECT _1 FROM S3Object WHERE _1 = '\u0001' OR _2 = '\u0001'", key: 'nul.csv' })).code,
    ).toBe('success');
    expect((await ask({ sql: COUNT, key: 'none.csv' })).text).toContain('{"_1":0}');
  });

  it('and still answers', async () => {
    expect((await ask({ sql: COUNT })).text).toContain('{"_1":300000}');
  });
});

describe('a scan range of S3', () => {
  it.each([
    '<Start>-1</Start>',
    '<End>-5</End>',
    '<Start>5</Start><End>4</End>',
    '<Start>99999999999999999999</Start>',
    '<Start>1e3</Start>',
    '<Start>x</Start>',
    '',
  ])('%s', async (range) => {
    const { code } = await s3({ sql: COUNT, range: `<ScanRange>${range}</ScanRange>` });
    expect(code).toMatch(/^(InvalidScanRange|InvalidRequestParameter|MalformedXML|MissingRequiredParameter)$/);
  });
});
