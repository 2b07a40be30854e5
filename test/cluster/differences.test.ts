/** Differences from the plugin that no recorded case pins (docs/differences.md), on a real node. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

describe('differences', () => {
  const index = uniqueName('docs_differences');
  const { url } = getEngine();
  let proxy: SqlProxy;

  async function send(method: string, path: string, body: unknown): Promise<void> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: text }),
    });
    expect(response.ok, await response.text()).toBe(true);
  }

  beforeAll(async () => {
    proxy = await startSqlProxy(url);
    const properties = {
      n: { type: 'integer' },
      at: { type: 'date_nanos' },
      o: { properties: { a: { type: 'keyword' } } },
    };
    await send('PUT', `/${index}`, { mappings: { properties } });
    const docs = [
      { n: 2_000_000_000, at: '2024-01-01T00:00:00.000000001Z', o: [{ a: 'x' }, { a: 'y' }] },
      { n: 2_000_000_000, at: '2024-01-01T00:00:00.000000002Z', o: { a: 'z' } },
    ];
    const lines = docs.flatMap((doc) => [{ index: {} }, doc]).map((line) => `${JSON.stringify(line)}\n`);
    await send('POST', `/${index}/_bulk?refresh=true`, lines.join(''));
  });

  afterAll(async () => {
    await send('DELETE', `/${index}`, undefined);
    await proxy.close();
  });

  it('DESCRIBE counts columns from 1, by either spelling', async () => {
    const { schema, datarows } = await proxy.query(`DESCRIBE TABLES LIKE '${index}'`);
    const at = schema.findIndex(({ name }) => name === 'ORDINAL_POSITION');
    expect(datarows.map((row) => row[at])).toEqual([1, 2, 3, 4]);
    expect((await proxy.query(`DESCRIBE ${index}`)).datarows).toEqual(datarows);
  });

  it('SHOW TABLES needs no pattern', async () => {
    expect((await proxy.query('SHOW TABLES')).datarows.map((row) => row[2])).toContain(index);
  });

  it('sums of integers keep their 64 bits', async () => {
    const { schema, datarows } = await proxy.query(`SELECT SUM(n) FROM ${index}`);
    expect(datarows).toEqual([[4_000_000_000]]);
    expect(schema[0]?.type).toBe('integer');
  });

  it('group keys of date_nanos keep nine digits', async () => {
    const { datarows } = await proxy.query(`SELECT at, COUNT(*) FROM ${index} GROUP BY at ORDER BY at`);
    expect(datarows).toEqual([
      ['2024-01-01 00:00:00.000000001', 1],
      ['2024-01-01 00:00:00.000000002', 1],
    ]);
  });

  it('a leaf of a repeated object has all its values', async () => {
    const { datarows } = await proxy.query(`SELECT o.a FROM ${index} ORDER BY at`);
    expect(datarows).toEqual([[['x', 'y']], ['z']]);
  });

  it('calls that are nested too deeply for the stack are the statement’s fault', async () => {
    for (const depth of [700, 800, 900, 990]) {
      const text = await proxy.text(`SELECT ${'ABS('.repeat(depth)}n${')'.repeat(depth)} FROM ${index}`, '');
      expect(text).toMatch(/"status": ?200|nesting depth exceeds the maximum/);
    }
  });

  it('csv holds objects and arrays as JSON text', async () => {
    const text = await proxy.text(`SELECT o FROM ${index} ORDER BY at LIMIT 1`, '?format=csv');
    expect(text).toBe('o\n"[{""a"":""x""},{""a"":""y""}]"');
  });
});
