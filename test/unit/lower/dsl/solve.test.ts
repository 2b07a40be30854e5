/** Comparisons solved for their field hold exactly where the function itself says so, at random values and around every bound. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../../../translators/algebra/expr.ts';
import type { Field } from '../../../../translators/algebra/schema.ts';
import { columnsOf } from '../../../../translators/algebra/walk.ts';
import { SqlError } from '../../../../translators/errors.ts';
import { type Positions, positionsOf, type Span } from '../../../../translators/lower/dsl/positions.ts';
import { type Solvable, solve } from '../../../../translators/lower/dsl/solve.ts';
import { compileExpr } from '../../../../translators/lower/js/index.ts';
import { bindText, foldedText, SESSION } from '../../functions/bind-kit.ts';
import { field } from './kit.ts';

const FIELDS: readonly Field[] = [
  field('b', 'byte'),
  field('i', 'integer'),
  field('l', 'long'),
  field('u', 'unsigned_long'),
  field('d', 'double'),
  field('f', 'float'),
  field('bo', 'boolean'),
  field('ts', 'date'),
  field('nanos', 'date_nanos'),
  field('day', 'date', { type: 'date', format: 'yyyy-MM-dd' }),
];
const COLUMNS: readonly Column[] = FIELDS.map((of, id) => ({ id, name: of.path, type: of.type, field: of }));

/** Each with every operator and every bound. */
const SHAPES: readonly (readonly [string, ...string[]])[] = [
  ['i + 3', '4', '-2147483645', '5000000000'],
  ['2 * i - 7', '4', '5', '-1'],
  ['-i', '5', '2147483647', '0.5'],
  ['i / 7', '3', '0', '-2', '2.5'],
  ['i DIV -7', '3', '0'],
  ['100 / i', '7', '0', '-33', '100', '200'],
  ['ABS(i)', '5', '0', '-1', '2147483647'],
  ['ABS(i - 10) * 2', '6', '0'],
  ['i * 1.5', '4.5', '0', '7.1'],
  ['i * 0.1', '0.3', '0.7'],
  ['ROUND(i, -2)', '100', '-300', '0'],
  ['ROUND(i / 3.0, 1)', '0.3', '2'],
  ['SQRT(i)', '3', '1.5', '-1', '0'],
  ['CAST(i AS DOUBLE)', '3.5', '2'],
  ['CAST(i AS BIGINT) * 5000000000', '10000000000', '1'],
  ['b + 100', '120', '250'],
  ['SIGN(l)', '1', '0', '-1', '0.5'],
  ['l - 9007199254740993', '0', '5', '-9007199254740993'],
  ['l * 3', '9223372036854775807', '10'],
  ['ABS(l)', '9223372036854775807', '5'],
  ['l / 1000', '5', '0', '-7'],
  ['l * 1.5', '1e18', '3'],
  ['FROM_UNIXTIME(l)', "TIMESTAMP '2024-01-01 00:00:00'", "TIMESTAMP '1970-01-01 00:00:00'"],
  ['u + 1', '5', '18446744073709551615'],
  ['u / 2', '9223372036854775807', '1'],
  ['FLOOR(u)', '9223372036854775807', '3'],
  ['d * 2', '5', '-0.0', '1e300', '0.2'],
  ['d * -0.1', '0.3', '0'],
  ['d + 0.1', '0.3', '1'],
  ['1 - d', '0.9', '0'],
  ['d / 3', '0.1', '1'],
  ['1 / d', '3', '-0.25', '0'],
  ['ABS(d)', '0.5', '0', '-1'],
  ['FLOOR(d)', '3', '-1', '2.5'],
  ['CEIL(d)', '3', '0', '9223372036854775807'],
  ['ROUND(d)', '3', '-2', '0'],
  ['ROUND(d, 2)', '3.14', '0.01', '1.005'],
  ['TRUNCATE(d, 1)', '2.1', '-0.3', '0'],
  ['CAST(d AS INT)', '5', '0', '-3', '2147483647'],
  ['CAST(d AS BIGINT)', '5', '0', '9223372036854775807'],
  ['SIGN(d)', '0', '1'],
  ['SQRT(d)', '2', '0', '1.1'],
  ['RINT(d)', '2', '0'],
  ['DEGREES(d)', '180', '0'],
  ['f * 2', '0.2', '5'],
  ['f + 0.1', '0.3', '1'],
  ['FLOOR(f * 10)', '3', '-1'],
  ['CAST(bo AS INT)', '1', '0', '0.5'],
  ['YEAR(ts)', '2024', '1969', '2023.5', '-1', '9999', '0'],
  ['YEAR(nanos)', '2024', '1970', '2262'],
  ['YEAR(day)', '2024', '1969'],
  ['EXTRACT(YEAR_MONTH FROM ts)', '202405', '202413', '196912'],
  ['DATE(ts)', "DATE '2024-02-29'", "DATE '1969-12-31'"],
  ['CAST(nanos AS DATE)', "DATE '2024-02-29'", "DATE '1970-01-01'"],
  ['TO_DAYS(ts)', '739388', '719528', '1.5'],
  ['TO_DAYS(day)', '739388', '719528'],
  ['TO_SECONDS(ts)', '63883123200', '63883123200.5'],
  ['UNIX_TIMESTAMP(ts)', '1700000000', '1700000000.123', '0', '-1', '32536771199'],
  ['UNIX_TIMESTAMP(ts) * 1000', '1700000000123', '5'],
  ['LAST_DAY(ts)', "DATE '2024-02-29'", "DATE '2024-02-28'"],
  ['LAST_DAY(DATE(ts))', "DATE '2024-04-30'"],
  ['DATE_ADD(ts, INTERVAL 36 HOUR)', "TIMESTAMP '2024-05-18 12:00:00'", "TIMESTAMP '0000-01-02 12:00:00'"],
  ['DATE_SUB(ts, INTERVAL 1 DAY)', "TIMESTAMP '2024-02-29 00:00:00'", "TIMESTAMP '9999-12-30 00:00:00'"],
  [
    'DATE_ADD(ts, INTERVAL 1 MONTH)',
    "TIMESTAMP '2024-02-29 12:00:00'",
    "TIMESTAMP '2024-05-17 00:00:00'",
    "TIMESTAMP '9999-12-31 00:00:00'",
  ],
  ['DATE_SUB(nanos, INTERVAL 1 YEAR)', "TIMESTAMP '2023-02-28 10:00:00'", "TIMESTAMP '2023-03-01 00:00:00'"],
  ['TIMESTAMPADD(MONTH, -1, ts)', "TIMESTAMP '2024-02-29 23:59:59.999'"],
  ['ts + INTERVAL 800 YEAR', "TIMESTAMP '9999-12-31 00:00:00'", "TIMESTAMP '2824-02-29 00:00:00'"],
  ['YEAR(DATE_ADD(ts, INTERVAL 1 MONTH))', '2025', '9999'],
  ['DATE_ADD(day, INTERVAL 1 MONTH)', "TIMESTAMP '2024-02-29 00:00:00'", "TIMESTAMP '2024-02-29 10:00:00'"],
  ['ADDDATE(day, 10)', "DATE '2024-05-27'"],
  ['SUBDATE(ts, 10)', "TIMESTAMP '2024-05-27 08:00:00'"],
  ["ADDTIME(ts, TIME '01:30:00')", "TIMESTAMP '2024-05-18 00:30:00'"],
  ["DATEDIFF(ts, '2024-05-17')", '0', '5', '-3'],
  ["DATEDIFF(TIMESTAMP '2024-05-17 10:00:00', ts)", '0', '30'],
  ["ABS(DATEDIFF(day, DATE '2024-05-17'))", '0', '7'],
  ["TIMESTAMPDIFF(HOUR, ts, '2024-05-17 00:30:00')", '5', '0', '-1'],
  ["TIMESTAMPDIFF(MONTH, '2024-01-31 12:00:00', ts)", '1', '0', '-1'],
  ["TIMESTAMPDIFF(DAY, nanos, '2024-05-17 00:00:00.5')", '10'],
  ["DATE_FORMAT(ts, '%Y-%m')", "'2024-05'", "'2024-1'", "'x'"],
  ["DATE_FORMAT(ts, '%Y')", "'2024'", "'0'"],
  ["DATE_FORMAT(ts, '%Y-%m-%d %T')", "'2024-05-17 08:30:00'"],
  ["DATE_FORMAT(nanos, '%Y%m%d')", "'20240517'"],
  ["TO_ZONE(ts, '+05:30')", "TIMESTAMP '2024-05-17 08:30:00'"],
  [
    "TO_ZONE(ts, 'Europe/Berlin')",
    "TIMESTAMP '2024-03-31 02:30:00'",
    "TIMESTAMP '2024-10-27 02:30:00'",
    "TIMESTAMP '2024-10-27 03:00:00'",
    "TIMESTAMP '2024-07-01 00:00:00'",
  ],
  ["TO_ZONE(nanos, 'America/New_York')", "TIMESTAMP '2024-11-03 01:59:59.5'"],
  ["DATE(TO_ZONE(ts, 'Europe/Berlin'))", "DATE '2024-10-27'", "DATE '2024-03-31'"],
  ["DATE(TO_ZONE(ts, 'Pacific/Apia'))", "DATE '2011-12-30'", "DATE '2011-12-31'"],
  ["YEAR(TO_ZONE(ts, 'Asia/Kolkata'))", '2024'],
  ["DATE_FORMAT(TO_ZONE(ts, 'Europe/Berlin'), '%Y-%m-%d %H')", "'2024-10-27 02'"],
  ['CAST(ts AS STRING)', "'2024-05-17 08:30:00'", "'2024-05-17'"],
];

const OPERATORS = ['=', '<', '<=', '>', '>='];

const bound = (sql: string): Solvable => foldedText(sql, COLUMNS) as Solvable;

const inside = (spans: readonly Span[], at: bigint): boolean => spans.some((span) => span.from <= at && at <= span.to);

function check(sql: string, within?: readonly Span[]): readonly Span[] {
  const predicate = bound(sql);
  const solution = solve(predicate, SESSION, within);
  if (!solution) throw new Error(`not solved: ${sql}`);
  const { positions, spans, nulls } = solution;
  const column = [...columnsOf(predicate)][0]!;
  const test = compileExpr(predicate, [column], SESSION);
  const subject = compileExpr(predicate.kind === 'compare' ? predicate.left : predicate.arg, [column], SESSION);
  const wrong: unknown[] = [];
  for (const at of probes(positions, [...spans, ...nulls], within)) {
    const cell = positions.cell(at);
    let [said, value] = [undefined as unknown, undefined as unknown];
    try {
      said = test([cell]);
      value = subject([cell]);
    } catch (error) {
      // What fails has no answer to compare with.
      if (error instanceof SqlError) continue;
      throw error;
    }
    if (inside(spans, at) !== (said === true) || inside(nulls, at) !== (value === null))
      wrong.push([String(cell), said]);
  }
  expect([sql, ...wrong]).toEqual([sql]);
  return spans;
}

const SEED = 4711;
/** Around every bound, at the ends, and anywhere. */
function probes(positions: Positions, spans: readonly Span[], within?: readonly Span[]): readonly bigint[] {
  const { from, to, usual } = positions;
  const near = [from, to, ...usual, ...spans.flatMap((span) => [span.from, span.to])].flatMap((at) =>
    [-100_000n, -3n, -2n, -1n, 0n, 1n, 2n, 3n, 100_000n].map((step) => at + step),
  );
  const anywhere = fc.sample(fc.bigInt({ min: from, max: to }), { seed: SEED, numRuns: 40 });
  const close = spans.flatMap((span) =>
    fc.sample(fc.bigInt({ min: span.from - 400_000_000n, max: span.from + 400_000_000n }), { seed: SEED, numRuns: 20 }),
  );
  return [...near, ...anywhere, ...close].filter((at) => at >= from && at <= to && (!within || inside(within, at)));
}

describe('comparisons solved for their field', () => {
  it.each(SHAPES)('%s', (subject, ...bounds) => {
    for (const of of bounds) for (const op of OPERATORS) check(`${subject} ${op} ${of}`);
    check(`${subject} IN (${bounds.join(', ')})`);
  });

  it('reads a prefix of digits as a span', () => {
    check("DATE_FORMAT(ts, '%Y-%m-%d') LIKE '2024-05%'");
    check("CAST(day AS STRING) LIKE '2024-%'");
    expect(solve(bound("DATE_FORMAT(ts, '%Y-%m-%d') LIKE '%05%'"), SESSION)).toBeUndefined();
  });

  const positions = positionsOf(FIELDS[7]!)!;
  const year = solve(bound('YEAR(ts) = 2024'), SESSION)!.spans;
  const month = solve(bound('EXTRACT(YEAR_MONTH FROM ts) = 202402'), SESSION)!.spans;
  const day = solve(bound("DATE(ts) = DATE '2024-02-29'"), SESSION)!.spans;

  it.each([
    ['MONTH(ts)', year, '5', '12'],
    ['QUARTER(ts)', year, '2'],
    ['DAYOFYEAR(ts)', year, '60'],
    ['EXTRACT(MONTH FROM ts)', year, '1'],
    ['DAYOFMONTH(ts)', month, '29', '30'],
    ['HOUR(ts)', day, '8'],
    ['MINUTE(ts)', day, '30'],
    ['TIME(ts)', day, "TIME '08:30:00'"],
    ['DAYOFMONTH(ts)', year, '31'],
  ] as const)('%s inside of a known period', (subject, within, ...bounds) => {
    for (const of of bounds) for (const op of OPERATORS) check(`${subject} ${op} ${of}`, within);
  });

  it('finds the hours of a day on the clock of a zone', () => {
    for (const of of ['DATE', 'TO_DAYS']) {
      const bound = of === 'DATE' ? "DATE '2024-10-27'" : '739551';
      const { spans } = solve(
        foldedText(`${of}(TO_ZONE(ts, 'Europe/Berlin')) = ${bound}`, COLUMNS) as Solvable,
        SESSION,
      )!;
      for (const hour of ['1', '2', '3']) {
        for (const op of OPERATORS) check(`HOUR(TO_ZONE(ts, 'Europe/Berlin')) ${op} ${hour}`, spans);
      }
    }
  });

  it('leaves parts of a date alone where the period is open', () => {
    expect(solve(bound('MONTH(ts) = 5'), SESSION)).toBeUndefined();
    expect(solve(bound('MONTH(ts) = 5'), SESSION, [positions])).toBeUndefined();
  });

  it.each([
    'i % 3 = 1',
    'SIN(d) > 0',
    "DATE_FORMAT(ts, '%m-%Y') = '05-2024'",
    "CONVERT_TZ(ts, '+00:00', 'Europe/Berlin') > '2024-05-17 00:00:00'",
    'HOUR(ts) = 5',
    'i + l > 5',
  ])('does not solve %s', (sql) => {
    expect(solve(bound(sql), SESSION)).toBeUndefined();
  });

  it('counts what a finer format holds besides as candidates', () => {
    const fine: Column = {
      id: 99,
      name: 'fine',
      type: 'timestamp',
      field: field('fine', 'date', { format: 'yyyy-MM-dd HH:mm:ss.SSSSSS' }),
    };
    const exactness = (sql: string): boolean | undefined => solve(bindText(sql, [fine]) as Solvable, SESSION)?.exact;
    expect(exactness('YEAR(fine) = 2024')).toBe(true);
    expect(exactness('UNIX_TIMESTAMP(fine) > 1700000000.1231')).toBe(false);
  });
});
