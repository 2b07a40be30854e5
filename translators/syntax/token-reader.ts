/** The parser's view of the tokens: one current token, one look-ahead, depth guard, parameters and error texts. */

import { suggest } from '../algebra/suggest.ts';
import type { Span } from './ast.ts';
import { type SelectSyntaxCode, SelectSyntaxError, SqlSyntaxError } from './errors.ts';
import { type Dialect, Lexer, type Token } from './lexer.ts';
import { type Grammar, OPENSEARCH_GRAMMAR, SELECT_GRAMMAR } from './precedence.ts';

interface ReaderOptions {
  readonly maxDepth: number;
  /** Records every alternative that was tried at the current token, for error texts; the fast first reading does without. */
  readonly trace: boolean;
  readonly dialect?: Dialect;
}

const LONGEST_FOUND = 60;
/** A number cannot be followed by a dot and a name, so that its hyphen is none of arithmetic. */
const QUALIFIER = /[\w@$]+(?:[-.][\w@$]+)*?-\d[\w@$]*(?:\.\d[\w@$]*)*(?=\.[A-Za-z_@`])/y;
const QUALIFIER_OR_STAR = new RegExp(`${QUALIFIER.source}|(?=[\\w@$.]*-)[\\w@$]+(?:[-.][\\w@$]+)*(?=\\.\\*)`, 'y');
/** Keywords that are shown with the word that must follow. */
const PHRASES: Readonly<Record<string, string>> = { GROUP: 'GROUP BY', ORDER: 'ORDER BY', PARTITION: 'PARTITION BY' };

export class TokenReader {
  tok: Token;
  /** End of the token before the current one. */
  prevEnd = 0;
  /** Where a `*` or `t.*` may stand now: the place at which a select item or an argument begins. */
  starAt = -1;
  readonly dialect: Dialect;
  readonly grammar: Grammar;
  private readonly lexer: Lexer;
  private ahead: Token | undefined;
  private depth = 0;
  private parameters = 0;
  private tried: string[] = [];
  private alias: Token | undefined;

  constructor(
    readonly sql: string,
    private readonly options: ReaderOptions,
  ) {
    this.dialect = options.dialect ?? 'opensearch';
    this.grammar = this.dialect === 'select' ? SELECT_GRAMMAR : OPENSEARCH_GRAMMAR;
    this.lexer = new Lexer(sql, this.dialect);
    this.tok = this.lexer.next(0);
  }

  get hints(): readonly string[] {
    return this.lexer.hints;
  }

  advance(): Token {
    const token = this.tok;
    this.moveTo(token.end, this.ahead);
    return token;
  }

  /** The token after the current one. */
  peek(): Token {
    this.ahead ??= this.lexer.next(this.tok.end);
    return this.ahead;
  }

  /** The next `count` tokens after the current one. */
  following(count: number): Token[] {
    const tokens = [this.peek()];
    while (tokens.length < count) tokens.push(this.lexer.next(tokens[tokens.length - 1]!.end));
    return tokens;
  }

  is(word: string): boolean {
    if (this.tok.upper === word) return true;
    if (this.options.trace) this.tried.push(word);
    return false;
  }

  /** Whether the current token is one of these words or symbols. */
  isOneOf(words: readonly string[]): boolean {
    return words.some((word) => this.is(word));
  }

  eat(word: string): boolean {
    if (!this.is(word)) return false;
    this.advance();
    return true;
  }

  expect(word: string): void {
    if (!this.eat(word)) this.fail();
  }

  /** Eats two words that belong together, as in GROUP BY; the second must follow the first. */
  eatPhrase(first: string, second: string): boolean {
    if (!this.eat(first)) return false;
    this.expect(second);
    return true;
  }

  /** Records an alternative that no single word stands for: `an operator`. */
  note(what: string): void {
    if (this.options.trace) this.tried.push(what);
  }

  /** A name in any style of quoting; every word is a name where only a name can stand. */
  name(): string {
    const { kind, text } = this.tok;
    if ((kind !== 'word' && kind !== 'quoted' && kind !== 'string') || text === '') this.fail('a name');
    this.advance();
    return text;
  }

  /** The alias that starts here without AS, if any. */
  bareAlias(excluded: ReadonlySet<string>): string | undefined {
    const { kind, upper, text } = this.tok;
    const fits = kind === 'quoted' || (kind === 'word' && !excluded.has(upper)) || (kind === 'string' && text !== '');
    if (!fits) return undefined;
    this.alias = this.tok;
    return kind === 'word' ? this.hyphenated() : this.advance().text;
  }

  /** The alias behind AS. `calls`: it may look like a call and is then taken as it is written, as in `SUM(x) AS SUM(x)`. */
  aliasName(calls = false): string {
    const { kind, start, end } = this.tok;
    if (kind !== 'word') return this.name();
    if (!calls || this.sql[end] !== '(') return this.hyphenated();
    this.advance();
    let open = 0;
    do {
      if (this.tok.kind === 'end') this.fail("')'");
      if (this.tok.upper === '(') open++;
      if (this.tok.upper === ')') open--;
      this.advance();
    } while (open > 0);
    return this.sql.slice(start, this.prevEnd);
  }

  /** The qualifier that begins here and has hyphens, where no subtraction could be read: `logs-2024.x`, and `my-t.*` where a star may stand. */
  hyphenatedQualifier(): string | undefined {
    const { kind, start, end } = this.tok;
    if (kind !== 'word' || (this.sql[end] !== '-' && this.sql[end] !== '.')) return undefined;
    const pattern = this.starAt === start ? QUALIFIER_OR_STAR : QUALIFIER;
    pattern.lastIndex = start;
    const found = pattern.exec(this.sql)?.[0];
    if (found !== undefined) this.moveTo(start + found.length, undefined);
    return found;
  }

  /** A word together with the hyphens and words that follow without a space: an alias is no subtraction. */
  private hyphenated(): string {
    const { start } = this.tok;
    let { end } = this.tok;
    while (this.sql[end] === '-') {
      const next = this.lexer.segment(end + 1);
      if (next.text === '') break;
      end = next.end;
    }
    if (end === this.tok.end) return this.advance().text;
    this.moveTo(end, undefined);
    return this.sql.slice(start, end);
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.eat(',')) items.push(item());
    return items;
  }

  parenthesised<T>(inner: () => T): T {
    this.expect('(');
    const value = inner();
    this.expect(')');
    return value;
  }

  parameter(): number {
    return this.parameters++;
  }

  /** Reads the current place again as an index expression and moves behind it. */
  indexExpression(): Token {
    return this.rescan(this.lexer.index(this.tok.start));
  }

  /** Reads the current place again as a bare field pattern and moves behind it. */
  fieldPattern(): Token {
    return this.rescan(this.lexer.fieldPattern(this.tok.start));
  }

  /** Reads the current place, a number like `.5`, again as a dot and a name segment. */
  numericSegment(): string {
    return this.rescan(this.lexer.segment(this.tok.start + 1)).text;
  }

  span(start: number): Span {
    return { start, end: this.prevEnd };
  }

  /** Called at each level of nesting, so that no statement can exhaust the stack; a failed parse never leaves. */
  enter(): void {
    if (++this.depth > this.options.maxDepth) {
      this.error(`Expression nesting depth exceeds the maximum allowed (${this.options.maxDepth})`);
    }
  }

  leave(): void {
    this.depth--;
  }

  /** Fails at the current token with a sentence of its own. */
  error(message: string, offset = this.tok.start): never {
    throw new SqlSyntaxError(this.sql, offset, this.found(), [], message);
  }

  /** Fails at the current token with a code of SQL over objects. */
  refuse(code: SelectSyntaxCode, message: string, offset = this.tok.start): never {
    throw new SelectSyntaxError(code, this.sql, offset, this.found(), message);
  }

  /** `found 'x', expected y`, with a code of SQL over objects. */
  wanted(code: SelectSyntaxCode, what: string): never {
    return this.refuse(code, `found ${this.found()}, expected ${what}`);
  }

  /** Fails at the current token; what was tried here is part of the text. */
  fail(...expected: string[]): never {
    const words = [...new Set([...this.tried, ...expected])];
    const shown = words.map((word) => PHRASES[word] ?? (/^[a-z]/i.test(word) ? word : `'${word}'`));
    const hint = this.meant(words);
    const message =
      hint === undefined
        ? undefined
        : `found ${this.found()}${shown.length > 0 ? `, expected ${shown.join(' or ')}` : ''}; ${hint}`;
    throw new SqlSyntaxError(this.sql, this.tok.start, this.found(), shown, message);
  }

  private found(): string {
    if (this.tok.kind === 'end') return 'end of query';
    const text = this.sql.slice(this.tok.start, this.tok.end);
    return `'${text.length > LONGEST_FOUND ? `${text.slice(0, LONGEST_FOUND)}...` : text}'`;
  }

  /** `SELECT a FORM t` fails at `t`, since FORM was taken for an alias: so the alias before is looked at too. */
  private meant(words: readonly string[]): string | undefined {
    const keywords = words.filter((word) => /^[A-Z]+$/.test(word));
    const here = this.tok.kind === 'word' ? suggest(this.tok.upper, keywords) : undefined;
    if (here !== undefined) return `did you mean ${here}?`;
    if (this.alias === undefined || this.alias.kind !== 'word' || this.alias.end !== this.prevEnd) return undefined;
    const before = suggest(this.alias.upper, keywords);
    return before === undefined ? undefined : `did you mean ${before} instead of '${this.alias.text}'?`;
  }

  private rescan(token: Token): Token {
    // An empty token is the caller's error to report, with all that was tried here.
    if (token.text !== '') this.moveTo(token.end, undefined);
    return token;
  }

  private moveTo(end: number, next: Token | undefined): void {
    this.prevEnd = end;
    this.tok = next ?? this.lexer.next(end);
    this.ahead = undefined;
    if (this.options.trace) this.tried = [];
  }
}
