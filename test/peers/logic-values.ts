/** Writes rows as sqllogictest does, and tells whether they are the answer. */
import { createHash } from 'node:crypto';
import type { LogicQuery } from './logic-records.ts';

/** An integer column truncates, as the C library's `%d` does. A boolean is 1 or 0 there. */
function printed(value: unknown, type: string): string {
  if (value === null || value === undefined) return 'NULL';
  const plain = typeof value === 'boolean' ? Number(value) : value;
  if (type === 'I') {
    if (typeof plain === 'bigint') return String(plain);
    const number = Math.trunc(Number(plain));
    return Number.isNaN(number) ? '0' : String(number === 0 ? 0 : number);
  }
  if (type === 'R') return Number(plain).toFixed(3);
  const text = String(plain).replace(/[^\x20-\x7e]/g, '@');
  return text === '' ? '(empty)' : text;
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byValues(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = byBytes(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

function valuesOf(rows: readonly (readonly unknown[])[], { types, sort }: LogicQuery): readonly string[] {
  const lines = rows.map((row) => row.map((value, i) => printed(value, types[i] ?? 'T')));
  if (sort === 'rowsort') lines.sort(byValues);
  const values = lines.flat();
  return sort === 'valuesort' ? values.sort(byBytes) : values;
}

/** The difference between the rows and the expected answer in a sentence, or undefined where there is none. */
export function difference(rows: readonly (readonly unknown[])[], query: LogicQuery): string | undefined {
  const values = valuesOf(rows, query);
  const [, count, hash] = /^(\d+) values hashing to ([0-9a-f]{32})$/.exec(query.expected[0] ?? '') ?? [];
  if (hash === undefined) {
    const same = values.length === query.expected.length && values.every((value, i) => value === query.expected[i]);
    return same ? undefined : `gives ${values.join(' ')}, and not ${query.expected.join(' ')}`;
  }
  if (values.length !== Number(count)) return `gives ${values.length} values, and not ${count}`;
  const own = createHash('md5')
    .update(values.map((value) => `${value}\n`).join(''))
    .digest('hex');
  return own === hash ? undefined : `gives ${count} values of another hash: ${values.slice(0, 20).join(' ')} …`;
}
