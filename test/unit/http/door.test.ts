/** What every request passes first, over real sockets: Host, Origin, bodies without a preflight, and the headers of proxies. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProxy, startProxy } from '../../http/proxy-under-test.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly raw: readonly string[];
}

let upstream: Server;
let upstreamUrl: string;
let seen: Seen[] = [];
const proxies: RunningProxy[] = [];

beforeAll(async () => {
  upstream = createServer((request: IncomingMessage, response) => {
    seen.push({ method: request.method, url: request.url, raw: request.rawHeaders });
    request.resume();
    const named = request.url?.startsWith('/_') ?? false;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ named, version: {} }));
  });
  await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve));
  upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
});

afterEach(() => {
  seen = [];
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  upstream.closeAllConnections();
  upstream.close();
});

async function proxyWith(env: Record<string, string> = {}): Promise<RunningProxy> {
  const proxy = await startProxy(upstreamUrl, env, {
    query: async (_request, { identity }) => ({
      contentType: 'application/json',
      headers: {},
      body: (async function* () {
        yield JSON.stringify(identity);
      })(),
    }),
  });
  proxies.push(proxy);
  return proxy;
}

interface Told {
  readonly status: number;
  readonly text: string;
}

/** As written: no client tidies the headers. `{port}` is the proxy's. */
function send(proxy: RunningProxy, line: string, headers: readonly string[], body = ''): Promise<Told> {
  const { port } = new URL(proxy.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.on('end', () => {
      const [head = '', ...rest] = text.split('\r\n\r\n');
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), text: rest.join('\r\n\r\n') });
    });
    socket.on('error', reject);
    const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
    const all = [...headers, ...length, 'Connection: close'].map((one) => one.replaceAll('{port}', port));
    socket.write(`${line} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${body}`);
  });
}

const OWN = 'Host: 127.0.0.1:{port}';
const JSON_BODY = 'Content-Type: application/json';

describe('Host', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['127.0.0.1:{port}', 200],
    ['localhost:{port}', 200],
    ['localhost', 200],
    ['localhost:80', 200],
    ['LocalHost.:{port}', 200],
    ['app.localhost:{port}', 200],
    ['[::1]:{port}', 200],
    ['[::1]', 200],
    ['[::ffff:127.0.0.1]:{port}', 200],
    ['127.8.9.1', 200],
    ['0.0.0.0:{port}', 200],
    ['evil.example:{port}', 421],
    ['evil.example', 421],
    ['127.0.0.1.evil.example:{port}', 421],
    ['localhost.evil.example', 421],
    ['evil.example:80', 421],
    ['[2001:db8::1]:{port}', 421],
    ['10.0.0.7', 421],
    ['user@localhost', 421],
    ['localhost/evil.example', 421],
    ['localhost, evil.example', 421],
    ['localhost:port', 421],
    ['', 421],
  ];
  it.each(cases)('%j on a loopback address: %i', async (host, status) => {
    const proxy = proxies[0] ?? (await proxyWith());
    for (const line of ['GET /_cat/indices', 'GET /_proxy/health', 'GET /bucket/key', 'POST /_plugins/_sql/stats']) {
      const told = await send(proxy, line, [`Host: ${host}`]);
      expect(told.status === 421, `${line}: ${told.text}`).toBe(status === 421);
    }
  });

  it('is one: a second one, or another in the target, does not hide behind the first', async () => {
    const proxy = await proxyWith();
    expect((await send(proxy, 'GET /', [OWN, 'host: evil.example'])).status).toBe(400);
    expect((await send(proxy, 'GET http://evil.example/', [OWN])).status).toBe(421);
    expect((await send(proxy, 'GET http://localhost/', [OWN])).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  it.each<readonly [string, Record<string, string>, string, number]>([
    ['a list is beside localhost', { ALLOWED_HOSTS: 'sql.example.com' }, 'sql.example.com:{port}', 200],
    ['a list is beside localhost', { ALLOWED_HOSTS: 'sql.example.com' }, 'localhost', 200],
    ['case and dot do not matter', { ALLOWED_HOSTS: 'SQL.example.com.' }, 'sql.EXAMPLE.com.', 200],
    ['a list does not widen itself', { ALLOWED_HOSTS: 'sql.example.com' }, 'x.sql.example.com', 421],
    ['a port counts where it is named', { ALLOWED_HOSTS: 'sql.example.com:9280' }, 'sql.example.com:9280', 200],
    ['a port counts where it is named', { ALLOWED_HOSTS: 'sql.example.com:9280' }, 'sql.example.com', 421],
    ['all below a name', { ALLOWED_HOSTS: '*.example.com' }, 'a.b.example.com', 200],
    ['all below a name, not beside it', { ALLOWED_HOSTS: '*.example.com' }, 'evilexample.com', 421],
    ['all below a name, not itself', { ALLOWED_HOSTS: '*.example.com' }, 'example.com', 421],
    ['all', { ALLOWED_HOSTS: '*' }, 'evil.example', 200],
    ['other addresses are not checked', { HOST: '0.0.0.0', ALLOW_ANONYMOUS: 'true' }, 'evil.example', 200],
    ['unless there is a list', { HOST: '0.0.0.0', ALLOW_ANONYMOUS: 'true', ALLOWED_HOSTS: 'a.b' }, 'evil.example', 421],
    ['an IPv6 address', { ALLOWED_HOSTS: '[2001:db8::1]' }, '[2001:DB8::1]:443', 200],
  ])('%s: %j, %s', async (_, env, host, status) => {
    expect((await send(await proxyWith(env), 'GET /', [`Host: ${host}`])).status).toBe(status);
  });
});

describe('Origin', () => {
  const change = 'PUT /index/_doc/1';
  const cases: readonly (readonly [string, readonly string[], number])[] = [
    [change, [OWN], 200],
    [change, [OWN, 'Origin: http://127.0.0.1:{port}'], 200],
    [change, [OWN, 'Origin: http://evil.example'], 403],
    [change, [OWN, 'oRIGIN: http://evil.example'], 403],
    [change, [OWN, 'Origin: http://127.0.0.1:{port}', 'Origin: http://evil.example'], 403],
    [change, [OWN, 'Origin: null'], 403],
    [change, [OWN, 'Origin: '], 403],
    [change, [OWN, 'Origin: http://127.0.0.1:1'], 403],
    [change, [OWN, 'Origin: http://127.0.0.1'], 403],
    [change, [OWN, 'Origin: http://localhost:{port}'], 403],
    [change, [OWN, 'Origin: chrome-extension://abcdef'], 403],
    [change, ['Host: localhost', 'Origin: http://localhost'], 200],
    [change, ['Host: localhost:80', 'Origin: http://localhost'], 200],
    [change, ['Host: localhost', 'Origin: http://localhost:80'], 200],
    [change, ['Host: localhost', 'Origin: https://localhost'], 200],
    [change, ['Host: localhost:443', 'Origin: https://localhost'], 200],
    [change, ['Host: localhost:443', 'Origin: http://localhost'], 403],
    [change, ['Host: LOCALHOST.:8', 'Origin: http://localhost:8'], 200],
    [change, ['Host: [::1]:8', 'Origin: http://[::1]:8'], 200],
    ['DELETE /index', [OWN, 'Origin: http://evil.example'], 403],
    ['POST /index/_delete_by_query?source=%7B%7D', [OWN, 'Origin: http://evil.example'], 403],
    ['POST /_plugins/_sql', [OWN, JSON_BODY, 'Origin: http://evil.example'], 403],
    ['POST /_opendistro/_sql', [OWN, JSON_BODY, 'Origin: http://evil.example'], 403],
    ['PUT /_plugins/_query/settings', [OWN, JSON_BODY, 'Origin: http://evil.example'], 403],
    ['POST /v1.0/p/jobs/submit-job', [OWN, 'Content-Type: text/plain', 'Origin: http://evil.example'], 403],
    ['DELETE /v1.0/p/jobs/1', [OWN, 'Origin: http://evil.example'], 403],
    ['POST /bucket/key?select&type=sql', [OWN, 'Origin: http://evil.example'], 403],
    ['POST /_scripts/_search', [OWN, JSON_BODY, 'Origin: http://evil.example'], 403],
    ['POST /%5Fscripts/_search', [OWN, JSON_BODY, 'Origin: http://evil.example'], 403],
    ['PATCH /index/_search', [OWN, JSON_BODY, 'Origin: http://evil.example'], 403],
    ['GET /index/_search', [OWN, 'Origin: http://evil.example'], 200],
    ['OPTIONS /index/_search', [OWN, 'Origin: http://evil.example'], 200],
    ['POST /index/_search', [OWN, JSON_BODY, 'Origin: http://evil.example'], 200],
    ['POST /_msearch/template', [OWN, 'Content-Type: application/x-ndjson', 'Origin: http://evil.example'], 200],
    ['POST /index/_search', [OWN, 'Content-Type: text/plain', 'Origin: http://evil.example'], 403],
    ['POST /index/_search', [OWN, 'Content-Type: TEXT/plain;a=application/json', 'Origin: http://evil.example'], 403],
    ['POST /index/_search', [OWN, 'Content-Type: multipart/form-data', 'Origin: null'], 403],
    ['POST /index/_search', [OWN, 'Origin: http://evil.example'], 403],
    ['POST /index/_search', [OWN, 'Content-Type: text/plain'], 200],
    ['POST /index/_search', [OWN, 'Content-Type: text/plain', 'Origin: http://127.0.0.1:{port}'], 200],
    ['POST /index/_search', [OWN, 'Content-Type: text/plain', 'Sec-Fetch-Site: same-origin'], 200],
    ['POST /index/_search', [OWN, 'Content-Type: text/plain', 'Sec-Fetch-Site: cross-site'], 403],
    ['POST /index/_search', [OWN, JSON_BODY, 'Sec-Fetch-Site: cross-site'], 200],
  ];
  it.each(cases)('%s with %j: %i', async (line, headers, status) => {
    const proxy = proxies[0] ?? (await proxyWith());
    const told = await send(proxy, line, headers, line.startsWith('POST') ? '{"query": "SELECT 1"}' : '');
    expect(told.status, told.text).toBe(status);
    if (status === 403) {
      expect(told.text).toContain('ALLOWED_ORIGINS');
      expect(seen).toEqual([]);
    }
  });

  it.each([
    ['https://app.example.com', 'Origin: https://app.example.com', 200],
    ['https://app.example.com', 'Origin: https://APP.example.com:443', 200],
    ['https://app.example.com', 'Origin: http://app.example.com', 403],
    ['https://a.b, null', 'Origin: null', 200],
    ['*', 'Origin: http://evil.example', 200],
  ])('ALLOWED_ORIGINS=%s lets pass %s: %i', async (list, origin, status) => {
    const proxy = await proxyWith({ ALLOWED_ORIGINS: list });
    const headers = [OWN, origin, 'Sec-Fetch-Site: cross-site', 'Content-Type: text/plain'];
    expect((await send(proxy, 'POST /index/_doc', headers, '{}')).status).toBe(status);
  });

  it('refuses settings that name no origin', async () => {
    await expect(proxyWith({ ALLOWED_ORIGINS: 'app.example.com' })).rejects.toThrow('ALLOWED_ORIGINS must be');
    await expect(proxyWith({ ALLOWED_ORIGINS: 'https://a.b/path' })).rejects.toThrow('ALLOWED_ORIGINS must be');
    await expect(proxyWith({ ALLOWED_HOSTS: 'https://a.b' })).rejects.toThrow('ALLOWED_HOSTS must be');
    await expect(proxyWith({ TRUSTED_PROXIES: '10.0.0.0/33' })).rejects.toThrow('TRUSTED_PROXIES must be');
    await expect(proxyWith({ TRUSTED_PROXIES: 'proxy.local' })).rejects.toThrow('TRUSTED_PROXIES must be');
  });
});

describe('headers of proxies', () => {
  const CLAIMS = [
    'X-Forwarded-For: 10.9.9.9',
    'x-FORWARDED-for: 10.8.8.8',
    'Forwarded: for=10.9.9.9',
    'X-Real-IP: 10.9.9.9',
  ];

  /** What reached the cluster, by lower-case name, in order. */
  function arrived(): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    const { raw } = seen.at(-1)!;
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i]!.toLowerCase();
      if (/forwarded|real-ip|opaque/.test(name)) found[name] = [...(found[name] ?? []), raw[i + 1]!];
    }
    return found;
  }

  it.each([
    ['', {}],
    ['10.0.0.0/8, ::1', {}],
    [
      '127.0.0.0/8',
      {
        'x-forwarded-for': '10.9.9.9, 10.8.8.8, 127.0.0.1',
        forwarded: 'for=10.9.9.9, for=127.0.0.1',
        'x-real-ip': '10.9.9.9',
      },
    ],
    ['127.0.0.1', { 'x-forwarded-for': '10.9.9.9, 10.8.8.8, 127.0.0.1' }],
  ] as readonly (readonly [string, Record<string, string>])[])('TRUSTED_PROXIES=%s', async (list, wanted) => {
    // Named there or not: trust decides.
    const proxy = await proxyWith({ TRUSTED_PROXIES: list, FORWARD_HEADERS: 'x-forwarded-for' });
    const opaque = 'X-Opaque-Id: 7';
    await send(proxy, 'GET /index', [OWN, ...CLAIMS, opaque]);
    const passed = arrived();
    expect(passed).toMatchObject({ 'x-opaque-id': ['7'] });
    const names = Object.keys(passed).filter((name) => name !== 'x-opaque-id');
    if (Object.keys(wanted).length === 0) expect(names).toEqual([]);
    for (const [name, value] of Object.entries(wanted)) expect(passed[name]).toEqual([value]);

    const told = await send(proxy, 'POST /_plugins/_sql', [OWN, JSON_BODY, ...CLAIMS, opaque], '{"query": "SELECT 1"}');
    const { 'x-opaque-id': id, ...identity } = JSON.parse(told.text) as Record<string, string>;
    expect(id).toBe('7');
    if (Object.keys(wanted).length === 0) expect(identity).toEqual({});
    else expect(identity).toMatchObject(wanted);

    await send(
      proxy,
      'PUT /_plugins/_query/settings',
      [OWN, JSON_BODY, ...CLAIMS],
      '{"transient":{"plugins.sql.slowlog":"5"}}',
    );
    expect(Object.keys(arrived()).length > 0).toBe(Object.keys(wanted).length > 0);
  });

  it('adds nothing where nothing was claimed', async () => {
    const proxy = await proxyWith({ TRUSTED_PROXIES: '127.0.0.1' });
    await send(proxy, 'GET /index', [OWN, 'X-Real-IP: 10.9.9.9']);
    expect(arrived()).toEqual({ 'x-real-ip': ['10.9.9.9'] });
  });
});
