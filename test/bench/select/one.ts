/** One statement in a process of its own: `one.ts ours|duckdb FILE count|filter|copy`; prints seconds, CPU seconds and peak RSS as JSON. */
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ObjectStore } from '../../../src/objects/store.ts';
import { blockOptions } from '../../../src/select/blocks.ts';
import { createSelectEngine } from '../../../src/select/engine.ts';
import { SELECT_LIMITS, type SelectInput, type SelectRequest } from '../../../src/select/requests/request.ts';

type Statement = 'count' | 'filter' | 'copy';

const OURS: Readonly<Record<Statement, string>> = {
  count: 'SELECT COUNT(*) FROM S3Object WHERE age > 50',
  filter: 'SELECT * FROM S3Object WHERE age = 50',
  copy: 'SELECT * FROM S3Object',
};
const reader = (file: string): string =>
  file.endsWith('.json')
    ? `read_json('${file}')`
    : file.endsWith('.parquet')
      ? `read_parquet('${file}')`
      : `read_csv('${file}')`;
const toNull = (select: string, file: string): string =>
  `COPY (${select}) TO '/dev/null' (FORMAT ${/\.csv(\.gz)?$/.test(file) ? 'csv' : 'json'})`;
const DUCKDB: Readonly<Record<Statement, (file: string) => string>> = {
  count: (file) => `SELECT count(*) FROM ${reader(file)} WHERE age > 50`,
  filter: (file) => toNull(`SELECT * FROM ${reader(file)} WHERE age = 50`, file),
  copy: (file) => toNull(`SELECT * FROM ${reader(file)}`, file),
};
const CSV = { fieldDelimiter: ',', recordDelimiter: '\n', quote: '"', quoteEscape: '"' } as const;

function inputOf(file: string): SelectInput {
  if (file.endsWith('.json')) return { kind: 'json', type: 'LINES' };
  if (file.endsWith('.parquet')) return { kind: 'parquet' };
  return { kind: 'csv', fileHeaderInfo: 'USE', comment: '#', allowQuotedRecordDelimiter: true, ...CSV };
}

async function ours(file: string, statement: Statement): Promise<void> {
  const store: Pick<ObjectStore, 'read'> = {
    read: async (_bucket, key) => ({
      info: { key, size: 0, lastModified: new Date(0), etag: '' },
      bytes: createReadStream(file, { highWaterMark: 1 << 20 }),
    }),
  };
  const engine = createSelectEngine({
    store: store as ObjectStore,
    expansion: { ratio: 0, bytes: 0 },
    blocks: blockOptions({ directory: join(tmpdir(), 'select-bench'), memoryLimit: 256 << 20, threads: 2, spill: 0 }),
    parquetBytes: Number.MAX_SAFE_INTEGER,
  });
  const input = inputOf(file);
  const request: SelectRequest = {
    dialect: 's3',
    expression: OURS[statement],
    object: { bucket: 'b', key: 'k' },
    input,
    compression: file.endsWith('.gz') ? 'GZIP' : 'NONE',
    output:
      input.kind === 'csv'
        ? { kind: 'csv', quoteFields: 'ASNEEDED', header: false, ...CSV }
        : { kind: 'json', recordDelimiter: '\n' },
    scanRange: undefined,
    progress: false,
    location: undefined,
    limits: SELECT_LIMITS.s3,
  };
  const run = await engine.open(request, new AbortController().signal);
  for await (const _ of run.records);
}

async function duckdb(file: string, statement: Statement): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await (await connection.run(DUCKDB[statement](file))).getRows();
  connection.closeSync();
}

const [, , who, file, statement] = process.argv as [string, string, string, string, Statement];
const start = performance.now();
await (who === 'ours' ? ours : duckdb)(file, statement);
const seconds = (performance.now() - start) / 1000;
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, rss: maxRSS * 1024 }));
process.exit(0);
