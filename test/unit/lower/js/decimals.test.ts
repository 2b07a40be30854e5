/** Literals with a point are decimals: arithmetic on constants is exact, and what is declared and shown of it is a double. */
import { describe, expect, it } from 'vitest';
import type { Literal } from '../../../../translators/algebra/expr.ts';
import { mapChildren } from '../../../../translators/algebra/walk.ts';
import { foldConstant } from '../../../../translators/lower/js/index.ts';
import { bindText, SESSION } from '../../functions/bind-kit.ts';

type Folded = Pick<Literal, 'type' | 'value'>;
function folded(text: string): Folded {
  const fold = (expr: ReturnType<typeof bindText>): ReturnType<typeof bindText> =>
    foldConstant(mapChildren(expr, fold), SESSION);
  const { type, value } = fold(bindText(text)) as Literal;
  return { type, value };
}

describe('constants with a point', () => {
  it.each([
    ['0.1 + 0.2', 0.3],
    ['1.1 * 3', 3.3],
    ['0.3 - 0.1', 0.2],
    ['3 - 0.9', 2.1],
    ['1 / 4.0', 0.25],
    ['0.3 % 0.1', 0],
    ['-7.5 % 2', -1.5],
    ['MOD(5.3, 0.1)', 0],
    ['ABS(0.1 - 0.3)', 0.2],
    ['-(0.1 + 0.2)', -0.3],
    ['-0.1 * 3', -0.3],
    ['- -0.1 * 3', 0.3],
    ['ROUND(0.1 + 0.2, 1) + 0.1', 0.4],
    ['ROUND(-1.005, 2)', -1],
    ['1.5 / 0', null],
    ['1.5 + NULL', null],
  ])('%s is the double %s', (text, value) => {
    expect(folded(text)).toEqual({ type: 'double', value });
  });

  it.each([
    ['0.06 + 0.01 = 0.07', true],
    ['1.1 * 3 = 3.3', true],
    ['0.1 + 0.2 <= 0.3', true],
    ['0.3 - 0.2 <> 0.1', false],
    ['3 * 0.1 > 0.3', false],
    ['0.10000000000000000001 = 0.1', false],
    ['2.0 = 2', true],
    ['0.1 + 0.2 BETWEEN 0.3 AND 0.3', true],
    ['0.1 + 0.2 IN (1, 0.3)', true],
    ['0.1 = NULL', null],
  ])('%s is %s', (text, value) => {
    expect(folded(text)).toEqual({ type: 'boolean', value });
  });

  it.each([
    ['0.1e0 + 0.2', 0.30000000000000004],
    ['SQRT(0.01) + 0.2', 0.30000000000000004],
    ['CAST(0.1 AS DOUBLE) + 0.2e0', 0.30000000000000004],
    ['1.0 / 3', 1 / 3],
    ['1.0 / 3 * 3 + 0.1', (1 / 3) * 3 + 0.1],
  ])('%s is computed in doubles', (text, value) => {
    expect(folded(text)).toEqual({ type: 'double', value });
  });

  it('are written as the double of their value', () => {
    expect(folded('CAST(0.1 + 0.2 AS VARCHAR)').value).toBe('0.3');
    expect(folded("CONCAT(1.10, '')").value).toBe('1.1');
  });

  it('become doubles where their digits grow without bound', () => {
    const factor = `1.${'1'.repeat(70)}`;
    expect(folded(`${factor} * ${factor}`)).toEqual({ type: 'double', value: Number(factor) * Number(factor) });
  });
});
