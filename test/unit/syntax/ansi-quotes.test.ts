/** Double quotes for names, as a request may ask for them. */
import { describe, expect, it } from 'vitest';
import type { QueryRequest } from '../../../src/contract/sql-request.ts';
import { readSqlRequest } from '../../../src/http/sql/sql-request.ts';
import { withBackQuotes } from '../../../translators/index.ts';

describe('double quotes for names', () => {
  it.each([
    [`SELECT "a b" AS "n" FROM "t" WHERE "x" = 'y'`, "SELECT `a b` AS `n` FROM `t` WHERE `x` = 'y'"],
    [`SELECT 'a "quoted" text', 'it''s "so"' FROM t`, `SELECT 'a "quoted" text', 'it''s "so"' FROM t`],
    [`SELECT 'a \\' "b' , "c"`, `SELECT 'a \\' "b' , \`c\``],
    ['SELECT "a""b", "c`d", "e\\f"', 'SELECT `a"b`, `c``d`, `e\\f`'],
    ['SELECT `a"b`, "c"', 'SELECT `a"b`, `c`'],
    ['SELECT 1 -- "no name"\n, "x" /* "y" */ # "z"', 'SELECT 1 -- "no name"\n, `x` /* "y" */ # "z"'],
    [
      'SELECT "t"."c" FROM logs-2024.*, <logs-{now/d}> AS "t"',
      'SELECT `t`.`c` FROM logs-2024.*, <logs-{now/d}> AS `t`',
    ],
    ['SELECT 1', 'SELECT 1'],
  ])('%s', (written, expected) => expect(withBackQuotes(written)).toBe(expected));

  it('refuses what it cannot read', () => {
    expect(() => withBackQuotes('SELECT "", "a"')).toThrow('a quoted name is empty');
    expect(() => withBackQuotes('SELECT "a", "open')).toThrow('is not closed');
  });

  it.each([
    ['the URL', 'quotes=ansi', {}, 'text', 'SELECT `a`'],
    ['the body', '', { quotes: 'ANSI' }, 'text', 'SELECT `a`'],
    ['the setting', '', {}, 'ansi', 'SELECT `a`'],
    ['the body before all', 'quotes=ansi', { quotes: 'text' }, 'ansi', 'SELECT "a"'],
    ['nobody', '', {}, 'text', 'SELECT "a"'],
  ] as const)('is asked for by %s', (_, url, body, sqlQuotes, expected) => {
    const raw = {
      query: new URLSearchParams(url),
      body: JSON.stringify({ query: 'SELECT "a"', ...body }),
      accept: undefined,
    };
    const request = readSqlRequest(raw, { maxStatementLength: 100, sqlQuotes }) as QueryRequest;
    expect(request.query).toBe(expected);
  });

  it('refuses other words', () => {
    const raw = { query: new URLSearchParams('quotes=mysql'), body: '{"query":"SELECT 1"}', accept: undefined };
    expect(() => readSqlRequest(raw, { maxStatementLength: 100, sqlQuotes: 'text' })).toThrow('Unknown quotes [mysql]');
  });
});
