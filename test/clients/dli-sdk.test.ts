/** Huawei's own SDK drives the job routes of a real server: submit, wait, preview, export, list, cancel; signed, checked and not. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/node/command.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { pythonPackages } from './tools.ts';

const packages = await pythonPackages('huaweicloudsdkdli', '3.1.219');
if ('missing' in packages) console.log(`[huaweicloudsdkdli] skipped: ${packages.missing}`);

const index = uniqueName('dli');
const PROJECT = '48cc2c48765f481480c7db940d6409d1';
/** The last makes a line of csv that only readers of quoted cells understand. */
const NAMES = ['Anna', 'Bert "B"', 'Cleo, with a\nbreak'];
const PRICES = [1.1, 2.5, 0.1];
const CSV = 'id,name,price\n0,Anna,1.1\n1,"Bert ""B""",2.5\n2,"Cleo, with a\nbreak",0.1\n';

async function load(): Promise<void> {
  const rows = Array.from({ length: 300 }, (_, id) => ({ id, name: NAMES[id % 3], price: PRICES[id % 3] }));
  const lines = rows.map((row) => `{"index":{}}\n${JSON.stringify(row)}\n`).join('');
  const post = (name: string, body: string) =>
    fetch(`${getEngine().url}/${name}/_bulk?refresh=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body,
    });
  await fetch(`${getEngine().url}/${index}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      mappings: { properties: { id: { type: 'integer' }, name: { type: 'keyword' }, price: { type: 'double' } } },
    }),
  });
  await post(index, lines);
}

const AUTH = {
  keys: [
    {
      name: 'reports',
      user: 'anna',
      accessKey: 'AKREPORTS',
      secretKey: 'secret-of-reports',
      project: PROJECT,
      buckets: { 'dli-*': ['read', 'write'] },
    },
  ],
};

describe.skipIf('missing' in packages)('the SDK of Huawei DLI', () => {
  beforeAll(load);
  afterAll(() => fetch(`${getEngine().url}/${index}`, { method: 'DELETE' }));

  describe.each([
    ['without AUTH_FILE: signatures are not looked at', undefined, 'anonymous'],
    ['with AUTH_FILE: signatures are checked', AUTH, 'anna'],
  ] as const)('%s', (_name, auth, owner) => {
    const folder = mkdtempSync(join(tmpdir(), 'dli-sdk-'));
    let server: ServerProcess;
    let seen: Readonly<Record<string, unknown>>;

    beforeAll(async () => {
      if ('missing' in packages) return;
      const authFile = join(folder, 'auth.json');
      if (auth !== undefined) writeFileSync(authFile, JSON.stringify(auth), { mode: 0o600 });
      server = await startServerProcess({
        OPENSEARCH_URL: getEngine().url,
        DATA_DIR: folder,
        JOB_QUEUES: 'default:2,queue2:2',
        JOB_POLL: '100ms',
        ...(auth === undefined ? {} : { AUTH_FILE: authFile }),
      });
      const program = fileURLToPath(new URL('dli_client.py', import.meta.url));
      const { code, output } = await runCommand(
        'python3',
        ['-W', 'ignore', program, server.url, index, PROJECT, 'run1', 'AKREPORTS', 'secret-of-reports'],
        { timeoutMs: 170_000, env: { ...process.env, PYTHONPATH: packages.path } },
      );
      if (code !== 0) throw new Error(output);
      seen = JSON.parse(output.trim().split('\n').at(-1)!) as Readonly<Record<string, unknown>>;
    });
    afterAll(async () => {
      await server?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    it('checks statements', () => {
      expect(seen.check).toEqual([true, '', 'QUERY']);
      expect(seen.check_wrong).toEqual([false, expect.stringMatching(/^DLI\.0004: Syntax error at line 1/)]);
    });

    it('submits and waits', () => {
      expect(seen.submit).toEqual([true, '', 'QUERY', 'async', [], []]);
      const statement = `SELECT id, name, price FROM ${index} ORDER BY id`;
      expect(seen.status).toEqual(['FINISHED', 'QUERY', 'queue2', owner, 300, statement]);
      expect(seen.columns).toEqual([
        ['id', 'integer'],
        ['name', 'string'],
        ['price', 'double'],
      ]);
      expect(seen.tags).toEqual([['run', 'run1']]);
      expect(seen.progress).toEqual(['FINISHED', 1, []]);
    });

    it('previews', () => {
      const [count, schema, rows] = seen.preview as [number, unknown, string[][]];
      expect([count, rows.length]).toEqual([300, 300]);
      expect(schema).toEqual([{ id: 'int' }, { name: 'string' }, { price: 'double' }]);
      // The SDK reads fractions digit by digit.
      expect(rows.slice(0, 2)).toEqual([
        ['0', 'Anna', '1.1'],
        ['1', 'Bert "B"', '2.5'],
      ]);
    });

    it('exports files', () => {
      expect(seen.export).toEqual([true, '', 'async', true]);
      expect(seen.export_status).toEqual(['FINISHED', 'EXPORT', 300]);
      expect(seen.detail).toEqual(['ErrorIfExists', 'obs://dli-bucket/run1/gzip', 'csv', true, 'gzip', owner]);
      expect(seen.export_text).toBe('FINISHED');
      const read = (name: string): Buffer => {
        const at = join(folder, 'objects', 'dli-bucket', 'run1', name);
        const files = readdirSync(at).sort();
        expect(files).toHaveLength(2);
        expect(files[0]).toBe('_SUCCESS');
        expect(files[1]).toMatch(/^part-00000-[0-9a-f-]{36}-c000\.csv(\.gz)?$/);
        return readFileSync(join(at, files[1]!));
      };
      const text = read('text').toString();
      expect(gunzipSync(read('gzip')).toString()).toBe(text);
      expect(text.startsWith(CSV)).toBe(true);
    });

    it('sees errors as its exceptions', () => {
      expect(seen.exists).toEqual([400, 'DLI.0006', expect.stringContaining('exists'), true]);
      expect(seen.bad_path).toEqual([400, 'DLI.0001', expect.stringContaining('comma'), true]);
      expect(seen.not_query).toEqual([400, 'DLI.0007', expect.stringContaining('QUERY'), true]);
      expect(seen.unknown).toEqual([400, 'DLI.0002', expect.stringContaining('no job'), true]);
      expect(seen.syntax).toEqual([400, 'DLI.0004', expect.stringContaining('line 1, column'), true]);
      expect(seen.ended).toEqual([400, 'DLI.0007', expect.stringContaining('ended'), true]);
    });

    it('lists', () => {
      const held = { queries: true, page: true, id: true, range: true };
      expect(seen.list).toEqual({ all: 3, types: 3, none: 0, ...held });
    });

    it('cancels', () => {
      expect(seen.cancel).toEqual([true, '', 'CANCELLED']);
    });

    it('is let in by its secret', () => {
      if (auth === undefined) expect(seen.wrong_secret).toBeNull();
      else expect(seen.wrong_secret).toEqual([401, 'DLI.0013', expect.stringContaining('signature'), true]);
    });

    it('needs a key where keys are declared', async () => {
      const response = await fetch(`${server.url}/v1.0/${PROJECT}/jobs`);
      expect(response.status).toBe(auth === undefined ? 200 : 401);
      if (auth !== undefined) expect(await response.json()).toMatchObject({ error_code: 'DLI.0013' });
    });
  });
});
