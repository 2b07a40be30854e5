/** Size: deep nesting is refused, long flat statements are read and printed without deep recursion. */
import { describe, expect, it } from 'vitest';
import { SqlError } from '../../../translators/errors.ts';
import { SqlSyntaxError } from '../../../translators/syntax/errors.ts';
import { parse } from '../../../translators/syntax/parser.ts';
import { print } from '../../../translators/syntax/print.ts';

const repeat = (count: number, item: (i: number) => string, separator: string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join(separator);

describe('nesting', () => {
  const nest = (open: string, inner: string, close: string, depth: number): string =>
    open.repeat(depth) + inner + close.repeat(depth);
  it.each<[string, string]>([
    ['parentheses', nest('(', 'a', ')', 100_000)],
    ['NOT', nest('NOT ', 'a', '', 100_000)],
    ['signs', nest('- ', 'a', '', 100_000)],
    ['calls', nest('f(', 'a', ')', 100_000)],
    ['cases', nest('CASE WHEN ', 'a', ' THEN 1 END', 100_000)],
    ['subqueries', nest('(SELECT ', 'a', ')', 100_000)],
    ['subscripts', nest('a[', '0', ']', 100_000)],
    ['intervals', nest('INTERVAL (', '1', ') DAY', 100_000)],
    ['escapes', nest('{fn ', 'a', '}', 100_000)],
    ['right sides', nest('1 = (a + ', '1', ')', 100_000)],
  ])('of %s', (_, expression) => {
    expect(() => parse(`SELECT ${expression}`)).toThrow(SqlSyntaxError);
    expect(() => parse(`SELECT ${expression}`)).toThrow('Expression nesting depth exceeds the maximum allowed');
  });

  it.each(['SELECT * FROM (', '(', 'SELECT * FROM ((', 'WITH a AS ('])('of relations and queries: %s', (open) => {
    expect(() => parse(open.repeat(50_000))).toThrow('Expression nesting depth exceeds the maximum allowed');
  });

  it('has a limit that can be set', () => {
    const sql = `SELECT ${nest('(', 'a', ')', 20)}`;
    expect(parse(sql, { maxDepth: 30 }).kind).toBe('query');
    expect(() => parse(sql, { maxDepth: 10 })).toThrow('(10)');
  });
});

describe('long flat statements', () => {
  const count = 10_000;
  it.each<[string, string]>([
    ['AND', `SELECT * FROM t WHERE ${repeat(count, (i) => `a = ${i}`, ' AND ')}`],
    ['OR', `SELECT * FROM t WHERE ${repeat(count, (i) => `a LIKE 'x${i}'`, ' OR ')}`],
    ['plus', `SELECT ${repeat(count, (i) => `a${i}`, ' + ')} FROM t`],
    ['IS NULL', `SELECT a${' IS NULL'.repeat(count)} FROM t`],
    ['UNION ALL', repeat(count, (i) => `SELECT ${i}`, ' UNION ALL ')],
    ['comma joins', `SELECT * FROM ${repeat(count, (i) => `t${i}`, ', ')}`],
    ['joins', `SELECT * FROM ${repeat(count, (i) => `t${i}`, ' CROSS JOIN ')}`],
    ['WHEN', `SELECT CASE ${repeat(count, (i) => `WHEN a = ${i} THEN ${i}`, ' ')} END FROM t`],
  ])('of %s', (_, sql) => {
    expect(print(parse(sql))).toBe(sql);
  });

  it('hold an IN list of 100,000 elements', () => {
    const sql = `SELECT * FROM t WHERE a IN (${repeat(100_000, (i) => `'k${i}'`, ', ')})`;
    const started = performance.now();
    const tree = parse(sql);
    console.info(`100,000 elements in ${Math.round(performance.now() - started)} ms`);
    expect(print(tree)).toBe(sql);
  });
});

it('refuses a statement beyond its length', () => {
  expect(() => parse('SELECT 1', { maxLength: 7 })).toThrow(SqlError);
  expect(parse('SELECT 1', { maxLength: 8 }).kind).toBe('query');
});
