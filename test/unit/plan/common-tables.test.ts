/** A common table that is read twice is made once; one that is read once stands where it is read. */
import { describe, expect, it } from 'vitest';
import { inputsOfPhysical, type Physical, type ResidualNode } from '../../../translators/algebra/physical.ts';
import { buildSchema } from '../../../translators/catalog/build-schema.ts';
import { bind, prepare, split } from '../../../translators/index.ts';
import { parse } from '../../../translators/syntax/parser.ts';

const SESSION = { now: '2024-05-17 10:20:30', today: '2024-05-17' };
const properties = { id: { type: 'long' }, g: { type: 'keyword' }, x: { type: 'integer' } };
const schema = buildSchema('t', { t: { mappings: { properties } } });

function plan(sql: string): Physical {
  const statement = parse(sql);
  if (statement.kind !== 'query') throw new Error(statement.kind);
  const bound = bind(statement, { sql, catalog: { schema: () => schema }, parameters: [], session: SESSION });
  const logical = prepare(bound, { sizeLimit: 200, maxRows: 10_000_000 }, SESSION);
  return split(logical, { heapRows: 10_000, scripts: true, overflow: () => false }, SESSION);
}

const leaves = (node: Physical): readonly string[] =>
  inputsOfPhysical(node).length === 0 ? [node.kind] : inputsOfPhysical(node).flatMap(leaves);
const residual = (node: Physical): ResidualNode | undefined =>
  node.kind === 'residual' ? node : 'input' in node ? residual(node.input) : undefined;

describe('common tables', () => {
  it.each<[string, readonly string[]]>([
    ['WITH c AS (SELECT g, COUNT(*) AS n FROM t GROUP BY g) SELECT * FROM c a JOIN c b ON a.n = b.n', ['aggregation']],
    [
      'WITH c AS (SELECT g, COUNT(*) AS n FROM t GROUP BY g) SELECT g FROM c UNION ALL SELECT g FROM c',
      ['aggregation'],
    ],
    ['WITH c AS (SELECT id, g FROM t) SELECT a.id FROM c a JOIN c b ON a.id = b.id', ['search']],
    ['WITH c AS (SELECT id FROM t LIMIT 5) SELECT a.id FROM c a JOIN c b ON a.id = b.id', ['search']],
    [
      'WITH c AS (SELECT id FROM t) SELECT id FROM c WHERE id = 1 UNION ALL SELECT id FROM c WHERE id = 2',
      ['search', 'search'],
    ],
    ['WITH c AS (SELECT id, g FROM t) SELECT COUNT(*) FROM c', ['count']],
    [
      'WITH c AS (SELECT a.id, b.g FROM t a JOIN t b ON a.x = b.x) SELECT p.id FROM c p JOIN c q ON p.id = q.id',
      ['search', 'search'],
    ],
  ])('%s', (sql, expected) => {
    expect(leaves(plan(sql))).toEqual(expected);
  });

  it('gives DuckDB what is read twice as a table of its own', () => {
    const sql = 'WITH c AS (SELECT id, RAND() AS r FROM t) SELECT a.id FROM c a JOIN c b ON a.r = b.r';
    const made = residual(plan(sql));
    expect(made?.inputs).toHaveLength(1);
    expect(made?.query.sql.match(/"input0"|"part0"/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('makes what DuckDB could not plan as one in parts', () => {
    const joins = (n: number): string =>
      `SELECT COUNT(*) FROM t t${Array.from({ length: n }, (_, i) => ` JOIN t t${i} ON t.x = t${i}.x`).join('')}`;
    const parts = (sql: string): number => residual(plan(sql))?.query.sql.match(/AS MATERIALIZED/g)?.length ?? 0;
    expect([8, 15, 40, 80].map((n) => parts(joins(n)))).toEqual([0, 0, 2, 5]);
    const groups = Array.from({ length: 14 }, (_, i) => ` GROUP BY id, x) a${i}`).join('');
    expect(
      parts(
        `SELECT COUNT(*) FROM ${'(SELECT id, x FROM '.repeat(14)}(SELECT t.id, t.x FROM t JOIN t u ON t.id = u.id) j${groups}`,
      ),
    ).toBe(2);
  });

  it('pushes conditions into one that is read once', () => {
    const text = JSON.stringify(plan('WITH c AS (SELECT id, g FROM t) SELECT g FROM c WHERE id = 7'));
    expect(text).toContain('"term":{"id"');
  });
});
