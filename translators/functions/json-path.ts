/** A piece of a JSON text by a path, cut out of the text as it is: no number passes through a double. */
import { SqlError } from '../errors.ts';

export type Step = string | number;

/** `$.a."b c"[0]`; a text without `$` is one name, a number one position, which counts from the end where it is negative. */
export function pathSteps(path: string | number | bigint): readonly Step[] {
  if (typeof path !== 'string') return [Number(path)];
  if (!path.startsWith('$')) return [path];
  const steps: Step[] = [];
  const token = /\.(?:"((?:[^"\\]|\\.)*)"|([^.[\]"*\s]+))|\[\s*(-?\d+)\s*\]/y;
  token.lastIndex = 1;
  while (token.lastIndex < path.length) {
    const at = token.lastIndex;
    const found = token.exec(path);
    if (!found) {
      throw new SqlError(
        'illegalArgument',
        `The JSON path [${path}] cannot be read at [${path.slice(at)}]: it knows .name, ."name" and [position]`,
      );
    }
    const [, quoted, name, index] = found;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? (JSON.parse(`"${quoted}"`) as string));
  }
  return steps;
}

/** Undefined where there is nothing at the path, or the text is no JSON. */
export function pieceAt(text: string, steps: readonly Step[]): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let [start, end] = trimmed(text, 0, text.length);
  for (const step of steps) {
    const found = typeof step === 'string' ? member(text, start, step) : element(text, start, step);
    if (!found) return undefined;
    [start, end] = found;
  }
  return text.slice(start, end);
}

export const isScalar = (piece: string): boolean => !/^[{[]/.test(piece);

/** What the piece says as text; NULL of null. */
export const unquotedJson = (piece: string): string | null =>
  piece === 'null' ? null : piece.startsWith('"') ? (JSON.parse(piece) as string) : piece;

type Range = readonly [number, number];

const isBlank = (text: string, at: number): boolean => ' \t\n\r'.includes(text[at] ?? 'x');

function trimmed(text: string, from: number, to: number): Range {
  let [start, end] = [from, to];
  while (start < end && isBlank(text, start)) start++;
  while (end > start && isBlank(text, end - 1)) end--;
  return [start, end];
}

/** The end of the value that begins at a place of a text that is known to be JSON. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const c = text[at]!;
    if (c === '"') {
      at = endOfString(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (c === ',' || isBlank(text, at))) return at;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** The place of the next thing that is no blank. */
function skip(text: string, from: number): number {
  let at = from;
  while (isBlank(text, at)) at++;
  return at;
}

/** Of members of one name the last, as JSON is read everywhere. */
function member(text: string, start: number, name: string): Range | undefined {
  if (text[start] !== '{') return undefined;
  let found: Range | undefined;
  for (let at = skip(text, start + 1); text[at] === '"'; ) {
    const keyEnd = endOfString(text, at);
    const value = skip(text, skip(text, keyEnd) + 1);
    const end = endOf(text, value);
    if (JSON.parse(text.slice(at, keyEnd)) === name) found = [value, end];
    at = skip(text, end);
    if (text[at] === ',') at = skip(text, at + 1);
  }
  return found;
}

function element(text: string, start: number, index: number): Range | undefined {
  if (text[start] !== '[') return undefined;
  const found: Range[] = [];
  for (let at = skip(text, start + 1); text[at] !== ']'; ) {
    const end = endOf(text, at);
    found.push([at, end]);
    if (found.length > index && index >= 0) break;
    at = skip(text, end);
    if (text[at] === ',') at = skip(text, at + 1);
  }
  return found.at(index);
}
