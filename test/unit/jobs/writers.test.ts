/** The text formats of exports: csv against csv-stringify, JSON against JSON.parse, encodings by their repertoire. */
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportRequest } from '../../../src/jobs/domain/model.ts';
import { encoderOf } from '../../../src/jobs/export/encoding.ts';
import { textFormat } from '../../../src/jobs/export/text-format.ts';
import type { OutputColumn, Page } from '../../../src/rows/page.ts';
import { distinctLabels } from '../../../src/write/distinct-labels.ts';
import { labelOf } from '../../../src/write/writer.ts';
import { exportRequest, NASTY } from '../../support/export-jobs.ts';

const TEXT: OutputColumn[] = [
  { name: 'a', type: 'keyword' },
  { name: 'b', alias: 'B, "quoted"', type: 'text' },
];

const text = (columns: readonly OutputColumn[], request: ExportRequest, page: Page): string => {
  const format = textFormat(columns, request);
  return format.head.toString() + format.rows(page, 0, page.length).toString();
};

/** csv-stringify is told what we decided: empty text in quotes, nothing for null. */
const oracle = (page: Page, quote: string, before: string, header: boolean): string =>
  stringify(
    page as string[][],
    {
      header,
      columns: ['a', 'B, "quoted"'].map((key, i) => ({ key: String(i), header: key })),
      quote,
      escape: before,
      quoted_empty: false,
      quoted_match: quote === before ? /^$|\r/ : new RegExp(`^$|\\r|\\${before}`),
      record_delimiter: '\n',
      cast: { string: (value) => (value === '' ? { value, quoted_empty: true } : value) },
      escape_formulas: false,
    } as Parameters<typeof stringify>[1],
  );

describe('csv', () => {
  const rows: Page = NASTY.flatMap((one) => [
    [one, 'x'],
    [null, one],
    [one, null],
  ]);

  it.each([
    ['doubled quotes', '"', '"'],
    ['backslashes', '"', '\\'],
    ['single quotes', "'", "'"],
  ])('is what csv-stringify writes, with %s', (_, quoteChar, escapeChar) => {
    const request = exportRequest({ quoteChar, escapeChar, withColumnHeader: true });
    // UTF-8 has no lone surrogates: both sides go through it.
    const expected = Buffer.from(oracle(rows, quoteChar, escapeChar, true)).toString();
    expect(text(TEXT, request, rows)).toBe(expected);
  });

  it('is what csv-stringify writes of any text', () => {
    const cell = fc.oneof(fc.constantFrom(null, ...NASTY.slice(0, -1)), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (page) => {
        const expected = Buffer.from(oracle(page, '"', '"', false)).toString();
        expect(text(TEXT, exportRequest(), page)).toBe(expected);
      }),
    );
  });

  it('tells NULL from empty text', () => {
    expect(text(TEXT, exportRequest(), [[null, '']])).toBe(',""\n');
  });

  it('guards formulas only when asked', () => {
    const page: Page = [
      ['=1', '+1'],
      ['-1', '@a'],
    ];
    expect(text(TEXT, exportRequest(), page)).toBe('=1,+1\n-1,@a\n');
    expect(text(TEXT, exportRequest({ sanitize: true }), page)).toBe("'=1,'+1\n'-1,'@a\n");
  });

  it('prints numbers, structures and times as the csv of SQL does', () => {
    const columns: OutputColumn[] = (
      ['long', 'double', 'float', 'boolean', 'timestamp', 'object', 'nested'] as const
    ).map((type) => ({ name: type, type }));
    const page: Page = [
      [9007199254740993n, 1e10, 0.1, true, '2024-01-02 03:04:05.5', { a: 'x', b: [1, 2] }, [{ c: null }]],
    ];
    expect(text(columns, exportRequest(), page)).toBe(
      '9007199254740993,1.0E10,0.1,true,2024-01-02 03:04:05.5,"{""a"":""x"",""b"":[1,2]}","[{""c"":null}]"\n',
    );
  });
});

describe('json', () => {
  it('is one object a line that reads back as it was', () => {
    const rows: Page = NASTY.map((one) => [one, null]);
    const lines = textFormat(TEXT, exportRequest({ dataType: 'json', withColumnHeader: true }));
    expect(lines.head.length).toBe(0);
    const read = lines.rows(rows, 0, rows.length).toString().split('\n');
    expect(read.pop()).toBe('');
    expect(read.map((line) => JSON.parse(line) as unknown)).toEqual(
      NASTY.map((one) => ({ a: one, 'B, "quoted"': null })),
    );
  });

  it('keeps both of two columns of one name', () => {
    const columns: OutputColumn[] = ['a', 'a_2', 'a', 'A'].map((name) => ({ name, type: 'integer' }));
    expect(text(columns, exportRequest({ dataType: 'json' }), [[1, 2, 3, 4]])).toBe('{"a":1,"a_2":2,"a_3":3,"A":4}\n');
    expect(distinctLabels(columns.map(labelOf), (name) => name.toLowerCase())).toEqual(['a', 'a_2', 'a_3', 'A_4']);
  });

  it('prints long integers as digits', () => {
    const columns: OutputColumn[] = [{ name: 'l', type: 'long' }];
    expect(text(columns, exportRequest({ dataType: 'json' }), [[9007199254740993n]])).toBe('{"l":9007199254740993}\n');
  });
});

describe('encodings', () => {
  const decode = (name: string, bytes: Buffer): string => new TextDecoder(name).decode(bytes);

  it.each(['gbk', 'gb2312'] as const)('%s reads back, with ? for what it lacks', (encoding) => {
    const encode = encoderOf(encoding);
    let kept = 0;
    for (let code = 0; code < 0x10000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const one = String.fromCharCode(code);
      const bytes = encode(one);
      if (bytes.length === 1 && bytes[0] === 63 && one !== '?') continue;
      expect(decode('gbk', bytes), code.toString(16)).toBe(one);
      kept++;
    }
    // The characters of the two standards, of GBK without the 95 that later editions put at other places, and the 128 of ASCII.
    expect(kept).toBe(encoding === 'gb2312' ? 7_445 + 128 : 21_886 + 128 - 95);
  });

  it('writes one question mark for a character of two code units or for half of one', () => {
    expect(encoderOf('gbk')('a😀b\ud800c€中').toString('latin1')).toBe('a?b?c?\xd6\xd0');
    expect(encoderOf('gb2312')('镕中').toString('latin1')).toBe('?\xd6\xd0');
  });
});
