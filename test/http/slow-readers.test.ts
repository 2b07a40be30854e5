/** Clients that do not read their answers: what waits for them is bounded, others are served, and in the end they are given up. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { SqlAnswer, SqlService } from '../../src/contract/sql-service.ts';
import { deadUrl, type RunningProxy, type Served, serve, startProxy } from './proxy-under-test.ts';

const open: (Served | Socket)[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) {
    if ('destroy' in one) one.destroy();
    else await one.close();
  }
});

const MB = 1024 * 1024;
const SQL = '/_plugins/_sql';
/** More than the system takes for a socket that nobody reads. */
const PAGES = 40;

interface Made {
  pages: number;
  ended: number;
}

/** `large` gives pages of a megabyte, anything else one short piece. */
async function front(env: Record<string, string>): Promise<{ proxy: RunningProxy; made: Made }> {
  const made: Made = { pages: 0, ended: 0 };
  const query: SqlService['query'] = async (request): Promise<SqlAnswer> => {
    const large = request.kind === 'query' && request.query === 'large';
    async function* body(): AsyncGenerator<Buffer | string> {
      if (!large) return yield 'short';
      try {
        for (let page = 0; page < PAGES; page++) {
          made.pages++;
          yield Buffer.alloc(MB, 0x61);
          await sleep(0);
        }
      } finally {
        made.ended++;
      }
    }
    return { contentType: 'text/plain', headers: {}, body: body() };
  };
  const proxy = await startProxy(await deadUrl(), env, { query });
  open.push(proxy);
  return { proxy, made };
}

/** Asks and never reads. */
async function ask(url: string, path: string, body?: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  open.push(socket);
  socket.on('error', () => undefined);
  socket.pause();
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const head = `Host: ${hostname}\r\nContent-Type: application/json\r\n`;
  socket.write(
    body === undefined
      ? `GET ${path} HTTP/1.1\r\n${head}\r\n`
      : `POST ${path} HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}

const large = (url: string): Promise<Socket> => ask(url, SQL, '{"query":"large"}');
const post = (url: string, query: string): Promise<Response> =>
  fetch(url + SQL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
const waiting = (proxy: RunningProxy): Promise<number> => proxy.metrics.value('answer_bytes_waiting');

/** Until nothing more is made. */
async function settled(made: Made): Promise<void> {
  for (let before = -1; before !== made.pages || made.pages === 0; ) {
    before = made.pages;
    await sleep(300);
  }
}

describe('clients that read nothing', () => {
  it('hold no places, and no more memory than allowed for all of them', async () => {
    const { proxy, made } = await front({ MAX_CONCURRENT_QUERIES: '4', MAX_BUFFERED_BYTES: '6mb' });
    for (let i = 0; i < 12; i++) {
      await large(proxy.url);
      await sleep(i % 4 === 3 ? 1_300 : 20);
    }
    await settled(made);
    // No more than a page beyond the limit, which was made for each place before it had to wait.
    expect(await waiting(proxy)).toBeLessThanOrEqual(6 * MB + MB);
    expect(await waiting(proxy)).toBeGreaterThan(MB);
    expect(made.pages).toBeLessThan(12 * PAGES);
    await expect.poll(async () => (await post(proxy.url, 'short')).status, { timeout: 5_000 }).toBe(200);
  });

  it('are given up after SQL_STALL_TIMEOUT, and what they held is given back', async () => {
    const { proxy, made } = await front({ SQL_STALL_TIMEOUT: '400ms' });
    const socket = await large(proxy.url);
    await expect.poll(() => made.ended, { timeout: 10_000 }).toBe(1);
    expect(made.pages).toBeLessThan(PAGES);
    expect(await waiting(proxy)).toBe(0);
    expect(await proxy.metrics.value('stalled_clients_total')).toBe(1);
    socket.destroy();
  });

  it('of a request that is passed through are given up too', async () => {
    let gone = 0;
    const upstream = await serve((_request, response) => {
      response.on('close', () => gone++);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(MB, 0x62)));
        response.once('drain', more);
      };
      more();
    });
    open.push(upstream);
    const proxy = await startProxy(upstream.url, { SQL_STALL_TIMEOUT: '400ms' });
    open.push(proxy);
    await ask(proxy.url, '/_cat/anything');
    await expect.poll(() => gone, { timeout: 10_000 }).toBe(1);
    expect(await proxy.metrics.value('stalled_clients_total')).toBe(1);
  });
});

describe('a client that reads', () => {
  it('slowly gets all of it, though it takes longer than a stall may', async () => {
    const { proxy, made } = await front({ SQL_STALL_TIMEOUT: '500ms', MAX_BUFFERED_BYTES: '1mb' });
    const socket = await large(proxy.url);
    let got = 0;
    const started = performance.now();
    socket.on('data', (bytes: Buffer) => {
      got += bytes.length;
      socket.pause();
      setTimeout(() => socket.resume(), bytes.length / 40_000);
    });
    socket.resume();
    await expect.poll(() => got, { timeout: 30_000 }).toBeGreaterThanOrEqual(PAGES * MB);
    expect(performance.now() - started).toBeGreaterThan(500);
    expect(made.ended).toBe(1);
  });

  it('waits for room where others take all of it, and is not refused', async () => {
    const { proxy, made } = await front({ MAX_BUFFERED_BYTES: '1mb' });
    const stalled = await large(proxy.url);
    await settled(made);
    const before = made.pages;
    let done = false;
    const answer = post(proxy.url, 'large').then(async (response) => {
      const bytes = await response.arrayBuffer();
      done = true;
      return [response.status, bytes.byteLength];
    });
    await sleep(500);
    expect(done).toBe(false);
    // Its first page is made, and no other.
    expect(made.pages).toBe(before + 1);
    stalled.destroy();
    expect(await answer).toEqual([200, PAGES * MB]);
  });

  it('of a time limit that is over while it waits is told so', async () => {
    const { proxy, made } = await front({ MAX_BUFFERED_BYTES: '1mb', QUERY_TIMEOUT: '700ms' });
    await large(proxy.url);
    await settled(made);
    const { status } = await post(proxy.url, 'large');
    expect(status).toBe(504);
    await expect.poll(() => made.ended).toBe(1);
  });
});
