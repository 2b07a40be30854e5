/** The manners of the sources that their syntax trees show: only the catalogue names its functions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { aggregateFunction, relevanceFunction, scalarFunction } from '../../translators/functions/index.ts';

interface Source {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

const read = (root: string): Source[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((name) => {
      const path = join(root, name);
      const text = readFileSync(path, 'utf8');
      return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
    });

const translators = read('translators');

function walk(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => walk(child, see));
}

const lineOf = ({ tree }: Source, node: ts.Node): number =>
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;

describe('one row a function', () => {
  /** Words of the grammar that are names of functions, too. */
  const WORDS: Readonly<Record<string, readonly string[]>> = {
    'sides of joins': ['LEFT', 'RIGHT'],
    'operators between their operands': ['DIV', 'MOD', 'REGEXP'],
    'types, and literals that begin with their type': ['DATE', 'TIME', 'DATETIME', 'TIMESTAMP'],
    'the beginning of an interval': ['INTERVAL'],
    'units of time': ['MICROSECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'],
  };
  /** Files that speak of other functions, or of letters. */
  const OTHERS: Readonly<Record<string, readonly string[] | 'all'>> = {
    // The catalogue of SQL over objects, one row a function, and the four forms of its grammar.
    'translators/object-sql/functions.ts': 'all',
    'translators/object-sql/print.ts': ['EXTRACT', 'DATE_ADD', 'TRIM'],
    'translators/syntax/parse-select-operand.ts': ['EXTRACT', 'DATE_ADD', 'TRIM', 'SUBSTRING'],
    // A letter of date patterns.
    'translators/catalog/date-pattern.ts': ['E'],
  };
  const words = new Set(Object.values(WORDS).flat());
  const isName = (text: string): boolean =>
    /^[A-Z][A-Z0-9_]*$/.test(text) &&
    (scalarFunction(text) ?? aggregateFunction(text) ?? relevanceFunction(text)) !== undefined;

  const named = translators
    .filter(({ path }) => !path.startsWith('translators/functions/'))
    .flatMap((source) => {
      const found: { readonly path: string; readonly line: number; readonly word: string }[] = [];
      walk(source.tree, (node) => {
        const key = ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node) ? node.name : undefined;
        const text = ts.isStringLiteralLike(node) ? node.text : key && ts.isIdentifier(key) ? key.text : '';
        if (isName(text)) found.push({ path: source.path, line: lineOf(source, node), word: text });
      });
      return found;
    });

  it('names no function of the catalogue outside of it', () => {
    const leaks = named.filter(({ path, word }) => {
      const others = OTHERS[path];
      return !words.has(word) && others !== 'all' && !others?.includes(word);
    });
    expect(leaks.map(({ path, line, word }) => `${path}:${line} ${word}`)).toEqual([]);
  });

  it('lists no word that is not there', () => {
    const seen = new Set(named.map(({ word }) => word));
    expect([...words].filter((word) => !seen.has(word))).toEqual([]);
    const listed = Object.entries(OTHERS).flatMap(([path, those]) =>
      those === 'all' ? [] : those.map((word) => `${path} ${word}`),
    );
    const there = new Set(named.map(({ path, word }) => `${path} ${word}`));
    expect(listed.filter((one) => !there.has(one))).toEqual([]);
  });
});
