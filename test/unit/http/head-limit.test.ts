/** Heads of requests that do not come to an end, and bodies, for which that limit is none. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../src/http/listen.ts';

const HEAD = 400;
let server: Listening;
let got = 0;

beforeAll(async () => {
  server = await listen('127.0.0.1', 0, undefined, HEAD);
  server.serve(async (request, response) => {
    for await (const chunk of request) got += (chunk as Buffer).length;
    response.end('done');
  });
});
afterAll(() => server.close(0));

function talk(): { readonly socket: Socket; readonly said: () => string; readonly closed: () => boolean } {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  let closed = false;
  socket.on('data', (bytes) => {
    text += String(bytes);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  return { socket, said: () => text, closed: () => closed };
}

describe('the head of a request', () => {
  it.each([
    ['that stops', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A'],
    ['of which nothing comes but its first letter', 'G'],
  ])('%s gets 408', async (_, text) => {
    const { socket, said, closed } = talk();
    socket.write(text);
    await expect.poll(closed, { timeout: 10_000 }).toBe(true);
    expect(said()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('that comes a byte at a time gets 408, too', async () => {
    const { socket, said, closed } = talk();
    socket.write('GET / HTTP/1.1\r\nX: ');
    for (let i = 0; i < 100 && !closed(); i++) {
      socket.write('a');
      await sleep(50);
    }
    await expect.poll(closed, { timeout: 10_000 }).toBe(true);
    expect(said()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('may be followed by a body that takes longer', async () => {
    const { socket, said } = talk();
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n');
    for (let i = 0; i < 10; i++) {
      await sleep(150);
      socket.write('x');
    }
    await expect.poll(said, { timeout: 10_000 }).toContain('done');
    expect(got).toBe(10);
    socket.destroy();
  });
});
