/** Delimiters of a BOS request: base64 as its tables say, or raw as its own example shows (bos-select 2). */
import { SelectError } from '../errors.ts';

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '\\': '\\' };
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Nothing is in doubt: raw values have two characters at most or a backslash, base64 has four or more and none. */
export function readDelimiter(value: string, member: string, longest: number): string {
  const text = value.includes('\\')
    ? value.replace(/\\([rnt\\])/g, (_all, letter: string) => ESCAPES[letter]!)
    : characters(value) <= 2
      ? value
      : decodeBase64(value, member);
  if (text === '') throw new SelectError('InvalidArgument', `${member} is empty.`);
  if (characters(text) > longest) {
    throw new SelectError(
      'InvalidArgument',
      `${member} may have ${longest === 1 ? '1 character' : `${longest} characters`}.`,
    );
  }
  return text;
}

/** UTF-8 text from canonical base64, or a 400 that names the member. */
export function decodeBase64(value: string, member: string): string {
  if (!BASE64.test(value)) throw new SelectError('InvalidArgument', `${member} is not base64.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'base64'));
  } catch {
    throw new SelectError('InvalidArgument', `${member} is base64, but not of UTF-8 text.`);
  }
}

/** Characters as people count them in a limit: code points. */
export const characters = (text: string): number => [...text].length;
