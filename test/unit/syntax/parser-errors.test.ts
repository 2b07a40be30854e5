/** Errors of reading: the place, what was found, what was expected. */
import { describe, expect, it } from 'vitest';
import { SqlError } from '../../../translators/errors.ts';
import { SqlSyntaxError } from '../../../translators/syntax/errors.ts';
import { parse } from '../../../translators/syntax/parser.ts';

function syntaxError(sql: string): SqlSyntaxError {
  try {
    parse(sql);
  } catch (error) {
    if (error instanceof SqlSyntaxError) return error;
    throw error;
  }
  throw new Error(`no error: ${sql}`);
}

describe('places', () => {
  it.each<[string, number, number, string]>([
    ['', 1, 1, 'end of query'],
    ['SELECT', 1, 7, 'end of query'],
    ['SELECT a,\n  b\nFROM t\nWHERE = 1', 4, 7, "'='"],
    ["SELECT '😀', a b c", 1, 17, "'c'"],
    ['SELECT a FROM t WHERE a = 1 AND', 1, 32, 'end of query'],
    ["SELECT 'abc", 1, 8, "'"],
    ['SELECT a /* b', 1, 10, "'/*'"],
    ['SELECT a FROM t;;', 1, 17, "';'"],
    [`SELECT a b '${'x'.repeat(100)}'`, 1, 12, `''${'x'.repeat(59)}...'`],
  ])('%s', (sql, line, column, found) => {
    const error = syntaxError(sql);
    expect(error).toMatchObject({ line, column, found, sql });
    expect(error.message).toMatch(new RegExp(`^Syntax error at line ${line}, column ${column}: `));
  });
});

describe('expectations', () => {
  it.each<[string, string[]]>([
    ['SELECT a FROM t ORDER a', ['BY']],
    ['SELECT a FROM t LIMIT x', ['an unsigned integer']],
    ['SELECT a FROM t WHERE a IS 1', ['NOT', 'NULL', 'TRUE', 'FALSE', 'MISSING']],
    ['SELECT a FROM t WHERE a BETWEEN 1', ['an operator', 'AND']],
    ['SELECT a FROM', ["'('", 'a table name']],
    ['SELECT CASE WHEN a THEN 1', ['an operator', 'WHEN', 'ELSE', 'END']],
    ['SELECT EXTRACT(DAY FROM a', ['an operator', "')'"]],
    ['SELECT a FROM t ORDER BY a NULLS', ['FIRST', 'LAST']],
    ['SELECT SUM(a) OVER (ROWS 1 x)', ['PRECEDING', 'FOLLOWING']],
    ['SELECT {x 1}', ['FN', 'd', 't', 'ts']],
    ['DESCRIBE TABLES x', ['LIKE']],
    ['SHOW', ['TABLES', 'a pattern']],
    ['SELECT a FROM t GROUP BY a)', ['an operator', "','", 'HAVING', 'ORDER BY', 'LIMIT', "';'", 'end of query']],
  ])('%s', (sql, expected) => {
    const error = syntaxError(sql);
    expect(error.expected).toEqual(expect.arrayContaining(expected));
    for (const word of expected) expect(error.message).toContain(word);
    expect(new Set(error.expected).size).toBe(error.expected.length);
  });

  it.each<[string, string]>([
    ['SELCT a FROM t', 'did you mean SELECT?'],
    ['SELECT a FORM t', "did you mean FROM instead of 'FORM'?"],
    ['SELECT a FROM t WEHRE a = 1', "did you mean WHERE instead of 'WEHRE'?"],
    ['SELECT a FROM t GROPU BY a', "did you mean GROUP instead of 'GROPU'?"],
    ['SELECT a FROM t GROUP BY a HAVNG a > 1', 'did you mean HAVING?'],
    ['DESCRIBE TABLES LKE x', 'did you mean LIKE?'],
    ['SELECT from, a FROM t', 'FROM is a reserved word: a column of that name needs back-quotes'],
    ['SELECT a FROM t NATURAL CROSS JOIN u', "found 'CROSS'"],
    ['SELECT "c"."x" FROM c', '"c" in double quotes is text; a name stands in back-quotes: `c`'],
    ["SELECT N'a'", 'hexadecimal, bit and national strings are not supported'],
    ['SELECT SUM(a) OVER (ROWS b PRECEDING)', 'a window frame needs a number or an interval'],
  ])('%s', (sql, message) => {
    expect(syntaxError(sql).message).toContain(message);
  });

  it('guesses nothing for words that resemble no keyword', () => {
    expect(syntaxError('SELECT a b c FROM t').message).not.toContain('did you mean');
    expect(syntaxError('EAT cake').message).not.toContain('did you mean');
  });
});

describe('statements that are no queries', () => {
  it.each(['INSERT INTO t VALUES (1)', 'update t set a = 1', 'CREATE TABLE t (a INT)', 'EXPLAIN DROP TABLE t'])(
    '%s',
    (sql) => {
      expect(() => parse(sql)).toThrow(SqlError);
      expect(() => parse(sql)).toThrow(
        `Query must start with SELECT, WITH, VALUES, SHOW, DESCRIBE, DESC, EXPLAIN, DELETE or a query in parentheses: ${sql} (line 1`,
      );
    },
  );
});
