/** What the examples of the date rows cannot say: errors, result types, clocks, zones and laws. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOf } from '../../../translators/functions/format-specifiers.ts';
import { isoWeek, unitsBetween, weekOf } from '../../../translators/functions/temporal.ts';
import { civilOfDays, daysOfCivil } from '../../../translators/temporal/calendar.ts';
import { timestampFromEpochMillis } from '../../../translators/temporal/temporal-text.ts';
import { instantOf, zoneNamed } from '../../../translators/temporal/time-zone.ts';
import { bindText, evaluate, SESSION } from './bind-kit.ts';

describe('errors', () => {
  it.each([
    [
      "DATE('2023-02-30')",
      "date:2023-02-30 in unsupported format, please use 'yyyy-MM-dd'",
      'ExpressionEvaluationException',
    ],
    [
      "YEAR('24-05-17')",
      "date:24-05-17 in unsupported format, please use 'yyyy-MM-dd'",
      'ExpressionEvaluationException',
    ],
    [
      "TIME('99:00')",
      "time:99:00 in unsupported format, please use 'HH:mm:ss[.SSSSSSSSS]'",
      'ExpressionEvaluationException',
    ],
    [
      "TIMESTAMP('2024-05-17 25:00:00')",
      "timestamp:2024-05-17 25:00:00 in unsupported format, please use 'yyyy-MM-dd HH:mm:ss[.SSSSSSSSS]' or ISO 8601 format",
      'ExpressionEvaluationException',
    ],
    ["WEEK('2024-05-17', 8)", 'mode:8 is invalid, please use mode value between 0-7', 'SemanticCheckException'],
    ["WEEK('2024-05-17', -1)", 'mode:-1 is invalid, please use mode value between 0-7', 'SemanticCheckException'],
    [
      "DATE_ADD('2024-05-17', INTERVAL 1 DAY_HOUR)",
      'interval unit DAY_HOUR is not supported',
      'ExpressionEvaluationException',
    ],
    ['SYSDATE(9)', 'Invalid `fsp` value: 9, allowed 0 to 6', 'IllegalArgumentException'],
  ])('%s', (sql, details, type) => {
    expect(() => evaluate(sql)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(details), type, status: 400 }),
    );
  });

  it.each(['YEAR(5)', "DATE_ADD(DATE '2024-01-01', 1)", 'DATE(TRUE)'])('%s has no signature', (sql) => {
    expect(() => evaluate(sql)).toThrow(
      expect.objectContaining({ type: 'ExpressionEvaluationException', status: 400 }),
    );
  });
});

describe('result types', () => {
  it.each([
    ["YEAR('2024-05-17')", 'integer'],
    ["EXTRACT(YEAR FROM '2024-05-17')", 'long'],
    ["ADDDATE(DATE '2024-05-17', 1)", 'date'],
    ["ADDDATE(TIMESTAMP '2024-05-17 00:00:00', 1)", 'timestamp'],
    ["ADDDATE(DATE '2024-05-17', INTERVAL 1 DAY)", 'timestamp'],
    ["ADDTIME(TIME '10:00:00', TIME '01:00:00')", 'time'],
    ["ADDTIME(DATE '2024-05-17', TIME '01:00:00')", 'timestamp'],
    ["TIMESTAMPDIFF(DAY, '2024-05-17', '2024-05-18')", 'long'],
    ['UNIX_TIMESTAMP()', 'long'],
    ["UNIX_TIMESTAMP(DATE '2024-05-17')", 'double'],
    ['FROM_UNIXTIME(0)', 'timestamp'],
    ["FROM_UNIXTIME(0, '%Y')", 'keyword'],
    ['YEAR(NULL)', 'integer'],
    ['DATE_ADD(NULL, INTERVAL 1 DAY)', 'timestamp'],
    ['SYSDATE()', 'timestamp'],
  ])('%s is %s', (sql, type) => {
    expect(bindText(sql).type).toBe(type);
  });
});

describe('the clock', () => {
  it('stands still during a statement', () => {
    for (const fn of ['NOW()', 'CURRENT_TIMESTAMP()', 'LOCALTIME()', 'LOCALTIMESTAMP()', 'UTC_TIMESTAMP()']) {
      expect(evaluate(fn)).toBe(SESSION.now);
    }
    for (const fn of ['CURDATE()', 'CURRENT_DATE()', 'UTC_DATE()']) expect(evaluate(fn)).toBe(SESSION.today);
    for (const fn of ['CURTIME()', 'CURRENT_TIME()', 'UTC_TIME()']) expect(evaluate(fn)).toBe('12:00:00');
    expect(evaluate('UNIX_TIMESTAMP()')).toBe(Date.UTC(2026, 2, 1, 12) / 1000);
  });

  it('gives a time its date', () => {
    expect(evaluate("MONTH(TIME '10:00:00')")).toBe(3);
    expect(evaluate("LAST_DAY(TIME '10:00:00')")).toBe('2026-03-31');
    expect(evaluate("TIMESTAMP(TIME '10:00:00')")).toBe('2026-03-01 10:00:00');
    expect(evaluate("DATE_ADD(TIME '23:00:00', INTERVAL 2 HOUR)")).toBe('2026-03-02 01:00:00');
    expect(evaluate("STR_TO_DATE('08:30:15', '%H:%i:%s')")).toBe('2026-03-01 08:30:15');
    expect(evaluate("ADDTIME('23:30:00', TIME '01:00:00')")).toBe('2026-03-02 00:30:00');
  });

  it('runs for SYSDATE, cut to the digits asked for', () => {
    const before = timestampFromEpochMillis(Date.now());
    const now = String(evaluate('SYSDATE(3)'));
    expect(now >= before && now <= timestampFromEpochMillis(Date.now())).toBe(true);
    expect(evaluate('SYSDATE()')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });
});

describe('arithmetic', () => {
  it('is NULL where the calendar ends', () => {
    expect(evaluate("TIMESTAMPADD(YEAR, 9000, '2024-05-17')")).toBeNull();
    expect(evaluate("DATE_SUB(DATE '0000-01-01', INTERVAL 1 DAY)")).toBeNull();
    expect(evaluate("SUBDATE(DATE '2024-05-17', 9223372036854775807)")).toBeNull();
    expect(evaluate('FROM_DAYS(99999999)')).toBeNull();
  });

  it('takes computed amounts', () => {
    expect(evaluate("DATE_ADD(TIMESTAMP '2024-05-17 00:00:00', INTERVAL (2 + 1) HOUR)")).toBe('2024-05-17 03:00:00');
    expect(evaluate("DATE_ADD(DATE '2024-05-17', INTERVAL CAST((86400 * 1.5) AS INT) SECOND)")).toBe(
      '2024-05-18 12:00:00',
    );
  });

  it('counts whole months as it adds them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: -500, max: 500 }), (millis, months) => {
        const start = `${timestampFromEpochMillis(millis).slice(0, 8)}01 00:00:00`;
        const moved = String(evaluate(`TIMESTAMPADD(MONTH, ${months}, '${start}')`));
        expect(unitsBetween('MONTH', start, moved)).toBe(months);
      }),
    );
  });
});

describe('weeks', () => {
  it('follow ISO 8601 in EXTRACT', () => {
    for (const [date, week] of [
      ['2021-01-03', 53],
      ['2021-01-04', 1],
      ['2024-12-30', 1],
      ['2020-12-31', 53],
      ['2023-01-01', 52],
    ] as const) {
      expect(evaluate(`EXTRACT(WEEK FROM DATE '${date}')`)).toBe(week);
    }
  });

  it('change once every seven days within a year', () => {
    for (let mode = 0; mode < 8; mode++) {
      const weekdays = new Set<number>();
      for (let day = daysOfCivil(2023, 1, 10); day < daysOfCivil(2023, 12, 20); day++) {
        if (weekOf(day, mode).week !== weekOf(day - 1, mode).week) weekdays.add(day % 7);
      }
      expect(weekdays.size).toBe(1);
    }
    expect(isoWeek(daysOfCivil(2024, 5, 17))).toEqual({ year: 2024, week: 20 });
  });

  it('rest on a calendar that counts every day', () => {
    fc.assert(
      fc.property(fc.integer({ min: -800_000, max: 3_000_000 }), (days) => {
        const { year, month, day } = civilOfDays(days);
        expect(daysOfCivil(year, month, day)).toBe(days);
      }),
    );
  });
});

describe('time zones', () => {
  it('move a skipped hour on and take the first of a repeated one', () => {
    const berlin = zoneNamed('Europe/Berlin')!;
    const wall = (iso: string): number => Date.parse(`${iso}Z`) / 1000;
    const utc = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19);
    expect(utc(instantOf(berlin, wall('2024-03-31T02:30:00')))).toBe('2024-03-31T01:30:00');
    expect(utc(instantOf(berlin, wall('2024-10-27T02:30:00')))).toBe('2024-10-27T00:30:00');
    expect(utc(instantOf(berlin, wall('2024-07-01T12:00:00')))).toBe('2024-07-01T10:00:00');
  });

  it('are known by offset or name only', () => {
    for (const bad of ['', 'Mars/Olympus', '+5', '+15:00', '-14:00', '+02:60', '0200'])
      expect(zoneNamed(bad)).toBeUndefined();
    expect(zoneNamed('+14:00')!(0)).toBe(50_400);
    expect(zoneNamed('-13:59')!(0)).toBe(-50_340);
    expect(zoneNamed('UTC')!(0)).toBe(0);
  });

  it('convert back to where they came from', () => {
    const zones = fc.constantFrom('America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', '+05:45');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), zones, (seconds, name) => {
        const zone = zoneNamed(name)!;
        const back = instantOf(zone, seconds + zone(seconds));
        // The second of two equal walls comes back as the first.
        expect(back === seconds || zone(back) + back === seconds + zone(seconds)).toBe(true);
      }),
    );
  });
});

describe('formats', () => {
  it('keep text and unknown specifiers', () => {
    const format = (text: string): string | null => formatOf(text, 'date')('2024-05-17 08:30:15');
    expect(format('week %v of year')).toBe('week 20 of year');
    expect(format('%q%%%Y%')).toBe('q%2024%');
    expect(format('')).toBe('');
  });

  it('name the days of the month', () => {
    const ordinals = [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31].map((day) =>
      formatOf('%D', 'date')(`2024-05-${String(day).padStart(2, '0')} 00:00:00`),
    );
    expect(ordinals).toEqual(['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '22nd', '23rd', '31st']);
  });

  it('are read back by STR_TO_DATE', () => {
    const formats = fc.constantFrom(
      '%Y-%m-%d %T.%f',
      '%d %M %Y, %r.%f',
      '%e/%c/%Y %k:%i:%s.%f',
      '%b %D %Y %l:%i:%S.%f %p',
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), formats, (millis, format) => {
        const at = timestampFromEpochMillis(millis);
        const text = formatOf(format, 'date')(at);
        expect(evaluate(`STR_TO_DATE('${text}', '${format}')`)).toBe(at);
      }),
    );
  });
});
