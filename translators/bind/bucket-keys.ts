/** The bucket functions among the keys of a GROUP BY: their columns, and what they do to the groups. */

import type { Expr } from '../algebra/expr.ts';
import { exprKey } from '../algebra/key.ts';
import type { SortKey } from '../algebra/plan.ts';
import { andOf } from '../algebra/walk.ts';
import { COUNT } from '../functions/aggregate.ts';
import type { CallNode, ExprNode } from '../syntax/ast.ts';
import { type Bucket, bindBucket, isBucketFunction } from './bucket.ts';
import { type AggregateSink, type ExprContext, semantic } from './context.ts';
import type { BoundItem } from './select-items.ts';

interface Key {
  readonly node: CallNode;
  readonly bucket: Bucket;
}

interface GroupShape {
  readonly filter?: Expr;
  /** The greatest groups only, before anything else is done with them. */
  readonly top?: { readonly keys: readonly SortKey[]; readonly count: number };
  /** The order of the answer, unless the statement has one of its own. */
  readonly order: SortKey[];
}

export class BucketKeys {
  private readonly keys: readonly Key[];

  constructor(
    group: readonly ExprNode[],
    private readonly context: ExprContext,
  ) {
    const calls = group.filter((node): node is CallNode => node.kind === 'call' && isBucketFunction(node));
    this.keys = calls.map((node) => ({ node, bucket: bindBucket(node, context) }));
    const limited = this.keys.find(({ bucket }) => bucket.size !== undefined);
    if (limited && group.length > 1) {
      throw semantic(
        context,
        limited.node.at,
        "'size' of a bucket function needs it to be the only GROUP BY key; use LIMIT",
      );
    }
  }

  readonly alias = (name: string): Expr | undefined =>
    this.keys.find(({ bucket }) => bucket.alias === name)?.bucket.expr;

  /** Columns of the keys that the select list does not name: the older engine shows every bucket's key. */
  unnamed(items: readonly BoundItem[]): readonly BoundItem[] {
    const shown = new Set(items.map((item) => exprKey(item.expr)));
    return this.keys
      .filter(({ bucket }) => !shown.has(exprKey(bucket.expr)))
      .map(({ node, bucket }) => ({
        name: this.context.env.sql.slice(node.at.start, node.at.end),
        ...(bucket.alias === undefined ? {} : { alias: bucket.alias }),
        expr: bucket.expr,
        at: node.at,
      }));
  }

  /** What rows have to meet, and groups where the key is one of elements: no key is made of what is in no bucket. */
  within(ofElements: (expr: Expr) => boolean): { readonly rows: Expr | undefined; readonly groups: Expr | undefined } {
    const present = ({ expr }: Bucket): Expr => ({
      kind: 'not',
      type: 'boolean',
      arg: { kind: 'isNull', type: 'boolean', arg: expr },
    });
    const buckets = this.keys.map(({ bucket }) => bucket);
    return {
      rows: andOf(buckets.filter(({ expr }) => !ofElements(expr)).map(({ within }) => within)),
      groups: andOf(buckets.filter(({ expr }) => ofElements(expr)).map(present)),
    };
  }

  /** `over` writes an expression over the groups. */
  shape(aggregates: AggregateSink, over: (expr: Expr) => Expr): GroupShape {
    const rows = (): Expr => {
      return aggregates.add({ fn: COUNT, args: [], distinct: false, type: 'long' }, this.keys[0]!.node.at);
    };
    const least = this.keys.flatMap(({ bucket }): Expr[] => {
      if (bucket.least === undefined || bucket.least <= 1) return [];
      const right: Expr = { kind: 'literal', type: 'long', value: bucket.least };
      return [{ kind: 'compare', type: 'boolean', op: '>=', left: rows(), right }];
    });
    const order = this.keys.flatMap(({ bucket }): SortKey[] => {
      const { by, desc } = bucket.order ?? (bucket.size === undefined ? NO_ORDER : BY_COUNT);
      if (by === undefined) return [];
      const key: SortKey = { expr: over(bucket.expr), desc: by === 'key' && desc, nullsFirst: false };
      // Groups of the same size stand by their keys, as the cluster breaks ties.
      return by === 'key' ? [key] : [{ expr: rows(), desc, nullsFirst: false }, key];
    });
    const count = this.keys.find(({ bucket }) => bucket.size !== undefined)?.bucket.size;
    return count === undefined
      ? { filter: andOf(least), order }
      : { filter: andOf(least), order: [], top: { keys: order, count } };
  }
}

const NO_ORDER = { by: undefined, desc: false } as const;
const BY_COUNT = { by: 'count', desc: true } as const;
