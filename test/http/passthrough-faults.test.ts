/** Pass-through when something is odd or breaks: headers, streams, clients that leave, nodes that fail. */
import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { deadUrl, type RunningProxy, type Served, serve, startProxy } from './proxy-under-test.ts';

const open: Served[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function front(listener: RequestListener, env: Record<string, string> = {}): Promise<RunningProxy> {
  const upstream = await serve(listener);
  // Requests made by hand name a host of their own.
  const proxy = await startProxy(upstream.url, { ALLOWED_HOSTS: '*', ...env });
  open.push(proxy, upstream);
  return proxy;
}

/** Sends bytes, reads until the other side closes or falls silent. */
function raw(url: string, text: string, silence = 300): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(text, 'latin1'));
    socket.setTimeout(silence, () => socket.destroy());
    socket.on('data', (data) => {
      received += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}

function seen(request: IncomingMessage): string[] {
  return request.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
}

function text(response: Response): Promise<{ error: Record<string, string>; status: number }> {
  return response.json() as Promise<{ error: Record<string, string>; status: number }>;
}

describe('what is passed on', () => {
  it('is the message, without what belongs to the connection or claims another identity', async () => {
    let got: IncomingMessage | undefined;
    const proxy = await front((request, response) => {
      got = request;
      response.sendDate = false;
      response.writeHead(200, [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['X-Odd-CASE', 'v'],
        ['Connection', 'X-Drop'],
        ['X-Drop', '1'],
        ['Content-Length', '2'],
      ] as never);
      response.end('ok');
    });
    const answer = await raw(
      proxy.url,
      'GET /a%2Fb/../c//d?q=%20+&x HTTP/1.1\r\nHost: client.example\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nTE: trailers\r\n' +
        'Authorization: Basic x\r\nX-Proxy-User: admin\r\nopendistro_security_impersonate_as: admin\r\nX-Keep: ü\r\nX-Keep: 2\r\n\r\n',
    );
    expect(got?.url).toBe('/a%2Fb/../c//d?q=%20+&x');
    expect(got?.headers.host).toBe(new URL(proxy.config.opensearchUrl[0]!).host);
    expect(seen(got!).sort()).toEqual(['authorization', 'connection', 'host', 'x-keep', 'x-keep']);
    expect(answer).toContain('Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Odd-CASE: v\r\n');
    expect(answer).not.toMatch(/X-Drop|\r\ndate:|x-powered-by|etag/i);
  });

  /** Bytes of UTF-8, of Latin-1, and of neither. */
  const ODD = 'caf\u00c3\u00a9 \u00e9 \u0080\u00ff';

  it.each([
    ['GET', (response: ServerResponse) => response.end('whole')],
    ['GET', (response: ServerResponse) => response.end()],
    ['HEAD', (response: ServerResponse) => response.end()],
    [
      'GET',
      (response: ServerResponse) => {
        response.write(Buffer.from('a'));
        response.end(Buffer.from('b'));
      },
    ],
  ] as const)('keeps the bytes of header values, both ways (%s)', async (method, end) => {
    let got: string | undefined;
    const proxy = await front((request, response) => {
      got = request.rawHeaders[request.rawHeaders.indexOf('X-Mine') + 1];
      response.writeHead(200, { 'X-Theirs': ODD });
      end(response);
    });
    const upstream = await raw(
      proxy.config.opensearchUrl[0]!,
      `${method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    const answer = await raw(
      proxy.url,
      `${method} / HTTP/1.1\r\nHost: x\r\nX-Mine: ${ODD}\r\nConnection: close\r\n\r\n`,
    );
    expect(got).toBe(ODD);
    expect(/X-Theirs: ([^\r]*)/.exec(answer)?.[1]).toBe(/X-Theirs: ([^\r]*)/.exec(upstream)?.[1]);
  });

  it('keeps a status that has words of its own, and asks once', async () => {
    let asked = 0;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        asked++;
        socket.end(Buffer.from('HTTP/1.1 200 Tr\u00e8s bien\r\nContent-Length: 2\r\n\r\nok', 'latin1'));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = await startProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      ALLOWED_HOSTS: '*',
    });
    open.push(proxy);
    const answer = await raw(proxy.url, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok$/);
    expect(asked).toBe(1);
    server.close();
  });

  it.each([
    [
      'content-length',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
      'content-length 5 hello',
    ],
    [
      'chunks',
      'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      'chunked hello',
    ],
    [
      'GET with a body',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
      'content-length 5 hello',
    ],
    [
      'DELETE with a body',
      'DELETE / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
      'content-length 5 hello',
    ],
    [
      'an empty POST',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      'content-length 0 ',
    ],
    ['an absolute target', 'GET http://x/p?q HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 'none '],
  ])('%s', async (_name, request, wanted) => {
    const proxy = await front(async (incoming, response) => {
      let body = '';
      for await (const chunk of incoming) body += String(chunk);
      const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
      response.end(`${length === undefined ? (encoding ?? 'none') : `content-length ${length}`} ${body}`);
    });
    expect(await raw(proxy.url, request)).toContain(`\r\n\r\n${wanted}`);
  });

  it('answers Expect: 100-continue and does not send it on', async () => {
    let headers: string[] = [];
    const proxy = await front((request, response) => {
      headers = seen(request);
      request.resume().on('end', () => response.end('done'));
    });
    const answer = await raw(
      proxy.url,
      'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue[\s\S]*HTTP\/1\.1 200 OK[\s\S]*done/);
    expect(headers).not.toContain('expect');
  });

  it.each([
    ['HEAD', 200, { 'content-length': '123' }],
    ['GET', 204, {}],
    ['GET', 304, { etag: '"x"' }],
  ])('%s %i has no body', async (method, status, headers) => {
    const proxy = await front((_request, response) => response.writeHead(status, headers).end());
    const answer = await fetch(`${proxy.url}/x`, { method });
    expect(answer.status).toBe(status);
    for (const [name, value] of Object.entries(headers)) expect(answer.headers.get(name)).toBe(value);
    expect(await answer.text()).toBe('');
  });

  it('keeps connections of both sides alive', async () => {
    const ports = new Set<number | undefined>();
    const proxy = await front((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('x');
    });
    for (let i = 0; i < 3; i++) await (await fetch(`${proxy.url}/x`)).text();
    expect(ports.size).toBe(1);
    const one = 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n';
    expect((await raw(proxy.url, one + one + one)).match(/200 OK/g)).toHaveLength(3);
  });

  it('drops the mapping cache once a change has been answered, before the client knows', async () => {
    const proxy = await front((_request, response) => response.end('{"a":{"mappings":{}}}'), {
      MAPPING_CACHE_TTL: '1h',
    });
    const context = { identity: {}, calls: [] as string[] };
    for (let i = 0; i < 3; i++) await proxy.mappings.get('a', context);
    expect(context.calls).toEqual(['mapping']);
    await fetch(`${proxy.url}/a/_search`, { method: 'POST' });
    await proxy.mappings.get('a', context);
    expect(context.calls).toHaveLength(1);
    await fetch(`${proxy.url}/a/_doc`, { method: 'POST' });
    await proxy.mappings.get('a', context);
    expect(context.calls).toHaveLength(2);
  });
});

describe('streams', () => {
  const BLOCK = Buffer.alloc(64 * 1024, 'abcdefgh');

  function grown(before: number): number {
    return (process.memoryUsage().rss - before) / 1024 ** 2;
  }

  it('takes 200 MB upwards without holding them', { timeout: 120_000 }, async () => {
    const rounds = 3200;
    let most = 0;
    const proxy = await front(async (request, response) => {
      const hash = createHash('sha1');
      let size = 0;
      for await (const chunk of request as AsyncIterable<Buffer>) {
        hash.update(chunk);
        size += chunk.length;
      }
      response.end(JSON.stringify({ size, sha1: hash.digest('hex') }));
    });
    const hash = createHash('sha1');
    const before = process.memoryUsage().rss;
    const answer = await new Promise<string>((resolve, reject) => {
      const sent = httpRequest(`${proxy.url}/_bulk`, { method: 'POST' }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += String(chunk);
        });
        response.on('end', () => resolve(body));
      });
      sent.on('error', reject);
      void (async () => {
        for (let i = 0; i < rounds; i++) {
          hash.update(BLOCK);
          if (!sent.write(BLOCK)) await new Promise((drained) => sent.once('drain', drained));
          if (i % 100 === 0) most = Math.max(most, grown(before));
        }
        sent.end();
      })();
    });
    expect(JSON.parse(answer)).toEqual({ size: rounds * BLOCK.length, sha1: hash.digest('hex') });
    // The sender, the proxy and the receiver share this process.
    expect(most).toBeLessThan(100);
  });

  it('stops reading from the cluster while the client does not read', { timeout: 60_000 }, async () => {
    let written = 0;
    const proxy = await front((_request, response) => {
      const more = (): void => {
        while (written < 200_000_000) {
          written += BLOCK.length;
          if (!response.write(BLOCK)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const response = await new Promise<IncomingMessage>((resolve) => httpRequest(`${proxy.url}/x`, resolve).end());
    response.pause();
    await sleep(1_000);
    expect(written).toBeLessThan(60_000_000);
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) size += chunk.length;
    expect(size).toBe(written);
  });

  it('sends the first bytes on at once', async () => {
    const proxy = await front((_request, response) => void response.write('first'));
    const response = await fetch(`${proxy.url}/x`);
    const { value } = await response.body!.getReader().read();
    expect(Buffer.from(value!).toString()).toBe('first');
  });
});

describe('a client that leaves', () => {
  it('ends the request on the cluster, before the answer and in it', async () => {
    for (const begun of [false, true]) {
      let gone!: () => void;
      const ended = new Promise<void>((resolve) => {
        gone = resolve;
      });
      const proxy = await front((_request: IncomingMessage, response: ServerResponse) => {
        response.on('close', () => gone());
        if (begun) response.write('x');
      });
      const controller = new AbortController();
      const asked = fetch(`${proxy.url}/_search`, { signal: controller.signal });
      if (begun) await asked;
      else await sleep(100);
      controller.abort();
      await asked.catch(() => undefined);
      await Promise.race([ended, sleep(2_000).then(() => Promise.reject(new Error('still running')))]);
    }
  });

  it('ends an upload', async () => {
    let aborted!: () => void;
    const ended = new Promise<void>((resolve) => {
      aborted = resolve;
    });
    const proxy = await front((request) => void request.on('close', () => aborted()).resume());
    const sent = httpRequest(`${proxy.url}/_bulk`, { method: 'POST' });
    sent.on('error', () => undefined);
    sent.write('x'.repeat(100_000));
    await sleep(100);
    sent.destroy();
    await Promise.race([ended, sleep(2_000).then(() => Promise.reject(new Error('still running')))]);
    expect((await fetch(`${proxy.url}/_proxy/metrics`)).status).toBe(200);
  });
});

describe('a cluster that fails', () => {
  it('is 502 when it cannot be reached, with and without a body', async () => {
    const proxy = await startProxy(await deadUrl());
    open.push(proxy);
    for (const init of [{}, { method: 'POST', body: 'x'.repeat(200_000) }]) {
      const answer = await fetch(`${proxy.url}/_search`, init);
      expect(answer.status).toBe(502);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=UTF-8');
      expect(await text(answer)).toMatchObject({
        error: { reason: 'The cluster did not answer', type: 'ClusterUnreachableException' },
        status: 502,
      });
    }
  });

  it('is 504 when it is silent for too long', async () => {
    const proxy = await front(() => undefined, { PASSTHROUGH_TIMEOUT: '1s' });
    const answer = await fetch(`${proxy.url}/_search`);
    expect(answer.status).toBe(504);
    expect((await text(answer)).error.type).toBe('ClusterTimeoutException');
  });

  it('breaks the connection when the answer breaks off', async () => {
    const proxy = await front((_request, response) => {
      response.write('half');
      setTimeout(() => response.destroy(), 50);
    });
    const answer = await fetch(`${proxy.url}/x`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  it('is asked again when an idle connection was closed, but only where that is safe', async () => {
    let requests = 0;
    const proxy = await front((request, response) => {
      requests++;
      if (requests % 2 === 1) request.socket.destroy();
      else response.end('second');
    });
    expect(await (await fetch(`${proxy.url}/x`)).text()).toBe('second');
    requests = 0;
    expect((await fetch(`${proxy.url}/x`, { method: 'POST', body: 'x' })).status).toBe(502);
    expect(requests).toBe(1);
  });

  it('does not matter while another node answers, for any method', async () => {
    const alive = await serve((request, response) => void request.resume().on('end', () => response.end('alive')));
    const proxy = await startProxy([await deadUrl(), alive.url]);
    open.push(proxy, alive);
    for (let i = 0; i < 6; i++) {
      const init = i % 2 === 0 ? {} : { method: 'POST', body: 'x'.repeat(100_000) };
      const answer = await fetch(`${proxy.url}/x`, init);
      expect([answer.status, await answer.text()]).toEqual([200, 'alive']);
    }
  });

  it('takes turns among nodes', async () => {
    const nodes = await Promise.all(['a', 'b'].map((name) => serve((_request, response) => void response.end(name))));
    const proxy = await startProxy(nodes.map((node) => node.url));
    open.push(proxy, ...nodes);
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await (await fetch(`${proxy.url}/x`)).text());
    expect(answers.sort()).toEqual(['a', 'a', 'b', 'b']);
  });
});
