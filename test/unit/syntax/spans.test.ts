/** Spans: labels are cut out of the statement's text, so they must be exact. */
import { describe, expect, it } from 'vitest';
import type { SelectNode } from '../../../translators/syntax/ast.ts';
import { parse } from '../../../translators/syntax/parser.ts';
import { readCorpus } from './corpus-file.ts';

function select(sql: string): SelectNode {
  const tree = parse(sql);
  if (tree.kind !== 'query' || tree.body.kind !== 'select') throw new Error('not a plain select');
  return tree.body;
}

describe('select items', () => {
  it.each([
    'a',
    ' a . b',
    '1 + 1',
    '(a + b)',
    '(a + b) * c',
    'a * (b + c)',
    '((a))',
    '- 5',
    '-5',
    '+5',
    '-(a)',
    "'it''s'",
    '"x"',
    "DATE '2020-01-01'",
    "{d '2020-01-01'}",
    '{fn ABS(a)}',
    'COUNT( * )',
    'COUNT(DISTINCT a) FILTER (WHERE b > 1)',
    'SUM(a) OVER (PARTITION BY b ORDER BY c)',
    'CASE WHEN a THEN b END',
    'a IS NOT NULL',
    'a BETWEEN 1 AND 2',
    'a NOT IN (1, 2)',
    "a LIKE 'x' ESCAPE '!'",
    '(SELECT 1)',
    '((SELECT 1) UNION (SELECT 2))',
    'EXISTS (SELECT 1)',
    'CAST(a AS DECIMAL(10, 2))',
    'a[0][1]',
    '(a)[0]',
    'INTERVAL 1 DAY',
    'CURRENT_DATE',
    't.*',
    '* EXCEPT (a)',
    'nested(a.*)',
    '?',
    'a.1.b',
    'NOT a',
    '(-1)',
  ])('%s', (text) => {
    const sql = `SELECT /* first */ ${text} , b FROM t`;
    const item = select(sql).items[0]!;
    expect(sql.slice(item.expr.at.start, item.expr.at.end)).toBe(text.trim());
    expect(item.at).toEqual(item.expr.at);
  });

  it('hold the alias in the place of the item only', () => {
    const sql = 'SELECT a + 1  AS x, (b) "y z" FROM t AS u';
    const { items, from } = select(sql);
    expect(items.map(({ at }) => sql.slice(at.start, at.end))).toEqual(['a + 1  AS x', '(b) "y z"']);
    expect(items.map(({ expr }) => sql.slice(expr.at.start, expr.at.end))).toEqual(['a + 1', '(b)']);
    expect(sql.slice(from!.at.start, from!.at.end)).toBe('t AS u');
  });

  it('show whether an operator touches its operands', () => {
    const sql = 'SELECT a-1, a - 1 FROM t';
    const gaps = select(sql).items.map(({ expr }) => {
      if (expr.kind !== 'binary') throw new Error('not a subtraction');
      return expr.right.at.start - expr.left.at.end;
    });
    expect(gaps).toEqual([1, 3]);
  });
});

describe('all nodes of the corpus', () => {
  const parsed = readCorpus().filter(({ shape }) => shape !== undefined);

  function visit(node: unknown, outer: { start: number; end: number }, sql: string): void {
    if (typeof node !== 'object' || node === null) return;
    // Arrays have a method of that name.
    const at = Array.isArray(node) ? undefined : (node as { at?: { start: number; end: number } }).at;
    if (at !== undefined) {
      expect(at.start).toBeGreaterThanOrEqual(outer.start);
      expect(at.end).toBeLessThanOrEqual(outer.end);
      expect(at.end).toBeGreaterThan(at.start);
      expect(sql.slice(at.start, at.end).trim()).toBe(sql.slice(at.start, at.end));
    }
    for (const [key, value] of Object.entries(node)) if (key !== 'at') visit(value, at ?? outer, sql);
  }

  it.each(parsed)('$file: $title lie within each other', ({ sql }) => {
    visit(parse(sql), { start: 0, end: sql.length }, sql);
  });
});
