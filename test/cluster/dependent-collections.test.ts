/** Queries that look at outer rows, over documents of several values and of nested collections: right rows, or a refusal that says why. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { call } from './export-kit.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const index = uniqueName('dependent').replaceAll('-', '_');
let proxy: SqlProxy;

const properties = {
  id: { type: 'long' },
  tags: { type: 'keyword' },
  it: { type: 'nested', properties: { k: { type: 'keyword' }, n: { type: 'integer' } } },
};
const docs = [
  '{"id":1,"tags":["x","y"],"it":[{"k":"p","n":1},{"k":"q","n":2}]}',
  '{"id":2,"tags":"y","it":[{"k":"r","n":9}]}',
  '{"id":3}',
];

beforeAll(async () => {
  proxy = await startSqlProxy(getEngine().url);
  await call('PUT', `/${index}`, { settings: { number_of_replicas: 0 }, mappings: { properties } });
  await call('POST', `/${index}/_bulk?refresh=true`, docs.map((doc) => `{"index":{}}\n${doc}\n`).join(''));
});
afterAll(async () => {
  await call('DELETE', `/${index}`);
  await proxy.close();
});

const rowsOf = async (sql: string) => (await proxy.query(sql.replaceAll('$', index))).datarows;

describe('queries that look outside', () => {
  it.each<[string, readonly (readonly unknown[])[]]>([
    [
      'SELECT a.id, t.k FROM $ a, LATERAL (SELECT i.k FROM $ z, z.it i WHERE z.id = a.id AND i.n > a.id) t ORDER BY 1, 2',
      [
        [1, 'q'],
        [2, 'r'],
      ],
    ],
    [
      'SELECT a.id, (SELECT MAX(i.n) FROM $ z, z.it i WHERE z.id > a.id) AS n FROM $ a ORDER BY 1',
      [
        [1, 9],
        [2, null],
        [3, null],
      ],
    ],
    [
      'SELECT a.id, (SELECT COUNT(*) FROM $ z WHERE z.id > a.id) AS n, a.tags FROM $ a ORDER BY 1',
      [
        [1, 2, ['x', 'y']],
        [2, 1, 'y'],
        [3, 0, null],
      ],
    ],
    [
      'SELECT tags, (SELECT COUNT(*) FROM $ z WHERE z.id > 1 AND z.tags >= a.tags) AS n FROM $ a GROUP BY tags ORDER BY 1',
      [
        [null, 0],
        ['x', 1],
        ['y', 1],
      ],
    ],
    [
      'WITH RECURSIVE r AS (SELECT id FROM $ WHERE id = 1 UNION ALL SELECT MAX(r.id) + 1 FROM r HAVING MAX(r.id) < 3) SELECT id FROM r ORDER BY 1',
      [[1], [2], [3]],
    ],
  ])('give right rows: %s', async (sql, rows) => {
    expect(await rowsOf(sql)).toEqual(rows);
  });

  it.each([
    [
      'SELECT a.id, (SELECT COUNT(*) FROM $ z WHERE z.tags > a.tags) AS n FROM $ a',
      '[tags] holds several values in a document',
    ],
    [
      'SELECT a.id, (SELECT SUM(nested(z.it.n)) FROM $ z WHERE z.id >= a.id) AS n FROM $ a',
      'cannot take collections apart',
    ],
  ])('are refused with the reason: %s', async (sql, reason) => {
    const refused = expect(rowsOf(sql)).rejects;
    await refused.toThrow(/^400/);
    await expect(rowsOf(sql)).rejects.toThrow(reason);
  });
});
