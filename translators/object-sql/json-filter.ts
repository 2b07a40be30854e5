/**
 * Looks at a JSON record without parsing it into values: whether it is JSON at all, and whether a condition that only compares members with
 * constants holds. Whatever is out of the ordinary is left to the parser and the closures, whose meaning this has.
 */
import type { SelectExpr } from './expr.ts';
import { HOLDS, SAFE_DIGITS } from './number-order.ts';
import { allDefined, type SimpleComparison, type SimplePredicate, simplePredicate } from './simple-predicate.ts';
import { FALSE, junction, negation, TRUE, type Truth, type TruthTest, UNKNOWN, UNSURE } from './truth.ts';

/** The record is the text from `start` to `end`. */
export type JsonFilter = (text: string, start: number, end: number) => Truth;

const MISSING = 0;
const NUMBER = 1;
/** A text without escapes. */
const TEXT = 2;
const OTHER = 3;

/** The members that are compared, in the record in hand. */
interface Members {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly kinds: Uint8Array;
}
type Test = TruthTest<string, Members>;

/** Undefined: not a condition of this kind. */
export function jsonFilter(where: SelectExpr, maxDepth: number): JsonFilter | undefined {
  const names: string[] = [];
  const simple = simplePredicate(where);
  const test =
    simple &&
    testOf(simple, (name) => {
      if (!names.includes(name)) names.push(name);
      return names.indexOf(name);
    });
  if (test === undefined) return undefined;
  const scan = new RecordScan(names, maxDepth);
  return (text, start, end) => (scan.record(text, start, end) ? test(text, scan) : UNSURE);
}

function testOf(simple: SimplePredicate, slotOf: (name: string) => number): Test | undefined {
  switch (simple.kind) {
    case 'and':
    case 'or': {
      const tests = simple.items.map((item) => testOf(item, slotOf));
      return allDefined(tests) ? junction(simple.kind, tests) : undefined;
    }
    case 'not': {
      const arg = testOf(simple.arg, slotOf);
      return arg && negation(arg);
    }
    case 'in': {
      const tests = simple.tests.map((each) => compareTest(each, slotOf));
      return allDefined(tests) ? junction('or', tests) : undefined;
    }
    // The parser tells NULL from MISSING.
    case 'is':
      return undefined;
    case 'compare':
      return compareTest(simple, slotOf);
  }
}

function compareTest({ op, subject, constant }: SimpleComparison, slotOf: (name: string) => number): Test | undefined {
  // Other names may match in more ways than the case of ASCII.
  if (subject.kind !== 'member' || subject.quoted || !/^\w+$/.test(subject.name)) return undefined;
  if (constant.kind === 'text') {
    const { text: wanted } = constant;
    if ((op !== '=' && op !== '!=') || /["\\]|[^ -~]/.test(wanted)) return undefined;
    const slot = slotOf(subject.name);
    const equal: Truth = op === '=' ? TRUE : FALSE;
    const other: Truth = op === '=' ? FALSE : TRUE;
    return (text, { starts, ends, kinds }) => {
      if (kinds[slot] !== TEXT) return kinds[slot] === MISSING ? UNKNOWN : UNSURE;
      const start = starts[slot]!;
      return ends[slot]! - start === wanted.length && text.startsWith(wanted, start) ? equal : other;
    };
  }
  const { double } = constant;
  if (double === undefined) return undefined;
  const slot = slotOf(subject.name);
  const holds = HOLDS[op];
  return (text, { starts, ends, kinds }) => {
    if (kinds[slot] !== NUMBER) return kinds[slot] === MISSING ? UNKNOWN : UNSURE;
    const start = starts[slot]!;
    const end = ends[slot]!;
    if (end - start > SAFE_DIGITS) return UNSURE;
    return holds(Number(text.slice(start, end)), double) ? TRUE : FALSE;
  };
}

const isSpace = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Walks through one record as JSON.parse would. False from any of its methods: not what it knows. */
class RecordScan implements Members {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly kinds: Uint8Array;
  private readonly folded: readonly string[];
  private text = '';
  private at = 0;
  private end = 0;
  private plain = true;

  constructor(
    names: readonly string[],
    private readonly maxDepth: number,
  ) {
    this.folded = names.map((name) => name.toLowerCase());
    this.starts = new Int32Array(names.length);
    this.ends = new Int32Array(names.length);
    this.kinds = new Uint8Array(names.length);
  }

  /** An object whose members of the names are there once at most. */
  record(text: string, start: number, end: number): boolean {
    this.text = text;
    this.at = start;
    this.end = end;
    this.kinds.fill(MISSING);
    this.space();
    if (this.code() !== 0x7b) return false;
    this.at++;
    this.space();
    if (this.code() === 0x7d) this.at++;
    else if (!this.members()) return false;
    this.space();
    return this.at === end;
  }

  private members(): boolean {
    for (;;) {
      const nameStart = this.at + 1;
      if (!this.string() || !this.plain) return false;
      const slot = this.slotOf(nameStart, this.at - 1);
      if (slot >= 0 && this.kinds[slot] !== MISSING) return false;
      this.space();
      if (this.code() !== 0x3a) return false;
      this.at++;
      this.space();
      const start = this.at;
      const first = this.code();
      if (!this.value(1)) return false;
      if (slot >= 0) {
        const isText = first === QUOTE;
        this.kinds[slot] = isText ? (this.plain ? TEXT : OTHER) : first === 0x2d || isDigit(first) ? NUMBER : OTHER;
        this.starts[slot] = isText ? start + 1 : start;
        this.ends[slot] = isText ? this.at - 1 : this.at;
      }
      this.space();
      const next = this.code();
      this.at++;
      if (next === 0x7d) return true;
      if (next !== 0x2c) return false;
      this.space();
    }
  }

  /** Whatever the case. */
  private slotOf(start: number, end: number): number {
    const { folded, text } = this;
    for (let slot = 0; slot < folded.length; slot++) {
      const name = folded[slot]!;
      if (name.length !== end - start) continue;
      let i = 0;
      for (; i < name.length; i++) {
        const c = text.charCodeAt(start + i);
        if ((c >= 0x41 && c <= 0x5a ? c | 0x20 : c) !== name.charCodeAt(i)) break;
      }
      if (i === name.length) return slot;
    }
    return -1;
  }

  private code(): number {
    return this.at < this.end ? this.text.charCodeAt(this.at) : -1;
  }

  private space(): void {
    while (this.at < this.end && isSpace(this.text.charCodeAt(this.at))) this.at++;
  }

  private value(depth: number): boolean {
    const c = this.code();
    if (c === QUOTE) return this.string();
    if (c === 0x2d || isDigit(c)) return this.number();
    if (c === 0x7b || c === 0x5b) return depth < this.maxDepth && this.nested(c === 0x7b, depth + 1);
    for (const word of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return this.at <= this.end;
    }
    return false;
  }

  private nested(object: boolean, depth: number): boolean {
    const close = object ? 0x7d : 0x5d;
    this.at++;
    this.space();
    if (this.code() === close) {
      this.at++;
      return true;
    }
    for (;;) {
      if (object) {
        if (!this.string()) return false;
        this.space();
        if (this.code() !== 0x3a) return false;
        this.at++;
        this.space();
      }
      if (!this.value(depth)) return false;
      this.space();
      const next = this.code();
      this.at++;
      if (next === close) return true;
      if (next !== 0x2c) return false;
      this.space();
    }
  }

  /** Says in `plain` whether it is of ASCII and without escapes. */
  private string(): boolean {
    const { text, end } = this;
    this.plain = true;
    if (this.code() !== QUOTE) return false;
    let i = this.at + 1;
    for (; i < end; i++) {
      const c = text.charCodeAt(i);
      if (c === QUOTE) {
        this.at = i + 1;
        return true;
      }
      if (c < 0x20) return false;
      if (c > 0x7e) this.plain = false;
      if (c !== BACKSLASH) continue;
      this.plain = false;
      i++;
      const marked = text[i] ?? '';
      if (marked === 'u') {
        if (!/^[0-9a-fA-F]{4}$/.test(text.slice(i + 1, i + 5))) return false;
        i += 4;
      } else if (marked === '' || !'"\\/bfnrt'.includes(marked)) return false;
    }
    return false;
  }

  private number(): boolean {
    if (this.code() === 0x2d) this.at++;
    if (this.code() === 0x30) this.at++;
    else if (!this.digits()) return false;
    if (this.code() === 0x2e) {
      this.at++;
      if (!this.digits()) return false;
    }
    const c = this.code();
    if (c !== 0x65 && c !== 0x45) return true;
    this.at++;
    const sign = this.code();
    if (sign === 0x2b || sign === 0x2d) this.at++;
    return this.digits();
  }

  private digits(): boolean {
    const start = this.at;
    while (isDigit(this.code())) this.at++;
    return this.at > start;
  }
}

const WORDS = ['true', 'false', 'null'] as const;
