/** Rows that the cluster and a DuckDB of the test's own both hold: few values, so that they meet, many NULLs, types that differ by table. */
import { type Random, seeded } from '../../src/sample-data/random.ts';
import type { DataSet } from './tables.ts';

const NULLS = 0.22;
const DAYS = ['2023-12-31', '2024-01-01', '2024-02-29', '2024-03-01'];
const MOMENTS = ['2023-12-31T23:59:59.999Z', '2024-01-01T00:00:00Z', '2024-02-29T00:00:00Z', '2024-02-29T12:30:00.5Z'];
const TEXTS = ['', 'a', 'b', 'B', 'ab', 'a_b', 'a%b', '日本', '1', '02'];
/** Not the last one, which sorts beside NULL in any order (docs/limits.md). */
const LONGS = ['9007199254740993', '9007199254740992', '-9007199254740993', '9223372036854775806'];

type Maker = (random: Random) => unknown;

const whole =
  (least: number, most: number): Maker =>
  (random) =>
    random.integer(least, most);
const quarters: Maker = (random) => random.integer(-4, 12) / 4;
const one =
  (values: readonly unknown[]): Maker =>
  (random) =>
    random.pick(values);
const long: Maker = (random) => (random.chance(0.4) ? BigInt(random.pick(LONGS)) : random.integer(-2, 4));

interface JudgedColumn {
  readonly mapping: Readonly<Record<string, unknown>>;
  /** The type of the judge's column. */
  readonly type: string;
  readonly make: Maker;
}

const INT = { mapping: { type: 'integer' }, type: 'INTEGER', make: whole(-1, 5) };
const LONG = { mapping: { type: 'long' }, type: 'BIGINT', make: whole(0, 5) };
const BIG = { mapping: { type: 'long' }, type: 'BIGINT', make: long };
const SHORT = { mapping: { type: 'short' }, type: 'SMALLINT', make: whole(-1, 4) };
const BYTE = { mapping: { type: 'byte' }, type: 'TINYINT', make: whole(0, 5) };
const DOUBLE = { mapping: { type: 'double' }, type: 'DOUBLE', make: quarters };
const FLOAT = { mapping: { type: 'float' }, type: 'FLOAT', make: quarters };
const KEYWORD = { mapping: { type: 'keyword' }, type: 'VARCHAR', make: one(TEXTS) };
const TEXT = { mapping: { type: 'text' }, type: 'VARCHAR', make: one(TEXTS) };
const TWINNED = { ...TEXT, mapping: { type: 'text', fields: { keyword: { type: 'keyword' } } } };
const FLAG = { mapping: { type: 'boolean' }, type: 'BOOLEAN', make: one([true, false]) };
const DAY = { mapping: { type: 'date', format: 'yyyy-MM-dd' }, type: 'DATE', make: one(DAYS) };
const MOMENT = { mapping: { type: 'date' }, type: 'TIMESTAMP', make: one(MOMENTS) };

export interface JudgedSet {
  readonly name: string;
  readonly columns: Readonly<Record<string, JudgedColumn>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

function setOf(name: string, count: number, columns: JudgedSet['columns']): JudgedSet {
  const random = seeded(count);
  const rows = Array.from({ length: count }, (_, i) =>
    Object.fromEntries([
      ['id', i + 1],
      ...Object.entries(columns).flatMap(([column, { make }]) => {
        const value = make(random);
        return random.chance(NULLS) ? [] : [[column, value]];
      }),
    ]),
  );
  return { name, columns: { id: { ...INT, make: () => 0 }, ...columns }, rows };
}

export const JUDGED_SETS: readonly JudgedSet[] = [
  setOf('ja', 23, { k: INT, n: BIG, d: DOUBLE, t: KEYWORD, flag: FLAG, day: DAY, ts: MOMENT }),
  setOf('jb', 17, { k: LONG, s: SHORT, f: FLOAT, n: BIG, t: TWINNED, flag: FLAG, day: DAY, ts: MOMENT }),
  setOf('jc', 13, { k: DOUBLE, b: BYTE, d: DOUBLE, t: TEXT, flag: FLAG, day: MOMENT, ts: DAY }),
  setOf('je', 0, { k: INT, n: LONG, d: DOUBLE, t: KEYWORD, flag: FLAG, day: DAY, ts: MOMENT }),
];

export const asDataSet = ({ name, columns, rows }: JudgedSet): DataSet => ({
  index: name,
  settings: { number_of_shards: 2, number_of_replicas: 0 },
  mappings: { properties: Object.fromEntries(Object.entries(columns).map(([c, { mapping }]) => [c, mapping])) },
  docs: rows.map((row) => ({ _id: String(row.id), _source: row })),
});
