/** The select routes: which requests are theirs, what an answer is made of, and what is refused how. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthError, type AuthFault } from '../../../src/auth/principal.ts';
import { SelectError } from '../../../src/select/errors.ts';
import { ANYBODY } from '../../support/principals.ts';
import { type Message, readBosMessages, readEvents } from '../select/read-messages.ts';
import { BOS, bosBody, chunk, runOf, S3, type SelectServer, s3Body, send, startSelectServer } from './select-kit.ts';

const OBJECT = 'SELECT * FROM BosObject';

async function withServer<T>(
  options: Parameters<typeof startSelectServer>[0],
  work: (server: SelectServer) => Promise<T>,
): Promise<T> {
  const server = await startSelectServer(options);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

const payloads = (messages: readonly Message[]): string[] =>
  messages.filter((one) => one.type === 'Records').map((one) => one.payload.toString());

describe('which requests are selects', () => {
  let server: SelectServer;
  beforeAll(async () => {
    server = await startSelectServer();
  });
  afterAll(() => server.close());

  it.each([
    ['/v1/demo/people.csv?select&type=csv', 'people.csv'],
    ['/demo/people.csv?select&type=csv', 'people.csv'],
    ['/demo/people.csv?type=csv&select', 'people.csv'],
    ['/demo/people.csv?select=&type=csv', 'people.csv'],
    ['/demo/people.csv?type=csv&select=', 'people.csv'],
    ['/v1/demo/a/b/c%20d%2Be.csv?select&type=csv', 'a/b/c d+e.csv'],
    ['/demo/%E4%B8%AD.csv?select&type=csv', '中.csv'],
    ['/v1/demo/_under.csv?select&type=csv', '_under.csv'],
    ['/demo/folder/_search?select&type=csv', 'folder/_search'],
  ])('%s is one of BOS', async (path, key) => {
    const { status } = await send(server.url + path, bosBody(OBJECT));
    expect({ status, object: server.seen()?.object }).toEqual({ status: 200, object: { bucket: 'demo', key } });
  });

  it.each(['?select&select-type=2', '?select=&select-type=2', '?select-type=2&select'])(
    '%s is one of S3',
    async (query) => {
      const { status } = await send(`${server.url}/demo/people.csv${query}`, s3Body('SELECT * FROM S3Object'));
      expect({ status, dialect: server.seen()?.dialect }).toEqual({ status: 200, dialect: 's3' });
    },
  );

  it.each([
    'application/json',
    'application/json;charset=utf-8',
    'application/octet-stream',
    'text/plain',
    'image/png',
  ])('whatever the content type: %s', async (type) => {
    const answer = await send(server.url + BOS, bosBody(OBJECT), { headers: { 'content-type': type } });
    expect(answer.status).toBe(200);
  });

  it.each([
    '/_search?select',
    '/logs/_search?select',
    '/logs/_search?select&type=csv',
    '/v1/_search?select',
    '/v1/_doc/1?select',
    '/%5fsearch/x?select',
    '/logs?select',
    '/logs/?select',
    '/v1/demo?select',
    '/v1/demo/?select',
    '/demo/people.csv',
    '/demo/people.csv?selected=1',
    '/demo/people.csv?q=select',
    '/?select',
  ])("%s is the cluster's", async (path) => {
    expect((await send(server.url + path, bosBody(OBJECT))).status).toBe(418);
  });

  it.each(['GET', 'PUT', 'DELETE'])('%s is not the method', async (method) => {
    const bos = await send(server.url + BOS, '', { method });
    expect([bos.status, bos.headers.allow, JSON.parse(bos.bytes.toString()).code]).toEqual([
      405,
      'POST',
      'MethodNotAllowed',
    ]);
    expect((await send(server.url + S3, '', { method })).status).toBe(405);
  });

  it('says that a path is not percent-encoded', async () => {
    const { status, bytes } = await send(`${server.url}/demo/%ff?select&type=csv`, bosBody(OBJECT));
    expect([status, JSON.parse(bytes.toString()).code]).toEqual([400, 'InvalidURI']);
  });

  it('closes the connection where that is asked for, and keeps it otherwise', async () => {
    const closed = await send(server.url + BOS, bosBody(OBJECT), { headers: { connection: 'close' } });
    expect(closed.headers.connection).toBe('close');
    const kept = await send(server.url + BOS, bosBody(OBJECT), { headers: { connection: 'keep-alive' } });
    expect(kept.headers.connection).toBe('keep-alive');
  });
});

describe('an answer of BOS', () => {
  it('is records and an End, chunked, of no JSON type', async () => {
    const run = () => runOf([chunk('a,1\nb,2\n'), chunk('c,3\n')], { scanned: 12 });
    await withServer({ run }, async ({ url, logged, metrics }) => {
      const { status, headers, bytes } = await send(url + BOS, bosBody(OBJECT), {
        headers: { 'accept-encoding': 'gzip' },
      });
      expect(status).toBe(200);
      expect(headers).toMatchObject({ 'transfer-encoding': 'chunked', 'content-type': 'application/octet-stream' });
      expect(headers['x-bce-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers['content-encoding']).toBeUndefined();
      const messages = readBosMessages(bytes);
      expect(payloads(messages)).toEqual(['a,1\nb,2\nc,3\n']);
      expect(messages.at(-1)!.headers).toEqual({ 'message-type': 'End', 'error-code': 'success', 'error-message': '' });
      expect(logged).toEqual([
        expect.objectContaining({
          protocol: 'bos',
          source: 'object',
          status: 200,
          outcome: 'success',
          records: 3,
          scanned: 12,
          returned: 12,
        }),
      ]);
      expect(await metrics.value('selects_total', { protocol: 'bos', outcome: 'success' })).toBe(1);
      expect(await metrics.value('select_scanned_bytes_total', { source: 'object' })).toBe(12);
    });
  });

  it('is an End alone where nothing matches', async () => {
    await withServer({}, async ({ url }) => {
      const messages = readBosMessages((await send(url + BOS, bosBody(OBJECT))).bytes);
      expect(messages.map((one) => one.type)).toEqual(['End']);
    });
  });

  it('puts small chunks together up to 64 KiB, and sends a larger record alone', async () => {
    const small = `${'x'.repeat(29_999)}\n`;
    const large = `${'y'.repeat(199_999)}\n`;
    const run = () => runOf([chunk(small), chunk(small), chunk(small), chunk(large), chunk(small)]);
    await withServer({ run }, async ({ url }) => {
      const sizes = payloads(readBosMessages((await send(url + BOS, bosBody(OBJECT))).bytes)).map((one) => one.length);
      expect(sizes).toEqual([60_000, 30_000, 200_000, 30_000]);
    });
  });

  it('tells an error before the first message by status and JSON', async () => {
    const run = () => Promise.reject(new SelectError('NoSuchKey', 'There is no people.csv.'));
    await withServer({ run }, async ({ url }) => {
      const { status, headers, bytes } = await send(url + BOS, bosBody(OBJECT));
      expect([status, headers['content-type']]).toEqual([404, 'application/json']);
      const requestId = headers['x-bce-request-id'];
      expect(JSON.parse(bytes.toString())).toEqual({
        code: 'NoSuchKey',
        message: 'There is no people.csv.',
        requestId,
      });
    });
  });

  it('tells an error of the first record by status too, and one after it in End', async () => {
    async function* failing(first: boolean) {
      if (first) {
        yield chunk(`${'x'.repeat(70_000)}\n`);
      }
      throw new SelectError('CastFailed', 'row 7');
    }
    await withServer({ run: () => runOf(failing(false)) }, async ({ url }) => {
      expect((await send(url + BOS, bosBody(OBJECT))).status).toBe(400);
    });
    await withServer({ run: () => runOf(failing(true)) }, async ({ url, logged }) => {
      const { status, bytes } = await send(url + BOS, bosBody(OBJECT));
      expect(status).toBe(200);
      expect(readBosMessages(bytes).at(-1)!.headers).toEqual({
        'message-type': 'End',
        'error-code': 'CastFailed',
        'error-message': 'row 7',
      });
      expect(logged[0]).toMatchObject({ status: 200, outcome: 'CastFailed' });
    });
  });

  it('hides what nobody foresaw, and is in the log by its id', async () => {
    const run = () => Promise.reject(new Error('secret place'));
    await withServer({ run }, async ({ url, logged }) => {
      const { status, bytes } = await send(url + BOS, bosBody(OBJECT));
      const body = JSON.parse(bytes.toString());
      expect([status, body.code]).toEqual([500, 'InternalError']);
      expect(bytes.toString()).not.toContain('secret');
      expect(body.message).toContain(logged[0]!.id);
    });
  });

  it('wants a header line only where the names are known', async () => {
    const asked = (fileHeaderInfo: string) =>
      bosBody(OBJECT, {
        inputSerialization: { csv: { fileHeaderInfo } },
        outputSerialization: { outputHeader: true },
      });
    await withServer({ run: () => runOf([chunk('a\n')], { header: 'name\n' }) }, async ({ url }) => {
      expect((await send(url + BOS, asked('NONE'))).status).toBe(400);
      expect(payloads(readBosMessages((await send(url + BOS, asked('USE'))).bytes))).toEqual(['name\na\n']);
    });
  });
});

describe('an answer of S3', () => {
  it('is records, Stats and End', async () => {
    await withServer({ run: () => runOf([chunk('a,1\n')], { scanned: 4 }) }, async ({ url }) => {
      const { status, headers, bytes } = await send(url + S3, s3Body('SELECT * FROM S3Object'));
      expect([status, headers['content-type']]).toEqual([200, 'application/octet-stream']);
      expect(headers['x-amz-request-id']).toBeDefined();
      expect(headers['x-amz-id-2']).toBeDefined();
      const messages = readEvents(bytes);
      expect(messages.map((one) => one.type)).toEqual(['Records', 'Stats', 'End']);
      expect(messages[1]!.payload.toString()).toContain('<BytesReturned>4</BytesReturned>');
    });
  });

  it('tells errors in XML before the stream, and by a last message in it', async () => {
    const run = () => Promise.reject(new SelectError('ParseUnexpectedToken', 'a < b & \u0000'));
    await withServer({ run }, async ({ url }) => {
      const { status, headers, bytes } = await send(url + S3, s3Body('SELECT * FROM S3Object'));
      expect([status, headers['content-type']]).toEqual([400, 'application/xml']);
      expect(bytes.toString()).toBe(
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>ParseUnexpectedToken</Code><Message>a &lt; b &amp; \ufffd</Message>' +
          `<Resource>/demo/people.csv</Resource><RequestId>${headers['x-amz-request-id']}</RequestId></Error>`,
      );
    });
    async function* failing() {
      yield chunk(`${'x'.repeat(70_000)}\n`);
      throw new SelectError('TruncatedInput', 'the end is missing');
    }
    await withServer({ run: () => runOf(failing()) }, async ({ url }) => {
      const messages = readEvents((await send(url + S3, s3Body('SELECT * FROM S3Object'))).bytes);
      expect(messages.map((one) => one.type)).toEqual(['Records', 'error']);
      expect(messages[1]!.headers).toEqual({
        ':message-type': 'error',
        ':error-code': 'TruncatedInput',
        ':error-message': 'the end is missing',
      });
    });
  });
});

describe('rights', () => {
  const faults: readonly (readonly [AuthFault, string, string])[] = [
    ['missing', '403 AccessDenied', '403 AccessDenied'],
    ['unreadable', '400 InvalidHTTPAuthHeader', '403 AccessDenied'],
    ['unknownKey', '403 InvalidAccessKeyId', '403 InvalidAccessKeyId'],
    ['badSignature', '403 SignatureDoesNotMatch', '403 SignatureDoesNotMatch'],
    ['expired', '400 RequestExpired', '403 RequestTimeTooSkewed'],
    ['bodyMismatch', '403 SignatureDoesNotMatch', '403 SignatureDoesNotMatch'],
  ];

  it.each(faults)('%s is told in the words of each protocol', async (fault, bos, s3) => {
    const auth = {
      authenticate: () => {
        throw new AuthError(fault, 'no');
      },
    };
    await withServer({ auth }, async ({ url }) => {
      const ofBos = await send(url + BOS, bosBody(OBJECT));
      expect(`${ofBos.status} ${JSON.parse(ofBos.bytes.toString()).code}`).toBe(bos);
      const ofS3 = await send(url + S3, s3Body('SELECT * FROM S3Object'));
      expect(`${ofS3.status} ${/<Code>(\w+)</.exec(ofS3.bytes.toString())?.[1]}`).toBe(s3);
    });
  });

  it('of reading are needed on the bucket, over the cluster too, and of writing on the target', async () => {
    const auth = {
      authenticate: () => ({
        ...ANYBODY,
        may: (right: string, bucket: string) => (right === 'read' ? bucket === 'demo' : bucket === 'out'),
      }),
    };
    await withServer({ auth }, async ({ url, seen }) => {
      const codeOf = async (path: string, body: string) => {
        const { status, bytes } = await send(url + path, body);
        return status === 200 ? 'ok' : `${status} ${JSON.parse(bytes.toString()).code}`;
      };
      const into = (bucket: string) => bosBody(OBJECT, { outputSerialization: { location: { bucket, key: 'k' } } });
      expect(await codeOf('/other/k?select&type=csv', bosBody(OBJECT))).toBe('403 AccessDenied');
      expect(await codeOf('/other/k?select&type=csv', bosBody('SELECT * FROM accounts'))).toBe('403 AccessDenied');
      expect(await codeOf('/demo/k?select&type=csv', into('demo'))).toBe('403 AccessDenied');
      expect(seen()).toBeUndefined();
      expect(await codeOf('/demo/k?select&type=csv', into('out'))).toBe('ok');
    });
  });
});
