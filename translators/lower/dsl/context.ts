/** What lowering to query DSL may know, and the shape of its answers. */
import type { Dsl } from '../../algebra/dsl.ts';
import type { Expr } from '../../algebra/expr.ts';
import type { Session } from '../../algebra/session.ts';

/** A query for the documents where an expression is TRUE; `exact: false` is a superset, to be checked again after the scan. */
export interface Lowered {
  readonly query: Dsl;
  readonly exact: boolean;
}

export interface DslContext {
  /** Whether a keyword path with `ignore_above` may lack values that were too long; assumed when not given. */
  readonly overflow?: (path: string) => boolean;
  /** The expression as a script, where its doc values can answer it. */
  readonly painless?: (expr: Expr) => { readonly source: string; readonly params: Dsl } | undefined;
  /** What functions are computed with that look at the statement's clock. */
  readonly session?: Session;
  /** False: the cluster takes no new scripts, so sorts use none either. */
  readonly scripts?: boolean;
  /** False: sums of whole numbers that a double may not hold are not asked of the cluster, which needs scripts for them. */
  readonly exactSums?: boolean;
  /** Concrete indices behind the scan; predicates on `_index` are decided by name. */
  readonly indices?: readonly string[];
  /** Scores are asked for: search predicates must stand where they count. */
  readonly scored?: boolean;
}

/** The context of one place in the query tree: inside a nested query, field paths must lie below `within`. */
export interface Place extends DslContext {
  readonly within?: string;
}

export const exactly = (query: Dsl): Lowered => ({ query, exact: true });
export const superset = (query: Dsl): Lowered => ({ query, exact: false });
