/** Temporal text: accepted spellings, refusals, conversions to and from the epoch. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  epochMillisOf,
  epochNanosOf,
  fieldsOf,
  parseDate,
  parseOffset,
  parseTime,
  parseTimestamp,
  timestampFromEpochMillis,
  timestampFromEpochNanos,
} from '../../../translators/temporal/temporal-text.ts';

describe('timestamps', () => {
  it.each([
    ['2024-02-29', '2024-02-29 00:00:00'],
    ['2024-05-17 08:30', '2024-05-17 08:30:00'],
    ['2024-05-17 08:30:15', '2024-05-17 08:30:15'],
    ['2024-05-17 08:30:15.120', '2024-05-17 08:30:15.12'],
    ['2024-05-17 08:30:15.000', '2024-05-17 08:30:15'],
    ['2024-05-17 08:30:15.123456789', '2024-05-17 08:30:15.123456789'],
    ['2024-05-17T08:30:15', '2024-05-17 08:30:15'],
    ['2024-05-17T08:30:15.5Z', '2024-05-17 08:30:15.5'],
    ['2024-01-01T10:00:00+02:00', '2024-01-01 08:00:00'],
    ['2024-01-01T00:30:00+0100', '2023-12-31 23:30:00'],
    ['2024-02-28T23:30:00.25-01', '2024-02-29 00:30:00.25'],
  ])('%s is %s', (text, canonical) => {
    expect(parseTimestamp(text)).toBe(canonical);
  });

  it.each([
    '',
    'abc',
    '2024-2-3',
    '24-05-17',
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '2024/01/01',
    '2024-05-17 24:00:00',
    '2024-05-17 23:60:00',
    '2024-05-17 23:59:60',
    '2024-05-17 23:59:59.',
    '2024-05-17 23:59:59.1234567890',
    '2024-05-17 8:30:00',
    '2024-05-17 08',
    '2024-05-17x08:30:00',
    '2024-05-17T08:30:00+25:00',
    '2024-05-17T08:30:00 Z',
    '12024-05-17 08:30:00',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
    expect(parseDate(text)).toBeUndefined();
  });

  it('agree with the platform on every ISO text', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (millis) => {
        const iso = new Date(millis).toISOString();
        const canonical = timestampFromEpochMillis(millis);
        expect(parseTimestamp(iso)).toBe(canonical);
        expect(epochMillisOf(canonical)).toBe(millis);
        expect(canonical.replace(' ', 'T').slice(0, 19)).toBe(iso.slice(0, 19));
      }),
    );
  });

  it('keep nanoseconds both ways, before 1970 too', () => {
    expect(timestampFromEpochNanos(-1n)).toBe('1969-12-31 23:59:59.999999999');
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nanos) => {
        expect(epochNanosOf(timestampFromEpochNanos(nanos))).toBe(nanos);
      }),
    );
  });

  it('sort as text like in time', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 62n }), fc.bigInt({ min: 0n, max: 2n ** 62n }), (a, b) => {
        expect(timestampFromEpochNanos(a) < timestampFromEpochNanos(b)).toBe(a < b);
      }),
    );
  });

  it('hold years beyond four digits with a sign', () => {
    const far = timestampFromEpochMillis(253_402_300_800_000);
    expect(far).toBe('+10000-01-01 00:00:00');
    expect(epochMillisOf(far)).toBe(253_402_300_800_000);
    expect(fieldsOf('-0001-12-31 23:00:00.5')).toMatchObject({ year: -1, month: 12, hour: 23, nano: 500_000_000 });
  });
});

describe('dates and times', () => {
  it('drop the other half', () => {
    expect(parseDate('2024-05-17T23:59:59Z')).toBe('2024-05-17');
    expect(parseTime('2024-05-17 08:30:15.50')).toBe('08:30:15.5');
    expect(parseTime('2024-05-17')).toBe('00:00:00');
  });

  it('read times', () => {
    expect(parseTime('08:30')).toBe('08:30:00');
    expect(parseTime('08:30:15.000000001')).toBe('08:30:15.000000001');
    for (const bad of ['25:00:00', '99:00', '08:30:61', '8:30', '08:30:15Z', '08', ''])
      expect(parseTime(bad)).toBeUndefined();
  });

  it('read offsets', () => {
    expect(['Z', '+02:00', '-0530', '+05'].map(parseOffset)).toEqual([0, 120, -330, 300]);
    for (const bad of ['', 'z', '+2', '02:00', '+02:60', '+19:00', '+020']) expect(parseOffset(bad)).toBeUndefined();
  });
});
