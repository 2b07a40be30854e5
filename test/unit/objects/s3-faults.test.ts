/** The S3 store over a real server that is made to fail: busy, silent, cut off, full, and answers that get lost. */

import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import S3rver from 's3rver';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openS3Store } from '../../../src/objects/s3.ts';
import { pieceSize } from '../../../src/objects/s3-upload.ts';
import type { ObjectStore } from '../../../src/objects/store.ts';
import { listenOn, s3Settings } from '../../support/s3-settings.ts';
import { bytesOf, faultOf, pattern } from './store-suite.ts';

type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly code: string }
  | { readonly kind: 'hang' | 'cut' }
  /** Done, but nobody hears of it. */
  | { readonly kind: 'loseAnswer' }
  | { readonly kind: 'cutBody' | 'hangBody'; readonly after: number };

const busy: Fault = { kind: 'answer', status: 503, code: 'SlowDown' };
const many: Fault = { kind: 'answer', status: 429, code: 'TooManyRequests' };

/** The next fault for requests that match; others are answered by the real server. */
let plan: { readonly match: (request: IncomingMessage) => boolean; readonly faults: Fault[] } | undefined;
let requests: string[] = [];

function faulty(real: RequestListener): RequestListener {
  return (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const fault = plan?.match(request) === true ? plan.faults.shift() : undefined;
    if (fault === undefined) real(request, response);
    else fail(fault, real, request, response);
  };
}

function fail(fault: Fault, real: RequestListener, request: IncomingMessage, response: ServerResponse): void {
  switch (fault.kind) {
    case 'answer':
      request.resume();
      response.writeHead(fault.status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${fault.code}</Code><Message>made</Message></Error>`);
      return;
    case 'hang':
      request.resume();
      return;
    case 'cut':
      request.socket.destroy();
      return;
    case 'loseAnswer':
      response.write = () => true;
      response.end = () => {
        request.socket.destroy();
        return response;
      };
      real(request, response);
      return;
    case 'cutBody':
    case 'hangBody':
      stopAfter(fault.after, fault.kind === 'cutBody', response);
      real(request, response);
  }
}

function stopAfter(limit: number, cut: boolean, response: ServerResponse): void {
  const write = response.write.bind(response) as (chunk: Buffer) => boolean;
  let sent = 0;
  response.write = ((chunk: Buffer): boolean => {
    if (sent >= limit) {
      if (cut) response.socket?.destroy();
      return false;
    }
    const part = chunk.subarray(0, limit - sent);
    sent += part.length;
    return write(part);
  }) as ServerResponse['write'];
}

let directory: string;
let server: Server;
let store: ObjectStore;
let hasty: ObjectStore;
const bytes = pattern(6_000_000);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 's3-faults-'));
  const s3 = new S3rver({ directory, silent: true, vhostBuckets: false, configureBuckets: [{ name: 'bucket' }] });
  await s3.configureBuckets();
  const listening = await listenOn(faulty(s3.callback()));
  server = listening.server;
  store = await openS3Store(s3Settings(listening.url, { attempts: 4, timeout: 1_500 }));
  hasty = await openS3Store(s3Settings(listening.url, { attempts: 2, timeout: 1_000 }));
  await store.put('bucket', 'large', bytes);
});
afterEach(() => {
  plan = undefined;
  requests = [];
});
afterAll(async () => {
  await store?.close();
  await hasty?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

const reads = (request: IncomingMessage): boolean => request.method === 'GET';
const anything = (): boolean => true;

describe('what passes by itself', () => {
  it.each([
    ['busy', [busy, busy]],
    ['too many requests', [many, many]],
    ['a cut connection', [{ kind: 'cut' }, { kind: 'cut' }]],
    ['an internal error', [{ kind: 'answer', status: 500, code: 'InternalError' }]],
    ['silence', [{ kind: 'hang' }]],
  ] as const)('%s: every call is tried again', async (_, faults) => {
    const calls: (() => Promise<unknown>)[] = [
      () => store.put('bucket', 'again', Buffer.from('x')),
      () => store.head('bucket', 'again'),
      () => store.list('bucket', { prefix: 'again' }),
      async () => bytesOf(await store.read('bucket', 'again')),
      () => store.startUpload('bucket', 'never'),
      () => store.delete('bucket', ['again']),
    ];
    for (const call of calls) {
      plan = { match: anything, faults: [...faults] };
      await call();
      expect(plan.faults).toEqual([]);
    }
  });

  it('a piece and its completion are tried again, and the object is whole', async () => {
    for (const fault of [busy, { kind: 'cut' }] as const) {
      const upload = await store.startUpload('bucket', 'pieces');
      plan = { match: (request) => request.method !== 'GET', faults: [fault, fault] };
      await upload.write(bytes);
      const sealed = await upload.seal();
      plan = { match: anything, faults: [fault] };
      await store.publish(sealed);
      expect((await bytesOf(await store.read('bucket', 'pieces'))).equals(bytes)).toBe(true);
    }
  });

  it.each([
    ['cut', 'cutBody'],
    ['silent', 'hangBody'],
  ] as const)('a body that is %s goes on where it broke, of the same object', async (_, kind) => {
    const faults: Fault[] = [1_000_000, 100_000, 2_000_000].map((after) => ({ kind, after }));
    plan = { match: reads, faults };
    const body = await store.read('bucket', 'large');
    expect((await bytesOf(body)).equals(bytes)).toBe(true);
    expect(requests.length).toBe(4);
    plan = { match: reads, faults: [{ kind, after: 10 }] };
    const part = await store.read('bucket', 'large', { range: { start: 100, end: 199 } });
    expect((await bytesOf(part)).equals(bytes.subarray(100, 200))).toBe(true);
  });

  it('a completion whose answer was lost is known to be done', async () => {
    const small = bytes.subarray(0, 1_000_000);
    const upload = await store.startUpload('bucket', 'lost');
    await upload.write(small);
    const sealed = await upload.seal();
    plan = { match: anything, faults: [{ kind: 'loseAnswer' }, { kind: 'answer', status: 404, code: 'NoSuchUpload' }] };
    await store.publish(sealed);
    expect(await store.head('bucket', 'lost')).toMatchObject({ size: small.length });
    await store.put('bucket', 'lost', pattern(small.length, 9));
    plan = { match: anything, faults: [{ kind: 'answer', status: 404, code: 'NoSuchUpload' }] };
    expect(await faultOf(store.publish(sealed))).toBe('noSuchKey');
  });
});

describe('a store that cannot take back uploads', () => {
  const without = (status: number, code: string): void => {
    const match = ({ method, url }: IncomingMessage): boolean => method === 'DELETE' && url!.includes('uploadId=');
    plan = { match, faults: Array.from({ length: 20 }, () => ({ kind: 'answer', status, code })) };
  };

  it.each([
    [501, 'NotImplemented'],
    [405, 'MethodNotAllowed'],
    [400, 'NotImplemented'],
  ])('by %i %s is asked and left', async (status, code) => {
    without(status, code);
    const upload = await store.startUpload('bucket', 'left');
    await upload.write(bytes.subarray(0, 10));
    await upload.abort();
    await store.abort(upload.ref);
    expect(requests.filter((one) => one.startsWith('DELETE')).length).toBeGreaterThanOrEqual(2);
    // An object without pieces is put, and its upload is no longer needed.
    const empty = await (await store.startUpload('bucket', 'empty')).seal();
    await store.publish(empty);
    expect(await store.head('bucket', 'empty')).toMatchObject({ size: 0 });
  });

  it('is no store that refuses to', async () => {
    without(403, 'AccessDenied');
    const upload = await store.startUpload('bucket', 'refused');
    expect(await faultOf(upload.abort())).toBe('denied');
  });
});

describe('what does not pass', () => {
  const always = (fault: Fault): Fault[] => Array.from({ length: 50 }, () => fault);

  it.each([
    ['hang', 'unreachable'],
    ['cut', 'unreachable'],
  ] as const)('a store that will only %s is given up', async (kind, fault) => {
    plan = { match: anything, faults: always({ kind }) };
    expect(await faultOf(hasty.put('bucket', 'k', Buffer.from('x')))).toBe(fault);
    expect(await faultOf(hasty.read('bucket', 'large'))).toBe(fault);
    expect(await faultOf(hasty.list('bucket'))).toBe(fault);
  });

  it('a body that never goes on is given up', async () => {
    plan = { match: reads, faults: [{ kind: 'hangBody', after: 100 }, ...always({ kind: 'hang' })] };
    const body = await hasty.read('bucket', 'large');
    expect(await faultOf(bytesOf(body))).toBe('unreachable');
  });

  it.each([
    [507, 'InsufficientStorage', 'full'],
    [507, 'XMinioStorageFull', 'full'],
    [403, 'QuotaExceeded', 'full'],
    [403, 'AccessDenied', 'denied'],
    [403, 'InvalidAccessKeyId', 'denied'],
    [404, 'NoSuchBucket', 'noSuchBucket'],
    [501, 'NotImplemented', 'failed'],
  ])('status %i %s is told as it is, by a piece too', async (status, code, fault) => {
    const said = always({ kind: 'answer', status, code });
    const upload = await store.startUpload('bucket', 'failing');
    plan = { match: anything, faults: [...said] };
    expect(await faultOf(store.put('bucket', 'k', Buffer.from('x')))).toBe(fault);
    const writing = async (): Promise<void> => {
      await upload.write(bytes);
      await upload.seal();
    };
    expect(await faultOf(writing())).toBe(fault);
  });

  it('a refusal is not tried again', async () => {
    plan = { match: anything, faults: always({ kind: 'answer', status: 403, code: 'AccessDenied' }) };
    const error = await store.head('bucket', 'k').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ fault: 'denied' });
    expect(inspect(error, { depth: 20 })).not.toContain('Signature=');
    expect(requests).toHaveLength(1);
  });

  it('a store that is not there is unreachable', async () => {
    const gone = await listenOn(() => undefined);
    await new Promise((resolve) => gone.server.close(resolve));
    const nowhere = await openS3Store(s3Settings(gone.url, { attempts: 2 }));
    expect(await faultOf(nowhere.bucketExists('bucket'))).toBe('unreachable');
    await nowhere.close();
  });

  it('a wait ends when the caller gives up', async () => {
    plan = { match: anything, faults: always({ kind: 'hang' }) };
    const signal = AbortSignal.timeout(100);
    await expect(store.read('bucket', 'large', { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

it('links read without keys', async () => {
  const link = await store.presign('bucket', 'large', 60);
  const response = await fetch(link!);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
});

it('pieces are as small as they may be, and 10,000 of them hold the largest object of S3', () => {
  const MiB = 1024 ** 2;
  const sizes = Array.from({ length: 10_000 }, (_, at) => pieceSize(at + 1));
  expect([sizes[0], sizes[499], sizes[500]]).toEqual([5 * MiB, 5 * MiB, 10 * MiB]);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(5 * 1024 * MiB);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(5 * 1024 ** 2 * MiB);
});
