/** Aggregates of several figures in text: a column for each, by the cluster and by DuckDB, in answers and in exports. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { control, exportJob, exportRequest } from '../support/export-jobs.ts';
import { call, type RunningJobs, startJobs } from './export-kit.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const index = uniqueName('figures');
let proxy: SqlProxy;
let jobs: RunningJobs;

beforeAll(async () => {
  await call('PUT', `/${index}`, { mappings: { properties: { g: { type: 'keyword' }, n: { type: 'integer' } } } });
  const docs = [{ g: 'a', n: 1 }, { g: 'a', n: 3 }, { g: 'b', n: -5 }, { g: 'c' }];
  const lines = docs.map((doc) => `{"index":{}}\n${JSON.stringify(doc)}\n`).join('');
  await call('POST', `/${index}/_bulk?refresh=true`, lines);
  proxy = await startSqlProxy(getEngine().url);
  jobs = await startJobs();
});
afterAll(async () => {
  await jobs?.stop();
  await proxy?.close();
  await call('DELETE', `/${index}`);
});

const STATS = 'g,s.count,s.sum,s.avg,s.min,s.max';
const ROWS = ['a,2,4.0,2.0,1.0,3.0', "b,1,'-5.0,'-5.0,'-5.0,'-5.0", 'c,0,0.0,,,'];
const statement = (from: string): string => `SELECT g, STATS(n) AS s FROM ${from} GROUP BY g ORDER BY g`;

describe.each([
  ['the cluster', (): string => index],
  ['DuckDB', (): string => `(SELECT * FROM ${index} ORDER BY n LIMIT 100) d`],
])('by %s', (_, from) => {
  it('as csv', async () => {
    expect((await proxy.text(statement(from()), '?format=csv')).split('\n')).toEqual([STATS, ...ROWS]);
  });

  it('as raw', async () => {
    const lines = [STATS, ...ROWS].map((line) => line.replaceAll(',', '|').replaceAll("'", ''));
    expect((await proxy.text(statement(from()), '?format=raw')).split('\n')).toEqual(lines);
  });

  it('as one object in JSON', async () => {
    const { datarows } = await proxy.query(statement(from()));
    expect(datarows[0]).toEqual(['a', { count: 2, sum: 4, avg: 2, min: 1, max: 3 }]);
  });

  it('of each kind', async () => {
    const sql = `SELECT PERCENTILES(n, 50) AS p, EXTENDED_STATS(n) AS e FROM ${from()}`;
    const [head = '', row = ''] = (await proxy.text(sql, '?format=csv')).split('\n');
    expect(head.split(',').slice(0, 7).join()).toBe('p.50.0,e.count,e.sum,e.avg,e.min,e.max,e.sum_of_squares');
    const cells = row.split(',');
    expect(cells).toHaveLength(head.split(',').length);
    expect(cells.slice(1, 3)).toEqual(['3', "'-1.0"]);
    expect(cells.filter((cell) => cell === '')).toEqual([]);
  });
});

describe('exports of a job', () => {
  const lines = async (more: object): Promise<string[]> => {
    const source = await jobs.query(statement(index));
    const request = exportRequest({ folder: uniqueName('figures'), withColumnHeader: true, ...more });
    const { files } = await jobs.runner.runExport(exportJob(request), source, control());
    const { bytes } = await jobs.store.read(request.bucket, files[0]!.key);
    const chunks: Buffer[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return Buffer.concat(chunks).toString().trimEnd().split('\n');
  };

  it('as csv', async () => {
    expect(await lines({})).toEqual([STATS, ...ROWS.map((row) => row.replaceAll("'", ''))]);
    expect(await lines({ sanitize: true })).toEqual([STATS, ...ROWS]);
  });

  it('as one object in JSON', async () => {
    const [first] = await lines({ dataType: 'json' });
    expect(JSON.parse(first!)).toMatchObject({ g: 'a', s: { count: 2, sum: 4 } });
  });
});
