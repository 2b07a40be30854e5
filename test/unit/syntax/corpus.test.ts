/** Every statement of the corpus gets the expected tree or error, and prints to a text with the same tree. */
import { describe, expect, it } from 'vitest';
import { parse } from '../../../translators/syntax/parser.ts';
import { print } from '../../../translators/syntax/print.ts';
import { readCorpus } from './corpus-file.ts';
import { shape } from './shape.ts';
import { withoutSpans } from './tree.ts';

const corpus = readCorpus();

describe('the statement corpus', () => {
  it('holds all its files', () => {
    expect(corpus.length).toBeGreaterThan(220);
  });

  it.each(corpus)('$file: $title', ({ sql, shape: wanted, error }) => {
    if (error !== undefined) {
      expect(() => parse(sql)).toThrowError(error);
      return;
    }
    const tree = parse(sql);
    expect(shape(tree)).toBe(wanted);
    expect(withoutSpans(parse(print(tree)))).toEqual(withoutSpans(tree));
  });
});
