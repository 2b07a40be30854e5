/** Pass-through in front of a real node: clients cannot tell the difference. */
import { request as httpRequest } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Client } from '@opensearch-project/opensearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FULL, getEngine, uniqueName } from '../support/engine.ts';
import { type RunningProxy, startProxy } from './proxy-under-test.ts';

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

function send(
  base: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Buffer | string,
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const url = new URL(base);
    const sent = httpRequest({ host: url.hostname, port: url.port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        // These belong to the connection.
        const { connection: _c, 'keep-alive': _k, 'transfer-encoding': _t, ...rest } = response.headers;
        resolve({ status: response.statusCode!, headers: rest, body: Buffer.concat(chunks) });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

let proxy: RunningProxy;
let direct: string;
const index = uniqueName('pass');

beforeAll(async () => {
  direct = getEngine().url;
  proxy = await startProxy(direct);
});
afterAll(async () => {
  await send(direct, 'DELETE', `/${index}*`);
  await proxy.close();
});

const JSON_HEADERS = { 'content-type': 'application/json' };

describe('opensearch-js', () => {
  it.each([undefined, 'gzip'] as const)('works with compression %s', async (compression) => {
    const client = new Client({ node: proxy.url, ...(compression === undefined ? {} : { compression }) });
    const name = `${index}-${compression ?? 'plain'}`;
    expect((await client.indices.exists({ index: name })).statusCode).toBe(404);
    await client.indices.create({ index: name, body: { mappings: { properties: { n: { type: 'long' } } } } });
    const lines = Array.from({ length: 500 }, (_, n) => [
      { index: { _index: name, _id: String(n) } },
      { n, text: 'ä'.repeat(50) },
    ]).flat();
    const bulk = await client.bulk({ body: lines, refresh: true });
    expect(bulk.body.errors).toBe(false);
    const found = await client.search({ index: name, body: { query: { range: { n: { gte: 490 } } }, size: 100 } });
    expect(found.body.hits.hits).toHaveLength(10);
    expect((await client.count({ index: name })).body.count).toBe(500);
    await expect(client.get({ index: name, id: 'none' })).rejects.toMatchObject({ statusCode: 404 });
    expect((await client.indices.exists({ index: name })).statusCode).toBe(200);
    await client.close();
  });
});

describe('each answer is the same as without the proxy', () => {
  it.each([
    ['GET', '/', {}, undefined],
    ['HEAD', '/', {}, undefined],
    ['GET', '/_cat/indices?v&h=index&s=index', {}, undefined],
    ['GET', '/no-such-index/_search', {}, undefined],
    ['HEAD', '/no-such-index', {}, undefined],
    ['GET', '/_nope/%E4%20x?a=%2F&b', {}, undefined],
    ['GET', `/${index}-plain/_search?size=0`, JSON_HEADERS, '{"query":{"match_all":{}}}'],
    [
      'POST',
      `/${index}-plain/_search?filter_path=hits.hits._id`,
      { ...JSON_HEADERS, 'accept-encoding': 'gzip' },
      '{"size":200,"sort":"n"}',
    ],
    ['POST', `/${index}-plain/_search`, { 'content-type': 'text/weird' }, 'x'],
    ['POST', `/${index}-plain/_search`, JSON_HEADERS, '{"broken"'],
    ['OPTIONS', '/_search', {}, undefined],
    ['PUT', '/_search', {}, undefined],
    ['GET', '/', { 'x-opaque-id': 'abc' }, undefined],
    ['GET', '/', { accept: 'application/yaml' }, undefined],
  ])('%s %s', async (method, path, headers, body) => {
    const asked = { ...(body === undefined ? {} : { 'content-length': String(body.length) }), ...headers } as Record<
      string,
      string
    >;
    const [wanted, got] = [
      await send(direct, method, path, asked, body),
      await send(proxy.url, method, path, asked, body),
    ];
    const text = (raw: Raw): string =>
      (raw.headers['content-encoding'] === 'gzip' ? gunzipSync(raw.body) : raw.body)
        .toString()
        .replace(/"took":\d+/, '');
    expect(got.status).toBe(wanted.status);
    expect(text(got)).toBe(text(wanted));
    const { 'content-length': _a, ...gotHeaders } = got.headers;
    const { 'content-length': _b, ...wantedHeaders } = wanted.headers;
    expect(gotHeaders).toEqual(wantedHeaders);
    expect(got.headers['content-length'] === undefined).toBe(wanted.headers['content-length'] === undefined);
  });

  it('leaves gzip as it is, both ways', async () => {
    const body = gzipSync('{"size":300,"sort":"n"}');
    const headers = { ...JSON_HEADERS, 'content-encoding': 'gzip', 'accept-encoding': 'gzip' };
    const got = await send(proxy.url, 'POST', `/${index}-plain/_search`, headers, body);
    expect(got.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(got.body).toString()).hits.hits).toHaveLength(300);
  });
});

it('takes a large bulk, in chunks', { timeout: 300_000 }, async () => {
  const megabytes = FULL ? 90 : 12;
  const line = Buffer.from(`{"index":{}}\n{"text":"${'x'.repeat(1000)}"}\n`);
  const block = Buffer.concat(Array.from({ length: 100 }, () => line));
  const rounds = Math.floor((megabytes * 1_000_000) / block.length);
  const url = new URL(proxy.url);
  await send(
    direct,
    'PUT',
    `/${index}-bulk`,
    JSON_HEADERS,
    '{"mappings":{"properties":{"text":{"type":"keyword","index":false,"doc_values":false}}}}',
  );
  const answer = await new Promise<{ errors: boolean; items: unknown[] }>((resolve, reject) => {
    const sent = httpRequest(
      {
        host: url.hostname,
        port: url.port,
        method: 'POST',
        path: `/${index}-bulk/_bulk?filter_path=errors,items.*.status`,
        headers: { 'content-type': 'application/x-ndjson', expect: '100-continue' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      },
    );
    sent.on('error', reject);
    sent.on('continue', async () => {
      for (let i = 0; i < rounds; i++) {
        if (!sent.write(block)) await new Promise((drained) => sent.once('drain', drained));
      }
      sent.end();
    });
    sent.flushHeaders();
  });
  expect(answer.errors).toBe(false);
  expect(answer.items).toHaveLength(rounds * 100);
});
