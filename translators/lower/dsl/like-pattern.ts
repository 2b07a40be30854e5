/** A LIKE pattern as literal pieces and wildcards; the escape mark makes the next one literal. */

export type LikePart = 'any' | 'one' | { readonly text: string };

export function likeParts(pattern: string, mark: string): readonly LikePart[] {
  const parts: LikePart[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push({ text });
    text = '';
  };
  for (let at = 0; at < pattern.length; at++) {
    const c = pattern[at]!;
    const next = pattern[at + 1];
    if (c === mark && mark !== '' && (next === '%' || next === '_' || next === mark)) {
      text += next;
      at++;
    } else if (c === '%') {
      flush();
      // `%%` is `%`.
      if (parts.at(-1) !== 'any') parts.push('any');
    } else if (c === '_') {
      flush();
      parts.push('one');
    } else text += c;
  }
  flush();
  return parts;
}
