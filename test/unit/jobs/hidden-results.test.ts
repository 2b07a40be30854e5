/** The rows of jobs in the object storage: callers of the object, select and export routes do not see them, whatever they may read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { touchesResults, withoutResults } from '../../../src/jobs/results/hidden-results.ts';
import { openDirectoryStore } from '../../../src/objects/directory.ts';
import type { ObjectStore } from '../../../src/objects/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'hidden-'));
const HIDDEN = 'rows/jobs/11111111-aaaa/000000';
const SEEN = ['rows/a', 'rows/jobs.csv', 'rows/jobs0', 'rows/other/x', 'z'];
let whole: ObjectStore;
let shown: ObjectStore;

beforeAll(async () => {
  whole = await openDirectoryStore(folder);
  for (const key of [...SEEN, HIDDEN, 'rows/jobs/11111111-aaaa/last-000001', 'rows/jobs/2/000000']) {
    await whole.put('results', key, Buffer.from(key));
  }
  await whole.put('other', HIDDEN, Buffer.from('x'));
  shown = withoutResults(whole, { jobResultStore: 'results/rows/jobs' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function allKeys(store: ObjectStore, limit: number, prefix = '', delimiter?: string): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 50; pages++) {
    const more = { ...(after === undefined ? {} : { after }), ...(delimiter === undefined ? {} : { delimiter }) };
    const page = await store.list('results', { prefix, limit, ...more });
    if (store !== whole) expect(page.next ?? '').not.toContain('1111');
    found.push(...page.objects.map(({ key }) => key), ...page.prefixes);
    if (page.next === undefined) return found.sort();
    after = page.next;
  }
  throw new Error('the listing does not end');
}

describe('kept rows', () => {
  it.each([1, 2, 3, 1000])('are in no listing, in pages of %i', async (limit) => {
    expect(await allKeys(shown, limit)).toEqual(SEEN);
    expect(await allKeys(shown, limit, 'rows/jobs/')).toEqual([]);
    expect(await allKeys(shown, limit, 'rows/jobs/1111')).toEqual([]);
    expect(await allKeys(shown, limit, 'rows/', '/')).toEqual(['rows/a', 'rows/jobs.csv', 'rows/jobs0', 'rows/other/']);
    expect(await allKeys(shown, limit, 'rows/jobs', '-')).toEqual(['rows/jobs.csv', 'rows/jobs0']);
    expect(await allKeys(whole, limit)).toHaveLength(SEEN.length + 3);
  });

  it('cannot be read, written, replaced or taken away', async () => {
    expect(await shown.head('results', HIDDEN)).toBeUndefined();
    await expect(shown.read('results', HIDDEN)).rejects.toMatchObject({ fault: 'noSuchKey' });
    await expect(shown.presign('results', HIDDEN, 60)).rejects.toMatchObject({ fault: 'noSuchKey' });
    const bytes = Buffer.from('x');
    for (const key of [HIDDEN, 'rows/jobs', 'rows/jobs/mine']) {
      await expect(shown.put('results', key, bytes)).rejects.toMatchObject({ fault: 'denied' });
      await expect(shown.startUpload('results', key)).rejects.toMatchObject({ fault: 'denied' });
      await expect(shown.delete('results', ['z', key])).rejects.toMatchObject({ fault: 'denied' });
    }
    expect(await shown.head('results', 'z')).toBeDefined();
    expect(await shown.head('other', HIDDEN)).toBeDefined();
  });

  it('may be a whole bucket; without the setting nothing is hidden', async () => {
    const none = withoutResults(whole, { jobResultStore: 'results' });
    expect(await none.list('results')).toEqual({ objects: [], prefixes: [], next: undefined });
    expect(await none.head('results', 'z')).toBeUndefined();
    expect(withoutResults(whole, { jobResultStore: '' })).toBe(whole);
  });

  it.each([
    ['results', 'rows/jobs', true],
    ['results', 'rows/jobs/x', true],
    ['results', 'rows', true],
    ['results', 'rows/jobs2', false],
    ['results', 'other', false],
    ['other', 'rows/jobs', false],
  ])('are out of reach of an export into %s/%s: %s', (bucket, into, wanted) => {
    expect(touchesResults({ jobResultStore: 'results/rows/jobs' }, bucket, into)).toBe(wanted);
    expect(touchesResults({ jobResultStore: '' }, bucket, into)).toBe(false);
  });

  it('fill a bucket of their own', () => {
    expect(touchesResults({ jobResultStore: 'results' }, 'results', 'any')).toBe(true);
  });
});
