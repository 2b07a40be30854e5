/** A sample of SQLite's sqllogictest: what it answers, this dialect answers too. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { FULL, getEngine, uniqueName } from '../support/engine.ts';
import { judgeByLogicTests, logicFiles, type Sample } from './sqllogictest.ts';

const folder = await logicFiles();
if ('missing' in folder) console.log(`[sqllogictest] skipped: ${folder.missing}`);

const { LOGIC_SEED, LOGIC_FILES } = process.env;
/** `LOGIC_SEED` repeats a failure of a fresh seed. */
const SAMPLE: Sample = {
  seed: Number(LOGIC_SEED ?? (FULL ? Date.now() % 1_000_000 : 20_261_201)),
  files: Number(LOGIC_FILES ?? (FULL ? 500 : 50)),
  queriesOfFile: FULL ? 50 : 12,
};

describe.skipIf('missing' in folder)('sqllogictest', () => {
  const { url } = getEngine();
  let proxy: SqlProxy;
  beforeAll(async () => {
    proxy = await startSqlProxy(url);
  });
  afterAll(() => proxy.close());

  it('gives no other answer', async () => {
    if ('missing' in folder) return;
    console.log(`[sqllogictest] seed ${SAMPLE.seed}`);
    const prefix = `${uniqueName('logic').replaceAll('-', '_')}_`;
    const { files, agree, wrong, refused } = await judgeByLogicTests(
      { folder: folder.path, url, proxy, prefix },
      SAMPLE,
    );
    console.log(`[sqllogictest] ${files} files: ${agree} agree, ${wrong.length} differ, ${refused.length} refused`);
    expect([...wrong, ...refused].slice(0, 5).join('\n\n')).toBe('');
    // A reader of the files that gives up at their first lines would compare nothing.
    expect(agree).toBeGreaterThan(0.75 * SAMPLE.files * SAMPLE.queriesOfFile);
  }, 7_200_000);
});
