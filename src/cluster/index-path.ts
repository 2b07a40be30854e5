/** Writes an index expression (names, patterns, aliases, date math, other clusters) as a path segment. */
import { SqlError } from '../../translators/errors.ts';

/** Parts of an expression; commas inside of `<…>` date math do not divide. */
export function indexParts(expression: string): readonly string[] {
  return expression.match(/(?:<[^>]*>|[^,<])+/g)?.map((part) => part.trim()) ?? [];
}

export function indexPath(expression: string): string {
  const parts = indexParts(expression);
  // An empty name would search every index, and one with a leading underscore would call another API.
  const bad = parts.find(
    (part) => part === '' || part === '.' || part === '..' || (part.startsWith('_') && part !== '_all'),
  );
  if (parts.length === 0 || bad !== undefined) {
    const shown = bad ?? expression;
    throw new SqlError('indexNotFound', {
      reason: `Error occurred in OpenSearch engine: no such index [${shown}]`,
      details: `[${shown}] is no name of an index.`,
    });
  }
  return parts.map(encodeURIComponent).join(',');
}

/** `cluster:index`, but not a colon in date math. */
export function isRemote(part: string): boolean {
  return !part.startsWith('<') && part.includes(':');
}
