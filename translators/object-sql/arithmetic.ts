/** `+ - * / %` over INT, FLOAT and DECIMAL: whole numbers stay whole, a FLOAT makes a FLOAT (spec s3-select 4). */
import {
  addDecimals,
  Decimal,
  decimalOfInt,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  remainderOfDecimals,
} from './decimal.ts';
import { SelectFault } from './errors.ts';
import type { ArithmeticOperator } from './expr.ts';
import { type NumericValue, toDouble } from './value.ts';

export function arithmetic(op: ArithmeticOperator, a: NumericValue, b: NumericValue): NumericValue {
  if (typeof a === 'bigint' && typeof b === 'bigint') return wholes(op, a, b);
  if (typeof a === 'number' || typeof b === 'number') return doubles(op, toDouble(a), toDouble(b));
  return decimals(op, asDecimal(a as bigint | Decimal), asDecimal(b as bigint | Decimal));
}

export const negated = (value: NumericValue): NumericValue =>
  value instanceof Decimal ? negateDecimal(value) : typeof value === 'bigint' ? inRange(-value) : -value;

const asDecimal = (value: bigint | Decimal): Decimal => (typeof value === 'bigint' ? decimalOfInt(value) : value);

function wholes(op: ArithmeticOperator, a: bigint, b: bigint): bigint {
  switch (op) {
    case '+':
      return inRange(a + b);
    case '-':
      return inRange(a - b);
    case '*':
      return inRange(a * b);
    case '/':
      return inRange(a / notZero(b));
    case '%':
      return a % notZero(b);
  }
}

export function inRange(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new SelectFault('IntegerOverflow', `${value} does not fit in 64 bits`);
}

function notZero<T extends bigint | number>(divisor: T): T {
  if (Number(divisor) === 0) throw new SelectFault('EvaluatorInvalidArguments', 'division by zero');
  return divisor;
}

function doubles(op: ArithmeticOperator, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / notZero(b);
    case '%':
      return a % notZero(b);
  }
}

function decimals(op: ArithmeticOperator, a: Decimal, b: Decimal): Decimal {
  switch (op) {
    case '+':
      return addDecimals(a, b);
    case '-':
      return addDecimals(a, negateDecimal(b));
    case '*':
      return multiplyDecimals(a, b);
    case '/':
      return divideDecimals(a, b);
    case '%':
      return remainderOfDecimals(a, b);
  }
}
