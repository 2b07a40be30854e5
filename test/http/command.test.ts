/** The command as a user meets it: what it prints, how it fails, that it serves and stops. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { getEngine } from '../support/engine.ts';
import { deadUrl } from './proxy-under-test.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'command-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

function run(env: Record<string, string>, ...options: string[]): Run {
  const { OPENSEARCH_URL: _, ...rest } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...options], {
    env: { ...rest, DATA_DIR: dataDir, ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += String(data);
  });
  child.stderr.on('data', (data) => {
    err += String(data);
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(out);
        if (found !== null) resolve(found);
      };
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`ended without ${pattern}: ${out}${err}`)));
      look();
    });
  return { child, ended, printed };
}

describe('one sentence and a status other than 0', () => {
  it('for settings, all of them at once', async () => {
    const { code, err } = await run({ PORT: 'abc', OPENSEARCH_URI: 'x' }).ended;
    expect([code, err.trim().split('\n').length]).toEqual([1, 3]);
    expect(err).toContain('did you mean OPENSEARCH_URL?');
  });

  it('for an unknown option', async () => {
    expect((await run({}, '--what').ended).code).toBe(2);
  });

  it('for a busy port, before anything is started', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, '127.0.0.1', resolve);
    });
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { code, err } = await run({ PORT: port }).ended;
    taken.close();
    expect([code, err]).toEqual([
      1,
      `Port ${port} on 127.0.0.1 is taken by another program; set PORT to a free one.\n`,
    ]);
  });

  it('for a cluster that cannot be reached', async () => {
    const url = await deadUrl();
    const { code, err } = await run({ PORT: '0', OPENSEARCH_URL: url }).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^The cluster at \S+ cannot be reached: .* Check OPENSEARCH_URL\.\n$/);
  });
});

it('--help lists every setting', async () => {
  const { code, out } = await run({}, '--help').ended;
  expect(code).toBe(0);
  expect(out).toMatch(/Usage: [\s\S]*npm start[\s\S]* {2}OPENSEARCH_URL [\s\S]* {2}SECRET_KEY /);
});

it.each(['SIGINT', 'SIGTERM'] as const)('serves, and stops at %s', { timeout: 60_000 }, async (signal) => {
  const { child, printed, ended } = run({ PORT: '0', OPENSEARCH_URL: getEngine().url, LOG_LEVEL: 'warn' });
  const [, health] = await printed(/health\s+(\S+)/);
  const answer = await fetch(health!);
  expect([answer.status, ((await answer.json()) as { ready: boolean }).ready]).toEqual([200, true]);
  expect((await fetch(new URL('/_cat/indices', health))).status).toBe(200);
  const [text] = await printed(/Try:\n[\s\S]*_cat\/indices/);
  expect(text.match(/curl/g)).toHaveLength(3);
  child.kill(signal);
  // Its one complaint: this node has no users, so that nothing tells callers apart.
  expect(await ended).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^There is no AUTH_FILE, and the cluster names no user: [^\n]*\n$/),
  });
});
