/** Splits a statement into tokens; reserves no word, and can be asked again at any place and in another mode. */
import { SqlSyntaxError } from './errors.ts';

type TokenKind = 'end' | 'word' | 'quoted' | 'string' | 'integer' | 'real' | 'symbol' | 'parameter' | 'ion';

/**
 * `select` is the dialect of SQL over objects (spec s3-select 3): double quotes are for names, back-quotes for timestamps,
 * a backslash is an ordinary character, `#` and `?` mean nothing. `ansi` is `opensearch` with double quotes for names.
 */
export type Dialect = 'opensearch' | 'ansi' | 'select';

export interface Token {
  readonly kind: TokenKind;
  /** The meaning: unescaped text of quoted tokens, otherwise the source text. */
  readonly text: string;
  /** Words in upper case and symbols; empty for every other kind, so that a string never looks like a keyword. */
  readonly upper: string;
  readonly start: number;
  readonly end: number;
}

const QUOTE = 39;
const DOUBLE_QUOTE = 34;
const BACK_QUOTE = 96;
const BACKSLASH = 92;
const DOT = 46;

const isDigit = (c: number): boolean => c >= 48 && c <= 57;

function isSpace(c: number): boolean {
  if (c < 128) return c === 32 || (c >= 9 && c <= 13);
  return (
    c === 0xa0 ||
    c === 0xfeff ||
    c === 0x1680 ||
    (c >= 0x2000 && c <= 0x200b) ||
    c === 0x2028 ||
    c === 0x2029 ||
    c === 0x202f ||
    c === 0x205f ||
    c === 0x3000
  );
}

/** Letters, `_`, `@`, `$` and everything beyond ASCII that is no space. */
function isWordStart(c: number): boolean {
  if (c > 127) return !isSpace(c);
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c === 64 || c === 36;
}
const isWordPart = (c: number): boolean => isWordStart(c) || isDigit(c);

/** Only ASCII folds: `ı` and `ſ` must not turn into letters of a keyword. */
function upperCase(text: string): string {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return text;
  return text.toUpperCase();
}

/** Whether a text, written without quotes, is read as one word. */
export function isBareWord(text: string): boolean {
  if (text.length === 0 || !isWordStart(text.charCodeAt(0))) return false;
  for (let i = 1; i < text.length; i++) if (!isWordPart(text.charCodeAt(i))) return false;
  return true;
}

export class Lexer {
  /** Texts of hint comments met so far, in order. */
  readonly hints: string[] = [];
  /** Places before this one have given their hints already; the parser reads some places twice. */
  private hintsRead = 0;

  constructor(
    readonly sql: string,
    private readonly dialect: Dialect = 'opensearch',
  ) {}

  /** The token that starts at or after `pos`. */
  next(pos: number): Token {
    const s = this.sql;
    const start = this.skip(pos);
    if (start >= s.length) return { kind: 'end', text: '', upper: '', start: s.length, end: s.length };
    const c = s.charCodeAt(start);
    if (isWordStart(c)) return this.segment(start);
    if (isDigit(c) || (c === DOT && isDigit(s.charCodeAt(start + 1)))) return this.number(start);
    const select = this.dialect === 'select';
    if (c === QUOTE || (c === DOUBLE_QUOTE && this.dialect === 'opensearch')) return this.quoted(start, c, 'string');
    if (c === DOUBLE_QUOTE || (c === BACK_QUOTE && !select)) return this.quoted(start, c, 'quoted');
    if (c === BACK_QUOTE) return this.quoted(start, c, 'ion');
    if (c === 63 && !select) return { kind: 'parameter', text: '?', upper: '', start, end: start + 1 };
    return this.symbol(start);
  }

  /** A run of word characters, which may begin with a digit: the segment after a dot in `a.1b`. */
  segment(start: number): Token {
    const s = this.sql;
    let end = start;
    while (end < s.length && isWordPart(s.charCodeAt(end))) end++;
    const text = s.slice(start, end);
    return { kind: 'word', text, upper: upperCase(text), start, end };
  }

  /**
   * An index expression without quotes: `logs-2024.01.*`, `c1:logs-*`, `.kibana`, `<logs-{now/d}>`, `acc/doc`.
   * It ends at white space, a comma, a bracket, a quote, a semicolon or a comment, except inside `<...>`.
   */
  index(pos: number): Token {
    const s = this.sql;
    const start = this.skip(pos);
    let end = start;
    while (end < s.length) {
      const c = s[end] as string;
      const close = c === '<' ? s.indexOf('>', end) : c === '{' ? s.indexOf('}', end) : -1;
      if (close > 0) end = close + 1;
      else if (isSpace(s.charCodeAt(end)) || ',();\'"`#?='.includes(c) || this.commentAt(end)) break;
      else end++;
    }
    const text = s.slice(start, end);
    return { kind: 'word', text, upper: '', start, end };
  }

  /** A bare field or field pattern of a field list: `title*`, `a.b`, `user-agent`. */
  fieldPattern(start: number): Token {
    const s = this.sql;
    let end = start;
    while (end < s.length && !isSpace(s.charCodeAt(end)) && !',()[]^=;\'"`'.includes(s[end] as string)) end++;
    return { kind: 'word', text: s.slice(start, end), upper: '', start, end };
  }

  /** The first place at or after `pos` that is neither white space nor comment. */
  private skip(pos: number): number {
    const s = this.sql;
    let i = pos;
    while (i < s.length) {
      const c = s.charCodeAt(i);
      if (isSpace(c)) i++;
      else if ((c === 35 && this.dialect !== 'select') || (c === 45 && this.dashesAt(i))) {
        const end = s.indexOf('\n', i);
        i = end < 0 ? s.length : end + 1;
      } else if (c === 47 && s[i + 1] === '*') i = this.blockComment(i);
      else break;
    }
    return i;
  }

  private blockComment(start: number): number {
    const s = this.sql;
    const end = s.indexOf('*/', start + 2);
    if (end < 0) throw new SqlSyntaxError(s, start, "'/*'", ['*/'], 'the comment that starts here is not closed');
    if ((s[start + 2] === '!' || s[start + 2] === '+') && start >= this.hintsRead) {
      const hint = s.slice(start + 3, end).trim();
      if (hint !== '') this.hints.push(hint);
      this.hintsRead = end;
    }
    return end + 2;
  }

  /** `--` opens a comment only before a blank or the end of a line: `a--1` is arithmetic. */
  private dashesAt(i: number): boolean {
    const s = this.sql;
    return s[i] === '-' && s[i + 1] === '-' && (i + 2 >= s.length || isSpace(s.charCodeAt(i + 2)));
  }

  /** In an index expression `idx/*` is a name (the old index/type form) unless the comment is closed somewhere. */
  private commentAt(i: number): boolean {
    const s = this.sql;
    return this.dashesAt(i) || (s[i] === '/' && s[i + 1] === '*' && s.indexOf('*/', i + 2) >= 0);
  }

  private symbol(start: number): Token {
    const s = this.sql;
    const c = s[start] as string;
    let text = c;
    let end = start + 1;
    if (c === '<' || c === '>' || c === '!') {
      // The plugin's grammar lets white space into these: `< =`, `< >`, `! =`.
      const at = this.skip(end);
      if (s[at] === '=') {
        text = `${c}=`;
        end = at + 1;
        if (c === '<' && at === start + 1 && s[end] === '>') {
          text = '<=>';
          end++;
        }
      } else if (c === '<' && s[at] === '>') {
        text = '<>';
        end = at + 1;
      }
    } else if (c === '-' && s[end] === '>') {
      text = s[end + 1] === '>' ? '->>' : '->';
      end = start + text.length;
    } else if ((c === '|' || c === '&') && s[end] === c) {
      text = c + c;
      end++;
    }
    return { kind: 'symbol', text, upper: text, start, end };
  }

  private number(start: number): Token {
    const s = this.sql;
    let end = start;
    let real = false;
    while (isDigit(s.charCodeAt(end))) end++;
    if (s.charCodeAt(end) === DOT && isDigit(s.charCodeAt(end + 1))) {
      real = true;
      end++;
      while (isDigit(s.charCodeAt(end))) end++;
    }
    if ((s.charCodeAt(end) | 32) === 101) {
      const sign = s[end + 1] === '+' || s[end + 1] === '-' ? 1 : 0;
      if (isDigit(s.charCodeAt(end + 1 + sign))) {
        real = true;
        end += 1 + sign;
        while (isDigit(s.charCodeAt(end))) end++;
      }
    }
    const text = s.slice(start, end);
    return { kind: real ? 'real' : 'integer', text, upper: '', start, end };
  }

  /** Doubled quotes, and in strings `\'`, `\"` and `\\`; any other backslash stays, so `'\d'` and `'a\%'` keep theirs. */
  private quoted(start: number, quote: number, kind: 'string' | 'quoted' | 'ion'): Token {
    const s = this.sql;
    let text = '';
    let from = start + 1;
    let i = from;
    for (; ; i++) {
      if (i >= s.length) {
        const close = String.fromCharCode(quote);
        throw new SqlSyntaxError(s, start, close, [close], `the text in ${close} that starts here is not closed`);
      }
      const c = s.charCodeAt(i);
      const next = s.charCodeAt(i + 1);
      if (c === quote && next !== quote) break;
      const escaped =
        c === BACKSLASH &&
        kind === 'string' &&
        this.dialect !== 'select' &&
        (next === QUOTE || next === DOUBLE_QUOTE || next === BACKSLASH);
      if (c === quote || escaped) {
        text += s.slice(from, i);
        from = i + 1;
        i++;
      }
    }
    text += s.slice(from, i);
    if (kind === 'quoted' && text === '') {
      throw new SqlSyntaxError(s, start, '``', ['a name'], 'a quoted name is empty');
    }
    return { kind, text, upper: '', start, end: i + 1 };
  }
}
