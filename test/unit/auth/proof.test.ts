/** What a signature must cover where a request runs a statement on the cluster or writes: signed by the signers of the SDKs, sent to the routes. */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAuth } from '../../../src/auth/open-auth.ts';
import { demandProof } from '../../../src/auth/principal.ts';
import { signSdkHmac } from '../../../src/auth/sdk-hmac.ts';
import { signedRequest } from '../../../src/auth/signed-request.ts';
import { loadConfig } from '../../../src/config.ts';
import { bosBody, runOf, type SelectServer, s3Body, startSelectServer } from '../http/select-kit.ts';

const AK = 'AKPROOF';
const SK = 'secret-of-the-proof';
const folder = mkdtempSync(join(tmpdir(), 'proof-'));
const AUTH_FILE = join(folder, 'auth.json');
writeFileSync(
  AUTH_FILE,
  JSON.stringify({ keys: [{ name: 'k', accessKey: AK, secretKey: SK, buckets: { '*': ['read', 'write'] } }] }),
  { mode: 0o600 },
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : Buffer.from(data as Uint8Array));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

type Headers = Record<string, string>;

interface Sent {
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

const aws = new SignatureV4({
  credentials: { accessKeyId: AK, secretAccessKey: SK },
  region: 'x',
  service: 's3',
  sha256: Sha256,
  uriEscapePath: false,
});

/** `path` with its query; `headers` go into the signature. */
async function bySigV4(host: string, path: string, body: string, headers: Headers = {}, link = false): Promise<Sent> {
  const url = new URL(`http://${host}${path}`);
  const request = {
    method: 'POST',
    protocol: 'http:',
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host, ...headers },
    body,
  };
  const signed = link ? await aws.presign(request, { expiresIn: 60 }) : await aws.sign(request);
  const query = new URLSearchParams(signed.query as Record<string, string>);
  return { path: `${signed.path}?${query.toString().replaceAll('+', '%20')}`, headers: signed.headers, body };
}

const { Auth } = createRequire(import.meta.url)('@baiducloud/sdk') as {
  Auth: new (
    ak: string,
    sk: string,
  ) => {
    generateAuthorization(
      method: string,
      path: string,
      query: object,
      headers: object,
      time: number,
      seconds: number,
    ): string;
  };
};
const baidu = new Auth(AK, SK);

function byBce(host: string, path: string, body: string, headers: Headers = {}, link = false): Sent {
  const url = new URL(`http://${host}${path}`);
  const all = { host, ...headers };
  const query = Object.fromEntries(url.searchParams);
  const seconds = Math.floor(Date.now() / 1000);
  const authorization = baidu.generateAuthorization('POST', url.pathname, query, all, seconds, 1800);
  return link
    ? { path: `${path}&authorization=${encodeURIComponent(authorization)}`, headers: all, body }
    : { path, headers: { ...all, authorization }, body };
}

function byHuawei(host: string, path: string, body: string, headers: Headers = {}): Sent {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const all = { host, 'x-sdk-date': date, ...headers };
  const request = signedRequest({ method: 'POST', url: path, headers: all }, Buffer.from(body));
  const authorization = signSdkHmac(request, Object.keys(all), { accessKey: AK, secretKey: SK });
  return { path, headers: { ...all, authorization }, body };
}

function send(
  base: string,
  { path, headers, body }: Sent,
  more: Headers = {},
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, method: 'POST', headers: { ...headers, ...more } }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const S3 = '/demo/k.csv?select=&select-type=2';
const BOS = '/demo/k.csv?select=&type=csv';
const OVER_OBJECT = s3Body('SELECT * FROM S3Object');
const OVER_CLUSTER = s3Body('SELECT * FROM people');
const UNSIGNED = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
const LOCATION = { 'x-select-output-location': 's3://out/k' };
const md5 = (text: string): string => createHash('md5').update(text).digest('base64');
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

let server: SelectServer;
let strict: SelectServer;
let host: string;

async function started(env: Record<string, string> = {}): Promise<SelectServer> {
  const { auth } = openAuth(loadConfig({ AUTH_FILE, ...env }));
  return startSelectServer({
    auth,
    run: () => runOf([]),
    // A statement that reaches the cluster is a 400 of its own words.
    statements: { open: () => Promise.reject(new Error('reached the cluster')) },
  });
}

beforeAll(async () => {
  [server, strict] = [await started(), await started({ BCE_SIGNED_BODY: 'required' })];
  host = new URL(server.url).host;
});
afterAll(async () => {
  await server.close();
  await strict.close();
});

/** What came of it: 200 over an object, 500 where the statement was let through to the cluster that is not there. */
const outcome = async (sent: Sent | Promise<Sent>, more: Headers = {}, to = server): Promise<string> => {
  const { status, text } = await send(to.url, await sent, more);
  return status === 500
    ? 'cluster'
    : status === 200
      ? 'answered'
      : (/<Code>(\w+)|"code":"(\w+)"/.exec(text)?.slice(1).join('') ?? text);
};

describe('AWS Signature Version 4', () => {
  it('lets a body be open over an object only', async () => {
    expect(await outcome(bySigV4(host, S3, OVER_OBJECT))).toBe('answered');
    expect(await outcome(bySigV4(host, S3, OVER_OBJECT, UNSIGNED))).toBe('answered');
    expect(await outcome(bySigV4(host, S3, OVER_CLUSTER))).toBe('cluster');
    expect(await outcome(bySigV4(host, S3, OVER_CLUSTER, UNSIGNED))).toBe('AccessDenied');
    expect(await outcome(bySigV4(host, S3, OVER_OBJECT, { ...UNSIGNED, ...LOCATION }))).toBe('AccessDenied');
    expect(await outcome(bySigV4(host, S3, OVER_OBJECT, LOCATION))).toBe('answered');
  });

  it('covers every header that says what a select does', async () => {
    const signed = await bySigV4(host, S3, OVER_OBJECT);
    for (const name of ['x-select-output-location', 'X-Select-Output-Mode', 'x-select-output-header', 'x-select-new']) {
      expect(await outcome(signed, { [name]: 's3://out/stolen' }), name).toBe('SignatureDoesNotMatch');
    }
    const located = await bySigV4(host, S3, OVER_OBJECT, { 'x-select-output-location': 's3://out/mine' });
    expect(await outcome(located, { 'x-select-output-location': 's3://out/stolen' })).toBe('SignatureDoesNotMatch');
    expect(await outcome(located, { 'x-select-output-mode': 'Overwrite' })).toBe('SignatureDoesNotMatch');
  });

  it('in a link runs nothing on the cluster and writes nothing', async () => {
    expect(await outcome(bySigV4(host, S3, OVER_OBJECT, UNSIGNED, true))).toBe('answered');
    expect(await outcome(bySigV4(host, S3, OVER_CLUSTER, UNSIGNED, true))).toBe('AccessDenied');
    const hash = { 'x-amz-content-sha256': sha(OVER_CLUSTER) };
    expect(await outcome(bySigV4(host, S3, OVER_CLUSTER, hash, true))).toBe('AccessDenied');
    expect(await outcome(bySigV4(host, S3, OVER_OBJECT, { ...UNSIGNED, ...LOCATION }, true), LOCATION)).toBe(
      'AccessDenied',
    );
    expect(await outcome(bySigV4(host, S3, OVER_OBJECT, UNSIGNED, true), LOCATION)).toBe('SignatureDoesNotMatch');
  });
});

describe('bce-auth-v1', () => {
  const object = bosBody('SELECT * FROM BosObject');
  const cluster = bosBody('SELECT * FROM people');
  const located = bosBody('SELECT * FROM BosObject', {
    outputSerialization: { location: { bucket: 'out', key: 'bos' } },
  });

  it('takes a request without a digest, and one with a digest that is signed and right', async () => {
    expect(await outcome(byBce(host, BOS, object))).toBe('answered');
    expect(await outcome(byBce(host, BOS, cluster))).toBe('cluster');
    expect(await outcome(byBce(host, BOS, cluster, { 'content-md5': md5(cluster) }))).toBe('cluster');
    expect(await outcome(byBce(host, BOS, cluster, { 'x-bce-content-sha256': sha(cluster) }))).toBe('cluster');
    expect(await outcome(byBce(host, BOS, located))).toBe('answered');
  });

  it('refuses a digest that is wrong, or that was added', async () => {
    expect(await outcome(byBce(host, BOS, cluster, { 'content-md5': md5(object) }))).toBe('SignatureDoesNotMatch');
    expect(await outcome(byBce(host, BOS, cluster, { 'x-bce-content-sha256': sha('') }))).toBe('SignatureDoesNotMatch');
    expect(await outcome(byBce(host, BOS, object), { 'content-md5': md5(object) })).toBe('SignatureDoesNotMatch');
    expect(await outcome(byBce(host, BOS, object), { 'X-Bce-Content-Sha256': sha(object) })).toBe(
      'SignatureDoesNotMatch',
    );
    expect(await outcome(byBce(host, S3, OVER_OBJECT), LOCATION)).toBe('SignatureDoesNotMatch');
  });

  it('must have one where BCE_SIGNED_BODY is required', async () => {
    const at = new URL(strict.url).host;
    expect(await outcome(byBce(at, BOS, object), {}, strict)).toBe('AccessDenied');
    expect(await outcome(byBce(at, BOS, object, { 'content-md5': md5(object) }), {}, strict)).toBe('answered');
    expect(await outcome(bySigV4(at, S3, OVER_OBJECT, UNSIGNED), {}, strict)).toBe('answered');
  });

  it('in a link runs nothing on the cluster and writes nothing', async () => {
    expect(await outcome(byBce(host, BOS, object, {}, true))).toBe('answered');
    expect(await outcome(byBce(host, BOS, cluster, {}, true))).toBe('AccessDenied');
    expect(await outcome(byBce(host, BOS, located, {}, true))).toBe('AccessDenied');
    const digest = { 'content-md5': md5(cluster) };
    expect(await outcome(byBce(host, BOS, cluster, digest, true))).toBe('AccessDenied');
  });
});

describe('SDK-HMAC-SHA256', () => {
  it('covers the body of what runs on the cluster, and the headers of selects', async () => {
    const open = { 'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD' };
    expect(await outcome(byHuawei(host, S3, OVER_CLUSTER))).toBe('cluster');
    expect(await outcome(byHuawei(host, S3, OVER_OBJECT, open))).toBe('answered');
    expect(await outcome(byHuawei(host, S3, OVER_CLUSTER, open))).toBe('AccessDenied');
    expect(await outcome(byHuawei(host, S3, OVER_OBJECT), LOCATION)).toBe('SignatureDoesNotMatch');
    const another = { 'x-select-output-location': 's3://out/another' };
    expect(await outcome(byHuawei(host, S3, OVER_OBJECT, another))).toBe('answered');
  });
});

it('a token covers nothing and is asked for nothing', () => {
  const { auth } = openAuth(loadConfig({}));
  expect(() =>
    demandProof(auth.authenticate({ method: 'POST', url: '/', headers: {} }, new Uint8Array())),
  ).not.toThrow();
});
