/** Every job route with its fields, limits, rules and error codes, over a runner that does as it is told. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type MemoryRunner, memoryRunner } from '../support/memory-runner.ts';
import { ANYBODY } from '../support/principals.ts';
import { type JobsProxy, startJobs } from './jobs-under-test.ts';

let runner: MemoryRunner;
let proxy: JobsProxy;
const index = uniqueName('people');

beforeAll(async () => {
  runner = memoryRunner();
  proxy = await startJobs(runner, {
    env: { JOB_QUEUES: 'default:4,queue2:2', MAX_BODY_BYTES: '20kb', MAX_STATEMENT_LENGTH: '10000' },
    authenticate: ({ 'x-user': user = 'anonymous', 'x-buckets': buckets }) => ({
      ...ANYBODY,
      user: String(user),
      may: (right, bucket) =>
        right === 'write' && (buckets === undefined || String(buckets).split(',').includes(bucket)),
    }),
  });
  await fetch(`${getEngine().url}/${index}/_doc?refresh=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name": "Anna", "age": 3}',
  });
});

afterAll(async () => {
  await proxy.close();
  await fetch(`${getEngine().url}/${index}`, { method: 'DELETE' });
});

interface Told {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
  readonly text: string;
}

/** A project of each test's own. */
const newProject = (): string => randomUUID().replaceAll('-', '');

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Told> {
  const response = await fetch(proxy.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: JSON.parse(text) as Record<string, unknown>,
    headers: response.headers,
    text,
  };
}

const code = ({ status, body }: Told): string => `${status} ${String(body.error_code)}`;

async function submit(project: string, sql: string, more: object = {}, headers = {}): Promise<string> {
  const told = await call('POST', `/v1.0/${project}/jobs/submit-job`, { sql, ...more }, headers);
  expect(told.status, told.text).toBe(200);
  return String(told.body.job_id);
}

async function until(project: string, id: string, wanted: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await call('GET', `/v1.0/${project}/jobs/${id}/status`);
    if (body.status === wanted) return body;
    await sleep(20);
  }
  throw new Error(`job ${id} never was ${wanted}`);
}

async function finished(project: string, sql = 'SELECT 1', more: object = {}): Promise<string> {
  const id = await submit(project, sql, more);
  await until(project, id, 'FINISHED');
  return id;
}

describe('submit-job', () => {
  it('answers with the new job', async () => {
    const project = newProject();
    const told = await call('POST', `/v1.0/${project}/jobs/submit-job`, { sql: 'SHOW TABLES LIKE %' });
    expect(told.status).toBe(200);
    expect(told.body).toEqual({
      is_success: true,
      message: '',
      job_id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      job_type: 'QUERY',
      schema: [],
      rows: [],
      job_mode: 'async',
    });
    expect(told.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['/v1.0/%/jobs/submit-job', '/v2.0/%/jobs/submit-job', '/v1.0/%/queues/queue2/jobs/submit-job'])(
    'has the form %s',
    async (form) => {
      const project = newProject();
      const { body } = await call('POST', form.replace('%', project), { sql: 'SELECT 1', queue_name: 'default' });
      const status = await until(project, String(body.job_id), 'FINISHED');
      expect(status.queue_name).toBe(form.includes('queue2') ? 'queue2' : 'default');
    },
  );

  it.each([
    ['no sql', {}, 'DLI.0001', /sql is missing/],
    ['an empty sql', { sql: ' ' }, 'DLI.0001', /sql is missing/],
    ['sql that is no text', { sql: 5 }, 'DLI.0001', /sql must be a string/],
    ['a long sql', { sql: `SELECT ${'1'.repeat(10_000)}` }, 'DLI.0001', /10000/],
    ['bad syntax', { sql: 'SELECT a\nFROM t WHERE b = = 1' }, 'DLI.0004', /line 2, column 18/],
    ['a statement that is no query', { sql: 'CREATE TABLE t (a INT)' }, 'DLI.0007', /SELECT/],
    ['DELETE', { sql: 'DELETE FROM t WHERE a = 1' }, 'DLI.0007', /DELETE/],
    ['an unknown queue', { sql: 'SELECT 1', queue_name: 'queue9' }, 'DLI.0002', /no queue named 'queue9'/],
    ['a bad queue', { sql: 'SELECT 1', queue_name: '_q' }, 'DLI.0001', /queue_name/],
    ['a queue of digits', { sql: 'SELECT 1', queue_name: '123' }, 'DLI.0001', /queue_name/],
    ['a bad database', { sql: 'SELECT 1', currentdb: 'a-b' }, 'DLI.0001', /currentdb/],
    ['a long database', { sql: 'SELECT 1', currentdb: 'a'.repeat(129) }, 'DLI.0001', /currentdb/],
    ['a bad catalog', { sql: 'SELECT 1', current_catalog: '1' }, 'DLI.0001', /current_catalog/],
    ['an unknown engine', { sql: 'SELECT 1', engine_type: 'flink' }, 'DLI.0001', /engine_type/],
    ['conf that is no list', { sql: 'SELECT 1', conf: 'a=b' }, 'DLI.0001', /conf/],
    ['conf without =', { sql: 'SELECT 1', conf: ['a'] }, 'DLI.0001', /key = value/],
    ['a bad timeout', { sql: 'SELECT 1', conf: ['dli.sql.job.timeout=1s'] }, 'DLI.0001', /whole number/],
    ['tags that are no list', { sql: 'SELECT 1', tags: {} }, 'DLI.0001', /tags/],
    ['a tag without key', { sql: 'SELECT 1', tags: [{ value: 'a' }] }, 'DLI.0001', /key/],
    ['a system tag', { sql: 'SELECT 1', tags: [{ key: '_sys_a', value: '' }] }, 'DLI.0001', /_sys_/],
    ['a tag with outer blanks', { sql: 'SELECT 1', tags: [{ key: ' a', value: '' }] }, 'DLI.0001', /blank/],
    ['a long key', { sql: 'SELECT 1', tags: [{ key: 'k'.repeat(129), value: '' }] }, 'DLI.0001', /128/],
    ['a long value', { sql: 'SELECT 1', tags: [{ key: 'k', value: 'v'.repeat(256) }] }, 'DLI.0001', /255/],
    ['other characters', { sql: 'SELECT 1', tags: [{ key: 'k', value: 'a,b' }] }, 'DLI.0001', /letters/],
  ])('refuses %s', async (_name, body, error, message) => {
    const told = await call('POST', `/v1.0/${newProject()}/jobs/submit-job`, body);
    expect(code(told)).toBe(`400 ${error}`);
    expect(told.body.error_msg).toMatch(message);
    expect(Object.keys(told.body)).toEqual(['error_code', 'error_msg']);
    expect(told.headers.get('x-request-id')).toBeTruthy();
  });

  it.each(['{"sql": ', '[]', '"x"', ''])('refuses the body %s', async (body) => {
    const told = await call('POST', `/v1.0/${newProject()}/jobs/submit-job`, body || undefined);
    expect(code(told)).toBe('400 DLI.0001');
  });

  it('refuses a body over the limit', async () => {
    const told = await call('POST', `/v1.0/${newProject()}/jobs/submit-job`, { sql: 'x'.repeat(30_000) });
    expect(code(told)).toBe('413 DLI.0001');
  });

  it('keeps what was sent', async () => {
    const project = newProject();
    const sql = `SELECT a, b FROM ${index} WHERE a = 'x'`;
    const id = await finished(project, sql, {
      currentdb: 'db1',
      engine_type: 'Spark',
      queue_name: 'queue2',
      conf: ['dli.sql.sqlasync.enabled = true', 'x=y'],
      tags: [{ key: 'run', value: '1 ü' }],
    });
    const told = await call('GET', `/v1.0/${project}/jobs/${id}/status`);
    expect(told.body).toEqual({
      is_success: true,
      message: '',
      job_id: id,
      job_type: 'QUERY',
      job_mode: 'async',
      queue_name: 'queue2',
      owner: 'anonymous',
      start_time: expect.any(Number),
      duration: expect.any(Number),
      status: 'FINISHED',
      input_size: 1_000,
      result_count: 3,
      detail: expect.any(String),
      database_name: 'db1',
      table_name: index,
      statement: sql,
      tags: [{ key: 'run', value: '1 ü' }],
      user_conf: 'dli.sql.sqlasync.enabled = true\nx=y',
    });
    expect(JSON.parse(String(told.body.detail))).toEqual({
      type: 'struct',
      fields: [
        { name: 'n', type: 'long', nullable: true, metadata: {} },
        { name: 'o', type: 'struct', nullable: true, metadata: {} },
      ],
    });
    expect(Math.abs(Number(told.body.start_time) - Date.now())).toBeLessThan(60_000);
  });
});

describe('a job', () => {
  it('goes from LAUNCHING over RUNNING to its end, with progress', async () => {
    const project = newProject();
    const id = await submit(project, 'SELECT 1 /* hold=a */');
    await until(project, id, 'RUNNING');
    const path = `/v1/${project}/jobs/${id}/progress`;
    await sleep(50);
    expect((await call('GET', path)).body).toEqual({
      is_success: true,
      message: '',
      job_id: id,
      status: 'RUNNING',
      progress: 0.25,
      sub_jobs: [],
      rows: 1,
      bytes: 10,
      estimated_rows: 4,
    });
    runner.release('a');
    await until(project, id, 'FINISHED');
    expect((await call('GET', path)).body).toMatchObject({ progress: 1, status: 'FINISHED' });
    expect((await call('GET', `/v1.0/${project}/jobs/${id}/progress`)).body).toMatchObject({ progress: 1 });
  });

  it('that fails says why', async () => {
    const project = newProject();
    const id = await submit(project, 'SELECT 1 /* fail=unknownField*99 */');
    const status = await until(project, id, 'FAILED');
    expect(status).toMatchObject({ is_success: true, message: 'DLI.0005: made to fail: unknownField' });
  });

  it('is seen by its project alone', async () => {
    const project = newProject();
    const id = await finished(project);
    const other = newProject();
    for (const [method, path] of [
      ['GET', 'status'],
      ['GET', 'detail'],
      ['GET', 'progress'],
      ['GET', 'preview'],
    ] as const) {
      expect(code(await call(method, `/v1.0/${other}/jobs/${id}/${path}`))).toBe('400 DLI.0002');
      expect((await call(method, `/v1.0/${project}/jobs/${id}/${path}`)).status).toBe(200);
    }
    const exported = { data_path: 'obs://bucket/f', data_type: 'csv' };
    expect(code(await call('POST', `/v1.0/${other}/jobs/${id}/export-result`, exported))).toBe('400 DLI.0002');
    expect(code(await call('DELETE', `/v1.0/${other}/jobs/${id}`))).toBe('400 DLI.0002');
    expect((await call('GET', `/v1.0/${other}/jobs`)).body).toMatchObject({ job_count: 0, jobs: [] });
  });
});

it('jobs are told by the health route', async () => {
  const response = await fetch(`${proxy.url}/_proxy/health`);
  expect(await response.json()).toMatchObject({
    ready: true,
    jobs: { reachable: true, waiting: expect.any(Number), running: expect.any(Number) },
  });
});

describe('routes that are none', () => {
  it.each([
    ['PUT', '/v1.0/p/jobs/submit-job'],
    ['GET', '/v1.0/p/jobs/submit-job'],
    ['POST', '/v1.0/p/jobs'],
    ['POST', '/v1.0/p/jobs/export-table'],
    ['DELETE', '/v1.0/p/jobs/check-sql'],
    ['GET', '/v1.0/p/jobs/x/y'],
    ['GET', '/v1.0/p/jobs/x/status/y'],
    ['GET', '/v1.0/p/jobs/x/export-result'],
    ['GET', '/v1.0/p/queues/default/jobs'],
    ['GET', '/v1.0/p/queues/default/jobs/x/status'],
  ])('%s %s', async (method, path) => {
    expect(code(await call(method, path))).toBe('404 DLI.0023');
  });

  it.each([
    ['GET', '/v1.0/p_1/jobs'],
    ['GET', `/v1.0/${'p'.repeat(65)}/jobs`],
    ['GET', '/v1.0/p/jobs/a.b/status'],
    ['GET', `/v1.0/p/jobs/${'a'.repeat(65)}/status`],
  ])('%s %s has a bad name', async (method, path) => {
    expect(code(await call(method, path))).toBe('400 DLI.0001');
  });

  it.each(['/v1.0/_search', '/v1/p/jobs', '/v1/p/jobs/x/progress', '/v1.0', '/v3.0/p/jobs', '/v1.0/p/batches'])(
    '%s is not ours',
    async (path) => {
      const response = await fetch(proxy.url + path);
      expect(await response.text()).not.toContain('DLI.');
    },
  );
});

describe('preview and the old forms', () => {
  it('has the schema and the rows, with exact integers', async () => {
    const project = newProject();
    const id = await finished(project, 'SELECT 1 /* rows=2 */');
    const told = await call('GET', `/v1.0/${project}/jobs/${id}/preview`);
    expect(told.text).toBe(
      `{"is_success":true,"message":"","job_id":"${id}","job_type":"QUERY","row_count":2,"input_size":1000,` +
        '"schema":[{"n":"bigint"},{"o":"struct"}],"rows":[[9007199254740993,"{\\"a\\":[0]}"],[9007199254740994,"{\\"a\\":[1]}"]]}',
    );
  });

  it('shows at most 1,000 rows, and as many as asked for', async () => {
    const project = newProject();
    const id = await finished(project, 'SELECT 1 /* rows=2500 */');
    const count = async (path: string) => {
      const { body } = await call('GET', `/v1.0/${project}/${path}`);
      expect(body.row_count).toBe(2_500);
      return (body.rows as unknown[]).length;
    };
    expect(await count(`jobs/${id}/preview`)).toBe(1_000);
    expect(await count(`jobs/${id}/preview?page-size=7&queue-name=default`)).toBe(7);
    expect(await count(`jobs/${id}/preview?page_size=8`)).toBe(8);
    expect(await count(`jobs/${id}`)).toBe(50);
    expect(await count(`jobs/${id}?page-size=100&current-page=10`)).toBe(100);
    expect(await count(`jobs/${id}?page-size=100&current-page=11`)).toBe(0);
    expect(await count(`queues/default/jobs/${id}?page-size=3&current-page=2`)).toBe(3);
    const second = await call('GET', `/v1.0/${project}/queues/default/jobs/${id}?page-size=3&current-page=2`);
    expect(second.text).toContain('"rows":[[9007199254740996,');
    for (const bad of [
      'preview?page-size=0',
      'preview?page-size=1001',
      'preview?page-size=x',
      '?page-size=101',
      '?current-page=0',
    ]) {
      const path = `/v1.0/${project}/jobs/${id}${bad.startsWith('?') ? '' : '/'}${bad}`;
      expect(code(await call('GET', path)), bad).toBe('400 DLI.0001');
    }
    expect(code(await call('GET', `/v1.0/${project}/queues/queue2/jobs/${id}`))).toBe('400 DLI.0002');
  });

  it('say why there is no result', async () => {
    const project = newProject();
    const preview = async (id: string) => code(await call('GET', `/v1.0/${project}/jobs/${id}/preview`));
    expect(await preview(randomUUID())).toBe('400 DLI.0002');
    const held = await submit(project, 'SELECT 1 /* hold=b */');
    expect(await preview(held)).toBe('400 DLI.0012');
    await call('DELETE', `/v1.0/${project}/jobs/${held}`);
    expect(await preview(held)).toBe('400 DLI.0007');
    const failed = await submit(project, 'SELECT 1 /* fail=semantic*99 */');
    await until(project, failed, 'FAILED');
    expect(await preview(failed)).toBe('400 DLI.0007');
    const source = await finished(project);
    const body = { data_path: `obs://bucket/${project}`, data_type: 'csv' };
    const { body: exported } = await call('POST', `/v1.0/${project}/jobs/${source}/export-result`, body);
    await until(project, String(exported.job_id), 'FINISHED');
    expect(await preview(String(exported.job_id))).toBe('400 DLI.0007');
    runner.resultMilliseconds = 0;
    const expired = await finished(project);
    runner.resultMilliseconds = 3_600_000;
    expect(await preview(expired)).toBe('400 DLI.0100');
    expect(code(await call('POST', `/v1.0/${project}/jobs/${expired}/export-result`, body))).toBe('400 DLI.0100');
  });
});

describe('list', () => {
  it('filters, orders and pages by either spelling', async () => {
    const project = newProject();
    const ids: string[] = [];
    for (const [i, more] of [
      {
        currentdb: 'db1',
        tags: [
          { key: 'k1', value: 'v1' },
          { key: 'k2', value: 'v2' },
        ],
      },
      { queue_name: 'queue2', tags: [{ key: 'k1', value: 'v1' }] },
      {},
    ].entries()) {
      const sql = `SELECT Name FROM ${i === 2 ? index : 'other'} LIMIT ${i} /* rows=${i} */`;
      ids.push(await submit(project, sql, more, { 'x-user': `user${i}` }));
      await until(project, ids[i]!, 'FINISHED');
      await sleep(2);
    }
    const exported = await call('POST', `/v1.0/${project}/jobs/${ids[0]}/export-result`, {
      data_path: `obs://bucket/${project}`,
      data_type: 'csv',
      with_column_header: 'TRUE',
    });
    ids.push(String(exported.body.job_id));
    await until(project, ids[3]!, 'FINISHED');
    const [first, second, third, fourth] = ids as [string, string, string, string];
    const list = async (query: string) => {
      const told = await call('GET', `/v1.0/${project}/jobs?${query}`);
      expect(told.status, told.text).toBe(200);
      return (told.body.jobs as { job_id: string }[]).map((job) => job.job_id);
    };
    expect(await list('')).toEqual([fourth, third, second, first]);
    expect(await list('order=start_time_asc')).toEqual([first, second, third, fourth]);
    expect(await list('order=start_time_asc&page-size=2&current-page=2')).toEqual([third, fourth]);
    expect(await list(`job-id=${second}`)).toEqual([second]);
    expect(await list(`job_id=${second}`)).toEqual([second]);
    expect(await list('job-type=EXPORT')).toEqual([fourth]);
    expect(await list('job_type=ALL')).toHaveLength(4);
    expect(await list('job_types=EXPORT&job_types=DDL')).toEqual([fourth]);
    expect(await list('job-type=QUERY&job_types=EXPORT')).toEqual([]);
    expect(await list('job-type=QUERY&job_types=EXPORT&job_types=QUERY')).toHaveLength(3);
    expect(await list('job-status=FINISHED')).toHaveLength(4);
    expect(await list('job-status=COMPUTED')).toEqual([]);
    expect(await list('queue_name=queue2')).toEqual([second]);
    expect(await list('queue-name=queue2')).toEqual([second]);
    expect(await list('owner=user2')).toEqual([third]);
    expect(await list('db_name=db1')).toEqual([fourth, first]);
    expect(await list(`table_name=${index}`)).toEqual([third]);
    expect(await list('sql_pattern=select%20NAME')).toHaveLength(4);
    expect(await list('sql_pattern=LIMIT%201')).toEqual([second]);
    expect(await list('tags=k1%3Dv1')).toEqual([fourth, second, first]);
    expect(await list('tags=k1%3Dv1%2Ck2%3Dv2')).toEqual([fourth, first]);
    expect(await list('engine-type=spark')).toHaveLength(4);
    expect(await list('engine_type=hetuEngine')).toEqual([]);
    const all = (await call('GET', `/v1.0/${project}/jobs?page-size=1`)).body;
    expect(all).toMatchObject({ is_success: true, message: '', job_count: 4 });
    const jobs = (await call('GET', `/v1.0/${project}/jobs`)).body.jobs as { job_id: string; start_time: number }[];
    const at = jobs.find((job) => job.job_id === second)!.start_time;
    expect(await list(`start=${at - 1}&end=${at + 1}`)).toEqual([second]);
    expect(jobs[0]).toMatchObject({
      job_type: 'EXPORT',
      status: 'FINISHED',
      engine_type: 'spark',
      end_time: expect.any(Number),
      with_column_header: true,
      output_byte: '0',
      tags: [
        { key: 'k1', value: 'v1' },
        { key: 'k2', value: 'v2' },
      ],
    });
  });

  it.each([
    'page-size=0',
    'page-size=101',
    'page-size=ten',
    'current-page=0',
    'job-type=FOO',
    'job_types=QUERY&job_types=FOO',
    'job-status=DONE',
    'order=name',
    'start=yesterday',
    `sql_pattern=${'x'.repeat(1_025)}`,
    'db_name=abcdefghijklmnopq',
    'tags=k1',
  ])('refuses %s', async (query) => {
    expect(code(await call('GET', `/v1.0/p/jobs?${query}`))).toBe('400 DLI.0001');
  });
});

describe('cancel', () => {
  it('stops a running job, and refuses one that has ended', async () => {
    const project = newProject();
    const id = await submit(project, 'SELECT 1 /* hold=c */');
    await until(project, id, 'RUNNING');
    const told = await call('DELETE', `/v1.0/${project}/jobs/${id}`);
    expect([told.status, told.body]).toEqual([200, { is_success: true, message: '' }]);
    expect((await call('GET', `/v1.0/${project}/jobs/${id}/status`)).body.status).toBe('CANCELLED');
    expect(code(await call('DELETE', `/v1.0/${project}/jobs/${id}`))).toBe('400 DLI.0007');
    expect(code(await call('DELETE', `/v1.0/${project}/jobs/${await finished(project)}`))).toBe('400 DLI.0007');
    expect(code(await call('DELETE', `/v1.0/${project}/jobs/${randomUUID()}`))).toBe('400 DLI.0002');
  });

  it('takes a waiting job out of its queue, by the old form too', async () => {
    const project = newProject();
    const held = await Promise.all(
      [1, 2].map(() => submit(project, 'SELECT 1 /* hold=d */', { queue_name: 'queue2' })),
    );
    for (const id of held) await until(project, id, 'RUNNING');
    const waiting = await submit(project, 'SELECT 1', { queue_name: 'queue2' });
    expect(code(await call('DELETE', `/v1.0/${project}/queues/default/jobs/${waiting}`))).toBe('400 DLI.0002');
    expect((await call('DELETE', `/v1.0/${project}/queues/queue2/jobs/${waiting}`)).status).toBe(200);
    expect((await until(project, waiting, 'CANCELLED')).duration).toBe(0);
    runner.release('d');
    for (const id of held) await until(project, id, 'FINISHED');
    expect(runner.begun).not.toContain(waiting);
  });

  it('of an export removes what it has written, before it is told', async () => {
    const project = newProject();
    const source = await finished(project, 'SELECT 1 /* exporthold=e */');
    const body = { data_path: `obs://bucket/${project}`, data_type: 'csv' };
    const { body: made } = await call('POST', `/v1.0/${project}/jobs/${source}/export-result`, body);
    const id = String(made.job_id);
    while (!runner.begun.includes(id)) await sleep(5);
    expect((await call('DELETE', `/v1.0/${project}/jobs/${id}`)).body).toEqual({ is_success: true, message: '' });
    expect(runner.cleaned).toContain(id);
    expect((await call('GET', `/v1.0/${project}/jobs/${id}/status`)).body.status).toBe('CANCELLED');
  });
});

describe('check-sql', () => {
  const check = (sql: unknown, more = {}) => call('POST', '/v1.0/p/jobs/check-sql', { sql, ...more });

  it('says that a statement is good', async () => {
    const told = await check(`SELECT name FROM ${index}`);
    expect([told.status, told.body]).toEqual([200, { is_success: true, message: '', job_type: 'QUERY' }]);
  });

  it('says what is wrong with one, and where', async () => {
    const syntax = await check('SELECT a FROM t WHERE');
    expect(syntax.status).toBe(200);
    expect(syntax.body).toMatchObject({ is_success: false, line: 1, column: 22, message: /^DLI\.0004: Syntax error/ });
    expect((await check(`SELECT nam FROM ${index}`)).body).toMatchObject({
      is_success: false,
      message: expect.stringMatching(/^DLI\.0005: .*Did you mean \[name\]/),
    });
    expect((await check('SELECT a FROM no_such_index')).body).toMatchObject({
      is_success: false,
      message: expect.stringMatching(/^DLI\.0005/),
    });
  });

  it('refuses a bad request', async () => {
    expect(code(await check(undefined))).toBe('400 DLI.0001');
    expect(code(await check('SELECT 1', { currentdb: '_x' }))).toBe('400 DLI.0001');
  });
});

describe('export-result', () => {
  let project: string;
  let source: string;
  beforeAll(async () => {
    project = newProject();
    source = await finished(project, 'SELECT 1 /* rows=7 */', { conf: ['spark.sql.files.maxRecordsPerFile=3'] });
  });
  const exported = (body: object, headers = {}, id = source) =>
    call('POST', `/v1.0/${project}/jobs/${id}/export-result`, body, headers);

  it('makes a new job, whose detail tells the request', async () => {
    const told = await exported({
      data_path: `s3a://bucket-a/${project}/path/`,
      data_type: 'CSV',
      compress: 'gzip',
      with_column_header: 'true',
      queue_name: 'queue2',
      export_mode: 'Overwrite',
      limit_num: 5,
      encoding_type: 'GBK',
      quote_char: "'",
      escape_char: '\\',
    });
    expect(told.status, told.text).toBe(200);
    const id = String(told.body.job_id);
    expect(id).not.toBe(source);
    expect(told.body).toEqual({ is_success: true, message: '', job_id: id, job_mode: 'async' });
    const status = await until(project, id, 'FINISHED');
    expect(status).toMatchObject({ job_type: 'EXPORT', queue_name: 'queue2', result_count: 7 });
    expect((await call('GET', `/v1.0/${project}/jobs/${id}/detail`)).body).toEqual({
      is_success: true,
      message: '',
      job_id: id,
      owner: 'anonymous',
      start_time: expect.any(Number),
      duration: expect.any(Number),
      export_mode: 'Overwrite',
      data_path: `s3a://bucket-a/${project}/path/`,
      data_type: 'csv',
      with_column_header: true,
      delimiter: ',',
      quote_char: "'",
      escape_char: '\\',
      compress: 'gzip',
      tags: [],
    });
    const stored = await proxy.store.get(id);
    expect(stored?.job).toMatchObject({
      source,
      request: {
        bucket: 'bucket-a',
        folder: `${project}/path`,
        limitNum: 5,
        encoding: 'gbk',
        maxRecordsPerFile: 3,
        sanitize: false,
      },
    });
  });

  it('takes the defaults of the manual', async () => {
    const told = await exported({ data_path: `obs://bucket-b/${project}`, data_type: 'json', with_column_header: '' });
    const stored = await proxy.store.get(String(told.body.job_id));
    expect(stored?.job).toMatchObject({
      queue: 'default',
      request: {
        compress: 'none',
        mode: 'ErrorIfExists',
        withColumnHeader: false,
        limitNum: 0,
        encoding: 'utf-8',
        quoteChar: '"',
        escapeChar: '"',
      },
    });
  });

  it.each([
    ['no path', { data_path: undefined }, 'DLI.0001'],
    ['a path without scheme', { data_path: '/bucket/folder' }, 'DLI.0001'],
    ['another scheme', { data_path: 'hdfs://bucket/folder' }, 'DLI.0001'],
    ['a bucket alone', { data_path: 'obs://bucket' }, 'DLI.0001'],
    ['a bucket with a slash', { data_path: 'obs://bucket/' }, 'DLI.0001'],
    ['a comma', { data_path: 'obs://bucket/a,b' }, 'DLI.0001'],
    ['a digit after the last dot', { data_path: 'obs://bucket.12abc/f' }, 'DLI.0001'],
    ['a digit at the end', { data_path: 's3a://bucket.a.12/f' }, 'DLI.0001'],
    ['dots', { data_path: 'obs://bucket/../x' }, 'DLI.0001'],
    ['no type', { data_type: undefined }, 'DLI.0001'],
    ['an unknown type', { data_type: 'xml' }, 'DLI.0001'],
    ['an unknown codec', { compress: 'zip' }, 'DLI.0001'],
    ['an unknown mode', { export_mode: 'Append' }, 'DLI.0001'],
    ['a bad header', { with_column_header: 'maybe' }, 'DLI.0001'],
    ['a negative limit', { limit_num: -1 }, 'DLI.0001'],
    ['a broken limit', { limit_num: 1.5 }, 'DLI.0001'],
    ['an unknown encoding', { encoding_type: 'latin1' }, 'DLI.0001'],
    ['a long quote', { quote_char: '""' }, 'DLI.0001'],
    ['a quote that is the delimiter', { quote_char: ',' }, 'DLI.0001'],
    ['a long escape', { escape_char: 'ab' }, 'DLI.0001'],
    ['an unknown queue', { queue_name: 'queue9' }, 'DLI.0002'],
    ['a bad queue', { queue_name: '_' }, 'DLI.0001'],
  ])('refuses %s', async (_name, more, error) => {
    const told = await exported({ data_path: `obs://bucket/${randomUUID()}`, data_type: 'csv', ...more });
    expect(code(told)).toBe(`400 ${error}`);
  });

  it('takes a bucket with a letter after its last dot', async () => {
    const told = await exported({ data_path: `obs://bucket.1a.b1/${project}`, data_type: 'csv' });
    expect(told.status, told.text).toBe(200);
  });

  it('refuses a folder that exists, as an object or with objects below, unless it is to be overwritten', async () => {
    const folder = join(proxy.dataDir, 'objects', 'bucket-c');
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    writeFileSync(join(folder, 'deep/er/file.csv'), 'x');
    writeFileSync(join(folder, 'plain'), 'x');
    const to = (path: string, more = {}) =>
      exported({ data_path: `obs://bucket-c/${path}`, data_type: 'csv', ...more });
    for (const path of ['deep', 'deep/', 'deep/er', 'plain']) expect(code(await to(path)), path).toBe('400 DLI.0006');
    expect((await to('dee')).status).toBe(200);
    expect((await to('deep', { export_mode: 'overwrite' })).status).toBe(200);
  });

  it('refuses a bucket that the key may not write to', async () => {
    const body = { data_path: 'obs://bucket-d/f', data_type: 'csv' };
    expect(code(await exported(body, { 'x-buckets': 'bucket-a' }))).toBe('400 DLI.0011');
    expect((await exported(body, { 'x-buckets': 'bucket-a,bucket-d' })).status).toBe(200);
  });

  it('refuses jobs without a result', async () => {
    const body = { data_path: 'obs://bucket-e/f', data_type: 'csv' };
    const held = await submit(project, 'SELECT 1 /* hold=g */');
    expect(code(await exported(body, {}, held))).toBe('400 DLI.0012');
    runner.release('g');
    await until(project, held, 'FINISHED');
    const { body: made } = await exported(body);
    expect(code(await exported(body, {}, String(made.job_id)))).toBe('400 DLI.0007');
    expect(code(await exported(body, {}, randomUUID()))).toBe('400 DLI.0002');
  });
});
