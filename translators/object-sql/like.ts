/** LIKE, case-sensitive, with ESCAPE: a pattern to a test (spec s3-select 4). */
import { SelectFault } from './errors.ts';

type Part = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'one' } | { readonly kind: 'any' };

/** @throws SelectFault when ESCAPE is not one character, or stands before something else than `%`, `_` and itself. */
export function likeParts(pattern: string, escapedBy: string | undefined): readonly Part[] {
  if (escapedBy !== undefined && [...escapedBy].length !== 1) {
    throw new SelectFault('LikeInvalidInputs', 'ESCAPE takes one character');
  }
  const parts: Part[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
  };
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!;
    if (c === escapedBy) {
      const next = characters[++i];
      if (next !== '%' && next !== '_' && next !== escapedBy) {
        throw new SelectFault('LikeInvalidInputs', `ESCAPE character ${escapedBy} must stand before %, _ or itself`);
      }
      text += next;
    } else if (c === '%') {
      flush();
      if (parts.at(-1)?.kind !== 'any') parts.push({ kind: 'any' });
    } else if (c === '_') {
      flush();
      parts.push({ kind: 'one' });
    } else text += c;
  }
  flush();
  return parts;
}

export function likeTest(pattern: string, escapedBy: string | undefined): (text: string) => boolean {
  const parts = likeParts(pattern, escapedBy);
  const [a, b, c] = parts;
  // The usual shapes need no walk through the text.
  if (a === undefined) return (text) => text === '';
  if (b === undefined && a.kind === 'any') return () => true;
  if (b === undefined && a.kind === 'text') return (text) => text === a.text;
  if (c === undefined && a.kind === 'text' && b?.kind === 'any') return (text) => text.startsWith(a.text);
  if (c === undefined && a.kind === 'any' && b?.kind === 'text') return (text) => text.endsWith(b.text);
  if (parts.length === 3 && a.kind === 'any' && b?.kind === 'text' && c?.kind === 'any') {
    return (text) => text.includes(b.text);
  }
  return (text) => matches(parts, text);
}

/** Greedy with one place to return to: linear in the pattern times the text, whatever the pattern. */
function matches(parts: readonly Part[], text: string): boolean {
  let part = 0;
  let at = 0;
  let retryPart = -1;
  let retryAt = 0;
  for (;;) {
    const current = parts[part];
    if (current === undefined && at === text.length) return true;
    if (current?.kind === 'any') {
      retryPart = ++part;
      retryAt = at;
      continue;
    }
    if (current?.kind === 'one' && at < text.length) {
      at += text.codePointAt(at)! > 0xffff ? 2 : 1;
      part++;
      continue;
    }
    if (current?.kind === 'text' && text.startsWith(current.text, at)) {
      at += current.text.length;
      part++;
      continue;
    }
    if (retryPart < 0 || retryAt >= text.length) return false;
    retryAt += text.codePointAt(retryAt)! > 0xffff ? 2 : 1;
    at = retryAt;
    part = retryPart;
  }
}
