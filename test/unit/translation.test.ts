/**
 * The translation corpus: a statement and mappings in, the schema, the DSL and what is left to do out.
 * `UPDATE_CORPUS=1` writes what came out as the expectation, to be reviewed as a diff.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { readSpec, type SpecEntry, specFiles, writeSpec } from '../corpus/translation/spec-file.ts';
import { translate } from '../corpus/translation/translate.ts';

const UPDATE = process.env.UPDATE_CORPUS === '1';

describe('the translation corpus', () => {
  it('holds all its files', () => {
    expect(specFiles().flatMap(readSpec).length).toBeGreaterThanOrEqual(80);
  });

  describe.each(specFiles())('%s', (file) => {
    const entries = readSpec(file);
    const updated: SpecEntry[] = [];

    it('has a title of its own for each statement', () => {
      expect(new Set(entries.map((entry) => entry.title)).size).toBe(entries.length);
    });

    it.each(entries)('$title', async (entry) => {
      const text = await translate(entry);
      updated.push({ ...entry, expected: text });
      if (!UPDATE) expect(text).toBe(entry.expected);
    });

    afterAll(() => {
      if (UPDATE && updated.length === entries.length) writeSpec(file, updated);
    });
  });
});
