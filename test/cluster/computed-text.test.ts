/** MAX_FOLDED_TEXT bounds each text that a statement computes, wherever it is computed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { call } from './export-kit.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const index = uniqueName('computed-text');
let proxy: SqlProxy;

beforeAll(async () => {
  proxy = await startSqlProxy(getEngine().url, { MAX_FOLDED_TEXT: '1kb' });
  const properties = { id: { type: 'integer' }, s: { type: 'keyword' } };
  await call('PUT', `/${index}`, { settings: { number_of_replicas: 0 }, mappings: { properties } });
  await call('POST', `/${index}/_bulk?refresh=true`, '{"index":{}}\n{"id":1,"s":"abc"}\n{"index":{}}\n{"id":2}\n');
});
afterAll(async () => {
  await call('DELETE', `/${index}`);
  await proxy.close();
});

const query = (sql: string) => proxy.query(sql.replaceAll('$', index));
const JOINED = 'FROM $ a JOIN $ b ON a.id = b.id';

describe('a computed text', () => {
  it.each([
    ['in a constant', "SELECT REPEAT('abc', 341)", 1_023],
    ['in a row', 'SELECT REPEAT(s, 341) FROM $ WHERE id = 1', 1_023],
    ['in a join', `SELECT REPEAT(a.s, 341) ${JOINED} WHERE a.id = 1`, 1_023],
    ['of groups', 'SELECT REPEAT(s, 341) FROM (SELECT s, COUNT(*) FROM $ WHERE id = 1 GROUP BY s) t', 1_023],
  ])('%s may have 1,024 bytes', async (_where, sql, length) => {
    const { datarows } = await query(sql);
    expect(datarows.map(([text]) => (text as string).length)).toEqual([length]);
  });

  it.each([
    ['in a constant', "SELECT REPEAT('abc', 342)"],
    ['in a constant of a condition', "SELECT id FROM $ WHERE s = REPEAT('abc', 342)"],
    ['in a row', 'SELECT REPEAT(s, 342) FROM $'],
    ['in a condition', "SELECT id FROM $ WHERE REPEAT(s, 342) = 'a'"],
    ['in a join', `SELECT REPEAT(a.s, 342) ${JOINED}`],
    ['in the condition of a join', `SELECT a.id ${JOINED} AND LENGTH(REPEAT(CONCAT(a.s, b.s), 171)) > 3`],
    ['that is replaced in a join', `SELECT REPLACE(a.s, 'b', REPEAT(b.s, 341)) ${JOINED}`],
    ['that is filled in a join', `SELECT LPAD(a.s, 1025, 'x') ${JOINED}`],
    ['of groups', 'SELECT REPEAT(s, 342) FROM (SELECT s, COUNT(*) FROM $ GROUP BY s) t'],
    [
      'that grows from query to query',
      `SELECT LENGTH(CONCAT(y, y, y, y, y, y, y, y)) FROM (SELECT CONCAT(x, x, x, x, x, x, x, x) y FROM
        (SELECT CONCAT(a.s, b.s, a.s, b.s, a.s, b.s) x ${JOINED}) t) u`,
    ],
  ])('%s must not have more', async (_where, sql) => {
    await expect(query(sql)).rejects.toThrow(/too long: the limit for a computed text, MAX_FOLDED_TEXT, is 1024 bytes/);
  });
});
