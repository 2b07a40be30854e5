/** Cursors: sealed, bound to their caller, and exact in what they hold. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { seal, unseal } from '../../../src/cursor/seal.ts';
import { cursorKey } from '../../../src/cursor/secret-key.ts';
import { readCursor, type SearchCursor, writeCursor } from '../../../src/cursor/token.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'cursor-token-'));
  folders.push(made);
  return made;
};

const KEY = cursorKey({ secretKey: 'sixteen characters', dataDir: '/nowhere' });

describe('the seal', () => {
  it('gives back what was sealed, each time in another form', () => {
    const text = 'SELECT "ünï" '.repeat(500);
    const one = seal(text, KEY);
    expect(unseal(one, KEY)).toBe(text);
    expect(one).not.toBe(seal(text, KEY));
    expect(one.length).toBeLessThan(text.length / 10);
    expect(one).toMatch(/^s1\.[\w-]+$/);
  });

  it('opens for nobody else, and not when a single character was changed', () => {
    const sealed = seal('text', KEY);
    const other = cursorKey({ secretKey: 'another secret key', dataDir: '/nowhere' });
    expect(unseal(sealed, other)).toBeUndefined();
    for (let i = 3; i < sealed.length - 1; i++) {
      const changed = sealed.slice(0, i) + (sealed[i] === 'A' ? 'B' : 'A') + sealed.slice(i + 1);
      expect(unseal(changed, KEY)).toBeUndefined();
    }
    for (const garbage of ['', 's1.', 's1.AAAA', 'n:zzz', 'd:zzz', 'garbage', sealed.slice(0, -8)]) {
      expect(unseal(garbage, KEY)).toBeUndefined();
    }
  });
});

describe('the key', () => {
  it('is that of SECRET_KEY, and then nothing is written', () => {
    const dataDir = join(folder(), 'new');
    expect(cursorKey({ secretKey: 'sixteen characters', dataDir })).toEqual(KEY);
    expect(() => statSync(dataDir)).toThrow(/ENOENT/);
  });

  it('is made once, for its owner only', () => {
    const dataDir = join(folder(), 'new');
    const made = cursorKey({ secretKey: undefined, dataDir });
    expect(cursorKey({ secretKey: undefined, dataDir })).toEqual(made);
    expect(statSync(join(dataDir, 'secret-key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'secret-key'), 'utf8').trim()).toHaveLength(43);
    const another = cursorKey({ secretKey: undefined, dataDir: folder() });
    expect(another).not.toEqual(made);
  });

  it('says so when its file is empty', () => {
    const dataDir = folder();
    writeFileSync(join(dataDir, 'secret-key'), '');
    expect(() => cursorKey({ secretKey: undefined, dataDir })).toThrow(/holds no key/);
  });
});

describe('a cursor', () => {
  const cursor: SearchCursor = {
    kind: 'search',
    by: 'ann',
    until: 1,
    fetchSize: 5,
    sql: 'SELECT 1',
    parameters: [{ type: 'long', value: 9007199254740993n }],
    filter: { term: { n: 18446744073709551615n } },
    at: 2,
    pit: 'p',
    after: [9223372036854775807n, null, 'x', 1.5],
    plan: 'f',
    rowBytes: 3,
    scripts: 'all',
  };

  it('keeps long integers', () => {
    expect(readCursor(writeCursor(cursor, KEY), KEY, 'ann')).toEqual(cursor);
  });

  it('does not exist for somebody else', () => {
    expect(() => readCursor(writeCursor(cursor, KEY), KEY, 'ben')).toThrow(
      expect.objectContaining({
        status: 404,
        type: 'SearchPhaseExecutionException',
        reason: 'Error occurred in OpenSearch engine: all shards failed',
        details: expect.stringContaining('SearchContextMissingException[No search context found'),
      }),
    );
  });

  it('that cannot be read is malformed', () => {
    expect(() => readCursor('n:zzz', KEY, 'ann')).toThrow(
      expect.objectContaining({
        status: 400,
        type: 'IllegalArgumentException',
        details: 'Malformed cursor: unable to extract cursor information',
      }),
    );
  });
});
