/** The client commands against a running server: files are written, rows printed, jobs listed, and every failure has its exit code. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine } from '../support/engine.ts';
import { deadUrl } from './proxy-under-test.ts';

const INDEX = 'cli-test-rows';
const KEYS = { SQL_PROXY_ACCESS_KEY: 'AKCLI', SQL_PROXY_SECRET_KEY: 'secret-of-the-cli' };
const dataDir = mkdtempSync(join(tmpdir(), 'cli-'));
let server: ChildProcess;
let url: string;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[], env: Record<string, string>): ChildProcess {
  const { OPENSEARCH_URL: _, ...rest } = process.env;
  return spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...args], { env: { ...rest, ...env } });
}

async function command(args: readonly string[], env: Record<string, string> = KEYS): Promise<Ended> {
  const child = start(args, { SQL_PROXY_URL: url, ...env });
  let [out, err] = ['', ''];
  child.stdout!.on('data', (data) => {
    out += String(data);
  });
  child.stderr!.on('data', (data) => {
    err += String(data);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

beforeAll(async () => {
  const engine = getEngine().url;
  await fetch(`${engine}/${INDEX}`, { method: 'DELETE' });
  const lines = Array.from(
    { length: 100 },
    (_, n) => `{"index":{}}\n{"n":${n},"name":"row ${n}, of \\"cli\\""}\n`,
  ).join('');
  const headers = { 'content-type': 'application/x-ndjson' };
  const loaded = await fetch(`${engine}/${INDEX}/_bulk?refresh=true`, { method: 'POST', headers, body: lines });
  expect(loaded.status).toBe(200);
  const authFile = join(dataDir, 'auth.json');
  const key = { name: 'cli', accessKey: 'AKCLI', secretKey: 'secret-of-the-cli', tokens: ['token-of-the-cli-1'] };
  const buckets = { 'cli-*': ['read', 'write'] };
  writeFileSync(authFile, JSON.stringify({ keys: [{ ...key, buckets }] }), { mode: 0o600 });
  server = start([], { OPENSEARCH_URL: engine, DATA_DIR: dataDir, PORT: '0', AUTH_FILE: authFile, LOG_LEVEL: 'error' });
  url = await new Promise<string>((resolve, reject) => {
    let seen = '';
    server.stdout!.on('data', (data) => {
      seen += String(data);
      const found = /SQL +(http:\S+)\/_plugins\/_sql/.exec(seen);
      if (found !== null) resolve(found[1]!);
    });
    server.stderr!.on('data', (data) => {
      seen += String(data);
    });
    server.on('close', () => reject(new Error(`the server ended: ${seen}`)));
  });
}, 120_000);

afterAll(async () => {
  if (server?.exitCode === null) {
    const ended = new Promise((resolve) => server.on('close', resolve));
    server.kill();
    await ended;
  }
  await fetch(`${getEngine().url}/${INDEX}`, { method: 'DELETE' });
  rmSync(dataDir, { recursive: true, force: true });
});

const SQL = `SELECT n, name FROM ${INDEX} ORDER BY n`;

describe('export', () => {
  it('writes files, says how far it is, and ends with their list', async () => {
    const { code, out, err } = await command([
      'export',
      SQL,
      '--to',
      's3a://cli-out/a/b',
      '--compress',
      'gzip',
      '--header',
    ]);
    expect([code, err]).toEqual([0, expect.stringContaining('export: finished, 100 rows')]);
    expect(err).toContain('1 file, ');
    const [, key] = /^(cli-out\/a\/b\/part-\S+\.csv\.gz)\t\d+\n$/.exec(out)!;
    const text = gunzipSync(readFileSync(join(dataDir, 'objects', key!))).toString();
    expect(text.split('\n').slice(0, 2)).toEqual(['n,name', '0,"row 0, of ""cli"""']);
    expect(text.split('\n')).toHaveLength(102);
    const again = await command(['export', SQL, '--to', 's3a://cli-out/a/b']);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('DLI.0006')]);
    const over = await command([
      'export',
      SQL,
      '--to',
      's3a://cli-out/a/b',
      '--overwrite',
      '--max-records-per-file',
      '40',
    ]);
    expect([over.code, over.out.trim().split('\n').length]).toEqual([0, 3]);
  }, 120_000);

  it('ends with 1 where the server refuses', async () => {
    const refused = await command(['export', SQL, '--to', 's3a://not-ours/x']);
    expect([refused.code, refused.out]).toEqual([1, '']);
    const failed = await command(['export', 'SELECT * FROM cli-test-no-such-index', '--to', 's3a://cli-out/x']);
    expect([failed.code, failed.err]).toEqual([1, expect.stringMatching(/no such index/i)]);
    const stranger = await command(['export', SQL, '--to', 's3a://cli-out/y'], {
      ...KEYS,
      SQL_PROXY_SECRET_KEY: 'another-secret',
    });
    expect([stranger.code, stranger.err]).toEqual([1, expect.stringContaining('DLI.0013')]);
  }, 120_000);
});

describe('jobs', () => {
  it('lists, shows and cancels', async () => {
    const listed = await command(['jobs', '--limit', '100'], { SQL_PROXY_TOKEN: 'token-of-the-cli-1' });
    expect(listed.code).toBe(0);
    expect(listed.out).toMatch(/^JOB +STATUS +TYPE +SUBMITTED +ROWS +STATEMENT\n/);
    const { jobs } = JSON.parse((await command(['jobs', '--json', '--status', 'finished'])).out) as {
      jobs: { job_id: string }[];
    };
    expect(jobs.length).toBeGreaterThan(0);
    const shown = await command(['jobs', 'show', jobs[0]!.job_id]);
    expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/^status +FINISHED$/m)]);
    const ended = await command(['jobs', 'cancel', jobs[0]!.job_id]);
    expect([ended.code, ended.err]).toEqual([1, expect.stringContaining('DLI.0007')]);
    expect((await command(['jobs', 'show', 'none'])).code).toBe(1);
  }, 120_000);
});

describe('query', () => {
  it('prints rows in the format asked for', async () => {
    const csv = await command(['query', `${SQL} LIMIT 2`], {});
    expect([csv.code, csv.out]).toEqual([0, 'n,name\n0,"row 0, of ""cli"""\n1,"row 1, of ""cli"""\n']);
    const jdbc = await command(['query', `${SQL} LIMIT 1`, '--format', 'jdbc'], {});
    expect(JSON.parse(jdbc.out)).toMatchObject({ size: 1, datarows: [[0, 'row 0, of "cli"']] });
    const wrong = await command(['query', 'SELECT FROM'], {});
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('SyntaxCheckException')]);
  }, 120_000);
});

describe('the command line', () => {
  // Each runs the command anew, a second or more.
  it.each([
    [['export', SQL], '--to is missing'],
    [['export', '--to', 's3a://b/x'], 'takes one statement'],
    [['export', SQL, '--to', 's3a://bucket'], 'must name a folder'],
    [['query', 'SELECT 1', '--format', 'xml'], '--format must be one of'],
    [['query', 'SELECT 1', '--what'], '--what'],
    [['jobs', 'delete', 'x'], 'jobs can list'],
    [['jobs', '--server', 'ftp://x'], '--server must be'],
    [['jobs', '--access-key', 'x'], 'go together'],
  ])(
    '%j is refused with 2',
    async (args, sentence) => {
      const { code, err } = await command(args, {});
      expect([code, err]).toEqual([2, expect.stringContaining(sentence)]);
    },
    60_000,
  );

  it('ends with 3 where no server answers, and explains itself', async () => {
    const nowhere = await command(['jobs', '--server', await deadUrl()], {});
    expect([nowhere.code, nowhere.err]).toEqual([3, expect.stringContaining('ECONNREFUSED')]);
    const help = await command(['export', '--help'], {});
    expect([help.code, help.out]).toEqual([0, expect.stringContaining('--compress NAME')]);
  }, 60_000);
});
