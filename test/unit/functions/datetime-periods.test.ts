/** Ranges that stand for functions of timestamps: what is inside has the value, what is outside has not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOf } from '../../../translators/functions/format-specifiers.ts';
import { grainOf, periodOf, periodOfFormatted } from '../../../translators/functions/periods.ts';
import { timestampFromEpochMillis } from '../../../translators/temporal/temporal-text.ts';

describe('periods', () => {
  it.each([
    ['YEAR', 2024, '2024-01-01 00:00:00', '2025-01-01 00:00:00'],
    ['YEAR_MONTH', 202412, '2024-12-01 00:00:00', '2025-01-01 00:00:00'],
    ['DATE', '2024-02-29', '2024-02-29 00:00:00', '2024-03-01 00:00:00'],
    ['TO_DAYS', 739388, '2024-05-17 00:00:00', '2024-05-18 00:00:00'],
    ['LAST_DAY', '2024-02-29', '2024-02-01 00:00:00', '2024-03-01 00:00:00'],
  ] as const)('%s = %s', (fn, value, from, to) => {
    expect(periodOf(fn, value)).toEqual({ from, to });
  });

  it('know values that never come', () => {
    expect(periodOf('YEAR', 2024.5)).toBe('never');
    expect(periodOf('YEAR', -1)).toBe('never');
    expect(periodOf('YEAR_MONTH', 202413)).toBe('never');
    expect(periodOf('LAST_DAY', '2024-02-28')).toBe('never');
    expect(periodOfFormatted('%Y-%m-01', '2024-05-17')).toBe('never');
    expect(periodOfFormatted('%Y-%m-%d', '2024-02-30')).toBe('never');
    expect(periodOfFormatted('%Y-%e', '2024-05')).toBeUndefined();
    expect(periodOfFormatted('%Y-%m-%e', '2024-05-07')).toBe('never');
    expect(periodOfFormatted('%Y-%Y', '2024-2023')).toBe('never');
  });

  it('leave alone what they cannot tell', () => {
    expect(periodOf('YEAR', null)).toBeUndefined();
    expect(periodOf('YEAR', 9999)).toBeUndefined();
    expect(periodOf('DATE', 'abc')).toBeUndefined();
    for (const format of ['%m-%d', '%H:%i', '%Y %H', '%W %Y', '%y-%m', '%Y-%u', 'abc', '%Y-%M']) {
      expect(grainOf(format)).toBeUndefined();
      expect(periodOfFormatted(format, '2024')).toBeUndefined();
    }
  });

  it.each([
    ['%Y-01-01 00:00:00', 'YEAR', true],
    ['%Y-%m-01 00:00:00', 'MONTH', true],
    ['%Y-%m-%d 00:00:00', 'DAY', true],
    ['%Y-%m-%d %H:00:00', 'HOUR', true],
    ['%Y-%m-%d %H:%i:00', 'MINUTE', true],
    ['%Y-%m-%d %T', 'SECOND', true],
    ['%Y%m', 'MONTH', true],
    ['%d.%m.%Y', 'DAY', false],
    ['%Y-%m-%e', 'DAY', false],
  ])('%s keeps the %s', (format, unit, ordered) => {
    expect(grainOf(format)).toEqual({ unit, ordered });
  });

  it('hold exactly the timestamps with that text', () => {
    const formats = fc.constantFrom(
      '%Y',
      '%Y-%m',
      '%d.%m.%Y',
      '%Y-%m-%d %H:00',
      '%Y-%m-%d %H:%i',
      '%Y-%c-%e %k:%i:%s 100%%',
    );
    const times = fc.integer({ min: 0, max: 200_000_000_000 });
    fc.assert(
      fc.property(times, times, formats, (a, b, format) => {
        const text = formatOf(format, 'date')(timestampFromEpochMillis(a))!;
        const found = periodOfFormatted(format, text);
        if (found === undefined || found === 'never') throw new Error(`no period of ${text}`);
        for (const millis of [a, b, a + 1, a - 1].filter((n) => n >= 0)) {
          const at = timestampFromEpochMillis(millis);
          expect(at >= found.from && at < found.to).toBe(formatOf(format, 'date')(at) === text);
        }
      }),
    );
  });

  it('say truly that texts sort as times do', () => {
    const times = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(times, times, fc.constantFrom('%Y-%m', '%Y%m%d', '%Y-%m-%d %T'), (a, b, format) => {
        const [x, y] = [a, b].map((n) => formatOf(format, 'date')(timestampFromEpochMillis(n))!) as [string, string];
        if (x !== y) expect(x < y).toBe(a < b);
      }),
    );
  });
});
