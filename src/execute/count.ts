/** Counts documents by the total of a search without hits: the cheapest exact count there is. */
import { searchParameters } from '../../translators/lower/dsl/body.ts';
import type { CountNode } from '../../translators/physical/nodes.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from './context.ts';
import { totalOf } from './search.ts';

export async function* runCount(node: CountNode, { cluster, request }: Execution): AsyncGenerator<Page> {
  const body = { size: 0, ...(node.query ? { query: node.query } : {}), track_total_hits: true };
  const started = performance.now();
  const { json } = await cluster.search(node.scan.schema.expression, body, searchParameters(node.scan), request);
  request.stage('cluster', performance.now() - started);
  yield [[totalOf(json).total]];
}
