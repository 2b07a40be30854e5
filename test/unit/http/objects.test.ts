/** The object routes over the whole app: reading, listing, rights, S3's own client, and nothing of the cluster shadowed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, HeadBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProxy, type Served, serve, startProxy } from '../../http/proxy-under-test.ts';
import { pattern } from '../objects/store-suite.ts';

let upstream: Served;
let proxy: RunningProxy;
const passed: string[] = [];
const big = pattern(3_000_000);

beforeAll(async () => {
  upstream = await serve((request, response) => {
    passed.push(`${request.method} ${request.url}`);
    request.resume();
    response.writeHead(200, { 'content-type': 'text/plain' }).end('the cluster');
  });
  proxy = await startProxy(upstream.url);
  for (const [key, text] of [
    ['out/part-0.csv', 'a,b\n1,2\n'],
    ['out/part-0.csv.gz', 'zip'],
    ['out/_SUCCESS', ''],
    ['out/page.html', '<script>alert(1)</script>'],
    ['names/ü & <b>.txt', 'name'],
  ] as const) {
    await proxy.objects.put('results', key, Buffer.from(text));
  }
  await proxy.objects.put('results', 'big', big);
});
afterAll(async () => {
  await proxy?.close();
  await upstream?.close();
});

const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(proxy.url + path, { method, headers, redirect: 'manual' });

describe('an object', () => {
  it('is read whole, with its type, and its head alone', async () => {
    const response = await get('/v1/results/out/part-0.csv');
    expect([response.status, await response.text()]).toEqual([200, 'a,b\n1,2\n']);
    const expected = {
      'content-type': 'text/csv; charset=utf-8',
      'content-length': '8',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    };
    expect(Object.fromEntries(response.headers)).toMatchObject(expected);
    expect(response.headers.get('content-disposition')).toBeNull();
    const head = await get('/v1/results/out/part-0.csv', {}, 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(Object.fromEntries(head.headers)).toMatchObject(expected);
    expect(Buffer.from(await (await get('/v1/results/big')).arrayBuffer()).equals(big)).toBe(true);
    expect(await (await get('/v1/results/out/_SUCCESS')).text()).toBe('');
  });

  it('is found under any encoding of its name', async () => {
    expect(await (await get(`/v1/results/names/${encodeURIComponent('ü & <b>.txt')}`)).text()).toBe('name');
    expect(await (await get(`/v1/results/${encodeURIComponent('names/ü & <b>.txt')}`)).text()).toBe('name');
  });

  it('is never a page that a browser would run', async () => {
    const { headers } = await get('/v1/results/out/page.html');
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''page.html");
    expect((await get('/v1/results/out/part-0.csv.gz')).headers.get('content-type')).toBe('application/gzip');
  });

  it.each([
    ['bytes=0-0', 206, 0, 1],
    ['bytes=10-19', 206, 10, 20],
    ['bytes=2999990-', 206, 2_999_990, 3_000_000],
    ['bytes=-10', 206, 2_999_990, 3_000_000],
    ['bytes=-9000000', 206, 0, 3_000_000],
    ['bytes=2999999-9999999', 206, 2_999_999, 3_000_000],
    ['bytes=5-4', 200, 0, 3_000_000],
    ['bytes=0-1,5-6', 200, 0, 3_000_000],
    ['lines=0-1', 200, 0, 3_000_000],
    ['bytes=-', 200, 0, 3_000_000],
  ])('is read by the range %s', async (range, status, start, end) => {
    const response = await get('/v1/results/big', { range });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range')).toBe(status === 206 ? `bytes ${start}-${end - 1}/3000000` : null);
    expect(Buffer.from(await response.arrayBuffer()).equals(big.subarray(start, end))).toBe(true);
  });

  it.each(['bytes=3000000-', 'bytes=3000000-3000001', 'bytes=-0'])('has no range %s', async (range) => {
    const response = await get('/v1/results/big', { range });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */3000000');
    expect(await response.json()).toMatchObject({ code: 'InvalidRange' });
  });

  it('is sent only on the conditions of the client', async () => {
    const first = await get('/v1/results/out/part-0.csv');
    await first.text();
    const etag = first.headers.get('etag')!;
    const modified = first.headers.get('last-modified')!;
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await get('/v1/results/out/part-0.csv', headers)).status;
    expect(etag).toMatch(/^".+"$/);
    expect(await status({ 'if-none-match': etag })).toBe(304);
    expect(await status({ 'if-none-match': `"x", W/${etag}` })).toBe(304);
    expect(await status({ 'if-none-match': '"x"' })).toBe(200);
    expect(await status({ 'if-none-match': '"x"', 'if-modified-since': modified })).toBe(200);
    expect(await status({ 'if-match': etag })).toBe(200);
    expect(await status({ 'if-match': '"x"' })).toBe(412);
    expect(await status({ 'if-match': `W/${etag}` })).toBe(412);
    expect(await status({ 'if-modified-since': modified })).toBe(304);
    expect(await status({ 'if-modified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' })).toBe(200);
    expect(await status({ 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' })).toBe(412);
    expect(await status({ range: 'bytes=0-1', 'if-range': etag })).toBe(206);
    expect(await status({ range: 'bytes=0-1', 'if-range': '"x"' })).toBe(200);
  });

  it.each([
    ['/v1/results/none', 404, 'NoSuchKey'],
    ['/v1/no-such-bucket/none', 404, 'NoSuchBucket'],
    ['/v1/no-such-bucket', 404, 'NoSuchBucket'],
    ['/v1/results/a%00b', 400, 'InvalidArgument'],
    ['/v1/results/..%2Fother%2Fx', 400, 'InvalidArgument'],
    ['/v1/results/%zz', 400, 'InvalidURI'],
    ['/v1/results?limit=x', 400, 'InvalidArgument'],
  ])('%s is refused with %i %s', async (path, status, code) => {
    const response = await get(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'application/json; charset=UTF-8',
    ]);
    const body = (await response.json()) as Record<string, string>;
    expect(body).toEqual({ code, message: expect.any(String), requestId: response.headers.get('x-request-id') });
  });
});

describe('a bucket', () => {
  it('is listed as JSON, in pages and by folders', async () => {
    const all = (await (await get('/v1/results')).json()) as { objects: { key: string }[] };
    expect(all.objects.map(({ key }) => key)).toEqual([
      'big',
      'names/ü & <b>.txt',
      'out/_SUCCESS',
      'out/page.html',
      'out/part-0.csv',
      'out/part-0.csv.gz',
    ]);
    const page = await (await get('/v1/results?prefix=out/&limit=2')).json();
    expect(page).toMatchObject({
      bucket: 'results',
      prefix: 'out/',
      objects: [{ key: 'out/_SUCCESS', size: 0 }, { size: 25 }],
      next: 'out/page.html',
    });
    const folders = await (await get('/v1/results/?delimiter=/')).json();
    expect(folders).toMatchObject({ objects: [{ key: 'big' }], prefixes: ['names/', 'out/'] });
    expect((await get('/v1/results', {}, 'HEAD')).status).toBe(200);
    expect((await get('/v1/no-such-bucket', {}, 'HEAD')).status).toBe(404);
  });

  it('is listed as XML for clients of S3', async () => {
    const response = await get('/v1/results?list-type=2&prefix=names/');
    expect(response.headers.get('content-type')).toBe('application/xml');
    expect(await response.text()).toContain('<Key>names/ü &amp; &lt;b&gt;.txt</Key>');
    expect(await (await get('/v1/no-such-bucket?list-type=2')).text()).toContain('<Code>NoSuchBucket</Code>');
    expect((await get('/v1/results', { accept: 'application/xml' })).headers.get('content-type')).toBe(
      'application/xml',
    );
    expect(
      (await get('/v1/results', { accept: 'text/html,application/xml;q=0.9' })).headers.get('content-type'),
    ).toContain('json');
  });
});

describe('the cluster', () => {
  it.each([
    ['GET', '/v1'],
    ['GET', '/v1/'],
    ['GET', '/v1/_search'],
    ['GET', '/v1/_doc/1'],
    ['HEAD', '/v1/_doc/1'],
    ['GET', '/v1/_mapping/field/a'],
    ['GET', '/v1/%5Fsearch'],
    ['GET', '/_cat/indices'],
    ['GET', '/results/_search'],
    ['GET', '/v1,v2/_search'],
    ['GET', '/v1.0x'],
    ['GET', '/v1/ab'],
    ['GET', '/v1/Results/x'],
    ['PUT', '/v1/results/key'],
    ['DELETE', '/v1/results/key'],
    ['POST', '/v1/results'],
  ])('still answers %s %s', async (method, path) => {
    passed.length = 0;
    expect((await get(path, {}, method)).status).toBe(200);
    expect(passed).toEqual([`${method} ${path}`]);
  });
});

describe('keys', () => {
  let folder: string;
  let guarded: RunningProxy;
  const token = { 'x-auth-token': 'token-of-the-reader' };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keys-'));
    const file = join(folder, 'auth.json');
    const reader = {
      name: 'reader',
      accessKey: 'AKREADER',
      secretKey: 'secret-of-reader',
      tokens: ['token-of-the-reader'],
    };
    const keys = [{ ...reader, buckets: { results: ['read'], drop: ['write'] } }];
    writeFileSync(file, JSON.stringify({ keys, anonymous: { buckets: { public: ['read'] } } }), { mode: 0o600 });
    guarded = await startProxy(upstream.url, { AUTH_FILE: file });
    for (const bucket of ['results', 'drop', 'public'])
      await guarded.objects.put(bucket, 'dir/a b', Buffer.from(bucket));
  });
  afterAll(async () => {
    await guarded?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const status = async (path: string, headers = {}): Promise<number> =>
    (await fetch(guarded.url + path, { headers })).status;

  it('have their rights, by bucket', async () => {
    expect(await status('/v1/results/dir/a%20b', token)).toBe(200);
    expect(await status('/v1/results', token)).toBe(200);
    expect(await status('/v1/drop/dir/a%20b', token)).toBe(403);
    expect(await status('/v1/drop', token)).toBe(403);
    expect(await status('/v1/results/dir/a%20b')).toBe(403);
    expect(await status('/v1/public/dir/a%20b')).toBe(200);
    expect(await status('/v1/public', { 'x-auth-token': 'not a token of ours' })).toBe(403);
  });

  it('serve the client of AWS, signed and by link', async () => {
    const credentials = { accessKeyId: 'AKREADER', secretAccessKey: 'secret-of-reader' };
    const client = new S3Client({
      endpoint: `${guarded.url}/v1`,
      region: 'x',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials,
    });
    const object = { Bucket: 'results', Key: 'dir/a b' };
    const { Body, ContentType } = await client.send(new GetObjectCommand(object));
    expect([await Body!.transformToString(), ContentType]).toEqual(['results', 'application/octet-stream']);
    expect((await client.send(new HeadBucketCommand({ Bucket: 'results' }))).$metadata.httpStatusCode).toBe(200);
    const listed = await client.send(new ListObjectsV2Command({ Bucket: 'results', Delimiter: '/' }));
    expect(listed).toMatchObject({ KeyCount: 1, IsTruncated: false, CommonPrefixes: [{ Prefix: 'dir/' }] });
    await expect(client.send(new GetObjectCommand({ ...object, Bucket: 'drop' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(client.send(new GetObjectCommand({ ...object, Key: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
    const link = await getSignedUrl(client, new GetObjectCommand(object), { expiresIn: 60 });
    expect(await (await fetch(link)).text()).toBe('results');
    expect((await fetch(link.replace('dir/', 'dir2/'))).status).toBe(403);
    client.destroy();
  });
});

it('stops reading the store when the client goes away', async () => {
  const reading = { open: 0 };
  const store = proxy.objects;
  const read = store.read.bind(store);
  store.read = async (...given) => {
    const body = await read(...given);
    reading.open += 1;
    const bytes = body.bytes as AsyncIterableIterator<Buffer>;
    const end = bytes.return!.bind(bytes);
    bytes.return = async () => {
      reading.open -= 1;
      bytes.return = end;
      return end();
    };
    return body;
  };
  const controller = new AbortController();
  await proxy.objects.put('results', 'bigger', Buffer.alloc(64 * 1024 * 1024));
  const response = await fetch(`${proxy.url}/v1/results/bigger`, { signal: controller.signal });
  const reader = response.body!.getReader();
  await reader.read();
  expect(reading.open).toBe(1);
  controller.abort();
  await reader.closed.catch(() => undefined);
  await expect.poll(() => reading.open, { timeout: 10_000 }).toBe(0);
  store.read = read;
});
