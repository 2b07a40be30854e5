/** A select on the wire over time: beats while nothing matches, the client's pace, its going away, and hostile requests. */
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { RecordsChunk } from '../../../src/select/requests/request.ts';
import { readBosMessages, readEvents } from '../select/read-messages.ts';
import {
  type Answer,
  BOS,
  bosBody,
  chunk,
  runOf,
  S3,
  type SelectServer,
  s3Body,
  send,
  startSelectServer,
} from './select-kit.ts';

const PROGRESS = { requestProgress: { enabled: true } };
const OBJECT = 'SELECT * FROM BosObject';

async function withServer(
  options: Parameters<typeof startSelectServer>[0],
  work: (server: SelectServer) => Promise<void>,
): Promise<void> {
  const server = await startSelectServer(options);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Calls back with all bytes so far, each time that some arrive. */
function watch(url: string, body: string, onBytes: (bytes: Buffer) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST' }, (response) => {
      let bytes = Buffer.alloc(0);
      response.on('data', (more: Buffer) => {
        bytes = Buffer.concat([bytes, more]);
        onBytes(bytes);
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, bytes }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('while the source works', () => {
  /** Yields its record only when the client has seen enough. */
  const waiting = (seen: Promise<void>) => () =>
    runOf(
      (async function* () {
        await seen;
        yield chunk('a\n');
      })(),
      { scanned: 7 },
    );

  it('BOS hears Cont while no row matches', async () => {
    const seen = gate();
    await withServer({ run: waiting(seen.opened), timing: { flush: 5, beat: 5 } }, async ({ url }) => {
      const { bytes } = await watch(url + BOS, bosBody(OBJECT, PROGRESS), (so) => {
        if (readBosMessages(so).length >= 3) seen.open();
      });
      const messages = readBosMessages(bytes);
      expect(messages.slice(0, 3)).toEqual(
        Array(3).fill(expect.objectContaining({ type: 'Cont', scanned: 7n, returned: 0n })),
      );
      expect(messages.filter((one) => one.type !== 'Cont').map((one) => one.type)).toEqual(['Records', 'End']);
    });
  });

  it('BOS hears nothing where it did not ask, but the head of the answer comes', async () => {
    const seen = gate();
    await withServer({ run: waiting(seen.opened), timing: { flush: 5, beat: 5 } }, async ({ url }) => {
      const request = httpRequest(url + BOS, { method: 'POST' });
      request.end(bosBody(OBJECT));
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      seen.open();
      const chunks: Buffer[] = await response.toArray();
      expect(readBosMessages(Buffer.concat(chunks)).map((one) => one.type)).toEqual(['Records', 'End']);
    });
  });

  it.each([
    ['', 'Cont'],
    ['<RequestProgress><Enabled>true</Enabled></RequestProgress>', 'Progress'],
  ])('S3 with "%s" hears %s', async (asked, type) => {
    const seen = gate();
    await withServer({ run: waiting(seen.opened), timing: { flush: 5, beat: 5 } }, async ({ url }) => {
      const { bytes } = await watch(url + S3, s3Body('SELECT * FROM S3Object', asked), (so) => {
        if (readEvents(so).length >= 2) seen.open();
      });
      const types = readEvents(bytes).map((one) => one.type);
      expect(types.slice(0, 2)).toEqual([type, type]);
      expect(types.slice(-2)).toEqual(['Stats', 'End']);
    });
  });

  it('records do not wait for a full message', async () => {
    const seen = gate();
    async function* records(): AsyncGenerator<RecordsChunk> {
      yield chunk('first\n');
      await seen.opened;
      yield chunk('second\n');
    }
    await withServer({ run: () => runOf(records()), timing: { flush: 5, beat: 60_000 } }, async ({ url }) => {
      const { bytes } = await watch(url + BOS, bosBody(OBJECT), (so) => {
        if (so.includes('first')) seen.open();
      });
      expect(readBosMessages(bytes).map((one) => one.payload.toString())).toEqual(['first\n', 'second\n', '']);
    });
  });
});

describe('a client', () => {
  it('that goes away ends the reading at once', async () => {
    const ended = gate();
    const aborted = gate();
    async function* records(): AsyncGenerator<RecordsChunk> {
      try {
        for (;;) {
          yield chunk(`${'x'.repeat(65_535)}\n`);
        }
      } finally {
        ended.open();
      }
    }
    const run = (_request: unknown, signal: AbortSignal) => {
      signal.addEventListener('abort', () => aborted.open());
      return runOf(records());
    };
    await withServer({ run }, async ({ url, logged }) => {
      const request = httpRequest(url + BOS, { method: 'POST' });
      request.end(bosBody(OBJECT));
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      await once(response, 'data');
      response.destroy();
      await Promise.all([ended.opened, aborted.opened]);
      await until(() => logged.length === 1);
      expect(logged[0]).toMatchObject({ status: 499, outcome: 'gone' });
    });
  });

  it('that goes away before any row ends the reading too', async () => {
    const opened = gate();
    const aborted = gate();
    const run = (_request: unknown, signal: AbortSignal) => {
      signal.addEventListener('abort', () => aborted.open());
      opened.open();
      return new Promise<never>(() => undefined);
    };
    await withServer({ run }, async ({ url, logged }) => {
      const request = httpRequest(url + BOS, { method: 'POST' });
      request.on('error', () => undefined);
      request.end(bosBody(OBJECT));
      await opened.opened;
      request.destroy();
      await aborted.opened;
      await until(() => logged.length === 1);
      expect(logged[0]).toMatchObject({ outcome: 'gone' });
    });
  });

  it('that reads slowly slows the source, and one that reads nothing for too long is left', async () => {
    let made = 0;
    const ended = gate();
    async function* records(): AsyncGenerator<RecordsChunk> {
      try {
        for (; made < 4_000; made++) yield chunk(`${'x'.repeat(65_535)}\n`);
      } finally {
        ended.open();
      }
    }
    const env = { SELECT_STALL_TIMEOUT: '300ms' };
    await withServer({ run: () => runOf(records()), env }, async ({ url, logged }) => {
      const request = httpRequest(url + BOS, { method: 'POST' });
      request.end(bosBody(OBJECT));
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.on('error', () => undefined);
      await ended.opened;
      // 250 MB would have fitted in no buffer between the two.
      expect(made).toBeLessThan(4_000);
      await until(() => logged.length === 1);
      expect(logged[0]).toMatchObject({ outcome: 'gone' });
    });
  });

  it('that comes when too many are served is sent away for a moment', async () => {
    const started = gate();
    const finish = gate();
    async function* records(): AsyncGenerator<RecordsChunk> {
      started.open();
      await finish.opened;
      yield chunk('a\n');
    }
    await withServer({ run: () => runOf(records()), env: { MAX_CONCURRENT_SELECTS: '1' } }, async ({ url }) => {
      const first = send(url + BOS, bosBody(OBJECT));
      await started.opened;
      const bos = await send(url + BOS, bosBody(OBJECT));
      expect([bos.status, bos.headers['retry-after'], JSON.parse(bos.bytes.toString()).code]).toEqual([
        503,
        '1',
        'ServiceUnavailable',
      ]);
      const s3 = await send(url + S3, s3Body('SELECT * FROM S3Object'));
      expect([s3.status, s3.bytes.toString()]).toEqual([503, expect.stringContaining('<Code>SlowDown</Code>')]);
      finish.open();
      expect((await first).status).toBe(200);
      expect((await send(url + BOS, bosBody(OBJECT))).status).toBe(200);
    });
  });
});

describe('a hostile request', () => {
  const codeOf = ({ status, bytes }: Answer): string => {
    const text = bytes.toString();
    return `${status} ${/"code":"(\w+)"|<Code>(\w+)</.exec(text)?.slice(1).find(Boolean) ?? ''}`;
  };

  it.each([
    ['a body over the limit', BOS, bosBody(OBJECT).padEnd(200_000), '400 EntityTooLarge'],
    ['XML over the limit', S3, s3Body('SELECT 1').padEnd(3_000_000), '400 EntityTooLarge'],
    ['deep JSON', BOS, '['.repeat(100_000), '400 MalformedJSON'],
    ['closed deep JSON', BOS, `{"selectRequest":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, '400 InappropriateJSON'],
    ['an XML bomb', S3, '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>', '400 MalformedXML'],
    ['deep XML', S3, '<a>'.repeat(300_000), '400 MalformedXML'],
    ['many elements', S3, s3Body('SELECT 1', '<a/>'.repeat(200_000)), '400 MalformedXML'],
    ['many references', S3, s3Body('&#65;'.repeat(300_000)), '400 ExpressionTooLong'],
    ['no body', BOS, '', '400 MalformedJSON'],
    ['no XML', S3, '', '400 MalformedXML'],
    ['bad base64', BOS, bosBody(OBJECT, { expression: '*' }), '400 InvalidArgument'],
    ['another select-type', '/demo/k?select&select-type=3', s3Body('SELECT 1'), '400 InvalidRequestParameter'],
    ['no type', '/demo/k?select', bosBody(OBJECT), '400 InvalidArgument'],
  ])('of %s', async (_name, path, body, expected) => {
    await withServer({}, async ({ url }) => {
      expect(codeOf(await send(url + path, body))).toBe(expected);
      expect((await send(url + BOS, bosBody(OBJECT))).status).toBe(200);
    });
  });

  it('of a body that never ends', async () => {
    await withServer({}, async ({ url }) => {
      const request = httpRequest(url + BOS, { method: 'POST' });
      request.on('error', () => undefined);
      const answered = once(request, 'response') as Promise<[IncomingMessage]>;
      const more = Buffer.alloc(60_000, 0x20);
      for (let i = 0; i < 4; i++) request.write(more);
      const [response] = await answered;
      expect([response.statusCode, response.headers.connection]).toEqual([400, 'close']);
      request.destroy();
    });
  });

  it('of a body that does not come', async () => {
    await withServer({ env: { SELECT_BODY_TIMEOUT: '30ms' } }, async ({ url }) => {
      const request: ClientRequest = httpRequest(url + BOS, { method: 'POST', headers: { 'content-length': '1000' } });
      request.on('error', () => undefined);
      request.write('{');
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const body = Buffer.concat(await response.toArray()).toString();
      expect([response.statusCode, JSON.parse(body).code]).toEqual([400, 'RequestTimeout']);
      request.destroy();
    });
  });

  it('of a body that breaks off leaves nothing behind', async () => {
    await withServer({}, async ({ url, logged, seen }) => {
      const { hostname, port } = new URL(url);
      const socket: Socket = connect(Number(port), hostname);
      socket.write(`POST ${BOS} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{`);
      await once(socket, 'ready');
      socket.destroy();
      await until(() => logged.length === 1);
      expect([logged[0]!.outcome, seen()]).toEqual(['gone', undefined]);
    });
  });

  it('of thousands of parameters', async () => {
    await withServer({}, async ({ url }) => {
      const many = Array.from({ length: 1_000 }, (_, i) => `a${i}=${i}`).join('&');
      expect((await send(`${url + BOS}&${many}`, bosBody(OBJECT))).status).toBe(200);
      const twice = await send(`${url}/demo/k?select&select&type=csv&type=json`, bosBody(OBJECT));
      expect(twice.status).toBe(200);
    });
  });
});

/** Polls for what another part of the process does in its own time. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
}
