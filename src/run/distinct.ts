/** COUNT(DISTINCT …), exact up to a limit: different values are paged through and counted; beyond it the cluster's estimate stands, and is said. */

import type { AggregationNode, Dsl, Metric } from '../../translators/algebra/index.ts';
import { distinctBody, targetOf } from '../../translators/execution.ts';
import { plainView } from '../read/view.ts';
import { keyCoercer } from '../rows/coerce-key.ts';
import { stringifyJson } from '../rows/longs.ts';
import type { Execution } from './context.ts';

const FIRST_PAGE = 1_000;
const PAGE = 10_000;

export interface DistinctCounts {
  /** Of the group with these keys, as the aggregation gave them; groups must be asked for in their order. */
  of(keys: readonly unknown[]): Promise<number>;
  close(): Promise<void>;
}

interface Group {
  readonly key: string;
  readonly count: number;
}

export function openDistinct(node: AggregationNode, metric: Metric, execution: Execution): DistinctCounts {
  const keyText = keyTextOf(node);
  const groups = groupsOf(node, metric, keyText, execution);
  let ahead: Group | undefined;
  let ended = false;
  return {
    async of(keys) {
      const wanted = keyText(keys);
      if (!ahead && !ended) {
        const { value, done } = await groups.next();
        if (done) ended = true;
        else ahead = value;
      }
      // A group without any value has no entry of its own.
      if (ahead?.key !== wanted) return 0;
      const { count } = ahead;
      ahead = undefined;
      return count;
    },
    async close() {
      await groups.return(undefined);
    },
  };
}

/** One text for one group: terms write booleans as numbers, composites as words. */
function keyTextOf(node: AggregationNode): (keys: readonly unknown[]) => string {
  const coercers = node.keys.map((key) => keyCoercer(key.column.type));
  return (keys) => stringifyJson(coercers.map((coerce, i) => coerce(keys[i])));
}

/** The groups that have values, in the order of the aggregation, each with its number of different values. */
async function* groupsOf(
  node: AggregationNode,
  metric: Metric,
  keyText: (keys: readonly unknown[]) => string,
  execution: Execution,
): AsyncGenerator<Group, undefined> {
  const { config, info } = execution;
  const view = plainView(targetOf(node.scan), execution);
  const width = node.keys.length;
  let after: Dsl | undefined;
  let size = FIRST_PAGE;
  let seen = 0;
  let open: { key: string; count: number } | undefined;
  for (;;) {
    const { json } = await view.search(distinctBody(node, metric, size, after));
    const { buckets, after_key } = (json.aggregations as { groups: { buckets: { key: Dsl }[]; after_key?: Dsl } })
      .groups;
    for (const bucket of buckets) {
      const key = keyText(node.keys.map((_, i) => bucket.key[`k${i}`]));
      if (open?.key === key) {
        open.count++;
        continue;
      }
      if (open) yield open;
      open = { key, count: 1 };
    }
    seen += buckets.length;
    if (buckets.length < size || !after_key) break;
    if (width === 0 && seen >= config.exactDistinctLimit) {
      const estimate = await estimated(node, metric, execution);
      if (estimate !== undefined) {
        info.approximations = [
          ...(info.approximations ?? []),
          `COUNT(DISTINCT) above ${config.exactDistinctLimit} is an estimate`,
        ];
        yield { key: '[]', count: Math.max(estimate, seen) };
        return undefined;
      }
    }
    after = after_key;
    size = PAGE;
  }
  if (open) yield open;
  return undefined;
}

async function estimated(node: AggregationNode, metric: Metric, execution: Execution): Promise<number | undefined> {
  // Several arguments have no estimate of their own; they are counted to the end.
  if (metric.sources?.length !== 1) return undefined;
  const filters = [node.query, metric.filter].filter((q) => q !== undefined);
  const { value_type: _type, ...source } = metric.sources[0] as Record<string, unknown>;
  const body = {
    size: 0,
    query: { bool: { filter: filters } },
    aggs: { estimate: { cardinality: { ...source, precision_threshold: 40_000 } } },
    track_total_hits: false,
  };
  const { json } = await plainView(targetOf(node.scan), execution).search(body);
  return (json.aggregations as { estimate: { value: number } }).estimate.value;
}
