/**
 * Conditions and aggregates over csv cells as DuckDB SQL, where that means the same; undefined where it does not, or may not.
 * The columns are texts called c0, c1 …, never NULL. What the dialect calls an error is an error in DuckDB too: the part of the object that
 * failed is then read again by the closures, which say what was wrong.
 */

import { flip } from '../algebra/compare-operators.ts';
import type { CompareOperator } from '../algebra/expr.ts';
import { textLiteral } from '../lower/duckdb/print.ts';
import type { SelectAggregate, SelectExpr, SelectType } from './expr.ts';

/** What is known of the text that the statement runs over. */
export interface LowerFacts {
  /** Fields of each of its records. */
  readonly columns: number;
  /** Every character is one byte. */
  readonly ascii: boolean;
  /** There is no `_`, which DuckDB allows between digits. */
  readonly noUnderscore: boolean;
}

interface LoweredAggregate {
  /** Selected as texts, in this order. */
  readonly columns: readonly string[];
}

/** A condition for WHERE: unknown counts as false. */
export const lowerCondition = (expr: SelectExpr, facts: LowerFacts): string | undefined =>
  lowerTruth(expr, facts, true);

const columnName = (column: number): string => `c${column}`;

/** `positive`: nothing above negates it, so unknown may be false. */
function lowerTruth(expr: SelectExpr, facts: LowerFacts, positive: boolean): string | undefined {
  switch (expr.kind) {
    case 'literal':
      return typeof expr.value === 'boolean' ? String(expr.value) : expr.value === null ? 'NULL::BOOLEAN' : undefined;
    case 'and':
    case 'or': {
      const items = expr.items.map((item) => lowerTruth(item, facts, positive));
      if (items.includes(undefined)) return undefined;
      return `(${items.join(expr.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not': {
      const arg = lowerTruth(expr.arg, facts, false);
      return arg && `(NOT ${arg})`;
    }
    case 'compare':
      return lowerCompare(expr.op, expr.left, expr.right, facts, positive);
    case 'in': {
      const tests = lowerIn(expr, facts);
      if (tests !== undefined) return tests;
      const items = expr.list.map((each) => lowerCompare('=', expr.arg, each, facts, positive));
      return items.includes(undefined) ? undefined : `(${items.join(' OR ')})`;
    }
    case 'is': {
      // A cell that is there is neither NULL nor MISSING; said in a way that DuckDB must read the records for, and so meets those without it.
      if (expr.arg.kind !== 'cell' || expr.arg.column >= facts.columns) return undefined;
      if (expr.what !== 'NULL' && expr.what !== 'MISSING') return undefined;
      return `(${columnName(expr.arg.column)} IS ${expr.not ? 'NOT ' : ''}NULL)`;
    }
    case 'like': {
      const { pattern, escape: escapedBy } = expr;
      const arg = lowerText(expr.arg, facts);
      if (arg === undefined || pattern.kind !== 'literal' || typeof pattern.value !== 'string') return undefined;
      if (escapedBy === undefined) return `(${arg} LIKE ${textLiteral(pattern.value)})`;
      if (escapedBy.kind !== 'literal' || typeof escapedBy.value !== 'string') return undefined;
      // DuckDB's ESCAPE is a byte.
      if (!/^[!-~]$/.test(escapedBy.value)) return undefined;
      return `(${arg} LIKE ${textLiteral(pattern.value)} ESCAPE ${textLiteral(escapedBy.value)})`;
    }
    default:
      return undefined;
  }
}

const isText = (type: SelectType): boolean => type === 'cell' || type === 'string';

function lowerCompare(
  op: CompareOperator,
  left: SelectExpr,
  right: SelectExpr,
  facts: LowerFacts,
  positive: boolean,
): string | undefined {
  if (left.type === 'cell' && right.kind === 'literal') {
    const bound = exactDouble(right);
    if (bound !== undefined) return cellAgainst(op, left, bound, facts, positive);
  }
  if (right.type === 'cell' && left.kind === 'literal' && exactDouble(left) !== undefined) {
    return lowerCompare(flip(op), right, left, facts, positive);
  }
  const sql = op === '!=' ? '<>' : op;
  if (isText(left.type) && isText(right.type)) {
    const a = lowerText(left, facts);
    const b = lowerText(right, facts);
    return a && b && `(${a} ${sql} ${b})`;
  }
  // Between whole numbers and doubles DuckDB rounds: only like with like.
  if (left.type === right.type && (left.type === 'int' || left.type === 'float')) {
    const a = lowerNumber(left, facts);
    const b = lowerNumber(right, facts);
    return a && b && `(${a} ${sql} ${b})`;
  }
  return undefined;
}

/** A number that doubles hold, and whose comparison with any whole number of 64 bits is the same in doubles. */
function exactDouble(expr: SelectExpr): number | undefined {
  if (expr.kind !== 'literal') return undefined;
  const { value } = expr;
  if (typeof value === 'bigint') return value < 2n ** 53n && value > -(2n ** 53n) ? Number(value) : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const doubleLiteral = (value: number): string => `'${value}'::DOUBLE`;
const LARGEST = doubleLiteral(Number.MAX_VALUE);
const SMALLEST = doubleLiteral(-Number.MAX_VALUE);

/** The cell as a number; NULL where it is none. Words like `nan` and `inf` are numbers to DuckDB: callers see to them. */
function cellDouble(expr: SelectExpr, { noUnderscore, ...facts }: LowerFacts): string | undefined {
  const text = lowerText(expr, { noUnderscore, ...facts });
  if (text === undefined) return undefined;
  const cast = `TRY_CAST(${text} AS DOUBLE)`;
  return noUnderscore ? cast : `CASE WHEN NOT contains(${text}, '_') THEN ${cast} END`;
}

function cellAgainst(
  op: CompareOperator,
  cell: SelectExpr,
  bound: number,
  facts: LowerFacts,
  positive: boolean,
): string | undefined {
  const double = cellDouble(cell, facts);
  if (double === undefined) return undefined;
  const literal = doubleLiteral(bound);
  if (positive) {
    // One range keeps infinities and NaN out, and reads the cell once.
    switch (op) {
      case '=':
        return `(${double} = ${literal})`;
      case '>':
        return `(${double} BETWEEN ${doubleLiteral(nextUp(bound))} AND ${LARGEST})`;
      case '>=':
        return `(${double} BETWEEN ${literal} AND ${LARGEST})`;
      case '<':
        return `(${double} BETWEEN ${SMALLEST} AND ${doubleLiteral(-nextUp(-bound))})`;
      case '<=':
        return `(${double} BETWEEN ${SMALLEST} AND ${literal})`;
      case '!=':
        break;
    }
  }
  return `(CASE WHEN isfinite(${double}) THEN ${double} END ${op === '!=' ? '<>' : op} ${literal})`;
}

/** The next double above. */
function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const double = new Float64Array(bits.buffer);
  double[0] = value;
  bits[0] = bits[0]! + (value > 0 ? 1n : -1n);
  return double[0]!;
}

function lowerIn({ arg, list }: Extract<SelectExpr, { kind: 'in' }>, facts: LowerFacts): string | undefined {
  if (arg.type !== 'cell') return undefined;
  const texts = list.map((each) =>
    each.kind === 'literal' && typeof each.value === 'string' ? each.value : undefined,
  );
  if (!texts.includes(undefined)) {
    const text = lowerText(arg, facts);
    return text && `(${text} IN (${texts.map((each) => textLiteral(each!)).join(', ')}))`;
  }
  const numbers = list.map(exactDouble);
  const double = numbers.includes(undefined) ? undefined : cellDouble(arg, facts);
  return double && `(${double} IN (${numbers.map((each) => doubleLiteral(each!)).join(', ')}))`;
}

function lowerText(expr: SelectExpr, facts: LowerFacts): string | undefined {
  switch (expr.kind) {
    case 'cell':
      return expr.column < facts.columns ? columnName(expr.column) : undefined;
    case 'literal':
      return typeof expr.value === 'string' ? textLiteral(expr.value) : undefined;
    case 'concat': {
      if (!isText(expr.left.type) || !isText(expr.right.type)) return undefined;
      const left = lowerText(expr.left, facts);
      const right = lowerText(expr.right, facts);
      return left && right && `(${left} || ${right})`;
    }
    case 'call':
      return expr.type === 'string' ? lowerCall(expr, facts) : undefined;
    default:
      return undefined;
  }
}

/** Functions of texts are the same for texts of ASCII. */
function lowerCall({ fn, args }: Extract<SelectExpr, { kind: 'call' }>, facts: LowerFacts): string | undefined {
  if (fn.duckdb === undefined || !facts.ascii) return undefined;
  if (args.some((arg) => arg.kind === 'literal' && typeof arg.value === 'string' && /[^ -~]/.test(arg.value)))
    return undefined;
  const texts = args.map((arg) => (isText(arg.type) ? lowerText(arg, facts) : undefined));
  return texts.includes(undefined) ? undefined : fn.duckdb(...(texts as string[]));
}

function lowerNumber(expr: SelectExpr, facts: LowerFacts): string | undefined {
  switch (expr.kind) {
    case 'literal':
      if (typeof expr.value === 'bigint') return `'${expr.value}'::BIGINT`;
      return typeof expr.value === 'number' && Number.isFinite(expr.value) ? doubleLiteral(expr.value) : undefined;
    case 'cast':
      return lowerCast(expr, facts);
    case 'call':
      return expr.type === 'int' ? lowerCall(expr, facts) : undefined;
    case 'arithmetic': {
      // Division by zero is NULL to DuckDB, and `/` of whole numbers a double.
      if (expr.op === '/' || expr.op === '%' || expr.left.type !== expr.right.type) return undefined;
      const left = lowerNumber(expr.left, facts);
      const right = lowerNumber(expr.right, facts);
      return left && right && `(${left} ${expr.op} ${right})`;
    }
    default:
      return undefined;
  }
}

/** Texts of ASCII white space, a sign and digits: DuckDB's cast also takes points, exponents, 0x and `_`. */
const WHOLE = `'[ \\t-\\r]*[+-]?[0-9]+[ \\t-\\r]*'`;

function lowerCast(expr: Extract<SelectExpr, { kind: 'cast' }>, facts: LowerFacts): string | undefined {
  const text = isText(expr.arg.type) ? lowerText(expr.arg, facts) : undefined;
  if (text === undefined) return undefined;
  switch (expr.target.type) {
    case 'int': {
      const cast = `CAST(${text} AS BIGINT)`;
      // Most cells are written as DuckDB writes numbers, which is cheaper to see than a regular expression.
      return `CASE WHEN ${cast}::VARCHAR = ${text} OR regexp_full_match(${text}, ${WHOLE}) THEN ${cast} ELSE error('no INT') END`;
    }
    case 'float': {
      const double = cellDouble(expr.arg, facts);
      return `CASE WHEN isfinite(${double}) THEN ${double} ELSE error('no FLOAT') END`;
    }
    default:
      return undefined;
  }
}

/**
 * The parts of an aggregate over some of the records: COUNT gives its count; SUM and AVG the count, the sum of the whole numbers and that of
 * the others (`foldParts` reads them).
 */
export function lowerAggregate({ measure, arg }: SelectAggregate, facts: LowerFacts): LoweredAggregate | undefined {
  if (arg === undefined) return { columns: ['count(*)'] };
  if (measure === 'count')
    return arg.kind === 'cell' && arg.column < facts.columns ? { columns: ['count(*)'] } : undefined;
  if (measure === 'least' || measure === 'greatest') return undefined;
  if (arg.type === 'int' || arg.type === 'float') {
    const number = lowerNumber(arg, facts);
    if (number === undefined) return undefined;
    const sums = arg.type === 'int' ? [`sum(${number})`, 'NULL'] : ['NULL', `fsum(${number})`];
    return { columns: [`count(${number})`, ...sums] };
  }
  if (arg.type !== 'cell') return undefined;
  const text = lowerText(arg, facts);
  const double = cellDouble(arg, facts);
  if (text === undefined || double === undefined) return undefined;
  // 15 digits are whole in a double, and so are their sums in DuckDB's HUGEINT.
  const whole = `regexp_full_match(${text}, '[+-]?[0-9]{1,15}')`;
  const longer = `regexp_full_match(${text}, '[^.eE]+')`;
  const checked = `CASE WHEN ${text} = '' THEN NULL WHEN ${longer} THEN error('a long number') WHEN isfinite(${double}) THEN ${double} ELSE error('no number') END`;
  return {
    columns: [
      `count(CASE WHEN ${text} <> '' THEN 1 END)`,
      `sum(CASE WHEN ${whole} THEN CAST(${text} AS BIGINT) END)`,
      `fsum(CASE WHEN NOT ${whole} THEN ${checked} END)`,
    ],
  };
}
