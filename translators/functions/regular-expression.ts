/** Regular expressions in time linear in the text: RE2, with a plain error for what it lacks. */
import { RE2JS } from 're2js';
import { SqlError } from '../errors.ts';

export function compilePattern(pattern: string): RE2JS {
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
