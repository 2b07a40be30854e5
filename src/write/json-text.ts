/** A cell as JSON text: exact long integers, doubles as Java prints them, compact or indented. */
import type { SqlType, Value } from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { javaDouble } from '../../translators/execution.ts';
import { intervalCell } from './interval-text.ts';

export type CellPrinter = (value: Value) => string;

/** The same text as JSON.stringify's. */
const whole = (n: number): string => (Number.isFinite(n) ? `${n}` : 'null');
const double = (n: number): string => javaDouble(finite(n), 'double');
const float = (n: number): string => javaDouble(finite(n), 'float');

/** How the numbers of a column of this type print; members of objects are of any type and print as they are. */
function numberPrinter(type: SqlType): (n: number) => string {
  if (type === 'float') return float;
  return type === 'double' || type === 'geo_point' ? double : whole;
}

/** JSON has no words for these; the sentence is the plugin's. */
function finite(n: number): number {
  if (Number.isFinite(n)) return n;
  throw new SqlError('illegalArgument', `${n} is not a valid double value as per JSON specification.`);
}

/** Columns whose cells JSON.stringify prints exactly as the closure below does, long integers apart, and several times faster. */
export const isPlainJson = (type: SqlType): boolean => numberPrinter(type) === whole && type !== 'interval';

/** The closure that prints the cells of one column. */
export function jsonPrinter(type: SqlType): CellPrinter {
  if (type === 'interval') return (value) => (value === null ? 'null' : JSON.stringify(intervalCell(value)));
  const number = numberPrinter(type);
  const print = (value: Value): string => {
    switch (typeof value) {
      case 'string':
        return JSON.stringify(value);
      case 'number':
        return number(value);
      case 'boolean':
        return value ? 'true' : 'false';
      case 'bigint':
        return value.toString();
      default:
        return value === null ? 'null' : compound(value);
    }
  };
  const compound = (value: Exclude<Value, null>): string => {
    if (Array.isArray(value)) return `[${value.map(print).join(',')}]`;
    const members = Object.entries(value as { readonly [key: string]: Value });
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${print(member)}`).join(',')}}`;
  };
  return print;
}

/** The same text with two-space indentation; `depth` is the indentation that the cell itself stands at. */
export function indentedJsonPrinter(type: SqlType, depth: number): CellPrinter {
  const scalar = jsonPrinter(type);
  if (type === 'interval') return scalar;
  const print = (value: Value, level: number): string => {
    if (typeof value !== 'object' || value === null) return scalar(value);
    const list = Array.isArray(value);
    const items = list
      ? value.map((item: Value) => print(item, level + 1))
      : Object.entries(value as { readonly [key: string]: Value }).map(
          ([key, member]) => `${JSON.stringify(key)}: ${print(member, level + 1)}`,
        );
    const [open, close] = list ? ['[', ']'] : ['{', '}'];
    if (items.length === 0) return open + close;
    const inner = '  '.repeat(level + 1);
    return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${'  '.repeat(level)}${close}`;
  };
  return (value) => print(value, depth);
}
