/** Hints in comments: what they ask of the searches; unknown ones mean nothing, as to the plugin (spec sql-grammar 12). */
import type { SearchHints } from '../algebra/scan-options.ts';
import { SqlError } from '../errors.ts';

export function readHints(texts: readonly string[]): SearchHints | undefined {
  let hints: SearchHints = {};
  for (const { name, args } of texts.flatMap(calls)) {
    switch (name) {
      case 'ROUTINGS': {
        const routings = args
          .split(',')
          .map(unquoted)
          .filter((routing) => routing !== '');
        if (routings.length > 0) hints = { ...hints, routing: routings.join(',') };
        break;
      }
      case 'PREFERENCE': {
        const preference = unquoted(args);
        if (preference !== '') hints = { ...hints, preference };
        break;
      }
      case 'IGNORE_UNAVAILABLE':
        hints = { ...hints, ignoreUnavailable: true };
        break;
      case 'POST_FILTER':
        hints = { ...hints, postFilter: json(name, args) };
        break;
      case 'COLLAPSE':
        hints = { ...hints, collapse: json(name, args) };
        break;
    }
  }
  return Object.keys(hints).length > 0 ? hints : undefined;
}

/** `NAME` and `NAME(…)`, one after the other; texts in the brackets may hold brackets. */
function calls(text: string): { name: string; args: string }[] {
  const found: { name: string; args: string }[] = [];
  for (const [, name, args = ''] of text.matchAll(
    /(\w+)\s*(?:\(((?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^()'"])*)\))?/g,
  )) {
    found.push({ name: name!.toUpperCase(), args: args.trim() });
  }
  return found;
}

function unquoted(text: string): string {
  const bare = text.trim();
  const quote = bare[0];
  if ((quote === "'" || quote === '"') && bare.at(-1) === quote && bare.length > 1)
    return bare.slice(1, -1).replaceAll(quote + quote, quote);
  return bare;
}

function json(name: string, args: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(unquoted(args));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below, with the other values that are no object.
  }
  throw new SqlError('illegalArgument', `The hint ${name} takes a JSON object in quotes, not ${args.slice(0, 100)}`);
}
