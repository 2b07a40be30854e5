/** The JDBC driver on Maven Central (Open Distro's, of the same source as OpenSearch's) against the whole server. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/node/command.ts';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { dropClientIndex, loadClientIndex } from './data.ts';
import { jars } from './tools.ts';

const driver = await jars('com.amazon.opendistroforelasticsearch.client', 'opendistro-sql-jdbc', '1.13.0.0');
if ('missing' in driver) console.log(`[jdbc] skipped: ${driver.missing}`);

describe.skipIf('missing' in driver)('the JDBC driver', () => {
  const index = uniqueName('jdbc').replace('-', '_');
  let proxy: SqlProxy;
  let facts: readonly string[];

  beforeAll(async () => {
    if ('missing' in driver) return;
    await loadClientIndex(index);
    proxy = await startSqlProxy(getEngine().url);
    const program = fileURLToPath(new URL('JdbcClient.java', import.meta.url));
    const url = `jdbc:elasticsearch://${proxy.url}`;
    const { code, output } = await runCommand('java', ['-cp', join(driver.path, '*'), program, url, index], {
      timeoutMs: 120_000,
    });
    if (code !== 0) throw new Error(output);
    facts = output.trim().split('\n');
  });
  afterAll(async () => {
    await dropClientIndex(index);
    await proxy?.close();
  });

  const startingWith = (word: string): string[] =>
    facts.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

  it('reads every type as the class of that type', () => {
    expect(startingWith('row 1')).toEqual([
      'flag BOOLEAN Boolean true',
      'b TINYINT Byte 7',
      's SMALLINT Short 300',
      'id INTEGER Integer 1',
      'l BIGINT Long 9007199254740993',
      'f REAL Float 1.5',
      'd DOUBLE Double 2.25',
      "k VARCHAR String it's",
      't VARCHAR String some text',
      'ip VARCHAR String 10.0.0.1',
      'day DATE Date 2024-05-17',
      'at TIMESTAMP Timestamp 2024-05-17 08:09:10.0',
      'clock TIME Time 11:12:13',
    ]);
  });

  it('reads nulls as null', () => {
    expect(
      startingWith('row 2')
        .filter((fact) => !fact.startsWith('id '))
        .map((fact) => fact.split(' ')[2]),
    ).toEqual(Array(12).fill('null'));
  });

  it('finds columns by their aliases', () => {
    expect(startingWith('group')).toEqual(['1 1', '2 1']);
  });

  it('binds parameters as values, never as SQL', () => {
    expect(startingWith('prepared')).toEqual(['1']);
    expect(startingWith('injected')).toEqual(['0']);
  });

  it('lists tables and columns', () => {
    expect(startingWith('table')).toEqual([`${index} BASE TABLE`]);
    const columns = new Map(startingWith('column').map((fact) => fact.split(' ') as [string, string]));
    // This driver sends its patterns without quotes, which follow the older engine: it calls every date a date.
    expect(Object.fromEntries(columns)).toMatchObject({ l: 'LONG', k: 'KEYWORD', day: 'DATE', at: 'DATE' });
  });

  it("raises the driver's exception for a statement that is wrong", () => {
    expect(startingWith('error').join('\n')).toContain('Bad Request');
  });
});
