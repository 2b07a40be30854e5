/** Deletes what matches by the cluster's delete-by-query; a conflict or a failed document is an error, and says how far it came. */

import type { DeleteNode } from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { indexPath } from '../cluster/index-path.ts';
import { readAnswer } from '../cluster/read-answer.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from './context.ts';

export async function* runDelete(node: DeleteNode, { cluster, request }: Execution): AsyncGenerator<Page> {
  const { text } = await cluster.call(
    {
      kind: 'other',
      method: 'POST',
      path: `/${indexPath(node.scan.schema.expression)}/_delete_by_query`,
      parameters: { refresh: true },
      body: { query: node.query ?? { match_all: {} } },
    },
    request,
  );
  const answer = readAnswer<{ readonly deleted: number; readonly failures?: readonly unknown[] }>(text);
  if (answer.failures && answer.failures.length > 0) {
    throw new SqlError('cluster', {
      status: 409,
      details: `${answer.failures.length} documents could not be deleted; ${answer.deleted} were`,
    });
  }
  yield [[answer.deleted]];
}
