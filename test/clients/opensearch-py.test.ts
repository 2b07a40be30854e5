/** The Python client cannot tell our server from the cluster, and its SQL helpers work. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/node/command.ts';
import { parseJson } from '../../src/rows/longs.ts';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { dropClientIndex, loadClientIndex } from './data.ts';
import { pythonPackages } from './tools.ts';

const packages = await pythonPackages('opensearch-py', '3.2.0');
if ('missing' in packages) console.log(`[opensearch-py] skipped: ${packages.missing}`);

describe.skipIf('missing' in packages)('opensearch-py', () => {
  const index = uniqueName('py').replace('-', '_');
  let proxy: SqlProxy;
  let seen: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    if ('missing' in packages) return;
    await loadClientIndex(index);
    proxy = await startSqlProxy(getEngine().url);
    const program = fileURLToPath(new URL('python_client.py', import.meta.url));
    const { code, output } = await runCommand('python3', ['-W', 'ignore', program, proxy.url, index], {
      timeoutMs: 120_000,
      env: { ...process.env, PYTHONPATH: packages.path },
    });
    if (code !== 0) throw new Error(output);
    seen = parseJson(output.trim().split('\n').at(-1)!) as Readonly<Record<string, unknown>>;
  });
  afterAll(async () => {
    await dropClientIndex(index);
    await proxy?.close();
  });

  it('sees the cluster behind us', () => {
    expect(seen.info).toBe('opensearch');
  });

  it('queries, in rows and as text', () => {
    expect(seen.rows).toEqual([
      [1, 9007199254740993n, "it's", true, 2.25],
      [2, null, null, null, null],
    ]);
    expect(seen.csv).toBe("id,k\n1,it's\n2,");
  });

  it('explains, and asks for the figures', () => {
    expect(seen.explain).toEqual(['root']);
    expect(seen.stats).toBe(true);
  });

  it('raises its own exceptions', () => {
    expect(seen.error).toEqual([400, expect.stringContaining('SemanticAnalysisException')]);
    expect(seen.not_found).toBe(404);
  });

  it('uses the cluster through us: bulk, scan, delete', () => {
    expect(seen).toMatchObject({ bulk: 1000, scan: 1000, deleted: true });
  });
});
