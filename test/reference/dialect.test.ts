/** docs/sql.md holds what a real node answers; UPDATE_DOCS=1 writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type Answer, dialectMarkdown } from './markdown.ts';
import { SECTIONS } from './sections.ts';
import { dropTables, loadTables, withIndices } from './tables.ts';

const PAGE = new URL('../../docs/sql.md', import.meta.url);

describe('the reference of the dialect', () => {
  const prefix = uniqueName('reference').replaceAll('-', '_');
  let proxy: SqlProxy;
  beforeAll(async () => {
    proxy = await startSqlProxy(getEngine().url);
    await loadTables(prefix);
  });
  afterAll(async () => {
    await dropTables(prefix);
    await proxy.close();
  });

  /** Names of this run's indices are told as the examples write them. */
  const plain = (text: string): string => text.replaceAll(`${prefix}_`, '');

  const answer = async (sql: string): Promise<Answer> => {
    const text = await proxy.text(withIndices(sql, prefix), '?format=jdbc');
    const { error, schema, datarows } = JSON.parse(plain(text));
    return error ? { error: error.details } : { schema, datarows };
  };

  it('gives each example with its result', { timeout: 120_000 }, async () => {
    const answers = new Map<string, Answer>();
    for (const sql of SECTIONS.flatMap(({ examples }) => examples)) answers.set(sql, await answer(sql));
    const page = dialectMarkdown(SECTIONS, answers);
    if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });
});
