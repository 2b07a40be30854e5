/** Bodies of requests that stop coming: they end after a while, and slow ones do not. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { deadUrl, type RunningProxy, type Served, serve, startProxy } from './proxy-under-test.ts';

const open: Served[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

interface Conversation {
  readonly socket: Socket;
  received(): string;
  isClosed(): boolean;
}

function talk(url: string, text: string): Conversation {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(text);
  let received = '';
  let closed = false;
  socket.on('data', (bytes) => {
    received += bytes.toString();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  return { socket, received: () => received, isClosed: () => closed };
}

async function front(upstream: string, env: Record<string, string> = {}): Promise<RunningProxy> {
  const proxy = await startProxy(upstream, { BODY_STALL_TIMEOUT: '400ms', ...env });
  open.push(proxy);
  return proxy;
}

const HEAD = 'HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

describe('a body that is silent', () => {
  it.each([
    ['a SQL request', '/_plugins/_sql', 'Content-Length: 100'],
    ['a SQL request in chunks', '/_plugins/_sql', 'Transfer-Encoding: chunked'],
    ['a short request that is passed on', '/i/_doc', 'Content-Length: 100'],
    ['a long request that is passed on', '/_bulk', 'Content-Length: 1000000'],
    ['a request that is passed on in chunks', '/_bulk', 'Transfer-Encoding: chunked'],
  ])('of %s gets 408, and the connection closes', async (_, path, length) => {
    let ended = 0;
    const upstream = await serve((request) => {
      request.resume();
      request.on('close', () => ended++);
    });
    open.push(upstream);
    const proxy = await front(upstream.url);
    const part = length.startsWith('T') ? '5\r\n{"a":\r\n' : '{"a":';
    const { received, isClosed } = talk(proxy.url, `POST ${path} ${HEAD}${length}\r\n\r\n${part}`);
    await expect.poll(isClosed, { timeout: 5_000 }).toBe(true);
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
    expect(received()).toMatch(/\r\nconnection: close\r\n/i);
    expect(received()).toContain('BODY_STALL_TIMEOUT');
    // What had begun on the cluster is cut off.
    if (path === '/_bulk') await expect.poll(() => ended, { timeout: 5_000 }).toBe(1);
  });

  it('after an answer that did not wait for it closes the connection', async () => {
    const proxy = await front(await deadUrl());
    const { received, isClosed } = talk(proxy.url, `GET /_plugins/_sql ${HEAD}Content-Length: 10\r\n\r\n`);
    await expect.poll(isClosed, { timeout: 5_000 }).toBe(true);
    expect(received()).toMatch(/^HTTP\/1\.1 405 /);
  });
});

describe('a body that goes on', () => {
  it('may take longer in all', async () => {
    const upstream = await serve(async (request, response) => {
      let size = 0;
      for await (const chunk of request) size += (chunk as Buffer).length;
      response.end(`got ${size}`);
    });
    open.push(upstream);
    const proxy = await front(upstream.url);
    const { socket, received } = talk(proxy.url, `POST /_bulk ${HEAD}Content-Length: 12\r\n\r\n`);
    for (let i = 0; i < 12; i++) {
      await sleep(150);
      socket.write('x');
    }
    await expect.poll(received, { timeout: 5_000 }).toContain('got 12');
    socket.destroy();
  });

  it('is not ended because the cluster is slow to take it', async () => {
    const size = 20_000_000;
    const upstream = await serve(async (request, response) => {
      await sleep(1_500);
      let got = 0;
      for await (const chunk of request) got += (chunk as Buffer).length;
      response.end(`got ${got}`);
    });
    open.push(upstream);
    const proxy = await front(upstream.url);
    const { socket, received } = talk(proxy.url, `POST /_bulk ${HEAD}Content-Length: ${size}\r\n\r\n`);
    socket.write(Buffer.alloc(size, 0x78));
    await expect.poll(received, { timeout: 20_000 }).toContain(`got ${size}`);
    socket.destroy();
  });
});
