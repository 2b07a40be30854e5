/** The settings route: whose rights count, what is kept, and that it takes effect at once. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { pluginSettingsMarkdown } from '../../src/config/describe.ts';
import { isPluginKey, PLUGIN_SETTINGS, readPluginValue } from '../../src/config/plugin-settings.ts';
import { openPluginSettings } from '../../src/config/plugin-settings-store.ts';
import { loadConfig } from '../../src/config.ts';
import { startPagingProxy } from '../cluster/paging-proxy.ts';
import { getEngine } from '../support/engine.ts';
import { type Served, serve, startProxy } from './proxy-under-test.ts';

const open: Served[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const PATH = '/_plugins/_query/settings';

async function front(env: Record<string, string> = {}) {
  const proxy = await startPagingProxy(getEngine().url, env);
  open.push(proxy);
  return proxy;
}

const put = (url: string, body: object, path = PATH) => supertest(url).put(path).send(body);

async function standIn(status: number, body: object, headers: Record<string, string> = {}) {
  const asked: { method?: string; url?: string; authorization?: string; body: string }[] = [];
  const upstream = await serve((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const { method, url, headers: got } = request;
      asked.push({ method, url, authorization: got.authorization, body: text });
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
  });
  const proxy = await startProxy(upstream.url);
  open.push(proxy, upstream);
  return { proxy, asked };
}

const notRecognised = (key: string) => ({
  error: { type: 'settings_exception', reason: `transient setting [${key}], not recognized` },
  status: 400,
});

describe('with a real cluster, which has no plugin', () => {
  it('answers as the cluster would, and takes effect at once', async () => {
    const { url, config, post } = await front();
    const changed = await put(url, {
      transient: { 'plugins.query.size_limit': 3, plugins: { sql: { slowlog: '5' } } },
    });
    expect([changed.status, changed.text]).toEqual([
      200,
      '{"acknowledged":true,"persistent":{},"transient":{"plugins":{"query":{"size_limit":"3"},"sql":{"slowlog":"5"}}}}',
    ]);
    expect([config.querySizeLimit, config.sqlSlowlog]).toEqual([3, 5_000]);
    const values = '(SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4)';
    const rows = async () => (await post({ query: `SELECT * FROM ${values} t` })).json.datarows.length;
    expect(await rows()).toBe(3);
    const reset = await put(url, { transient: { 'plugins.query.size_limit': null } });
    expect(reset.text).toBe('{"acknowledged":true,"persistent":{},"transient":{}}');
    expect(await rows()).toBe(4);
  });

  it('switches SQL off and on, under either name and path', async () => {
    const { url, post } = await front();
    const query = { query: 'SELECT 1' };
    await put(url, { persistent: { opendistro: { sql: { enabled: false } } } }, '/_opendistro/_sql/settings').expect(
      200,
    );
    const refused = await post(query);
    expect([refused.status, refused.json.error.type, refused.json.error.details]).toEqual([
      400,
      'SQLFeatureDisabledException',
      'Either plugins.sql.enabled or rest.action.multi.allow_explicit_index setting is false',
    ]);
    await put(url, { persistent: { 'plugins.sql.enabled': 'true' } }).expect(200);
    expect((await post(query)).status).toBe(200);
  });

  it('keeps persistent values over a restart, transient ones not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'settings-'));
    try {
      const one = await front({ DATA_DIR: folder, QUERY_SIZE_LIMIT: '50' });
      await put(one.url, {
        persistent: { 'plugins.query.size_limit': '7', 'plugins.sql.cursor.keep_alive': '5m' },
        transient: { 'plugins.query.size_limit': '9' },
      }).expect(200);
      expect(one.config).toMatchObject({ querySizeLimit: 9, cursorKeepAlive: 300_000 });
      const two = await front({ DATA_DIR: folder, QUERY_SIZE_LIMIT: '50' });
      expect(two.config).toMatchObject({ querySizeLimit: 7, cursorKeepAlive: 300_000 });
      await put(two.url, { persistent: { 'plugins.query.size_limit': null } }).expect(200);
      expect(two.config.querySizeLimit).toBe(50);
      expect(JSON.parse(readFileSync(join(folder, 'plugin-settings.json'), 'utf8'))).toEqual({
        'plugins.sql.cursor.keep_alive': '5m',
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('drops what is no setting of the plugin, and refuses when nothing is left', async () => {
    const { url, config } = await front();
    const mixed = await put(url, {
      transient: { 'cluster.routing.allocation.enable': 'none', 'plugins.query.size_limit': 4 },
    });
    expect(mixed.body.transient).toEqual({ plugins: { query: { size_limit: '4' } } });
    expect(config.querySizeLimit).toBe(4);
    for (const body of [
      {},
      { transient: {} },
      { transient: { 'search.max_buckets': 1 }, persistent: { 'plugins.query.executionengine.spark.x': 1 } },
      { other: { 'plugins.sql.enabled': false } },
    ]) {
      const { status, body: said } = await put(url, body);
      expect([status, said.error.type, said.error.reason]).toEqual([
        400,
        'action_request_validation_exception',
        'Validation Failed: 1: no settings to update;',
      ]);
    }
  });

  it.each([
    ['plugins.query.size_limit', 'many', /Failed to parse value \[many\]/],
    ['plugins.query.size_limit', 0, /must be >= 1/],
    ['plugins.query.max_expression_depth', 100_000, /must be <= 10000/],
    ['plugins.sql.enabled', 'yes', /Failed to parse value \[yes\]/],
    ['plugins.sql.cursor.keep_alive', '5', /Failed to parse value \[5\]/],
    ['plugins.sql.cursor.keep_alive', '10ms', /must be >= 1s/],
  ])('refuses %s = %s, and changes nothing with it', async (key, value, reason) => {
    const { url, config } = await front();
    const { status, body } = await put(url, { transient: { 'plugins.sql.slowlog': 9, [key]: value } });
    expect([status, body.error.type]).toEqual([400, 'illegal_argument_exception']);
    expect(body.error.reason).toMatch(reason);
    expect(config.sqlSlowlog).toBe(2_000);
  });

  it('tells the cluster’s refusal of a setting that nobody knows', async () => {
    const { url } = await front();
    const { status, body } = await put(url, { transient: { 'plugins.sql.nonsense': 1 } });
    expect([status, body.error.reason]).toEqual([400, 'transient setting [plugins.sql.nonsense], not recognized']);
  });

  it('knows its methods and parameters', async () => {
    const { url } = await front();
    const wrong = await supertest(url).get(PATH);
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'PUT']);
    expect((await put(url, {}, `${PATH}?nonsense=1`)).body.error.reason).toMatch(
      /unrecognized parameter: \[nonsense\]/,
    );
    const flat = await put(url, { transient: { 'plugins.sql.slowlog': 3 } }, `${PATH}?flat_settings=true&timeout=10s`);
    expect(flat.body.transient).toEqual({ 'plugins.sql.slowlog': '3' });
    const bad = await supertest(url).put(PATH).set('content-type', 'application/json').send('{"transient":');
    expect([bad.status, bad.body.error.details]).toEqual([400, 'Failed to parse request payload']);
  });
});

describe('the rights', () => {
  const body = { transient: { 'plugins.query.size_limit': 5 } };

  it('are those of the caller: who is refused by the cluster changes nothing', async () => {
    const refusal = { error: { type: 'security_exception', reason: 'no permissions' }, status: 403 };
    const { proxy, asked } = await standIn(403, refusal);
    const answer = await put(proxy.url, body).set('Authorization', 'Basic ann');
    expect([answer.status, answer.body, proxy.config.querySizeLimit]).toEqual([403, refusal, 10_000]);
    expect(asked).toEqual([
      {
        method: 'PUT',
        url: '/_cluster/settings',
        authorization: 'Basic ann',
        body: '{"persistent":{},"transient":{"plugins.query.size_limit":"5"}}',
      },
    ]);
  });

  it('are asked for with a challenge where there are none', async () => {
    const { proxy } = await standIn(401, {}, { 'www-authenticate': 'Basic realm="x"' });
    const answer = await put(proxy.url, body);
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Basic realm="x"']);
  });

  it('with the plugin installed: the answer is the cluster’s, and it holds here too', async () => {
    const said = { acknowledged: true, persistent: {}, transient: { from: 'the cluster' } };
    const { proxy } = await standIn(200, said);
    const answer = await put(proxy.url, { transient: { 'plugins.query.size_limit': 5, 'plugins.sql.later': 1 } });
    expect([answer.body, proxy.config.querySizeLimit]).toEqual([said, 5]);
  });

  it('without it: kept here', async () => {
    const { proxy } = await standIn(400, notRecognised('plugins.query.size_limit'));
    expect((await put(proxy.url, body)).status).toBe(200);
    expect(proxy.config.querySizeLimit).toBe(5);
  });
});

describe('the table', () => {
  it('has settings with values that can be read, and a place in the docs', () => {
    const config = loadConfig({});
    for (const { name, former = [], applies, default: fallback } of PLUGIN_SETTINGS) {
      for (const one of [name, ...former]) {
        expect([one, isPluginKey(one)]).toEqual([one, true]);
        const read = readPluginValue(one, fallback);
        expect(read).toHaveProperty('value');
        if (applies && 'value' in read) expect([one, read.value]).toEqual([one, config[applies.key]]);
      }
    }
    expect(readFileSync('docs/settings.md', 'utf8')).toContain(pluginSettingsMarkdown());
  });

  it('is kept in a file that must be readable', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'settings-'));
    try {
      writeFileSync(
        join(dataDir, 'plugin-settings.json'),
        '{"plugins.query.size_limit":"x","a":"b","plugins.sql.slowlog":"4"}',
      );
      const { config } = openPluginSettings(loadConfig({ DATA_DIR: dataDir }));
      expect([config.querySizeLimit, config.sqlSlowlog]).toEqual([10_000, 4_000]);
      writeFileSync(join(dataDir, 'plugin-settings.json'), '{');
      expect(() => openPluginSettings(loadConfig({ DATA_DIR: dataDir }))).toThrow(/holds no JSON/);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
