/** A cell as the text of csv and raw: Java's for scalars, JSON for objects and arrays, nothing for NULL (spec sql-endpoint 4.5). */
import type { SqlType, Value } from '../../translators/algebra/index.ts';
import { javaDouble } from '../../translators/execution.ts';
import { intervalCell } from './interval-text.ts';
import { jsonPrinter } from './json-text.ts';

export function cellText(type: SqlType): (value: Value) => string {
  if (type === 'interval') return (value) => (value === null ? '' : intervalCell(value));
  const json = jsonPrinter(type);
  const number = numberText(type);
  return (value) => {
    switch (typeof value) {
      case 'string':
        return value;
      case 'number':
        return number(value);
      case 'boolean':
        return value ? 'true' : 'false';
      case 'bigint':
        return value.toString();
      default:
        return value === null ? '' : json(value);
    }
  };
}

function numberText(type: SqlType): (n: number) => string {
  if (type === 'float') return (n) => javaDouble(n, 'float');
  if (type === 'double') return (n) => javaDouble(n, 'double');
  return (n) => (Number.isInteger(n) && Math.abs(n) < 1e21 ? `${n}` : javaDouble(n, 'double'));
}
