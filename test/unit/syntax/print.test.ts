/** Printing: what is printed reads as the same tree, with no more parentheses than needed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExprNode } from '../../../translators/syntax/ast.ts';
import { parse } from '../../../translators/syntax/parser.ts';
import { print } from '../../../translators/syntax/print.ts';
import { expression, statement } from './arbitraries.ts';
import { withoutSpans } from './tree.ts';

/** Generated trees do not number their parameters. */
function comparable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(comparable);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, comparable(value)]));
  return copy.kind === 'parameter' ? { ...copy, index: 0 } : copy;
}
const tree = (node: unknown): unknown => comparable(withoutSpans(node));

function parseExpressionOf(text: string): ExprNode {
  const parsed = parse(`SELECT ${text}`);
  if (parsed.kind !== 'query' || parsed.body.kind !== 'select') throw new Error('not a select');
  return parsed.body.items[0]!.expr;
}

describe('print, then parse', () => {
  it('keeps every expression', () => {
    fc.assert(
      fc.property(expression(3), (node) => {
        expect(tree(parseExpressionOf(print(node)))).toEqual(tree(node));
      }),
      { numRuns: 600 },
    );
  });

  it('keeps every statement', () => {
    fc.assert(
      fc.property(statement, (node) => {
        expect(tree(parse(print(node)))).toEqual(tree(node));
      }),
      { numRuns: 400 },
    );
  });
});

describe('texts', () => {
  it.each<[string, string]>([
    ['select A+ b*(c)', 'SELECT A + b * c'],
    ['SELECT (a + b) * c - (d - e) - (f - g)', 'SELECT (a + b) * c - (d - e) - (f - g)'],
    ['SELECT ((a - b) - c) / (d / e)', 'SELECT (a - b - c) / (d / e)'],
    [
      'SELECT a FROM t WHERE ((a = 1) AND (b = 2)) OR (NOT (c = 3))',
      'SELECT a FROM t WHERE a = 1 AND b = 2 OR NOT c = 3',
    ],
    ['SELECT a FROM t WHERE a = 1 AND (b = 2 OR c = 3)', 'SELECT a FROM t WHERE a = 1 AND (b = 2 OR c = 3)'],
    ['SELECT (NOT a) = b, (a = b) IS NULL, a = (b IS NULL)', 'SELECT (NOT a) = b, a = b IS NULL, a = (b IS NULL)'],
    ['SELECT - a, -(-a), - 5, 1 - -1', 'SELECT -a, -(-a), -5, 1 - -1'],
    [
      "SELECT 'a''b', \"c\", 'd\\%', 'e\\\\', .5, 2., 1".replace('2., ', ''),
      "SELECT 'a''b', \"c\", 'd\\%', 'e\\\\', 0.5, 1",
    ],
    ['SELECT `a b`.c, `order`, `日本` FROM `x`', 'SELECT `a b`.c, `order`, 日本 FROM `x`'],
    ['SELECT a x FROM t y LEFT OUTER JOIN u z ON y.i=z.i', 'SELECT a AS x FROM t AS y LEFT JOIN u AS z ON y.i = z.i'],
    ['SELECT timestampadd(days, 1, a), extract(day from b)', 'SELECT TIMESTAMPADD(DAY, 1, a), EXTRACT(DAY FROM b)'],
    ['SELECT TIMESTAMPADD(`day`, 1, a)', 'SELECT TIMESTAMPADD(`day`, 1, a)'],
    ["SELECT match([a 2, 'b'], 'q', Operator=and)", "SELECT MATCH(['a' ^ 2, 'b'], 'q', operator='and')"],
    ["SELECT date_range(field=?, ?, 'format'=?)", 'SELECT DATE_RANGE(field=?, ?, format=?)'],
    [
      'select 1 union (select 2 union all select 3) limit ?, ?',
      'SELECT 1 UNION (SELECT 2 UNION ALL SELECT 3) LIMIT ?, ?',
    ],
    ['SELECT /*! A */ a FROM t LIMIT 5, 10', '/*! A */ SELECT a FROM t LIMIT 10 OFFSET 5'],
    ['DESC t', "DESCRIBE TABLES LIKE 't'"],
  ])('%s', (sql, wanted) => {
    expect(print(parse(sql))).toBe(wanted);
    expect(withoutSpans(parse(wanted))).toEqual(withoutSpans(parse(sql)));
  });
});
