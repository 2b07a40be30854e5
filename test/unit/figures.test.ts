/** Which columns of an answer consist of figures, whatever stands between the aggregate and the answer. */
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../translators/catalog/build-schema.ts';
import { bind } from '../../translators/index.ts';
import { parse } from '../../translators/syntax/parser.ts';

const MAPPING = { t: { mappings: { properties: { b: { type: 'integer' }, g: { type: 'keyword' }, o: {} } } } };

function figuresOf(sql: string): readonly (readonly string[] | undefined)[] {
  const statement = parse(sql);
  const session = { now: '2024-05-17 10:20:30', today: '2024-05-17' };
  const catalog = { schema: (expression: string) => buildSchema(expression, MAPPING) };
  const { columns } = bind(statement, { sql, catalog, parameters: [], session });
  return columns.map(({ figures }) => figures?.map(({ path }) => path.join('.')));
}

const BASIC = ['count', 'sum', 'avg', 'min', 'max'];

describe('figures', () => {
  it.each([
    ['SELECT STATS(b) FROM t', [BASIC]],
    ['SELECT g, STATS(b) AS s, COUNT(*) FROM t GROUP BY g', [undefined, BASIC, undefined]],
    ['SELECT PERCENTILES(b) FROM t', [['1.0', '5.0', '25.0', '50.0', '75.0', '95.0', '99.0']]],
    ['SELECT PERCENTILES(b, 10, 99.9) FROM t', [['10.0', '99.9']]],
    ['SELECT s FROM (SELECT g, STATS(b) AS s FROM t GROUP BY g ORDER BY g LIMIT 3) d', [BASIC]],
    ['SELECT d.s, e.g FROM (SELECT STATS(b) AS s FROM t) d CROSS JOIN t e', [BASIC, undefined]],
    ['SELECT STATS(b) FROM t UNION ALL SELECT STATS(b) FROM t', [BASIC]],
    ['SELECT STATS(b) FROM t UNION ALL SELECT PERCENTILES(b) FROM t', [undefined]],
    ['SELECT b FROM t', [undefined]],
  ] as [string, (readonly string[] | undefined)[]][])('%s', (sql, expected) => {
    expect(figuresOf(sql)).toEqual(expected);
  });

  it('of EXTENDED_STATS are those of the cluster, with both bounds of each kind', () => {
    const [figures] = figuresOf('SELECT EXTENDED_STATS(b) FROM t');
    expect(figures?.slice(0, 9)).toEqual([
      ...BASIC,
      'sum_of_squares',
      'variance',
      'variance_population',
      'variance_sampling',
    ]);
    expect(figures).toContain('std_deviation');
    expect(figures?.filter((name) => name.startsWith('std_deviation_bounds.'))).toHaveLength(6);
  });
});
