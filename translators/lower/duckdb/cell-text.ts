/** Any cell as one text and back: how structures, and columns that DuckDB only carries through, are stored in VARCHAR. */
import { isInteger, isNumber, type SqlType, type Value } from '../../algebra/types.ts';

/** First character of a text that is JSON, not the plain scalar; inside JSON it marks strings that stand for something else. */
const MARK = '\u0001';
const MARK_IN_JSON = '\\u0001';

export function writeCell(value: Exclude<Value, null>): string {
  switch (typeof value) {
    case 'string':
      return value.startsWith(MARK) ? MARK + writeJson(value) : value;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return MARK + writeJson(value);
  }
}

export function readCell(text: string, type: SqlType): Value {
  if (text.startsWith(MARK)) return readJson(text.slice(1));
  if (isInteger(type)) {
    const n = Number(text);
    // Fractions that a lenient mapping let through stay what they are.
    return Number.isSafeInteger(n) || !/^-?\d+$/.test(text) ? n : BigInt(text);
  }
  if (isNumber(type)) return Number(text);
  if (type === 'boolean') return text === 'true';
  return text;
}

/** A bigint becomes `MARK n digits`, a string that begins with MARK gets `MARK s` before it. */
function writeJson(value: Value): string {
  return JSON.stringify(value, (_key, v: unknown) => {
    if (typeof v === 'bigint') return `${MARK}n${v}`;
    if (typeof v === 'string' && v.startsWith(MARK)) return `${MARK}s${v}`;
    return v;
  });
}

function readJson(text: string): Value {
  if (!text.includes(MARK_IN_JSON)) return JSON.parse(text) as Value;
  return JSON.parse(text, (_key, v: unknown) => {
    if (typeof v !== 'string' || !v.startsWith(MARK)) return v;
    return v[1] === 'n' ? BigInt(v.slice(2)) : v.slice(2);
  }) as Value;
}
