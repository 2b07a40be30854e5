/** Characters of a text: code points, where the language's own strings count a character beyond the first plane twice. */

/** Whether a pair of surrogates, which is one character, begins at this place. */
const pairAt = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit > 0xdbff) return false;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next <= 0xdfff;
};

/** How many characters stand before the place `end`. */
export function countOf(text: string, end: number = text.length): number {
  let count = 0;
  for (let at = 0; at < end; at++) {
    if (pairAt(text, at)) at++;
    count++;
  }
  return count;
}

/** The place behind the first `count` characters; the end where there are fewer. */
export function placeAfter(text: string, count: number): number {
  let at = 0;
  for (let left = count; left > 0 && at < text.length; left--) at += pairAt(text, at) ? 2 : 1;
  return at;
}

/** The place before the last `count` characters; undefined where there are fewer. */
export function placeBefore(text: string, count: number): number | undefined {
  let at = text.length;
  for (let left = count; left > 0; left--) {
    if (at === 0) return undefined;
    at -= at > 1 && pairAt(text, at - 2) ? 2 : 1;
  }
  return at;
}
