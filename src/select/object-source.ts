/** Tells whether a statement reads the object or the cluster: by the first name after FROM (architecture, choices). */

/** Strings, quoted names and comments whole, so that no FROM inside of them counts. */
const TOKEN =
  /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`[^`]*`?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\p{L}_][\p{L}\p{N}_]*|[()]|[^\s\p{L}_()'"`/-]+|\S/gu;
const FROM = /^from$/i;
const OBJECT = /^(bosobject|s3object)$/i;
/** Statements of the cluster that have no FROM. Anything else without one is a SELECT that the engine refuses. */
const CLUSTER_ONLY = /^(show|describe|desc|with|explain|delete)$/i;

/**
 * By the name after the first FROM that stands outside of parentheses (inside of them it belongs to EXTRACT, TRIM or SUBSTRING); nothing behind
 * it is looked at. Never throws: what is no statement at all goes to the engine, whose error says so. `looked` is told each word.
 */
export function readsObject(expression: string, looked?: (word: string) => void): boolean {
  let first: string | undefined;
  let depth = 0;
  let behindFrom = false;
  for (const [word] of expression.matchAll(TOKEN)) {
    looked?.(word);
    if (/^(--|\/\*)/.test(word)) continue;
    first ??= word;
    if (behindFrom) {
      if (word !== '(') return OBJECT.test(bare(word));
      // A subquery, whose own source counts: inside of it from here on, one parenthesis deep.
      behindFrom = false;
    } else if (word === '(') depth++;
    else if (word === ')') depth--;
    else if (depth === 0 && FROM.test(word)) behindFrom = true;
  }
  return !CLUSTER_ONLY.test(first ?? '');
}

const bare = (word: string): string => (/^["`']/.test(word) ? word.slice(1, -1) : word);
