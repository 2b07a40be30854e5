/** `/_proxy/metrics` is for those whom AUTH_FILE knows; a token may come as Prometheus sends it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { deadUrl, startProxy } from '../../http/proxy-under-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'metrics-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TOKEN = 'token-of-prometheus';
const KEYS = [{ name: 'prometheus', tokens: [TOKEN] }];

async function statusOf(file: object | undefined, headers: Record<string, string>): Promise<readonly [number, string]> {
  const path = join(folder, 'auth.json');
  if (file !== undefined) writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
  const proxy = await startProxy(await deadUrl(), file === undefined ? {} : { AUTH_FILE: path });
  try {
    const answer = await fetch(`${proxy.url}/_proxy/metrics`, { headers });
    return [answer.status, await answer.text()];
  } finally {
    await proxy.close();
  }
}

describe('metrics', () => {
  it.each<readonly [string, object | undefined, Record<string, string>, number]>([
    ['without AUTH_FILE', undefined, {}, 200],
    ['without AUTH_FILE, whatever comes', undefined, { authorization: 'Bearer something' }, 200],
    ['without a key', { keys: KEYS }, {}, 401],
    ['a token as Bearer', { keys: KEYS }, { authorization: `Bearer ${TOKEN}` }, 200],
    ['in any case', { keys: KEYS }, { authorization: `bearer  ${TOKEN}` }, 200],
    ['a token in its own header', { keys: KEYS }, { 'x-auth-token': TOKEN }, 200],
    ['another token', { keys: KEYS }, { authorization: `Bearer ${TOKEN}x` }, 401],
    ['the token as something else', { keys: KEYS }, { authorization: `Basic ${TOKEN}` }, 401],
    ['nothing after Bearer', { keys: KEYS }, { authorization: 'Bearer ' }, 401],
    ['anonymous, where it is declared', { keys: KEYS, anonymous: {} }, {}, 200],
  ])('%s', async (_, file, headers, status) => {
    const [given, text] = await statusOf(file, headers);
    expect(given, text).toBe(status);
    expect(text.includes('# HELP')).toBe(status === 200);
  });
});
