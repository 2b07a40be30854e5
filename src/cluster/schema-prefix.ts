/** Names that clients qualify: `default.t` and `cluster name.t` are `t` where no index is called so as a whole (sql-standard, Names). */
import { SqlError } from '../../translators/errors.ts';
import type { Cluster } from './cluster.ts';
import type { CallContext } from './context.ts';
import { indexParts } from './index-path.ts';

/** What the expression may mean instead, the likeliest first; empty for nearly every one. */
export async function withoutPrefix(
  expression: string,
  cluster: Cluster,
  context: CallContext,
): Promise<readonly string[]> {
  const parts = indexParts(expression);
  if (!parts.some((part) => part.includes('.'))) return [];
  const schema = cut(parts, 'default');
  if (schema) return [schema.join(',')];
  const { cluster_name: name } = (await cluster.info(context)) as { readonly cluster_name?: string };
  const bare = name === undefined ? undefined : cut(parts, name);
  if (!bare) return [];
  const both = cut(bare, 'default');
  return both ? [bare.join(','), both.join(',')] : [bare.join(',')];
}

/** The parts without the prefix, where they have it; undefined where none does. */
function cut(parts: readonly string[], prefix: string): readonly string[] | undefined {
  const begins = (part: string): boolean => part.startsWith(`${prefix}.`) && part.length > prefix.length + 1;
  return parts.some(begins) ? parts.map((part) => (begins(part) ? part.slice(prefix.length + 1) : part)) : undefined;
}

/** No index is called so, or none that this caller may see. */
export const isUnknownIndex = (error: unknown): boolean =>
  error instanceof SqlError && (error.status === 404 || error.status === 403 || error.status === 400);
