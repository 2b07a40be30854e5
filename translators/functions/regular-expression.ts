/** Regular expressions in time linear in the text: RE2, with a plain error for what it lacks. */
import { RE2JS } from 're2js';
import { SqlError } from '../errors.ts';
import { checkBytes, checkedText } from './text-length.ts';

function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SqlError('illegalArgument', {
      details: `The regular expression [${pattern}] cannot be used: ${why}`,
      cause,
    });
  }
}

/** Neighbouring rows mostly have the same pattern, so the last one compiled is kept. */
export function patternCache(): (pattern: string) => RE2JS {
  let text: string | undefined;
  let compiled: RE2JS | undefined;
  return (pattern) => {
    if (compiled === undefined || pattern !== text) {
      compiled = compilePattern(pattern);
      text = pattern;
    }
    return compiled;
  };
}

export function wholeMatcher(): (text: string, pattern: string) => boolean {
  const compiled = patternCache();
  return (text, pattern) => compiled(pattern).matches(text);
}

/** Every match replaced, `$1` being the first group. What can only be far too long is not made at all. */
export function replaceMatches(pattern: RE2JS, text: string, to: string, limit: number): string {
  const references = to.split('$').length - 1;
  const most = (matches: number): number => text.length * (1 + references) + matches * to.length;
  // An empty match at each place is the most that there can be.
  if (most(text.length + 1) > limit) {
    const matcher = pattern.matcher(text);
    let matches = 0;
    while (matcher.find()) matches++;
    if (most(matches) > 8 * limit) checkBytes(most(matches), limit);
  }
  return checkedText(pattern.matcher(text).replaceAll(to, true), limit);
}
