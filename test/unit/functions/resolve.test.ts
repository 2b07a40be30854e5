import { describe, expect, it } from 'vitest';
import {
  type ArgSpec,
  any,
  date,
  interval,
  num,
  opt,
  rest,
  type ScalarFunction,
  str,
  temporal,
  timestamp,
} from '../../../translators/algebra/function.ts';
import type { SqlType } from '../../../translators/algebra/types.ts';
import { functionReference, scalarFunction, suggestFunction } from '../../../translators/functions/index.ts';
import { argumentError, resolveSignature } from '../../../translators/functions/resolve.ts';

const fn = (...signatures: readonly (readonly ArgSpec[])[]): ScalarFunction => ({
  name: 'F',
  family: 'text',
  summary: 'for tests',
  signatures,
  returns: 'keyword',
  nulls: 'strict',
  js: () => () => null,
  examples: [],
});
const casts = (row: ScalarFunction, ...types: SqlType[]) => resolveSignature(row, types)?.casts;

describe('signatures', () => {
  it('take numbers of any width, NULL anywhere, and nothing else for them', () => {
    expect(casts(fn([num, num]), 'byte', 'double')).toEqual([undefined, undefined]);
    expect(casts(fn([num, num]), 'undefined', 'long')).toEqual([undefined, undefined]);
    expect(casts(fn([num]), 'keyword')).toBeUndefined();
    expect(casts(fn([str]), 'integer')).toBeUndefined();
  });

  it('cast text and narrower temporals to what is wanted', () => {
    expect(casts(fn([date]), 'text')).toEqual(['date']);
    expect(casts(fn([date]), 'timestamp')).toBeUndefined();
    expect(casts(fn([timestamp]), 'date')).toEqual(['timestamp']);
    expect(casts(fn([temporal]), 'time')).toEqual([undefined]);
  });

  it('prefer the one with fewer casts, then the earlier', () => {
    expect(casts(fn([timestamp], [date]), 'date')).toEqual([undefined]);
    expect(casts(fn([temporal], [str]), 'keyword')).toEqual([undefined]);
    expect(casts(fn([any], [str]), 'keyword')).toEqual([undefined]);
  });

  it('count arguments', () => {
    expect(casts(fn([str, opt(num)]), 'keyword')).toEqual([undefined]);
    expect(casts(fn([str, opt(num)]), 'keyword', 'long', 'long')).toBeUndefined();
    expect(casts(fn([rest(str)]), 'keyword', 'keyword', 'keyword')).toHaveLength(3);
    expect(casts(fn([rest(str, 2)]), 'keyword', 'keyword', 'keyword')).toBeUndefined();
    expect(casts(fn([rest(str)]))).toBeUndefined();
  });

  it("are named in the plugin's sentence", () => {
    expect(argumentError(scalarFunction('abs')!, ['keyword']).details).toBe(
      'abs function expected {[BYTE],[SHORT],[INTEGER],[LONG],[FLOAT],[DOUBLE]}, but got [STRING]',
    );
    expect(argumentError(scalarFunction('upper')!, []).details).toBe('upper function expected {[STRING]}, but got []');
    expect(argumentError(fn([date, interval]), ['date', 'integer']).details).toBe(
      'f function expected {[DATE,INTERVAL]}, but got [DATE,INTEGER]',
    );
    expect(argumentError(fn([str]), ['object']).type).toBe('ExpressionEvaluationException');
  });
});

describe('the catalogue', () => {
  it('finds names and aliases in any case', () => {
    expect(scalarFunction('substr')).toBe(scalarFunction('SUBSTRING'));
    expect(scalarFunction('no_such')).toBeUndefined();
  });

  it('suggests near names only', () => {
    expect(suggestFunction('uper')).toBe('UPPER');
    expect(suggestFunction('xqzzy')).toBeUndefined();
  });

  it('prints a table row for each function', () => {
    const lines = functionReference().split('\n');
    expect(lines.filter((line) => line.startsWith('| `ABS(number)` |'))).toHaveLength(1);
    expect(lines.every((line) => !line.startsWith('|') || line.endsWith(' |'))).toBe(true);
  });
});
