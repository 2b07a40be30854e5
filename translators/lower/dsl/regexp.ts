/** Regular expressions that mean the same to RE2 and Lucene are rewritten for Lucene; all others are left to RE2. */

/** The cluster refuses longer ones (`index.max_regex_length`), and ones that become too large an automaton. */
const MAX_LENGTH = 200;
const MAX_REPEAT = 20;

const CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: '0-9A-Za-z_', s: '\t\n\f\r ' };

/** Lucene's spelling of a whole-value pattern, for `flags: NONE`; undefined where the dialects differ. */
export function luceneRegexp(pattern: string): string | undefined {
  if (pattern.length > MAX_LENGTH) return undefined;
  let text = pattern;
  if (text.startsWith('^')) text = text.slice(1);
  if (/(?:^|[^\\])(?:\\\\)*\$$/.test(text)) text = text.slice(0, -1);
  // Anchors bind tighter than alternatives: ^a|b$ is not a whole match of a|b.
  if (text !== pattern && text.includes('|')) return undefined;
  const reader = new Reader(text);
  const out = alternatives(reader, 0);
  return out !== undefined && reader.done ? out : undefined;
}

class Reader {
  private readonly chars: readonly string[];
  private at = 0;
  constructor(text: string) {
    this.chars = [...text];
  }
  get done(): boolean {
    return this.at >= this.chars.length;
  }
  get peek(): string | undefined {
    return this.chars[this.at];
  }
  next(): string | undefined {
    return this.chars[this.at++];
  }
  take(c: string): boolean {
    if (this.peek !== c) return false;
    this.at++;
    return true;
  }
}

function alternatives(reader: Reader, depth: number): string | undefined {
  if (depth > 20) return undefined;
  const branches: string[] = [];
  do {
    const branch = sequence(reader, depth);
    if (branch === undefined) return undefined;
    // Lucene spells the empty string as an empty group.
    branches.push(branch === '' ? '()' : branch);
  } while (reader.take('|'));
  return branches.join('|');
}

function sequence(reader: Reader, depth: number): string | undefined {
  let out = '';
  while (!reader.done && reader.peek !== '|' && reader.peek !== ')') {
    const atom = atomOf(reader, depth);
    if (atom === undefined) return undefined;
    const times = quantifier(reader);
    if (times === undefined) return undefined;
    out += atom + times;
  }
  return out;
}

function atomOf(reader: Reader, depth: number): string | undefined {
  const c = reader.next()!;
  switch (c) {
    case '.':
      // Lucene's dot takes line ends too.
      return '[^\n]';
    case '(': {
      if (reader.take('?') && !reader.take(':')) return undefined;
      const inner = alternatives(reader, depth + 1);
      return inner !== undefined && reader.take(')') ? `(${inner})` : undefined;
    }
    case '[':
      return characterClass(reader);
    case '\\': {
      const escaped = reader.next();
      if (escaped === undefined) return undefined;
      const members = CLASSES[escaped];
      if (members) return `[${members}]`;
      const negated = CLASSES[escaped.toLowerCase()];
      if (negated) return `[^${negated}]`;
      return /[A-Za-z0-9]/.test(escaped) ? undefined : literal(escaped);
    }
    case '^':
    case '$':
    case '*':
    case '+':
    case '?':
    case '{':
    case ')':
      return undefined;
    default:
      return literal(c);
  }
}

/** `*?` finds another substring than `*`, but matches the same whole values. */
function quantifier(reader: Reader): string | undefined {
  let out = '';
  const c = reader.peek;
  if (c === '*' || c === '+' || c === '?') out = reader.next()!;
  else if (c === '{') {
    let text = '';
    do text += reader.next() ?? '';
    while (!reader.done && !text.endsWith('}'));
    const match = /^\{(\d+)(,(\d*))?\}$/.exec(text);
    if (!match || Number(match[1]) > MAX_REPEAT || Number(match[3] ?? 0) > MAX_REPEAT) return undefined;
    out = text;
  }
  if (out !== '') {
    reader.take('?');
    // A second quantifier is an error in one dialect and possessive in another.
    if (reader.peek !== undefined && '*+?{'.includes(reader.peek)) return undefined;
  }
  return out;
}

function characterClass(reader: Reader): string | undefined {
  const negated = reader.take('^');
  let out = '';
  // What a dash would stand between: one character, or a set, which cannot end a range.
  let before: 'nothing' | 'one' | 'set' = 'nothing';
  let inRange = false;
  for (;;) {
    const c = reader.next();
    if (c === undefined || c === '[' || c === '&') return undefined;
    if (c === ']') break;
    if (c === '-' && before !== 'nothing' && !inRange && reader.peek !== ']') {
      if (before === 'set') return undefined;
      out += '-';
      inRange = true;
      continue;
    }
    const escaped = c === '\\' ? reader.next() : undefined;
    if (c === '\\' && escaped === undefined) return undefined;
    const members = escaped === undefined ? undefined : CLASSES[escaped];
    if (members !== undefined) {
      if (inRange) return undefined;
      out += members;
      before = 'set';
      continue;
    }
    if (escaped !== undefined && /[A-Za-z0-9]/.test(escaped)) return undefined;
    out += literal(escaped ?? c);
    before = inRange ? 'set' : 'one';
    inRange = false;
  }
  if (out === '') return undefined;
  return `[${negated ? '^' : ''}${out}]`;
}

/** Any character may be escaped; letters, digits and what is no ASCII need not be. */
const literal = (c: string): string => (/[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/.test(c) ? `\\${c}` : c);

/** A text that stands for itself in a pattern; the empty one is an empty group. */
export const escapeRegexp = (text: string): string => (text === '' ? '()' : [...text].map(literal).join(''));
