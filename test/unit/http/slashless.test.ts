/** Targets without their first slash are answered, when that is safe, as the same target with it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type Listening, listen } from '../../../src/http/listen.ts';

let server: Listening | undefined;
afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

const echo: Handle = (request, response) => {
  const { method, url, headers, socket } = request;
  response.setHeader('x-from', socket.remoteAddress ?? 'nobody');
  response.end(JSON.stringify({ method, url, authorization: headers.authorization, mine: request.headers['x-mine'] }));
};

/** What the server answers to pieces that are sent one after the other, until it closes or falls silent. */
async function sent(pieces: readonly string[], handle: Handle = echo, silence = 400): Promise<string> {
  server ??= await listen('127.0.0.1', 0);
  server.serve(handle);
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(Number(new URL(server!.url).port), '127.0.0.1', async () => {
      for (const piece of pieces) {
        socket.write(piece, 'latin1');
        await sleep(30);
      }
    });
    socket.setTimeout(silence, () => {
      received += '(silent)';
      socket.destroy();
    });
    socket.on('data', (data) => {
      received += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}

const HEAD = 'Host: x\r\nAuthorization: Basic abc\r\nX-Mine: \xe9\r\nConnection: keep-alive\r\n\r\n';
const seen = (method: string, url: string): string =>
  JSON.stringify({ method, url, authorization: 'Basic abc', mine: '\xe9' });

it.each([
  ['in one piece', [`GET _cat/indices?v HTTP/1.1\r\n${HEAD}`]],
  ['in several', ['GET _cat/in', 'dices?v HTTP/1.1\r\nHo', HEAD.slice(2)]],
  [
    'after another request of the connection',
    [`GET /first HTTP/1.1\r\n${HEAD}`, `GET _cat/indices?v HTTP/1.1\r\n${HEAD}`],
  ],
  ['with an empty body', [`GET _cat/indices?v HTTP/1.1\r\nContent-Length: 0\r\n${HEAD}`]],
])('is answered %s, with its headers, and the connection closes', async (_, pieces) => {
  const answer = await sent(pieces);
  expect(answer).toContain('\r\nConnection: close\r\n');
  expect(answer).toContain('\r\nx-from: 127.0.0.1\r\n');
  expect(Buffer.from(answer.slice(answer.lastIndexOf('\r\n\r\n') + 4), 'latin1').toString()).toBe(
    seen('GET', '/_cat/indices?v'),
  );
});

it('has no body for HEAD', async () => {
  const answer = await sent([`HEAD index HTTP/1.1\r\n${HEAD}`]);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
});

it('may be a long answer, sent at the pace of the client', async () => {
  const whole = Buffer.alloc(5_000_000, 'x');
  const answer = await sent([`GET _search HTTP/1.1\r\n${HEAD}`], (_request, response) => response.end(whole), 2_000);
  expect(answer.length - answer.indexOf('\r\n\r\n') - 4).toBe(whole.length);
});

it.each([
  ['a method that may change something', `POST _cat/indices HTTP/1.1\r\n${HEAD}`],
  ['DELETE', `DELETE index HTTP/1.1\r\n${HEAD}`],
  ['a body', `GET _search HTTP/1.1\r\nContent-Length: 2\r\n${HEAD}{}`],
  ['chunks', `GET _search HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${HEAD}0\r\n\r\n`],
  ['another protocol', `GET _cat HTTP/2.0\r\n${HEAD}`],
  ['a target with a blank', `GET _cat indices HTTP/1.1\r\n${HEAD}`],
  ['a broken header', `GET _cat HTTP/1.1\r\nHost x\r\n\r\n`],
  ['a head beyond the limit', `GET _cat HTTP/1.1\r\nX: ${'x'.repeat(70_000)}\r\n${HEAD}`],
  ['what is no HTTP', '\x16\x03\x01\r\n\r\n'],
])('is refused with %s', async (_, text) => {
  let asked = 0;
  const answer = await sent([text], (_request, response) => {
    asked++;
    response.end();
  });
  expect(answer).toMatch(
    /^HTTP\/1\.1 4(00 Bad Request|31 Request Header Fields Too Large)\r\nConnection: close\r\n\r\n$/,
  );
  expect(asked).toBe(0);
});

it('does not mix with an answer that is still on its way', async () => {
  const slow: Handle = (request, response) => void setTimeout(() => echo(request, response), 200);
  const answer = await sent([`GET /first HTTP/1.1\r\n${HEAD}`, `GET _cat HTTP/1.1\r\n${HEAD}`], slow);
  expect(answer).not.toContain('"/_cat"');
});

it('lets go of a client that leaves before its answer', async () => {
  let left = false;
  const waiting: Handle = (_request, response) => {
    response.on('close', () => {
      left = true;
    });
  };
  expect(await sent([`GET _cat HTTP/1.1\r\n${HEAD}`], waiting, 100)).toBe('(silent)');
  await sleep(50);
  expect(left).toBe(true);
});
