/** Tokens: kinds, meanings and places, and that arbitrary text neither hangs nor breaks the lexer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SqlError } from '../../../translators/errors.ts';
import { SqlSyntaxError } from '../../../translators/syntax/errors.ts';
import { Lexer, type Token } from '../../../translators/syntax/lexer.ts';
import { parse } from '../../../translators/syntax/parser.ts';

function tokens(sql: string): Token[] {
  const lexer = new Lexer(sql);
  const all: Token[] = [];
  for (let token = lexer.next(0); token.kind !== 'end'; token = lexer.next(token.end)) all.push(token);
  return all;
}
const texts = (sql: string): string[] => tokens(sql).map((token) => `${token.kind}:${token.text}`);

describe('tokens', () => {
  it.each<[string, string[]]>([
    ['select A_1 @ts $x', ['word:select', 'word:A_1', 'word:@ts', 'word:$x']],
    ['姓名 città', ['word:姓名', 'word:città']],
    ['1 1.5 .5 1e3 2E-3 1.5e+3', ['integer:1', 'real:1.5', 'real:.5', 'real:1e3', 'real:2E-3', 'real:1.5e+3']],
    ['1. 1e 1ex', ['integer:1', 'symbol:.', 'integer:1', 'word:e', 'integer:1', 'word:ex']],
    [
      'a<=b<>c!=d>=e<=>f',
      [
        'word:a',
        'symbol:<=',
        'word:b',
        'symbol:<>',
        'word:c',
        'symbol:!=',
        'word:d',
        'symbol:>=',
        'word:e',
        'symbol:<=>',
        'word:f',
      ],
    ],
    ['< = > =\n< >\t! =', ['symbol:<=', 'symbol:>=', 'symbol:<>', 'symbol:!=']],
    ['< /* x */ =', ['symbol:<=']],
    ['a||b&&c|d', ['word:a', 'symbol:||', 'word:b', 'symbol:&&', 'word:c', 'symbol:|', 'word:d']],
    ['a--1', ['word:a', 'symbol:-', 'symbol:-', 'integer:1']],
    ['a -- 1\nb # c\n/* d\n */ e --', ['word:a', 'word:b', 'word:e']],
    ['a\u00a0b\ufeffc\u3000d', ['word:a', 'word:b', 'word:c', 'word:d']],
    ['?', ['parameter:?']],
    ['\'it\'\'s\' "a""b" `c``d`', ["string:it's", 'string:a"b', 'quoted:c`d']],
    [
      String.raw`'a\'b' 'a\"b' 'a\\b' 'a\%b' '\d' '\n'`,
      [
        "string:a'b",
        'string:a"b',
        String.raw`string:a\b`,
        String.raw`string:a\%b`,
        String.raw`string:\d`,
        String.raw`string:\n`,
      ],
    ],
    ["''", ['string:']],
    [String.raw`'\\'`, [String.raw`string:\ `.trim()]],
    ['`a\\`', ['quoted:a\\']],
  ])('%s', (sql, wanted) => {
    expect(texts(sql)).toEqual(wanted);
  });

  it('does not fold letters beyond ASCII into keywords', () => {
    expect(tokens('lıke ſelect select').map((token) => token.upper)).toEqual(['lıke', 'ſelect', 'SELECT']);
  });

  it('reads an index expression at a place that holds other tokens', () => {
    const read = (sql: string): string => new Lexer(sql).index(0).text;
    expect(read(' logs-2024.01.*, b')).toBe('logs-2024.01.*');
    expect(read('<logs-{now/d{yyyy.MM.dd,a b}}> x')).toBe('<logs-{now/d{yyyy.MM.dd,a b}}>');
    expect(read('a/* c */')).toBe('a');
    expect(read('a/*')).toBe('a/*');
    expect(read('c1:a;')).toBe('c1:a');
    expect(read('t(1)')).toBe('t');
  });

  it('collects each hint once, however often a place is read', () => {
    const lexer = new Lexer('/*! A(1) */ a /*+ B */ /* C */ b /*! A(1) */');
    for (let round = 0; round < 2; round++) for (let at = 0; at < 40; at = lexer.next(at).end + 1);
    expect(lexer.hints).toEqual(['A(1)', 'B', 'A(1)']);
  });

  it.each(["'a", '"a', '`a', '/* a', '``'])('refuses %s', (sql) => {
    expect(() => tokens(sql)).toThrow(SqlSyntaxError);
  });
});

describe('arbitrary text', () => {
  const word = fc.constantFrom(
    ...'SELECT FROM WHERE a b t * , ( ) [ ] { } < > = ! . - + / ; ? ` \' " \\ -- /* */ # 1 .5 1e 9e9 AND NOT IN LIKE CASE WHEN END INTERVAL DAY OVER UNION ORDER BY LIMIT JOIN ON match( AS < > : \n'.split(
      ' ',
    ),
  );
  const texts = [
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(word, { maxLength: 25 }).map((words) => words.join(' ')),
    fc.array(word, { maxLength: 25 }).map((words) => `SELECT ${words.join('')}`),
  ];

  it.each(texts.map((text, i) => [i, text] as const))('kind %i: only errors of its own', (_, text) => {
    fc.assert(
      fc.property(text, (sql) => {
        for (const read of [tokens, parse]) {
          try {
            read(sql);
          } catch (error) {
            if (!(error instanceof SqlSyntaxError) && !(error instanceof SqlError)) throw error;
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('covers the text with tokens that do not overlap', () => {
    fc.assert(
      fc.property(texts[1]!, (sql) => {
        let end = 0;
        try {
          for (const token of tokens(sql)) {
            expect(token.start).toBeGreaterThanOrEqual(end);
            expect(token.end).toBeGreaterThan(token.start);
            end = token.end;
          }
        } catch (error) {
          if (!(error instanceof SqlSyntaxError)) throw error;
        }
      }),
    );
  });
});
