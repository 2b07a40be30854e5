/** The signing schemes against requests of real SDKs: good as they came, refused with any part changed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, S3Client, SelectObjectContentCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from 'vitest';
import { parseAuthFile } from '../../../src/auth/auth-file.ts';
import { createAuthenticator } from '../../../src/auth/authenticator.ts';
import { keyTable } from '../../../src/auth/key-table.ts';
import { AuthError } from '../../../src/auth/principal.ts';

interface Recorded {
  readonly sdk: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly time: string;
}

const ACCESS_KEY = 'AKRECORDED';
const SECRET_KEY = 'secret-of-recorded-requests';

/** Sent by the SDKs named, to a server that wrote them down. */
const recorded = JSON.parse(
  readFileSync(new URL('recorded-requests.json', import.meta.url), 'utf8'),
) as readonly Recorded[];

function outcome(request: Recorded, { secret = SECRET_KEY, later = 0 } = {}): string {
  const file = { keys: [{ name: 'recorded', accessKey: ACCESS_KEY, secretKey: secret }] };
  const table = keyTable(parseAuthFile(JSON.stringify(file), 'f.json'));
  const now = Date.parse(request.time) + later;
  const authenticator = createAuthenticator({ keys: () => table, forwardHeaders: [], now: () => now });
  try {
    return authenticator.authenticate(request, Buffer.from(request.body)).keyId ?? 'nobody';
  } catch (error) {
    if (error instanceof AuthError) return error.fault;
    throw error;
  }
}

const withHeader = (request: Recorded, name: string, change: (value: string) => string): Recorded => ({
  ...request,
  headers: { ...request.headers, [name]: change(String(request.headers[name] ?? '')) },
});

const bySdk = (sdk: string): readonly Recorded[] => recorded.filter((one) => one.sdk === sdk);
const HOUR = 3_600_000;

it('has requests of three SDKs, with bodies, queries, names to encode, and presigned ones', () => {
  expect([...new Set(recorded.map(({ sdk }) => sdk))]).toEqual(['huaweicloudsdkdli', 'bce-python-sdk', 'boto3']);
  expect(recorded.length).toBeGreaterThanOrEqual(12);
});

describe.each(
  recorded.map((request) => [`${request.sdk} ${request.method} ${request.url.slice(0, 60)}`, request] as const),
)('%s', (_, request) => {
  it('is known', () => {
    expect(outcome(request)).toBe('recorded');
    expect(outcome(request, { later: 60_000 })).toBe('recorded');
  });

  it('is refused with another secret, method, path, query, host or body', () => {
    expect(outcome(request, { secret: 'another-secret' })).toBe('badSignature');
    expect(outcome({ ...request, method: request.method === 'PUT' ? 'POST' : 'PUT' })).toBe('badSignature');
    expect(outcome({ ...request, url: request.url.replace(/^\/[^/?]+/, '/other') })).toBe('badSignature');
    const more = request.url.includes('?') ? '&' : '?';
    expect(outcome({ ...request, url: `${request.url}${more}x=1` })).toBe('badSignature');
    expect(outcome(withHeader(request, 'host', (host) => `${host}1`))).toBe('badSignature');
  });

  it('is refused when it is old', () => {
    expect(outcome(request, { later: 25 * HOUR })).toBe('expired');
    expect(outcome(request, { later: -HOUR })).toBe('expired');
  });
});

describe('bodies', () => {
  it('that were signed may not change', () => {
    const bodies = recorded.filter(({ body, sdk }) => body !== '' && sdk !== 'bce-python-sdk');
    expect(bodies.length).toBeGreaterThanOrEqual(2);
    for (const request of bodies) {
      expect(['badSignature', 'bodyMismatch']).toContain(outcome({ ...request, body: `${request.body} ` }));
    }
  });
});

describe('SDK-HMAC-SHA256', () => {
  const [request] = bySdk('huaweicloudsdkdli') as [Recorded, ...Recorded[]];

  it('covers the date and every header that it names', () => {
    expect(
      outcome(
        withHeader(request, 'x-sdk-date', (date) => date.replace(/\d\dZ$/, (end) => (end === '00Z' ? '01Z' : '00Z'))),
      ),
    ).toBe('badSignature');
    expect(outcome(withHeader(request, 'user-agent', () => 'other'))).toBe('badSignature');
    expect(outcome(withHeader(request, 'x-project-id', () => 'other'))).toBe('badSignature');
  });

  it('must be of its form, of a known key, and within a quarter of an hour', () => {
    expect(outcome(withHeader(request, 'authorization', (text) => text.replace(/Signature=.*/, 'Signature=00')))).toBe(
      'unreadable',
    );
    expect(outcome(withHeader(request, 'authorization', (text) => text.replace(ACCESS_KEY, 'AKOTHER')))).toBe(
      'unknownKey',
    );
    expect(outcome(withHeader(request, 'authorization', () => 'SDK-HMAC-SHA256'))).toBe('unreadable');
    expect(outcome(withHeader(request, 'x-sdk-date', () => 'today'))).toBe('unreadable');
    expect(outcome(request, { later: 14 * 60_000 })).toBe('recorded');
    expect(outcome(request, { later: 16 * 60_000 })).toBe('expired');
    expect(outcome(request, { later: -16 * 60_000 })).toBe('expired');
  });

  it('takes the word of a hash only when it is the body’s', () => {
    expect(
      outcome(
        withHeader(request, 'x-sdk-content-sha256', () => createHash('sha256').update(request.body).digest('hex')),
      ),
    ).toBe('recorded');
    expect(outcome(withHeader(request, 'x-sdk-content-sha256', () => 'UNSIGNED-PAYLOAD'))).toBe('badSignature');
    const hash = createHash('sha256').update(request.body).digest('hex');
    expect(outcome({ ...withHeader(request, 'x-sdk-content-sha256', () => hash), body: 'other' })).toBe('bodyMismatch');
  });
});

describe('bce-auth-v1', () => {
  const request = bySdk('bce-python-sdk').find((one) => one.headers.authorization !== undefined)!;
  const link = bySdk('bce-python-sdk').find((one) => one.headers.authorization === undefined)!;

  it('covers its headers and its period', () => {
    expect(outcome(withHeader(request, 'x-bce-date', () => '2020-01-01T00:00:00Z'))).toBe('badSignature');
    expect(outcome(withHeader(request, 'x-bce-new', () => 'x'))).toBe('badSignature');
    expect(outcome(withHeader(request, 'authorization', (text) => text.replace('/1800/', '/18000/')))).toBe(
      'badSignature',
    );
    expect(
      outcome(
        withHeader(request, 'authorization', (text) => text.replace('/1800/', '/-1/')),
        { later: 25 * HOUR },
      ),
    ).toBe('badSignature');
  });

  it('ends with its seconds', () => {
    expect(outcome(request, { later: 1790_000 })).toBe('recorded');
    expect(outcome(request, { later: 1810_000 })).toBe('expired');
    expect(outcome(link, { later: 590_000 })).toBe('recorded');
    expect(outcome(link, { later: 610_000 })).toBe('expired');
  });

  it('must be of its form and of a known key', () => {
    expect(outcome(withHeader(request, 'authorization', () => 'bce-auth-v1/x'))).toBe('unreadable');
    expect(outcome(withHeader(request, 'authorization', (text) => text.replace(ACCESS_KEY, 'AKOTHER')))).toBe(
      'unknownKey',
    );
    expect(outcome({ ...link, url: link.url.replace(/authorization=[^&]*/, 'authorization=x') })).toBe('unreadable');
  });
});

describe('AWS Signature Version 4', () => {
  const [request] = bySdk('boto3').filter((one) => one.headers.authorization !== undefined) as [Recorded];
  const link = bySdk('boto3').find((one) => one.headers.authorization === undefined)!;

  it('covers the host and all headers of AWS', () => {
    expect(outcome(withHeader(request, 'x-amz-new', () => 'x'))).toBe('badSignature');
    expect(
      outcome(
        withHeader(request, 'x-amz-date', (date) => date.replace(/\d\dZ$/, (end) => (end === '00Z' ? '01Z' : '00Z'))),
      ),
    ).toBe('badSignature');
    expect(outcome(withHeader(request, 'authorization', (text) => text.replace('host;', '')))).toBe('badSignature');
    expect(outcome(withHeader(request, 'authorization', (text) => text.replace('eu-x-1', 'eu-x-2')))).toBe(
      'badSignature',
    );
  });

  it('must be of its form, for S3, of a known key', () => {
    expect(outcome(withHeader(request, 'authorization', (text) => text.replace('/s3/', '/ec2/')))).toBe('unreadable');
    expect(outcome(withHeader(request, 'authorization', (text) => text.replace(/\/\d{8}\//, '/20200101/')))).toBe(
      'unreadable',
    );
    expect(outcome(withHeader(request, 'authorization', (text) => text.replace(ACCESS_KEY, 'AKOTHER')))).toBe(
      'unknownKey',
    );
    expect(outcome(withHeader(request, 'x-amz-content-sha256', () => 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'))).toBe(
      'unreadable',
    );
    expect(outcome(withHeader(request, 'x-amz-content-sha256', () => 'UNSIGNED-PAYLOAD'))).toBe('badSignature');
  });

  it('ends with the seconds of a link, which nobody can make longer', () => {
    expect(outcome(link, { later: 590_000 })).toBe('recorded');
    expect(outcome(link, { later: 610_000 })).toBe('expired');
    expect(outcome({ ...link, url: link.url.replace('X-Amz-Expires=600', 'X-Amz-Expires=60000') })).toBe(
      'badSignature',
    );
    expect(outcome({ ...link, url: link.url.replace('X-Amz-Expires=600', 'X-Amz-Expires=6000000') })).toBe(
      'unreadable',
    );
    expect(outcome({ ...link, url: link.url.replace(/X-Amz-Date=[^&]*&/, '') })).toBe('unreadable');
  });
});

describe('the AWS SDK for JavaScript', async () => {
  const received: Recorded[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method = '', url = '', headers } = request;
    received.push({
      sdk: 'js',
      method,
      url,
      headers,
      body: Buffer.concat(pieces).toString(),
      time: new Date().toISOString(),
    });
    response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY };
  const client = new S3Client({ endpoint, region: 'x', forcePathStyle: true, maxAttempts: 1, credentials });

  it('is known in both ways of signing', async () => {
    const target = { Bucket: 'demo', Key: "dir/a b+ü%'()*.csv" };
    const select = new SelectObjectContentCommand({
      ...target,
      Expression: "SELECT * FROM S3Object WHERE a = 'ü'",
      ExpressionType: 'SQL',
      InputSerialization: { CSV: {} },
      OutputSerialization: { CSV: {} },
    });
    await client.send(select).catch(() => undefined);
    await client.send(new GetObjectCommand(target)).catch(() => undefined);
    await fetch(await getSignedUrl(client, new GetObjectCommand(target), { expiresIn: 60 }));
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
    expect(received.map((request) => outcome(request))).toEqual(['recorded', 'recorded', 'recorded']);
    expect(outcome({ ...received[0]!, body: received[0]!.body.replace('SELECT', 'select') })).toBe('bodyMismatch');
  });
});
