/** What an unknown index is told with: where the statement names it, and a near name among those that the caller may see. */

import { SqlError } from '../../translators/errors.ts';
import { nearestName } from '../../translators/execution.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { CallContext } from '../cluster/context.ts';
import { tablesOf } from '../run/tables.ts';

/** The error with `where` and a suggestion. */
export async function withSuggestion(
  error: SqlError,
  expression: string,
  where: string,
  cluster: Cluster,
  context: CallContext,
): Promise<SqlError> {
  const near = await suggestion(missingName(error) ?? expression, cluster, context);
  const hint = near === undefined ? '' : `\nDid you mean [${near}]?`;
  if (hint + where === '') return error;
  return new SqlError('indexNotFound', {
    reason: error.reason,
    details: `${error.details}${hint}${where}`,
    status: error.status,
    cause: error,
  });
}

export const isMissingIndex = (error: unknown): error is SqlError =>
  error instanceof SqlError && error.type === 'IndexNotFoundException';

/** For `catch`: a missing index is nothing, any other error stays one. */
export function unlessMissing(error: unknown): undefined {
  if (!isMissingIndex(error)) throw error;
  return undefined;
}

/** Of a list the cluster says which one is missing. */
const missingName = ({ details }: SqlError): string | undefined => /no such index \[([^\]]+)\]/.exec(details)?.[1];

async function suggestion(name: string, cluster: Cluster, context: CallContext): Promise<string | undefined> {
  if (/[*,:<]/.test(name)) return undefined;
  try {
    const tables = (await tablesOf(cluster, context)).map((table) => table.name);
    return nearestName(name, tables) ?? nearestName(name.replace(/^default\./, ''), tables);
  } catch {
    // Without a list there is nothing to suggest, and the error at hand is the one to tell.
    return undefined;
  }
}
