/** Exports of a real index, read back by other programs: every row once, every character, in every form. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportRequest, QueryJob } from '../../src/jobs/domain/model.ts';
import { runCommand } from '../../src/node/command.ts';
import { FULL, uniqueName } from '../support/engine.ts';
import { control, exportJob, exportRequest } from '../support/export-jobs.ts';
import { S3_KEY, type S3Server, startS3Server } from '../support/s3-server.ts';
import {
  Checksum,
  COLUMNS,
  call,
  expectedChecksum,
  loadNasty,
  openContexts,
  type RunningJobs,
  startJobs,
} from './export-kit.ts';

const ROWS = FULL ? 1_000_000 : 20_000;
const LIMIT = FULL ? 1_200_000 : 120_000;
const index = uniqueName('export');
const SQL = `SELECT ${COLUMNS.join(', ')} FROM ${index}`;
const READER = join(import.meta.dirname, 'read_export.py');

let jobs: RunningJobs;
let expected: string;
beforeAll(async () => {
  await loadNasty(index, ROWS);
  expected = expectedChecksum(ROWS);
  jobs = await startJobs({ JOB_REREAD_ROWS: '1000' });
}, 600_000);
afterAll(async () => {
  await jobs?.stop();
  await call('DELETE', `/${index}`);
});

async function exported(source: QueryJob, more: Partial<ExportRequest>, through: RunningJobs = jobs): Promise<string> {
  const request = exportRequest({ withColumnHeader: true, ...more, folder: uniqueName('folder') });
  const outcome = await through.runner.runExport(exportJob(request), source, control());
  expect(outcome.rows).toBe(outcome.files.reduce((sum, file) => sum + file.rows, 0));
  return join(through.config.dataDir, 'objects', request.bucket, request.folder);
}

/** Runs beside this process: a million rows take the reader longer than the test runner waits for an answer of this process. */
async function python(folder: string, kind: string, quotes = 'doubled'): Promise<string> {
  const { output } = await runCommand('python3', [READER, folder, kind, quotes]);
  return output.trim();
}

describe.each(['cluster', 'spool'] as const)('rows from the %s', (kind) => {
  let source: QueryJob;
  beforeAll(async () => {
    // An order, and the rows are kept instead of read again.
    source = await jobs.query(kind === 'cluster' ? SQL : `${SQL} ORDER BY id`);
    expect(source.result!.place.kind).toBe(kind);
    expect(source.result!.rows).toBe(ROWS);
  }, LIMIT);

  it.each([
    ['csv', 'none', 'doubled'],
    ['csv', 'gzip', 'doubled'],
    ['csv', 'deflate', 'backslash'],
    ['json', 'bzip2', 'doubled'],
    ['json', 'gzip', 'doubled'],
  ] as const)(
    'as %s with %s and quotes %s are what Python reads',
    async (dataType, compress, quotes) => {
      const folder = await exported(source, { dataType, compress, escapeChar: quotes === 'doubled' ? '"' : '\\' });
      expect(await python(folder, dataType, quotes)).toBe(expected);
    },
    LIMIT,
  );

  it.each([
    [
      'csv',
      `read_csv('FOLDER/part-*', all_varchar = true, header = true, new_line = '\\n', quote = '"', escape = '"', delim = ',', max_line_size = 10000000)`,
    ],
    ['json', `read_json('FOLDER/part-*', format = 'newline_delimited', columns = {id: 'BIGINT', t: 'VARCHAR'})`],
    ['parquet', `read_parquet('FOLDER/part-*')`],
  ] as const)(
    'as %s are what DuckDB reads',
    async (dataType, reader) => {
      const folder = await exported(source, {
        dataType,
        compress: dataType === 'csv' ? 'none' : 'gzip',
        maxRecordsPerFile: Math.ceil(ROWS / 2.5),
      });
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      const result = await connection.stream(
        `SELECT sha256(id::VARCHAR || '|' || t) FROM ${reader.replace('FOLDER', folder)}`,
      );
      const sum = new Checksum();
      for await (const rows of result.yieldRowsJs()) for (const [digest] of rows) sum.addDigest(String(digest));
      connection.closeSync();
      instance.closeSync();
      expect(String(sum)).toBe(expected);
    },
    LIMIT,
  );

  it('leave no search open', async () => {
    expect(await openContexts(index)).toBe(0);
  });
});

it('previews the first rows of either', async () => {
  const source = await jobs.query(SQL);
  const rows = await jobs.runner.preview(source, 1_000, control());
  expect(rows.length).toBe(1_000);
  expect(new Set(rows.map(([id]) => id)).size).toBe(1_000);
  await jobs.runner.discard(source);
  await expect(jobs.runner.preview(source, 10, control())).rejects.toMatchObject({ fault: 'resultGone' });
});

describe('an S3 service', () => {
  let server: S3Server;
  let through: RunningJobs;
  beforeAll(async () => {
    server = await startS3Server('bucket');
    through = await startJobs({
      JOB_REREAD_ROWS: '1000',
      JOB_RESULT_STORE: 'bucket/results',
      STORAGE_URL: `s3:${server.url}`,
      S3_ACCESS_KEY: S3_KEY,
      S3_SECRET_KEY: S3_KEY,
    });
  });
  afterAll(async () => {
    await through?.stop();
    await server?.stop();
  });

  it.each(['cluster', 'object'] as const)(
    'takes exports of rows from the %s',
    async (kind) => {
      const source = await through.query(kind === 'cluster' ? SQL : `${SQL} ORDER BY id`);
      expect(source.result!.place.kind).toBe(kind);
      const request = exportRequest({ withColumnHeader: true, compress: 'gzip', folder: uniqueName('s3') });
      await through.runner.runExport(exportJob(request), source, control());
      const { objects } = await through.store.list('bucket', { prefix: `${request.folder}/` });
      expect(objects[0]!.key).toBe(`${request.folder}/_SUCCESS`);
      for (const { key } of objects) {
        const body = await through.store.read('bucket', key);
        const chunks: Buffer[] = [];
        for await (const chunk of body.bytes) chunks.push(chunk);
        await jobs.store.put('bucket', key, Buffer.concat(chunks));
      }
      expect(await python(join(jobs.config.dataDir, 'objects/bucket', request.folder), 'csv')).toBe(expected);
      expect(server.unfinished('bucket')).toEqual([]);
      await through.runner.discard(source);
      expect((await through.store.list('bucket', { prefix: 'results/' })).objects).toEqual([]);
    },
    LIMIT,
  );
});
