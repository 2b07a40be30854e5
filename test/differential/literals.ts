/** Literals that generated statements use: edges of each family, and what particular functions want to see. */
import type { Random } from '../../src/sample-data/random.ts';
import type { SqlType, Value } from '../../translators/algebra/types.ts';
import type { Family } from './node.ts';

export const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

const EDGE_LITERALS: Readonly<Record<Family, readonly string[]>> = {
  integer: [
    '0',
    '1',
    '-1',
    '2',
    '3',
    '7',
    '10',
    '28',
    '100',
    '255',
    '300',
    '-128',
    '2147483647',
    '-2147483648',
    '2147483648',
    '9007199254740993',
    '9007199254740992',
    '-9007199254740993',
    '9223372036854775807',
  ],
  number: [
    '0',
    '1',
    '-1',
    '2',
    '0.1',
    '0.5',
    '-0.5',
    '1.5',
    '2.5',
    '0.3',
    '0.25',
    '1e-7',
    '1e300',
    '100.0',
    '3.0',
    '34.5',
    '16777217',
    '65504',
    '9007199254740993',
    '0.30000000000000004',
    '0.10000000149011612',
  ],
  string: [
    "''",
    "'a'",
    "'abc'",
    "'ABC'",
    "'Anna'",
    "'1'",
    "'-5'",
    "'1.5'",
    "'%'",
    "'_'",
    "'a%'",
    "'true'",
    "'2024-01-01'",
    "'10:20:30'",
    "'ü'",
    "'ß'",
    "'é'",
    "' '",
    "'x y'",
  ],
  boolean: ['TRUE', 'FALSE'],
  date: ["DATE '2024-02-29'", "DATE '2024-01-01'", "DATE '1970-01-01'", "DATE '1969-12-31'", "DATE '2023-12-31'"],
  time: ["TIME '00:00:00'", "TIME '12:00:00'", "TIME '23:59:59'", "TIME '10:15:30.5'"],
  timestamp: [
    "TIMESTAMP '2024-01-01 00:00:00'",
    "TIMESTAMP '2024-02-29 23:59:59.999'",
    "TIMESTAMP '1970-01-01 00:00:00'",
    "TIMESTAMP '2024-06-01 12:00:00'",
    "TIMESTAMP '2018-07-15 09:30:00'",
  ],
  ip: ["'10.0.0.1'", "'::1'", "'2001:db8::1'", "'255.255.255.255'", "'::ffff:10.0.0.1'"],
};

export const edgeLiteral = (family: Family, random: Random): string => random.pick(EDGE_LITERALS[family]);

/** Literals of another type that a comparison brings to the type of what stands beside it, or the other way round. */
const FOREIGN_LITERALS: Readonly<Record<Family, readonly string[]>> = {
  integer: ['0.5', '1.5', '2.5', '-0.1', '9007199254740992.5', '1e3', "'1'", "'1.5'", "'abc'", "' 2 '"],
  number: ["'0.5'", "'1e2'", "'abc'", "'1'", "'-0.0'"],
  string: ['1', '0', '1.5', '-5', '9007199254740993'],
  boolean: ["'true'", "'false'", "'x'"],
  date: ["'2024-02-29'", "'1970-01-01'", "TIMESTAMP '2024-01-01 00:00:00'", "TIMESTAMP '2024-02-29 23:59:59.999'"],
  time: ["'12:00:00'", "'23:59:59'"],
  timestamp: ["'2024-01-01'", "'2024-02-29 23:59:59.999'", "DATE '2024-01-01'", "DATE '1970-01-01'"],
  ip: ["'10.0.0.1'", "'::ffff:10.0.0.1'"],
};

export const foreignLiteral = (family: Family, random: Random): string => random.pick(FOREIGN_LITERALS[family]);

/** Of a few values, so that rows meet them, and of fractions without a remainder in binary. */
const SHARED_LITERALS: Readonly<Record<Family, readonly string[]>> = {
  ...EDGE_LITERALS,
  integer: ['0', '1', '2', '3', '-1', '5'],
  number: ['0', '1', '2', '0.5', '-0.25', '1.5', '2.75'],
  string: ["''", "'a'", "'b'", "'B'", "'ab'", "'1'", "'zz'"],
};

export const sharedLiteral = (family: Family, random: Random): string => random.pick(SHARED_LITERALS[family]);

/** Arguments of functions that only make sense with certain texts or in small numbers. */
export const ARGUMENT_LITERALS: Readonly<Record<string, readonly (readonly string[] | undefined)[]>> = {
  DATE_FORMAT: [
    undefined,
    ["'%Y-%m-%d'", "'%H:%i:%s.%f'", "'%a %b %c %D %j'", "'%W %M %e %y'", "'%r %T %p %l'", "'%u %U %v %V %x %X'"],
  ],
  TIME_FORMAT: [undefined, ["'%H:%i:%s'", "'%h %p %f'"]],
  TO_ZONE: [undefined, ["'+05:30'", "'America/New_York'", "'UTC'"]],
  CONVERT_TZ: [undefined, ["'+00:00'", "'+05:30'", "'-10:00'"], ["'+00:00'", "'+09:00'", "'-03:30'", "'+20:00'"]],
  DATETIME: [undefined, ["'+02:00'", "'-05:00'", "'America/New_York'"]],
  STR_TO_DATE: [undefined, ["'%Y-%m-%d'", "'%H:%i:%s'", "'%d/%m/%Y'"]],
  FROM_UNIXTIME: [undefined, ["'%Y-%m-%d'", "'%H %i'"]],
  GET_FORMAT: [
    ['DATE', 'TIME', 'TIMESTAMP'],
    ["'USA'", "'ISO'", "'EUR'"],
  ],
  REPEAT: [undefined, ['0', '1', '2', '-1']],
  SPACE: [['0', '1', '3', '-1']],
  LPAD: [undefined, ['0', '2', '6', '-1'], ["'x'", "'ab'", "''"]],
  RPAD: [undefined, ['0', '2', '6', '-1'], ["'x'", "'ab'", "''"]],
  ROUND: [undefined, ['0', '1', '2', '-1', '-2', '10']],
  TRUNCATE: [undefined, ['0', '1', '2', '-1', '-2', '10']],
  REGEXP: [undefined, ["'.*'", "'[a-z]+'", "'a.*'", "'^A.*$'", "'\\\\d+'", "'(a|b)c?'"]],
  REGEXP_REPLACE: [undefined, ["'[aeiou]'", "'\\\\d'", "'^.'"], ["'_'", "''", "'x'"]],
  SPLIT_PART: [undefined, ["' '", "'.'", "'@'"], ['1', '2', '-1', '5']],
  CONV: [undefined, ['10', '16', '2'], ['2', '16', '36']],
  WEEK: [undefined, ['0', '1', '2', '3', '4', '5', '6', '7']],
  YEARWEEK: [undefined, ['0', '1', '2', '3', '4', '5', '6', '7']],
  SUBSTRING: [undefined, ['1', '2', '-2', '0', '5'], ['0', '1', '3', '-1']],
  LEFT: [undefined, ['0', '1', '3', '-1']],
  RIGHT: [undefined, ['0', '1', '3', '-1']],
  MAKEDATE: [
    ['1970', '2024', '99', '2023.7'],
    ['1', '60', '366', '400', '0'],
  ],
  MAKETIME: [
    ['0', '12', '23'],
    ['0', '59'],
    ['0', '30.5', '59'],
  ],
  PERIOD_ADD: [
    ['202401', '2312', '199912'],
    ['1', '-1', '14'],
  ],
  PERIOD_DIFF: [
    ['202401', '2312'],
    ['202312', '9901'],
  ],
  FROM_DAYS: [['738000', '719528', '366', '700000']],
  SEC_TO_TIME: [['0', '3661', '86399', '100000', '-5']],
  DATE_TRUNC: [
    ["'second'", "'hour'", "'DAY'", "'week'", "'month'", "'quarter'", "'years'"],
    undefined,
    ["'UTC'", "'+05:30'"],
  ],
  DATE_FLOOR: [undefined, ["'minute'", "'day'", "'month'", "'year'"]],
  DATE_CEIL: [undefined, ["'minute'", "'day'", "'month'", "'year'"]],
  DATE_PART: [["'year'", "'month'", "'dow'", "'doy'", "'hour'", "'epoch'"]],
  SPAN: [undefined, ['1', '10', '0.5']],
  TRIM_OF: [undefined, ["'LEADING'", "'TRAILING'", "'BOTH'"], ["'a'", "' '", "''", "'ab'"]],
  POW: [undefined, ['0', '2', '0.5', '-1', '3']],
};

/** A value that a document holds as a literal of the column's type; undefined where it has none. */
export function literalOf(value: Value, type: SqlType): string | undefined {
  if (value === null || typeof value === 'object') return undefined;
  switch (type) {
    case 'date':
      return `DATE '${value}'`;
    case 'time':
      return `TIME '${value}'`;
    case 'timestamp':
      return `TIMESTAMP '${value}'`;
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    case 'keyword':
    case 'text':
    case 'ip':
      return quote(String(value));
    default:
      return Object.is(value, -0) ? '-0.0' : String(value);
  }
}
