/** Counts documents by the total of a search without hits: the cheapest exact count there is. */

import type { CountNode } from '../../translators/algebra/index.ts';
import { targetOf } from '../../translators/execution.ts';
import { totalOf } from '../read/search.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from './context.ts';

export async function* runCount(node: CountNode, { cluster, request }: Execution): AsyncGenerator<Page> {
  const body = { size: 0, ...(node.query ? { query: node.query } : {}), track_total_hits: true };
  const started = performance.now();
  const { json } = await cluster.search(targetOf(node.scan), body, request);
  request.stage('cluster', performance.now() - started);
  yield [[totalOf(json).total]];
}
