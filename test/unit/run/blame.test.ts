import { describe, expect, it } from 'vitest';
import { blamed } from '../../../src/run/blame.ts';
import type { LogicalPlan } from '../../../translators/algebra/plan.ts';
import { buildSchema } from '../../../translators/catalog/build-schema.ts';
import { SqlError } from '../../../translators/errors.ts';
import { bind } from '../../../translators/index.ts';
import { parse } from '../../../translators/syntax/parser.ts';
import { SESSION } from '../plan/plan-kit.ts';

const schema = buildSchema('t', { t: { mappings: { properties: { a: { type: 'integer' } } } } });

function planOf(sql: string): LogicalPlan {
  const statement = parse(sql);
  if (statement.kind !== 'query') throw new Error(statement.kind);
  return bind(statement, { sql, catalog: { schema: () => schema }, parameters: [], session: SESSION }).plan;
}

describe('the place of an error that DuckDB or a script brings up', () => {
  it.each<[string, string, string, string | undefined]>([
    ['SELECT a + 1 FROM t', 'ArithmeticException', 'integer overflow', "(line 1, column 8: 'a + 1')"],
    ['SELECT a + 1, a * 2 FROM t', 'ArithmeticException', 'integer overflow: 5 * 2', "(line 1, column 15: 'a * 2')"],
    ['SELECT a + 1, a * 2 FROM t', 'ArithmeticException', 'integer overflow', undefined],
    [
      'SELECT CAST(a AS BYTE) + 1 FROM t',
      'ArithmeticException',
      'the number 300 is out of the range of byte',
      "(line 1, column 8: 'CAST(a AS BYTE)')",
    ],
    ['SELECT a + 1 FROM t', 'ResourceLimitException', 'integer overflow', undefined],
  ])('%s: %s %s', (sql, type, details, expected) => {
    const error = blamed(new SqlError('arithmetic', { details, type }), planOf(sql)) as SqlError;
    expect(error.details).toBe(expected === undefined ? details : `${details} ${expected}`);
  });
});
