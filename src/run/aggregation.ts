/** Runs a group-by to its end: terms for a single field while they are complete, else composite pages; exact where doubles are not. */

import {
  type AggregationNode,
  columnsOfPhysical,
  type Dsl,
  type Metric,
  type Value,
} from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import {
  type BucketLike,
  compositeBody,
  globalBody,
  isSingleField,
  type Precision,
  readMetric,
  severalIn,
  singlesAggregations,
  singlesBody,
  targetOf,
  termsBody,
} from '../../translators/execution.ts';
import { totalOf } from '../cluster/envelope.ts';
import type { SearchResponse } from '../cluster/search-answer.ts';
import { plainView } from '../read/view.ts';
import { keyCoercer } from '../rows/coerce-key.ts';
import { metricCoercer } from '../rows/coerce-metric.ts';
import type { Page, Row } from '../rows/page.ts';
import type { Execution } from './context.ts';
import { type DistinctCounts, openDistinct } from './distinct.ts';

/** Buckets of one answer stay below `search.max_buckets` (65,535), filters and one-bucket terms counted. */
const MAX_BUCKETS = 60_000;
const FIRST_PAGE = 1_000;
const PAGE = 10_000;

export async function* runAggregation(node: AggregationNode, execution: Execution): AsyncGenerator<Page> {
  const reader = new BucketReader(node, execution);
  try {
    if (node.keys.length === 0) yield await reader.global();
    else yield* reader.groups();
  } finally {
    await reader.close();
  }
}

interface Bucket {
  /** One for each key; null for the group without a value. */
  readonly keys: readonly unknown[];
  readonly bucket: BucketLike;
}

const NO_COUNTS: readonly undefined[] = [];

class BucketReader {
  private readonly keyOf;
  private readonly metricOf;
  private readonly order: readonly number[];
  private readonly counting: boolean;
  private readonly distinct: (DistinctCounts | undefined)[];

  constructor(
    private readonly node: AggregationNode,
    private readonly execution: Execution,
  ) {
    this.keyOf = node.keys.map((key) => keyCoercer(key.column.type));
    this.metricOf = node.metrics.map((m) => metricCoercer(m.column.type));
    const natural = [...node.keys.map((k) => k.column), ...node.metrics.map((m) => m.column)];
    this.order = columnsOfPhysical(node).map((column) => natural.indexOf(column));
    this.counting = node.metrics.some(isDistinct);
    this.distinct = node.metrics.map((m) => (isDistinct(m) ? openDistinct(node, m, execution) : undefined));
  }

  async global(): Promise<Page> {
    const read = async (precision: Precision): Promise<readonly Bucket[]> => {
      const json = await this.search(globalBody(this.node, precision));
      const bucket = { ...json.aggregations, doc_count: totalOf(json).total } as BucketLike;
      return [{ keys: [], bucket }];
    };
    return this.page(read);
  }

  async *groups(): AsyncGenerator<Page> {
    let left = this.node.count;
    let after: Dsl | undefined;
    if (isSingleField(this.node)) {
      const size = Math.min(FIRST_PAGE, left);
      let more = false;
      let last: unknown;
      const page = await this.page(async (precision) => {
        const json = await this.search(termsBody(this.node, size, precision));
        const { groups, none } = json.aggregations as {
          groups: { buckets: (BucketLike & { key: unknown })[]; sum_other_doc_count: number };
          none: BucketLike;
        };
        more = groups.sum_other_doc_count > 0;
        last = groups.buckets.at(-1)?.key;
        const valued = groups.buckets.map((bucket) => ({ keys: [bucket.key], bucket }));
        if (none.doc_count === 0) return valued;
        const empty = { keys: [null], bucket: none };
        // The group without a value stands where a composite would give it.
        if (this.node.keys[0]!.desc) return more ? valued : [...valued, empty];
        return [empty, ...valued];
      });
      const rows = page.slice(0, left);
      // Terms count a document once for equal numbers, composites do not.
      if (more && left > rows.length) await this.holdOne();
      if (rows.length > 0) yield rows;
      left -= rows.length;
      if (!more || left <= 0) return;
      after = { k0: last };
    }
    const perGroup = 1 + this.node.metrics.filter((m) => m.filter || m.source).length;
    const largest = Math.min(PAGE, Math.floor(MAX_BUCKETS / perGroup));
    // Where a first page was not all of them there may be many.
    let size = Math.min(after ? largest : FIRST_PAGE, left);
    for (;;) {
      let next: Dsl | undefined;
      let count = 0;
      const asked = size;
      const from = after;
      const page = await this.page(async (precision) => {
        const body = compositeBody(this.node, asked, from, precision);
        const json = await this.search(
          from ? body : { ...body, aggs: { ...(body.aggs as Dsl), ...singlesAggregations(this.node) } },
        );
        if (!from) this.refuseSeveral(json);
        const { buckets, after_key } = (
          json.aggregations as { groups: { buckets: (BucketLike & { key: Dsl })[]; after_key?: Dsl } }
        ).groups;
        next = after_key;
        count = buckets.length;
        return buckets.map((bucket) => ({ keys: this.node.keys.map((_, i) => bucket.key[`k${i}`]), bucket }));
      });
      const rows = page.slice(0, left);
      if (rows.length > 0) yield rows;
      left -= rows.length;
      if (count < asked || !next || left <= 0) return;
      after = next;
      size = Math.min(largest, left);
    }
  }

  private async holdOne(): Promise<void> {
    if (this.node.single.length > 0) this.refuseSeveral(await this.search(singlesBody(this.node)));
  }

  private refuseSeveral(json: SearchResponse): void {
    const path = severalIn(this.node, json.aggregations as Readonly<Record<string, unknown>>);
    if (path === undefined) return;
    throw new SqlError('severalValues', `[${path}] holds several values in a document`);
  }

  async close(): Promise<void> {
    for (const counts of this.distinct) await counts?.close();
  }

  /** Rows of some buckets; read once more where a whole number would have been rounded. */
  private async page(read: (precision: Precision) => Promise<readonly Bucket[]>): Promise<Page> {
    let precision: Precision = 'double';
    let buckets = await read(precision);
    const rounded = buckets.some(({ bucket }) =>
      this.node.metrics.some((m, i) => !isDistinct(m) && readMetric(m, `m${i}`, bucket, 'double').inexact),
    );
    if (rounded) {
      precision = 'exact';
      buckets = await read(precision);
    }
    const rows: Page = new Array(buckets.length);
    for (let i = 0; i < buckets.length; i++) {
      const bucket = buckets[i]!;
      const counts = this.counting ? await this.distinctOf(bucket) : NO_COUNTS;
      rows[i] = this.row(bucket, precision, counts);
    }
    return rows;
  }

  private row({ keys, bucket }: Bucket, precision: Precision, counts: readonly (Value | undefined)[]): Row {
    const { metrics } = this.node;
    const cells: Row = new Array(keys.length + metrics.length);
    for (let i = 0; i < keys.length; i++) cells[i] = this.keyOf[i]!(keys[i]);
    for (let i = 0; i < metrics.length; i++) {
      cells[keys.length + i] =
        counts[i] ?? this.metricOf[i]!(readMetric(metrics[i]!, `m${i}`, bucket, precision).value);
    }
    const row: Row = new Array(this.order.length);
    for (let i = 0; i < row.length; i++) row[i] = cells[this.order[i]!]!;
    return row;
  }

  /** By metric; undefined for those that are no distinct counts. */
  private async distinctOf({ keys }: Bucket): Promise<readonly (Value | undefined)[]> {
    const counts: (Value | undefined)[] = [];
    for (const one of this.distinct) counts.push(await one?.of(keys));
    return counts;
  }

  private async search(body: Dsl): Promise<SearchResponse> {
    return (await plainView(targetOf(this.node.scan), this.execution).search(body)).json;
  }
}

const isDistinct = (metric: Metric): boolean => metric.call.distinct && metric.call.fn.measure === 'count';
