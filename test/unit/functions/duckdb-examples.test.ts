/** Every example of every row through DuckDB: its own SQL where the row has some, else the closure that DuckDB calls back. */
import { describe, expect, it } from 'vitest';
import type { Expr } from '../../../translators/algebra/expr.ts';
import { isTemporal } from '../../../translators/algebra/types.ts';
import { allScalarFunctions } from '../../../translators/functions/index.ts';
import { column, run } from '../plan/plan-kit.ts';
import { bindText } from './bind-kit.ts';

const inOrder = [...new Set(allScalarFunctions.map((fn) => fn.family))];

async function answers(exprs: readonly Expr[]): Promise<readonly unknown[]> {
  const [row] = await run({
    kind: 'project',
    input: { kind: 'values', columns: [], rows: [[]] },
    items: exprs.map((expr, i) => ({ column: column(`p${i}`, expr.type), expr })),
  });
  return row!;
}

describe('the examples in DuckDB', () => {
  it.each(inOrder)('%s', async (family) => {
    const examples = allScalarFunctions.filter((fn) => fn.family === family).flatMap((fn) => fn.examples);
    const bound = examples.map((example) => ({ ...example, expr: bindText(example.sql) }));
    const values = await answers(bound.map((item) => item.expr));
    for (const [i, { sql, value, expr }] of bound.entries()) {
      const actual = values[i];
      if (typeof value === 'number' && typeof actual === 'number' && !Number.isInteger(value)) {
        const precision = expr.type === 'float' ? 1e-7 : 1e-15;
        expect(Math.abs(actual - value), sql).toBeLessThanOrEqual(Math.abs(value) * precision);
      } else if (isTemporal(expr.type) || typeof value !== 'object' || value === null)
        expect(actual, sql).toEqual(value);
    }
  });
});
