/** Small parts of the division: conditions and limits put on what is divided already. */
import type { Dsl } from '../algebra/dsl.ts';
import type { Expr } from '../algebra/expr.ts';
import type { Physical } from '../algebra/physical.ts';
import type { Limit, LogicalPlan, Scan, Sort } from '../algebra/plan.ts';
import type { Session } from '../algebra/session.ts';
import { andOf, some } from '../algebra/walk.ts';
import { SqlError } from '../errors.ts';
import type { DslContext } from '../lower/dsl/context.ts';
import { lowerPredicate as painlessPredicate } from '../lower/painless/index.ts';
import { PendingResidual } from './residual.ts';
import type { SplitOptions } from './split.ts';

/** Groups come as those of the cluster do: by their keys, NULL first (spec sql-grammar 3.3). */
export const inKeyOrder = (input: LogicalPlan): LogicalPlan => ({
  kind: 'sort',
  input,
  keys: (input.kind === 'aggregate' ? input.keys : []).map(({ column }) => ({
    expr: { kind: 'column', type: column.type, column },
    desc: false,
    nullsFirst: true,
  })),
});

export function where(input: Physical, parts: readonly Expr[]): Physical {
  const predicate = andOf(parts);
  return predicate ? { kind: 'where', input, predicate } : input;
}

/** Whether a part of a request is a script. */
export function runsScript(query: unknown): boolean {
  if (typeof query !== 'object' || query === null) return false;
  return Object.entries(query).some(([name, inner]) => name === 'script' || runsScript(inner));
}

export function boolOf(must: readonly Dsl[], filter: readonly Dsl[]): Dsl | undefined {
  if (must.length === 0 && filter.length <= 1) return filter[0];
  if (filter.length === 0 && must.length === 1) return must[0];
  return { bool: { ...(must.length > 0 ? { must } : {}), ...(filter.length > 0 ? { filter } : {}) } };
}

/** What the lowering to query DSL knows of the documents of a scan. */
export function contextOf(scan: Scan, options: SplitOptions, session: Session): DslContext {
  return {
    indices: scan.schema.indices,
    scored: scan.scored,
    overflow: (path) => options.overflow(path, scan.schema.expression),
    session,
    scripts: options.scripts,
    exactSums: options.exactSums,
    painless: options.scripts ? painlessPredicate : undefined,
  };
}

export const dependentCollection = (): SqlError =>
  new SqlError('unsupported', 'A query that looks at rows outside of it cannot take collections apart');

/** LIMIT as far down as it goes. */
export function cut(input: Physical, limit: Pick<Limit, 'count' | 'offset' | 'implicit'>): Physical {
  const { count, offset, implicit } = limit;
  if (input.kind === 'search' && input.count === Number.POSITIVE_INFINITY) return { ...input, count, offset, implicit };
  if (input.kind === 'project') return { ...input, input: cut(input.input, limit) };
  if (input.kind === 'concat') {
    const most = { count: offset + count + (implicit ? 1 : 0), offset: 0 };
    const inputs = input.inputs.map((branch) => (fromDuckDb(branch) ? cut(branch, most) : branch));
    return { kind: 'limit', input: { ...input, inputs }, count, offset, implicit };
  }
  if (input instanceof PendingResidual) {
    if (!implicit) return input.limited(count, offset);
    // One row more tells whether the limit cut anything.
    return { kind: 'limit', input: input.limited(count + 1, offset), count, offset: 0, implicit };
  }
  if (input.kind === 'aggregation' && input.keys.length > 0) {
    // One group more tells an implicit limit whether it cut anything; a limit of the groups' own stays.
    const first = Math.min(input.count, offset + count + (implicit ? 1 : 0));
    const several = input.several?.under((groups) => ({ kind: 'limit', input: groups, count: first, offset: 0 }));
    const limited = { ...input, count: first, several };
    return offset > 0 || implicit ? { kind: 'limit', input: limited, count, offset, implicit } : limited;
  }
  return { kind: 'limit', input, count, offset, implicit };
}

/** Rows that DuckDB gives, perhaps with functions of them; a condition stays here, where a field may have several values. */
export const fromDuckDb = (node: Physical): boolean =>
  node.kind === 'residual' || (node.kind === 'project' && fromDuckDb(node.input));

/** The keys are values of the rows: a relevance is known to the search alone. */
export const inRows = ({ keys }: Sort): boolean => keys.every((key) => !some(key.expr, (e) => e.kind === 'relevance'));
