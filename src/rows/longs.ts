/** JSON without loss: integers beyond 2^53 are read as bigint and written as bare integers. */
import { randomBytes } from 'node:crypto';

/** Nearly free on text that holds no long integer; a hit may still be inside a string. */
const GATE = /(?:^|[:[,\s])-?\d{16}/;
/** A whole integer of 16 digits or more where a value stands: fractions and exponents are ordinary numbers. */
const CANDIDATE = /([:[,]\s*)(-?[1-9]\d{15,})(?=\s*[,}\]])/g;
const ROOT = /^\s*(-?[1-9]\d{15,})\s*$/;
const SAFE = String(Number.MAX_SAFE_INTEGER);
/** Cannot be guessed, so no string that a client or a document holds begins with it. */
const MARK = `long:${randomBytes(12).toString('hex')}:`;

export function parseJson(text: string): unknown {
  if (!GATE.test(text)) return JSON.parse(text);
  const root = ROOT.exec(text);
  if (root !== null) return isSafe(root[1]!) ? Number(root[1]) : BigInt(root[1]!);
  const marked = markLongs(text);
  return marked === undefined ? JSON.parse(text) : revive(JSON.parse(marked));
}

export function stringifyJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, null, indent);
  } catch (error) {
    // The only TypeError that is not a bigint is a cycle, which the second attempt reports again.
    if (!(error instanceof TypeError)) throw error;
  }
  const marked = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? MARK + one : one), indent);
  return marked.replace(new RegExp(`"${MARK}(-?\\d+)"`, 'g'), '$1');
}

function isSafe(digits: string): boolean {
  const magnitude = digits.startsWith('-') ? digits.slice(1) : digits;
  return magnitude.length < SAFE.length || (magnitude.length === SAFE.length && magnitude <= SAFE);
}

/** The text with each unsafe integer as a marked string; undefined when there is none outside of strings. */
function markLongs(text: string): string | undefined {
  let out = '';
  let copied = 0;
  let outside = 0; // a position known to be outside of any string
  let quote = text.indexOf('"'); // the first quote at or after it
  CANDIDATE.lastIndex = 0;
  for (let match = CANDIDATE.exec(text); match !== null; match = CANDIDATE.exec(text)) {
    while (quote !== -1 && quote < match.index) {
      outside = endOfString(text, quote);
      if (outside > match.index) break;
      quote = text.indexOf('"', outside);
    }
    if (outside > match.index) {
      CANDIDATE.lastIndex = outside;
      quote = text.indexOf('"', outside);
      continue;
    }
    const digits = match[2]!;
    if (isSafe(digits)) continue;
    const start = match.index + match[1]!.length;
    out += `${text.slice(copied, start)}"${MARK}${digits}"`;
    copied = start + digits.length;
  }
  return copied === 0 ? undefined : out + text.slice(copied);
}

/** The position after the closing quote of the string that opens at `open`. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

/** Replaces marked strings in place; with a stack of its own, so that deep documents do not overflow. */
function revive(root: unknown): unknown {
  const stack: object[] = [];
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') return value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value;
    if (typeof value === 'object' && value !== null) stack.push(value);
    return value;
  };
  const result = visit(root);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (Array.isArray(node)) {
      for (let i = 0; i < node.length; i++) {
        const value: unknown = node[i];
        const revived = visit(value);
        if (revived !== value) node[i] = revived;
      }
    } else {
      const record = node as Record<string, unknown>;
      for (const key of Object.keys(record)) {
        const value = record[key];
        const revived = visit(value);
        if (revived !== value) record[key] = revived;
      }
    }
  }
  return result;
}
