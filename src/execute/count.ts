/** Counts documents by the total of a search without hits: the cheapest exact count there is. */
import { targetOf } from '../../translators/lower/dsl/target.ts';
import type { CountNode } from '../../translators/physical/nodes.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from './context.ts';
import { totalOf } from './search.ts';

export async function* runCount(node: CountNode, { cluster, request }: Execution): AsyncGenerator<Page> {
  const body = { size: 0, ...(node.query ? { query: node.query } : {}), track_total_hits: true };
  const started = performance.now();
  const { json } = await cluster.search(targetOf(node.scan), body, request);
  request.stage('cluster', performance.now() - started);
  yield [[totalOf(json).total]];
}
