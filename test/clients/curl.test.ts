/** `curl` as people use it: bulk bodies from a file through us, and SQL. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/node/command.ts';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { getEngine, uniqueName } from '../support/engine.ts';

const hasCurl = await runCommand('curl', ['--version'], { timeoutMs: 10_000 }).then(
  ({ code }) => code === 0,
  () => false,
);
if (!hasCurl) console.log('[curl] skipped: curl is missing');

describe.skipIf(!hasCurl)('curl', () => {
  const index = uniqueName('curl');
  const folder = mkdtempSync(join(tmpdir(), 'sql-proxy-curl-'));
  let proxy: SqlProxy;

  beforeAll(async () => {
    proxy = await startSqlProxy(getEngine().url);
  });
  afterAll(async () => {
    await curl('-X', 'DELETE', `${proxy.url}/${index}`);
    await proxy.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function curl(...args: string[]): Promise<string> {
    const { code, output } = await runCommand('curl', ['--silent', '--show-error', ...args], { timeoutMs: 60_000 });
    expect(code).toBe(0);
    return output;
  }

  it('sends a bulk file, and finds its documents by SQL', async () => {
    const file = join(folder, 'bulk.ndjson');
    const lines = Array.from({ length: 20_000 }, (_, n) => `{"index":{}}\n{"n":${n},"text":"number ${n} — ünïcödé"}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    const json = ['-H', 'Content-Type: application/x-ndjson'];
    const url = `${proxy.url}/${index}/_bulk?refresh=true&filter_path=errors`;
    expect(await curl(...json, '--data-binary', `@${file}`, url)).toBe('{"errors":false}');

    const csv = await curl(
      '-H',
      'Content-Type: application/json',
      '-d',
      JSON.stringify({ query: `SELECT COUNT(*) AS n, MAX(n) AS most FROM ${index}` }),
      `${proxy.url}/_plugins/_sql?format=csv`,
    );
    expect(csv).toBe('n,most\n20000,19999');
  });

  it('sees the same status and headers as from the cluster', async () => {
    const ask = (base: string): Promise<string> => curl('--head', `${base}/${index}`);
    const stable = (text: string): string[] =>
      text
        .toLowerCase()
        .split(/\r?\n/)
        .filter((line) => /^(http|content-)/.test(line))
        .sort();
    expect(stable(await ask(proxy.url))).toEqual(stable(await ask(getEngine().url)));
  });
});
