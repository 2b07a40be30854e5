/** COUNT, SUM, AVG, MIN and MAX, folded row by row or from the results of parts (spec s3-select 5). */
import { arithmetic, inRange } from './arithmetic.ts';
import { SelectFault } from './errors.ts';
import { type Evaluate, type EvaluateOptions, evaluator, type SelectRow, toNumeric } from './evaluate.ts';
import type { SelectAggregate } from './expr.ts';
import { cellNumber } from './number-text.ts';
import { compareNumbers, compareTexts, compareValues, type NumericValue, type SelectValue, toDouble } from './value.ts';

export interface Fold {
  add(row: SelectRow): void;
  /** The columns of `lowerAggregate` over some of the records; absent: it has none. */
  addPart?(columns: readonly unknown[]): void;
  result(): SelectValue;
}

export function foldOf(aggregate: SelectAggregate, options: EvaluateOptions): Fold {
  const { measure, arg } = aggregate;
  if (arg === undefined) return countRows();
  const evaluate = evaluator(arg, options);
  const isCell = arg.type === 'cell';
  switch (measure) {
    case 'count':
      return countValues(evaluate);
    case 'sum':
    case 'average': {
      const sum = new Sum();
      return {
        add: (row) => sum.add(toNumeric(evaluate(row), isCell)),
        addPart: ([count, whole, double]) => sum.addPart(BigInt(count as bigint), whole, double),
        result: () => (measure === 'sum' ? sum.total() : sum.average()),
      };
    }
    case 'least':
    case 'greatest': {
      const extreme = isCell
        ? new ExtremeCell(measure === 'least' ? -1 : 1)
        : new Extreme(measure === 'least' ? -1 : 1);
      return { add: (row) => extreme.add(evaluate(row)), result: () => extreme.result() };
    }
  }
}

function countRows(): Fold {
  let count = 0;
  return {
    add: () => {
      count++;
    },
    addPart: ([rows]) => {
      count += Number(rows);
    },
    result: () => BigInt(count),
  };
}

function countValues(evaluate: Evaluate): Fold {
  let count = 0;
  return {
    add(row) {
      const value = evaluate(row);
      if (value !== null && value !== undefined) count++;
    },
    addPart: ([values]) => {
      count += Number(values);
    },
    result: () => BigInt(count),
  };
}

/** Whole numbers and decimals exactly; doubles with Neumaier's compensation, so that the order of rows hardly matters. */
class Sum {
  count = 0n;
  private exact: NumericValue = 0n;
  private sum = 0;
  private lost = 0;
  private anyDouble = false;

  add(value: NumericValue | null | undefined): void {
    if (value === null || value === undefined) return;
    this.count++;
    if (typeof value === 'number') this.addDouble(value);
    else
      this.exact =
        typeof value === 'bigint' && typeof this.exact === 'bigint'
          ? this.exact + value
          : arithmetic('+', this.exact, value);
  }

  /** A part that was summed elsewhere: its whole numbers and its doubles apart. */
  addPart(count: bigint, whole: unknown, double: unknown): void {
    if (typeof whole === 'bigint') this.add(whole);
    if (typeof double === 'number') this.add(double);
    this.count += count - (typeof whole === 'bigint' ? 1n : 0n) - (typeof double === 'number' ? 1n : 0n);
  }

  private addDouble(value: number): void {
    this.anyDouble = true;
    const next = this.sum + value;
    this.lost += Math.abs(this.sum) >= Math.abs(value) ? this.sum - next + value : value - next + this.sum;
    this.sum = next;
  }

  total(): SelectValue {
    if (this.count === 0n) return null;
    if (this.anyDouble) return this.double();
    return typeof this.exact === 'bigint' ? inRange(this.exact) : this.exact;
  }

  average(): SelectValue {
    if (this.count === 0n) return null;
    if (this.anyDouble) return this.double() / Number(this.count);
    if (typeof this.exact === 'bigint') return Number(this.exact) / Number(this.count);
    return arithmetic('/', this.exact, this.count);
  }

  private double(): number {
    return Number.isFinite(this.lost) ? this.sum + this.lost + toDouble(this.exact) : this.sum;
  }
}

class Extreme {
  private best: SelectValue = null;

  constructor(private readonly sign: number) {}

  add(value: SelectValue): void {
    if (value === null || value === undefined) return;
    if (this.best === null) {
      this.best = value;
      return;
    }
    const order = compareValues(value, this.best);
    if (order === undefined) {
      throw new SelectFault('IncorrectSqlFunctionArgumentType', 'MIN and MAX meet values of different types');
    }
    if (order * this.sign > 0) this.best = value;
  }

  result(): SelectValue {
    return this.best;
  }
}

/** Cells are numbers as long as all of them are (empty ones apart), else texts. */
class ExtremeCell {
  private bestText: string | undefined;
  private bestNumber: { readonly text: string; readonly value: NumericValue } | undefined;
  private numbersOnly = true;

  constructor(private readonly sign: number) {}

  add(cell: SelectValue): void {
    if (typeof cell !== 'string' || cell === '') return;
    if (this.bestText === undefined || compareTexts(cell, this.bestText) * this.sign > 0) this.bestText = cell;
    if (!this.numbersOnly) return;
    const value = cellNumber(cell);
    if (value === undefined) this.numbersOnly = false;
    else if (this.bestNumber === undefined || compareNumbers(value, this.bestNumber.value) * this.sign > 0) {
      this.bestNumber = { text: cell, value };
    }
  }

  result(): SelectValue {
    return (this.numbersOnly ? this.bestNumber?.value : this.bestText) ?? null;
  }
}
