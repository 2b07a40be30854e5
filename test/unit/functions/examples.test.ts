/** Every example of every row of the catalogue, evaluated by the closures; and what each row must have. */
import { describe, expect, it } from 'vitest';
import { allScalarFunctions } from '../../../translators/functions/index.ts';
import { evaluate } from './bind-kit.ts';

describe('the function catalogue', () => {
  for (const fn of allScalarFunctions) {
    describe(fn.name, () => {
      it('has a summary and examples', () => {
        expect(fn.name).toBe(fn.name.toUpperCase());
        expect(fn.summary).not.toBe('');
        // Intervals and points have no literal form that an example could show.
        if (!fn.volatile && !fn.session && fn.name !== 'INTERVAL' && fn.family !== 'geo')
          expect(fn.examples.length).toBeGreaterThan(0);
      });
      for (const example of fn.examples) {
        it(`${example.sql} is ${typeof example.value === 'bigint' ? example.value : JSON.stringify(example.value)}`, () => {
          const value = evaluate(example.sql);
          if (typeof example.value === 'number' && typeof value === 'number' && !Number.isInteger(example.value)) {
            // The last digit of logarithms and powers differs between mathematical libraries.
            expect(Math.abs(value - example.value)).toBeLessThanOrEqual(Math.abs(example.value) * 1e-15);
          } else expect(value).toEqual(example.value);
        });
      }
    });
  }
});
