/** Counts documents by the total of a search without hits: the cheapest exact count there is. */

import type { CountNode } from '../../translators/algebra/index.ts';
import { targetOf } from '../../translators/execution.ts';
import { countMatches } from '../read/count.ts';
import { plainView } from '../read/view.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from './context.ts';

export async function* runCount(node: CountNode, execution: Execution): AsyncGenerator<Page> {
  const { total } = await countMatches(plainView(targetOf(node.scan), execution), node.query);
  yield [[total]];
}
