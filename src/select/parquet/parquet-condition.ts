/**
 * Conditions over the columns of a parquet file as DuckDB SQL, where that means what the closures mean: comparisons of whole numbers, doubles
 * and texts with constants. Such a condition never fails, and a column that is NULL is unknown in both.
 */
import { quoteName, textLiteral } from '../../../translators/execution.ts';
import {
  allDefined,
  type SelectExpr,
  type SimpleComparison,
  type SimplePredicate,
  type SimpleSubject,
  simplePredicate,
} from '../../../translators/object-sql/index.ts';

export interface ParquetColumn {
  readonly name: string;
  /** As DuckDB calls it. */
  readonly type: string;
}

/** Undefined: not a condition of this kind. */
export function parquetCondition(expr: SelectExpr, columns: readonly ParquetColumn[]): string | undefined {
  const simple = simplePredicate(expr);
  return simple && conditionOf(simple, columns);
}

function conditionOf(simple: SimplePredicate, columns: readonly ParquetColumn[]): string | undefined {
  const together = (parts: readonly SimplePredicate[], operator: string): string | undefined => {
    const items = parts.map((part) => conditionOf(part, columns));
    return allDefined(items) ? `(${items.join(operator)})` : undefined;
  };
  switch (simple.kind) {
    case 'and':
      return together(simple.items, ' AND ');
    case 'or':
      return together(simple.items, ' OR ');
    case 'in':
      return together(simple.tests, ' OR ');
    case 'not': {
      const arg = conditionOf(simple.arg, columns);
      return arg && `(NOT ${arg})`;
    }
    // A file tells no NULL from a member that is missing.
    case 'is':
      return undefined;
    case 'compare':
      return compare(simple, columnOf(simple.subject, columns));
  }
}

/** The one column that a name means, whatever its case. */
function columnOf(subject: SimpleSubject, columns: readonly ParquetColumn[]): ParquetColumn | undefined {
  if (subject.kind !== 'member') return undefined;
  const folded = subject.name.toLowerCase();
  const found = columns.filter(({ name }) => name.toLowerCase() === folded);
  return found.length === 1 && (!subject.quoted || found[0]!.name === subject.name) ? found[0] : undefined;
}

const WHOLE = /^(U?(TINYINT|SMALLINT|INTEGER)|BIGINT)$/;

function compare({ op, constant }: SimpleComparison, column: ParquetColumn | undefined): string | undefined {
  if (column === undefined) return undefined;
  const name = quoteName(column.name);
  const sql = op === '!=' ? '<>' : op;
  if (constant.kind === 'text') {
    const isText = column.type === 'VARCHAR' && !constant.text.includes('\0');
    return isText ? `(${name} ${sql} ${textLiteral(constant.text)})` : undefined;
  }
  const { whole, double } = constant;
  if (WHOLE.test(column.type)) return whole === undefined ? undefined : `(${name} ${sql} '${whole}'::BIGINT)`;
  if (column.type !== 'DOUBLE' || double === undefined) return undefined;
  // What is not finite is NULL as JSON.
  return `(CASE WHEN isfinite(${name}) THEN ${name} END ${sql} '${double}'::DOUBLE)`;
}
