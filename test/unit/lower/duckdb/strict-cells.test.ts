import { describe, expect, it } from 'vitest';
import type { Expr } from '../../../../translators/algebra/expr.ts';
import type { ArgFamily, ScalarFunction } from '../../../../translators/algebra/function.ts';
import type { LogicalPlan } from '../../../../translators/algebra/plan.ts';
import type { SqlType } from '../../../../translators/algebra/types.ts';
import { allScalarFunctions } from '../../../../translators/functions/index.ts';
import { column, lit, run } from '../../plan/plan-kit.ts';

const TYPE_OF: Readonly<Record<ArgFamily, SqlType>> = {
  number: 'double',
  integer: 'long',
  string: 'keyword',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  temporal: 'timestamp',
  interval: 'interval',
  ip: 'ip',
  geo: 'geo_point',
  any: 'keyword',
};

/** The lowering adds nothing around a strict row's own SQL, so that SQL must give NULL for NULL itself. */
describe('the DuckDB cells of strict rows give NULL for NULL', () => {
  const rows = allScalarFunctions.filter((row) => row.nulls === 'strict' && row.duckdb !== undefined);
  it('and there are some', () => {
    expect(rows.length).toBeGreaterThan(0);
  });
  it.each(rows.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    for (const signature of row.signatures) {
      const types = signature.map((spec) => TYPE_OF[spec.family]);
      const items = types.map((type) => lit(null, type));
      if (items.length === 0) continue;
      expect(await answer(row, items, types)).toBe(null);
    }
  });
});

async function answer(fn: ScalarFunction, args: readonly Expr[], types: readonly SqlType[]): Promise<unknown> {
  const type = typeof fn.returns === 'string' ? fn.returns : fn.returns(types);
  const plan: LogicalPlan = {
    kind: 'project',
    input: { kind: 'values', columns: [], rows: [[]] },
    items: [{ column: column('v', type), expr: { kind: 'call', type, fn, args } }],
  };
  return (await run(plan))[0]![0];
}
