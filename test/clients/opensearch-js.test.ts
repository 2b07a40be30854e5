/** The JavaScript client cannot tell our server from the cluster, and its SQL helpers work. */
import { Client } from '@opensearch-project/opensearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { dropClientIndex, loadClientIndex } from './data.ts';

describe('opensearch-js', () => {
  const index = uniqueName('js');
  let proxy: SqlProxy;
  let client: Client;

  beforeAll(async () => {
    await loadClientIndex(index);
    proxy = await startSqlProxy(getEngine().url);
    client = new Client({ node: proxy.url, enableLongNumeralSupport: true });
  });
  afterAll(async () => {
    await dropClientIndex(index);
    await client?.close();
    await proxy?.close();
  });

  it('queries', async () => {
    const { statusCode, body } = await client.sql.query({
      body: { query: `SELECT id, l, k FROM ${index} ORDER BY id` },
    });
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({
      datarows: [
        [1, 9007199254740993n, "it's"],
        [2, null, null],
      ],
      total: 2,
      size: 2,
    });
  });

  it('gets csv as text', async () => {
    const { body } = await client.sql.query({
      format: 'csv',
      body: { query: `SELECT id, k FROM ${index} WHERE k IS NOT NULL` },
    });
    expect(body).toBe("id,k\n1,it's");
  });

  it('explains, and asks for the figures', async () => {
    const explained = await client.sql.explain({ body: { query: `SELECT id FROM ${index}` } });
    expect(explained.body).toHaveProperty('root.children');
    const stats = await client.sql.getStats();
    expect(stats.body).toHaveProperty('request_total');
  });

  it('reads errors as response errors', async () => {
    const failing = client.sql.query({ body: { query: `SELECT nowhere FROM ${index}` } });
    await expect(failing).rejects.toMatchObject({
      statusCode: 400,
      body: { error: { type: 'SemanticAnalysisException' }, status: 400 },
    });
  });

  it('uses the cluster through us: bulk, search, scroll, delete', async () => {
    const own = uniqueName('js-bulk');
    const documents = Array.from({ length: 500 }, (_, n) => ({ n }));
    const done = await client.helpers.bulk({
      datasource: documents,
      onDocument: () => ({ index: { _index: own } }),
      refreshOnCompletion: true,
    });
    expect(done).toMatchObject({ total: 500, failed: 0, successful: 500 });
    let seen = 0;
    for await (const page of client.helpers.scrollSearch({
      index: own,
      size: 100,
      body: { query: { match_all: {} } },
    })) {
      seen += page.documents.length;
    }
    expect(seen).toBe(500);
    expect((await client.indices.delete({ index: own })).body).toEqual({ acknowledged: true });
    expect((await client.indices.exists({ index: own })).statusCode).toBe(404);
  });
});
