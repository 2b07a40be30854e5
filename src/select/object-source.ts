/** Tells whether a statement reads the object or the cluster: by the first name after FROM (architecture, choices). */

/** Strings, quoted names and comments whole, so that no FROM inside of them counts. */
const TOKEN =
  /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`[^`]*`?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\p{L}_][\p{L}\p{N}_]*|[()]|\S/gu;
const OBJECT = /^(bosobject|s3object)$/i;
/** Statements of the cluster that have no FROM. Anything else without one is a SELECT that the engine refuses. */
const CLUSTER_ONLY = /^(show|describe|desc|with|explain|delete)$/i;

/** Never throws: what is no statement at all goes to the engine, whose error says so. */
export function readsObject(expression: string): boolean {
  const words = [...expression.matchAll(TOKEN)].map(([word]) => word).filter((word) => !/^(--|\/\*)/.test(word));
  const source = sourceOf(words);
  if (source !== undefined) return OBJECT.test(source);
  return !CLUSTER_ONLY.test(words[0] ?? '');
}

/**
 * The name after the first FROM that stands outside of parentheses: inside of them it belongs to EXTRACT, TRIM or
 * SUBSTRING. A parenthesis after FROM opens a subquery, whose own source counts.
 */
function sourceOf(words: readonly string[]): string | undefined {
  let depth = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '(') depth++;
    else if (word === ')') depth--;
    else if (depth === 0 && /^from$/i.test(word)) {
      const next = words[i + 1];
      if (next !== '(') return next === undefined ? undefined : bare(next);
      // Inside of the subquery from here on, one parenthesis deep.
      i++;
    }
  }
  return undefined;
}

const bare = (word: string): string => (/^["`']/.test(word) ? word.slice(1, -1) : word);
