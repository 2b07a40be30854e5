/** Reads JSON without losing a digit: the engine's parser where it is exact, our own where a number needs more. */
import { parseDecimal } from './decimal.ts';
import { SelectFault } from './errors.ts';
import { JsonNumber, type SelectValue } from './value.ts';

/**
 * Numbers that would not come back as written: exponents, 16 digits and more, zeros at the end of a fraction, many zeros behind the point,
 * negative zero. It looks where a number can stand, for dates and codes in texts are full of such digits; what is found in a text costs time
 * and nothing else.
 */
const INEXACT = /(?:^|[:,[])[ \t\n\r]*(?:-?(?:\d+(?:\.\d+)?[eE]|\d[\d.]{15}|\d+\.\d*0(?!\d)|0\.00000)|-0(?!\.))/;

/** @throws SelectFault of JSONParsingError */
export function parseJson(text: string, maxDepth: number): SelectValue {
  if (INEXACT.test(text)) return new ExactReader(text, maxDepth).document();
  // Each level needs two brackets.
  if (text.length > 2 * maxDepth && isDeeper(text, maxDepth)) tooDeep(maxDepth);
  return parsePlain(text);
}

function tooDeep(maxDepth: number): never {
  throw new SelectFault('JSONParsingError', `JSON is nested deeper than ${maxDepth} levels`);
}

/** Of any text: brackets within strings do not count. */
function isDeeper(text: string, maxDepth: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) if (text.charCodeAt(i) === BACKSLASH) i++;
    } else if (c === BRACE || c === BRACKET) {
      if (++depth > maxDepth) return true;
    } else if (c === BRACE_END || c === BRACKET_END) depth--;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;

function parsePlain(text: string): SelectValue {
  try {
    return JSON.parse(text) as SelectValue;
  } catch (error) {
    throw new SelectFault('JSONParsingError', `no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// What must not stand in a string is refused where it is read.
const PLAIN_STRING = /"[^"\\]*"/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS: readonly (readonly [string, SelectValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class ExactReader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  document(): SelectValue {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail();
    return value;
  }

  private value(): SelectValue {
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return this.nested(() => this.object());
      case '[':
        return this.nested(() => this.array());
      case '"':
        return this.string();
    }
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  private nested(read: () => SelectValue): SelectValue {
    if (++this.depth > this.maxDepth) tooDeep(this.maxDepth);
    this.at++;
    const value = read();
    this.depth--;
    return value;
  }

  private object(): SelectValue {
    const members: Record<string, SelectValue> = {};
    if (this.eat('}')) return members;
    do {
      this.space();
      const name = this.string();
      this.need(':');
      const value = this.value();
      // A plain assignment to __proto__ would set the prototype.
      Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
    } while (this.eat(','));
    this.need('}');
    return members;
  }

  private array(): SelectValue {
    const elements: SelectValue[] = [];
    if (this.eat(']')) return elements;
    do elements.push(this.value());
    while (this.eat(','));
    this.need(']');
    return elements;
  }

  private string(): string {
    const token = this.match(PLAIN_STRING) ?? this.match(STRING);
    return token === undefined ? this.fail() : (parsePlain(token) as string);
  }

  private number(): SelectValue {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) return this.fail();
    this.at = NUMBER.lastIndex;
    return numberOf(match[0], match[1] !== undefined || match[2] !== undefined);
  }

  private match(form: RegExp): string | undefined {
    form.lastIndex = this.at;
    const text = form.exec(this.text)?.[0];
    if (text !== undefined) this.at = form.lastIndex;
    return text;
  }

  private space(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
  }

  private eat(mark: string): boolean {
    this.space();
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }

  private need(mark: string): void {
    if (!this.eat(mark)) this.fail();
  }

  private fail(): never {
    const found = this.text[this.at];
    throw new SelectFault(
      'JSONParsingError',
      found === undefined ? 'no JSON: it ends too early' : `no JSON: unexpected '${found}' at character ${this.at + 1}`,
    );
  }
}

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;

function numberOf(text: string, real: boolean): SelectValue {
  const plain = Number(text);
  if (String(plain) === text) return plain;
  if (real) return new JsonNumber(text, plain);
  const whole = BigInt(text);
  if (whole >= INT_MIN && whole <= INT_MAX) return new JsonNumber(text, whole);
  return new JsonNumber(text, parseDecimal(text) ?? plain);
}

/** Takes the white space between the tokens out, and leaves every token as it is. */
export function minifyJson(text: string): string {
  if (!/[\n\r\t ]/.test(text)) return text;
  return text.replace(/("(?:[^"\\]|\\.)*")|[ \t\n\r]+/g, '$1');
}
