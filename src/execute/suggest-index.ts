/** "Did you mean" for an index that is not there, among those that the caller may see. */
import { nearestName } from '../../translators/catalog/nearest-name.ts';
import { SqlError } from '../../translators/errors.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { CallContext } from '../cluster/context.ts';
import { parseJson } from '../rows/longs.ts';

/** The error with a suggestion where a near name exists; any other error unchanged. */
export async function withSuggestion(
  error: unknown,
  expression: string,
  cluster: Cluster,
  context: CallContext,
): Promise<unknown> {
  if (!(error instanceof SqlError) || error.type !== 'IndexNotFoundException' || /[*,:<]/.test(expression))
    return error;
  const near = nearestName(expression, await names(cluster, context));
  if (near === undefined) return error;
  return new SqlError('indexNotFound', {
    reason: error.reason,
    details: `${error.details}\nDid you mean [${near}]?`,
    status: error.status,
    cause: error,
  });
}

async function names(cluster: Cluster, context: CallContext): Promise<readonly string[]> {
  try {
    const { status, text } = await cluster.callAny(
      { kind: 'other', method: 'GET', path: '/_resolve/index/*' },
      context,
    );
    if (status >= 400) return [];
    const found = parseJson(text) as Readonly<Record<string, readonly { readonly name: string }[]>>;
    return Object.values(found).flatMap((items) => items.map((item) => item.name));
  } catch {
    // Without a list there is nothing to suggest, and the error at hand is the one to tell.
    return [];
  }
}
