/** Date formats of mappings: the SQL type they make, and values as the engine was seen to read them. */
import { describe, expect, it } from 'vitest';
import { compileDateFormat, dateFormatType } from '../../../translators/catalog/date-format.ts';

describe('the type of a date field', () => {
  it.each([
    [undefined, 'timestamp'],
    ['', 'timestamp'],
    ['strict_date_optional_time||epoch_millis', 'timestamp'],
    ['epoch_second', 'timestamp'],
    ['strict_date', 'date'],
    ['basic_date', 'date'],
    ['strictYearMonthDay', 'date'],
    ['week_date||ordinal_date', 'date'],
    ['strict_year_month', 'timestamp'],
    ['year', 'timestamp'],
    ['weekyear_week', 'timestamp'],
    ['hour_minute_second', 'time'],
    ['basic_t_time', 'time'],
    ['strict_time||HH:mm', 'time'],
    ['date||hour', 'timestamp'],
    ['date||epoch_millis', 'timestamp'],
    ['dd-MM-yyyy', 'date'],
    ['8uuuu/MM/dd', 'date'],
    ['HH:mm:ss', 'time'],
    ['hh:mm a', 'time'],
    ['yyyy-MM-dd HH:mm:ss', 'timestamp'],
    ['yyyy-MM-dd HH:mm:ss||yyyy-MM-dd', 'timestamp'],
    ["yyyy-MM-dd'at noon'", 'date'],
    ['yyyy-MM-dd||HH:mm', 'timestamp'],
  ])('%s: %s', (format, type) => {
    expect(dateFormatType(format)).toBe(type);
  });
});

describe('values', () => {
  it.each([
    [undefined, '2024-02-15T10:15:30.123Z', '2024-02-15 10:15:30.123'],
    [undefined, '2024-02-15T10:15+05:30', '2024-02-15 04:45:00'],
    [undefined, '2024-02-15T10', '2024-02-15 10:00:00'],
    [undefined, '2024-02', '2024-02-01 00:00:00'],
    [undefined, 2024, '2024-01-01 00:00:00'],
    [undefined, 1704067200000, '2024-01-01 00:00:00'],
    [undefined, 1704067200000n, '2024-01-01 00:00:00'],
    [undefined, '1704067200000', '2024-01-01 00:00:00'],
    [undefined, -1, '1969-12-31 23:59:59.999'],
    [undefined, 20240215, '1970-01-01 05:37:20.215'],
    ['epoch_second', 1704067200, '2024-01-01 00:00:00'],
    ['epoch_second', '1704067200.5', '2024-01-01 00:00:00.5'],
    ['epoch_second', '-1.5', '1969-12-31 23:59:59.5'],
    ['epoch_millis', '-1500.25', '1969-12-31 23:59:58.49975'],
    ['basic_date', 20240215, '2024-02-15 00:00:00'],
    ['basic_date_time', '20240215T101530.123+0200', '2024-02-15 08:15:30.123'],
    ['basic_week_date', '2024W074', '2024-02-15 00:00:00'],
    ['strict_date', '2024-02-30', '2024-03-01 00:00:00'],
    ['strict_date_hour', '2024-02-30T10', '2024-02-29 10:00:00'],
    ['week_date', '2020-W53-7', '2021-01-03 00:00:00'],
    ['ordinal_date', '2024-046', '2024-02-15 00:00:00'],
    ['hour_minute_second_fraction', '10:15:30.123456', '1970-01-01 10:15:30.123456'],
    ['rfc3339_lenient', '2024-02-15t10:15:30Z', '2024-02-15 10:15:30'],
    ['strict_year_month', '2024-02', '2024-02-01 00:00:00'],
    ['dd-MM-yyyy', '29-02-2024', '2024-02-29 00:00:00'],
    ['yyyy-MM-dd HH:mm:ss.SSSSSS', '2024-01-01 00:00:00.000001', '2024-01-01 00:00:00.000001'],
    ['yyyyMMddHHmmssSSS', '20240215101530123', '2024-02-15 10:15:30.123'],
    ['yyyyMMddHHmmss', 20240215101530, '2024-02-15 10:15:30'],
    ['d/M/yy', '15/12/99', '2099-12-15 00:00:00'],
    ['yyyy-MM-dd hh:mm:ss a', '2024-02-15 12:15:30 AM', '2024-02-15 00:15:30'],
    ['yyyy-MM-dd hh:mm:ss', '2024-02-15 10:15:30', '2024-02-15 00:00:00'],
    ['yyyy-MM-dd kk:mm', '2024-02-15 24:15', '2024-02-15 00:15:00'],
    ['EEE, dd MMM yyyy HH:mm:ss Z', 'Thu, 15 Feb 2024 10:15:30 +0200', '2024-02-15 08:15:30'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSX", '2024-02-15T10:15:30.123+02', '2024-02-15 08:15:30.123'],
    ['yyyy-MM-dd[ HH:mm[:ss]]', '2024-02-15', '2024-02-15 00:00:00'],
    ['yyyy-MM-dd[ HH:mm[:ss]]', '2024-02-15 10:15', '2024-02-15 10:15:00'],
    ['yyyy-DDD', '2024-046', '2024-02-15 00:00:00'],
    ['YYYY-MM-dd', '2024-12-31', '2023-12-31 00:00:00'],
    ['yyyy-mm-dd', '2024-02-15', '2024-01-01 00:00:00'],
    ['yyyy-MM-dd HH:mm:ss VV', '2024-03-31 02:30:00 Europe/Berlin', '2024-03-31 01:30:00'],
    ['HH:mm', '10:15', '1970-01-01 10:15:00'],
    ["yyyy-MM-dd ''HH''", "2024-02-15 '10'", '2024-02-15 10:00:00'],
    ['yyyy-MM-dd HH:mm:ss||yyyy-MM-dd||epoch_millis', '2024-02-15', '2024-02-15 00:00:00'],
    ['yyyy||epoch_millis', 1704067200000, '2024-01-01 00:00:00'],
    // Not the mapping's format, but a form that the engine of SQL always reads.
    ['dd-MM-yyyy', '2024-02-29T10:00:00Z', '2024-02-29 10:00:00'],
    ['HH:mm:ss', 36930000, '1970-01-01 10:15:30'],
  ] as const)('%s reads %s as %s', (format, value, canonical) => {
    expect(compileDateFormat(format, false)!(value)).toBe(canonical);
  });

  it.each([
    [undefined, '2024-02-30'],
    [undefined, '2024-02-15T24:00:00'],
    [undefined, 'yesterday'],
    [undefined, ''],
    ['yyyy-MM-dd HH:mm:ss', '2024-02-31 00:00:00'],
    ['dd/MM/yyyy', '31/04/2024'],
    ['yyyyMMdd', '120240215'],
    ['mm:ss', '15:30'],
    ['yyyy-DDD', '2023-366'],
  ])('%s refuses %s', (format, value) => {
    expect(compileDateFormat(format, false)!(value)).toBeUndefined();
  });

  it('of patterns that only the cluster can read are left to it', () => {
    for (const format of [
      'yyyy-MM-dd z',
      'yyyy-MM-dd B',
      'yyyy-MM-dd OOOO',
      "yyyy-'unclosed",
      'yyyy]',
      'yyyy-MM-dd G',
      'fancy',
    ]) {
      expect(compileDateFormat(format, false)).toBeUndefined();
      expect(compileDateFormat(`date||${format}`, false)).toBeUndefined();
    }
  });

  it('are read fast enough for every row', () => {
    const read = compileDateFormat(undefined, false)!;
    const start = performance.now();
    for (let i = 0; i < 200_000; i++) read('2024-02-15T10:15:30.123Z');
    // Microseconds a value at the very worst; it is about a tenth of one.
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
