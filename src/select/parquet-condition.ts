/**
 * Conditions over the columns of a parquet file as DuckDB SQL, where that means what the closures mean: comparisons of whole numbers, doubles
 * and texts with constants. Such a condition never fails, and a column that is NULL is unknown in both.
 */
import { quoteName, textLiteral } from '../../translators/lower/duckdb/print.ts';
import type { CompareOperator, SelectExpr } from '../../translators/select/expr.ts';
import { MIRRORED } from '../../translators/select/expr.ts';
import type { SelectValue } from '../../translators/select/value.ts';

export interface ParquetColumn {
  readonly name: string;
  /** As DuckDB calls it. */
  readonly type: string;
}

/** Undefined: not a condition of this kind. */
export function parquetCondition(expr: SelectExpr, columns: readonly ParquetColumn[]): string | undefined {
  switch (expr.kind) {
    case 'and':
    case 'or': {
      const items = expr.items.map((item) => parquetCondition(item, columns));
      return items.includes(undefined) ? undefined : `(${items.join(expr.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not': {
      const arg = parquetCondition(expr.arg, columns);
      return arg && `(NOT ${arg})`;
    }
    case 'compare': {
      const { op, left, right } = expr;
      if (right.kind === 'literal') return compare(op, columnOf(left, columns), right.value);
      if (left.kind === 'literal') return compare(MIRRORED[op], columnOf(right, columns), left.value);
      return undefined;
    }
    case 'in': {
      const column = columnOf(expr.arg, columns);
      const items = expr.list.map((each) => (each.kind === 'literal' ? compare('=', column, each.value) : undefined));
      return items.includes(undefined) ? undefined : `(${items.join(' OR ')})`;
    }
    default:
      return undefined;
  }
}

/** The one column that a name means, whatever its case. */
function columnOf(expr: SelectExpr, columns: readonly ParquetColumn[]): ParquetColumn | undefined {
  if (expr.kind !== 'path' || expr.steps.length !== 1) return undefined;
  const [step] = expr.steps;
  if (step?.kind !== 'member') return undefined;
  const folded = step.name.toLowerCase();
  const found = columns.filter(({ name }) => name.toLowerCase() === folded);
  return found.length === 1 && (!step.quoted || found[0]!.name === step.name) ? found[0] : undefined;
}

const WHOLE = /^(U?(TINYINT|SMALLINT|INTEGER)|BIGINT)$/;
const SAFE = 2n ** 53n;

function compare(op: CompareOperator, column: ParquetColumn | undefined, value: SelectValue): string | undefined {
  if (column === undefined) return undefined;
  const name = quoteName(column.name);
  const sql = op === '!=' ? '<>' : op;
  if (column.type === 'VARCHAR') {
    // Half a surrogate pair has no UTF-8.
    const whole = typeof value === 'string' && !value.includes('\0') && Buffer.from(value).toString() === value;
    return whole ? `(${name} ${sql} ${textLiteral(value)})` : undefined;
  }
  if (WHOLE.test(column.type)) return typeof value === 'bigint' ? `(${name} ${sql} '${value}'::BIGINT)` : undefined;
  if (column.type !== 'DOUBLE') return undefined;
  const double =
    typeof value === 'number' && Number.isFinite(value)
      ? value
      : typeof value === 'bigint' && value < SAFE && value > -SAFE
        ? Number(value)
        : undefined;
  // What is not finite is NULL as JSON.
  return double === undefined ? undefined : `(CASE WHEN isfinite(${name}) THEN ${name} END ${sql} '${double}'::DOUBLE)`;
}
