/** Jobs answer to the user of the cluster that submitted them, on every route, over both stores, with AUTH_FILE and without. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { signSdkHmac } from '../../src/auth/sdk-hmac.ts';
import { signedRequest } from '../../src/auth/signed-request.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type MemoryRunner, memoryRunner } from '../support/memory-runner.ts';
import { basicOf, type Kind, type SecurityFront, startSecurityFront } from '../support/security-front.ts';
import { type JobsProxy, startJobs } from './jobs-under-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'owners-'));
const closing: (() => Promise<void>)[] = [];
const indices: string[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  for (const index of indices) await fetch(`${getEngine().url}/${index}`, { method: 'DELETE' });
  rmSync(folder, { recursive: true, force: true });
});

interface World {
  readonly proxy: JobsProxy;
  readonly front: SecurityFront;
  readonly runner: MemoryRunner;
}

async function world(env: Record<string, string> = {}, kind: Kind = 'opensearch'): Promise<World> {
  const front = await startSecurityFront(getEngine().url, kind);
  closing.push(() => front.close());
  for (const user of ['alice', 'bob', 'service']) front.users.set(user, `${user}-secret`);
  const runner = memoryRunner();
  const own = { OPENSEARCH_USERNAME: 'service', OPENSEARCH_PASSWORD: 'service-secret' };
  const proxy = await startJobs(runner, { env: { OPENSEARCH_URL: front.url, ...own, ...env }, auth: 'real' });
  closing.push(() => proxy.close());
  return { proxy, front, runner };
}

interface Told {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

type Headers = Readonly<Record<string, string>>;

async function call({ proxy }: World, who: Headers, method: string, path: string, body?: object): Promise<Told> {
  const response = await fetch(`${proxy.url}/v1.0/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...who },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function submit(at: World, who: Headers, sql: string, project = 'p'): Promise<string> {
  const told = await call(at, who, 'POST', `${project}/jobs/submit-job`, { sql });
  expect(told.status, JSON.stringify(told.body)).toBe(200);
  return String(told.body.job_id);
}

async function until(at: World, who: Headers, id: string, status: string, project = 'p'): Promise<Told['body']> {
  for (let tries = 0; tries < 300; tries++) {
    const { body } = await call(at, who, 'GET', `${project}/jobs/${id}/status`);
    if (body.status === status) return body;
    await sleep(20);
  }
  throw new Error(`${id} never was ${status}`);
}

async function listed(at: World, who: Headers, query = '', project = 'p'): Promise<readonly [unknown, string[]]> {
  const { body } = await call(at, who, 'GET', `${project}/jobs${query}`);
  return [body.job_count, (body.jobs as { job_id: string }[]).map((job) => job.job_id)];
}

const ROUTES: readonly (readonly [string, (id: string) => string, object?])[] = [
  ['GET', (id) => `p/jobs/${id}/status`],
  ['GET', (id) => `p/jobs/${id}/detail`],
  ['GET', (id) => `p/jobs/${id}/progress`],
  ['GET', (id) => `p/jobs/${id}/preview`],
  ['GET', (id) => `p/jobs/${id}`],
  ['GET', (id) => `p/queues/default/jobs/${id}`],
  ['POST', (id) => `p/jobs/${id}/export-result`, { data_path: 'obs://bucket/stolen', data_type: 'csv' }],
  ['DELETE', (id) => `p/jobs/${id}`],
  ['DELETE', (id) => `p/queues/default/jobs/${id}`],
];

/** On every route as if there were no such job, whether it runs or has ended. */
async function expectHidden(at: World, who: Headers, id: string): Promise<void> {
  for (const [method, path, body] of ROUTES) {
    const told = await call(at, who, method, path(id), body);
    const none = await call(at, who, method, path('00000000-0000-4000-8000-000000000000'), body);
    const route = `${method} ${path(id)}`;
    expect([told.status, told.body.error_code], route).toEqual([none.status, none.body.error_code]);
    expect(String(told.body.error_msg).replace(id, '?'), route).toBe(
      String(none.body.error_msg).replace('00000000-0000-4000-8000-000000000000', '?'),
    );
    expect(told.status, route).toBeGreaterThanOrEqual(400);
  }
}

const as = (user: string, password?: string): Headers => ({ authorization: basicOf(user, password) });

describe.each(['sqlite', 'index'])('without AUTH_FILE, JOB_STORE=%s', (store) => {
  it('a job is its user’s alone', async () => {
    const index = uniqueName('owned');
    indices.push(index);
    const at = await world({ JOB_STORE: store, JOB_INDEX: index });
    const [alice, bob] = [as('alice'), as('bob')];
    const running = await submit(at, alice, 'SELECT 1 /* hold */');
    const ended = await submit(at, alice, 'SELECT 1');
    const other = await submit(at, bob, 'SELECT 1');
    await until(at, alice, ended, 'FINISHED');
    await until(at, alice, running, 'RUNNING');
    await until(at, bob, other, 'FINISHED');
    await expectHidden(at, bob, running);
    await expectHidden(at, bob, ended);
    expect(await listed(at, bob)).toEqual([1, [other]]);
    expect(await listed(at, bob, `?job_id=${ended}`)).toEqual([0, []]);
    expect(await listed(at, bob, '?owner=alice')).toEqual([0, []]);
    expect((await listed(at, alice))[0]).toBe(2);
    expect((await until(at, alice, running, 'RUNNING')).status).toBe('RUNNING');
    const shown = await call(at, alice, 'GET', `p/jobs/${ended}/preview`);
    expect(shown.status, JSON.stringify(shown.body)).toBe(200);
    expect((await call(at, alice, 'DELETE', `p/jobs/${running}`)).status).toBe(200);
  });
});

describe('without AUTH_FILE', () => {
  it('who the cluster does not let in sees no job and submits none', async () => {
    const at = await world();
    const id = await submit(at, as('alice'), 'SELECT 1');
    await until(at, as('alice'), id, 'FINISHED');
    for (const who of [{}, as('alice', 'wrong'), as('mallory'), { authorization: 'Basic' }]) {
      for (const [method, path, body] of ROUTES) {
        expect(await call(at, who, method, path(id), body)).toMatchObject({
          status: 401,
          body: { error_code: 'DLI.0014' },
        });
      }
      expect((await call(at, who, 'GET', 'p/jobs')).status).toBe(401);
      expect((await call(at, who, 'POST', 'p/jobs/submit-job', { sql: 'SELECT 1' })).status).toBe(401);
    }
  });

  it('Elasticsearch is asked its own way', async () => {
    const at = await world({}, 'elasticsearch');
    const id = await submit(at, as('alice'), 'SELECT 1');
    await until(at, as('alice'), id, 'FINISHED');
    await expectHidden(at, as('bob'), id);
  });

  it('all callers are one where the cluster names no user', async () => {
    const at = await world({}, 'nameless');
    const id = await submit(at, as('alice'), 'SELECT 1');
    await until(at, as('bob'), id, 'FINISHED');
    expect(await listed(at, as('bob'))).toEqual([1, [id]]);
  });

  it('a job of before, which names nobody, stays with its project', async () => {
    const at = await world();
    const id = await submit(at, as('alice'), 'SELECT 1');
    await until(at, as('alice'), id, 'FINISHED');
    await at.proxy.store.change(id, ({ job: { submitter: _, ...job }, ...record }) => ({ ...record, job }));
    expect((await until(at, as('bob'), id, 'FINISHED')).status).toBe('FINISHED');
    expect(await listed(at, as('bob'))).toEqual([1, [id]]);
    expect((await call(at, as('bob'), 'GET', `other/jobs/${id}/status`)).body.error_code).toBe('DLI.0002');
  });
});

describe('with AUTH_FILE', () => {
  const token = (name: string): string => `token-of-${name}-0000000`;
  const by = (name: string): Headers => ({ 'x-auth-token': token(name) });
  const key = (name: string, user: string | undefined, more: object = {}) => ({
    ...{ name, tokens: [token(name)], buckets: { bucket: ['read', 'write'] } },
    ...(user === undefined ? {} : { cluster: { username: user, password: `${user}-secret` } }),
    ...more,
  });

  function authFile(...keys: readonly object[]): { readonly AUTH_FILE: string } {
    const path = join(folder, `${uniqueName('auth')}.json`);
    writeFileSync(path, JSON.stringify({ keys }), { mode: 0o600 });
    return { AUTH_FILE: path };
  }

  it.each<Kind>(['opensearch', 'nameless'])('keys share jobs where they stand for one user (%s)', async (kind) => {
    const at = await world(
      authFile(key('a1', 'alice'), key('a2', 'alice', { project: 'p' }), key('b', 'bob'), key('none', undefined)),
      kind,
    );
    const id = await submit(at, by('a1'), 'SELECT 1');
    await until(at, by('a2'), id, 'FINISHED');
    expect(await listed(at, by('a2'))).toEqual([1, [id]]);
    for (const name of ['b', 'none']) {
      await expectHidden(at, by(name), id);
      expect(await listed(at, by(name))).toEqual([0, []]);
    }
    const own = await submit(at, by('none'), 'SELECT 1');
    await expectHidden(at, by('a1'), own);
    expect((await call(at, by('none'), 'GET', `p/jobs/${own}/status`)).status).toBe(200);
  });

  it('a key that stands for somebody else now does not run jobs of before', async () => {
    const { AUTH_FILE } = authFile(key('a', 'alice'));
    const at = await world({ AUTH_FILE, JOB_QUEUES: 'default:1' });
    const held = await submit(at, by('a'), 'SELECT 1 /* hold */');
    await until(at, by('a'), held, 'RUNNING');
    const waiting = await submit(at, by('a'), 'SELECT 1');
    await at.proxy.stop();
    writeFileSync(AUTH_FILE, JSON.stringify({ keys: [key('a', 'bob'), key('old', 'alice')] }));
    const runner = memoryRunner();
    const own = { OPENSEARCH_USERNAME: 'service', OPENSEARCH_PASSWORD: 'service-secret' };
    const env = { OPENSEARCH_URL: at.front.url, ...own, AUTH_FILE };
    const proxy = await startJobs(runner, { env, auth: 'real', dataDir: at.proxy.dataDir });
    closing.push(() => proxy.close());
    const again = { ...at, proxy };
    for (const id of [held, waiting]) {
      const told = await until(again, by('old'), id, 'FAILED');
      expect(told.message).toMatch(/DLI.0013.*another user/);
      await expectHidden(again, by('a'), id);
    }
    expect(runner.begun).toEqual([]);
  });

  it('goes on telling of jobs while the cluster is away', async () => {
    const at = await world(authFile(key('a', 'alice'), key('b', 'bob')));
    const id = await submit(at, by('a'), 'SELECT 1');
    await until(at, by('a'), id, 'FINISHED');
    await at.front.close();
    await sleep(5_100);
    expect((await call(at, by('a'), 'GET', `p/jobs/${id}/status`)).status).toBe(200);
    expect((await call(at, by('b'), 'GET', `p/jobs/${id}/status`)).body.error_code).toBe('DLI.0012');
  });
});

describe('a signature', () => {
  it('must cover the statement of a job and the place of an export, and is no link', async () => {
    const path = join(folder, `${uniqueName('signed')}.json`);
    const [accessKey, secretKey] = ['AKJOBS', 'secret-of-jobs'];
    const declared = { username: 'alice', password: 'alice-secret' };
    const keys = [{ name: 'k', accessKey, secretKey, cluster: declared, buckets: { '*': ['read', 'write'] } }];
    writeFileSync(path, JSON.stringify({ keys }), { mode: 0o600 });
    const at = await world({ AUTH_FILE: path });
    const signed = (method: string, url: string, body: object | undefined, more: Headers): Headers => {
      const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
      const headers = { host: new URL(at.proxy.url).host, 'x-sdk-date': date, ...more };
      const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
      const request = signedRequest({ method, url: `/v1.0/${url}`, headers }, bytes);
      const authorization = signSdkHmac(request, Object.keys(headers), { accessKey, secretKey });
      const { host: _, ...rest } = headers;
      return { ...rest, authorization };
    };
    const send = (method: string, url: string, body?: object, more: Headers = {}) =>
      call(at, signed(method, url, body, more), method, url, body);
    const statement = { sql: 'SELECT 1' };
    const made = await send('POST', 'p/jobs/submit-job', statement);
    expect(made.status, JSON.stringify(made.body)).toBe(200);
    const id = String(made.body.job_id);
    for (let tries = 0; (await send('GET', `p/jobs/${id}/status`)).body.status !== 'FINISHED'; tries++) {
      expect(tries).toBeLessThan(100);
      await sleep(20);
    }
    const open = { 'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD' };
    const place = { data_path: 'obs://bucket/out', data_type: 'csv' };
    for (const [url, body] of [
      ['p/jobs/submit-job', statement],
      ['p/jobs/check-sql', statement],
      ['p/queues/default/jobs/submit-job', statement],
      [`p/jobs/${id}/export-result`, place],
    ] as const) {
      expect(await send('POST', url, body, open), url).toMatchObject({ status: 401, body: { error_code: 'DLI.0013' } });
      const url2 = `${url}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00`;
      expect((await call(at, {}, 'POST', url2, body)).status, url2).toBeGreaterThanOrEqual(400);
    }
    expect((await send('GET', `p/jobs/${id}/preview`, undefined, open)).status).toBe(200);
  });
});

describe('stats', () => {
  it.each(['/_plugins/_sql/stats', '/_opendistro/_sql/stats'])(
    '%s is for those whom the cluster lets in',
    async (path) => {
      const at = await world();
      const get = (who: Headers) => fetch(at.proxy.url + path, { headers: who });
      expect((await get(as('alice'))).status).toBe(200);
      const refused = await get({});
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toContain('Basic');
      expect(await refused.text()).not.toContain('request_total');
      expect((await get(as('alice', 'wrong'))).status).toBe(401);
    },
  );
});
