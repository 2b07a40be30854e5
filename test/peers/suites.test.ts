/** The statements of public suites as written, judged by DuckDB over the same rows. What is counted here is no result of any benchmark. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { FULL, getEngine, uniqueName } from '../support/engine.ts';
import { judge, type Verdict } from './suite-judge.ts';
import { dropIndices, loadIndices, openTables } from './suite-tables.ts';
import { readSuite, SUITES, suiteFolder } from './suites.ts';

const wanted = process.env.SUITES?.split(',');
const names = SUITES.filter((name) => (wanted ? wanted.includes(name) : FULL || name === 'TPCH'));

describe.each(names)('%s', async (suiteName) => {
  const folder = await suiteFolder(suiteName);
  if ('missing' in folder) {
    console.log(`[${suiteName}] skipped: ${folder.missing}`);
    it.skip('cannot be had here', () => undefined);
    return;
  }
  const suite = readSuite(folder.path);
  const prefix = `${uniqueName(suiteName.toLowerCase()).replaceAll('-', '_')}_`;
  let proxy: SqlProxy;
  let connection: Awaited<ReturnType<typeof openTables>>;
  beforeAll(async () => {
    proxy = await startSqlProxy(getEngine().url);
    connection = await openTables(suite, prefix);
    await loadIndices(connection, suite, prefix);
  }, 600_000);
  afterAll(async () => {
    await dropIndices(suite, prefix);
    connection.closeSync();
    await proxy.close();
  });

  it('has the same answers', { timeout: 3_600_000 }, async () => {
    const verdicts: Verdict[] = [];
    for (const name of suite.queries.keys()) verdicts.push(await judge(suite, name, { connection, proxy, prefix }));
    const agree = verdicts.filter((verdict) => verdict.agrees).length;
    console.log(`[${suiteName}] ${agree} of ${verdicts.length} statements agree`);
    expect(verdicts.flatMap(({ name, agrees, why }) => (agrees ? [] : [`${name}: ${why}`])).join('\n')).toBe('');
  });
});
