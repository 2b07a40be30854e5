/** The door of the translator: a statement and the schemas that it names in, a physical plan out. No I/O, no clock. */

import type { Column, Literal } from './algebra/expr.ts';
import type { Physical } from './algebra/physical.ts';
import type { LogicalPlan } from './algebra/plan.ts';
import { someNode } from './algebra/plan-walk.ts';
import type { Session } from './algebra/session.ts';
import { CommonTables } from './bind/common-table.ts';
import type { BindEnv, BoundQuery, OutputItem } from './bind/context.ts';
import { readHints } from './bind/hints.ts';
import { NO_LIMITS, type PlanLimits, PlanSize } from './bind/plan-size.ts';
import { bindQuery } from './bind/query.ts';
import { type QuotedName, QuotedNames, withQuotedHint } from './bind/quoted-names.ts';
import type { Catalog } from './catalog/catalog.ts';
import { SqlError } from './errors.ts';
import { figuresOf } from './rewrite/figures.ts';
import { rewritePlan } from './rewrite/rules.ts';
import { zonedPlan } from './rewrite/zoned.ts';
import { foldPlan } from './split/fold.ts';
import { type SplitOptions, toPhysical } from './split/split.ts';
import type { QueryNode, StatementNode } from './syntax/ast.ts';

export { castTo } from './bind/coerce.ts';
export type { OutputItem } from './bind/context.ts';
export { mentionOf } from './bind/mentions.ts';
export { type QuotedName, sentence } from './bind/quoted-names.ts';
export { type TableNames, tableNames } from './bind/table-names.ts';
export { type Catalog, SchemaNeeded, type Table, TablesNeeded } from './catalog/catalog.ts';
export { asksServer } from './functions/server.ts';
export { collectionsIn } from './split/apart.ts';
export { metadataPlan, nameMatcher } from './split/metadata.ts';
export { runsScript } from './split/parts.ts';
export {
  type Cells,
  hasSubqueries,
  MAX_LISTED,
  type Subquery,
  subqueriesIn,
  withAnswers,
} from './split/subqueries.ts';
export { withBackQuotes } from './syntax/ansi-quotes.ts';
export type { BodyNode, ObjectSelectNode, StatementNode } from './syntax/ast.ts';
export { parseObjectSelect } from './syntax/parse-object-select.ts';
export { type ParseOptions, parse } from './syntax/parser.ts';

export interface BoundStatement {
  readonly plan: LogicalPlan;
  readonly columns: readonly OutputItem[];
  /** Rows are groups or aggregates: the default row limit does not cut them. */
  readonly grouped: boolean;
  readonly limited: boolean;
  /** Its rows are read from a relation that a LIMIT of its own has cut already. */
  readonly derived: boolean;
  /** Texts in double quotes that equal names of columns. */
  readonly quoted: readonly QuotedName[];
}

export interface BindOptions {
  readonly sql: string;
  readonly catalog: Catalog;
  readonly parameters: readonly Literal[];
  readonly session: Session;
  readonly limits?: PlanLimits;
}

/** Do the statement's hints let it name indices that are not there? (spec sql-grammar 12, IGNORE_UNAVAILABLE) */
export const skipsMissing = (statement: QueryNode): boolean => readHints(statement.hints)?.ignoreUnavailable ?? false;

/** Names resolved, types known; subqueries in expressions are still plans. */
export function bind(statement: StatementNode, options: BindOptions): BoundStatement {
  if (statement.kind !== 'query') throw new SqlError('internal', `a ${statement.kind} statement is not bound here`);
  let id = 0;
  let scan = 0;
  const quoted = new QuotedNames();
  const env: BindEnv = {
    sql: options.sql,
    quoted,
    schema: (expression, at) => options.catalog.schema(expression, at),
    parameters: options.parameters,
    session: options.session,
    nextId: () => id++,
    nextScan: () => scan++,
    hints: readHints(statement.hints),
    ctes: CommonTables.NONE,
    size: new PlanSize(options.limits ?? NO_LIMITS),
  };
  const bound: BoundQuery = bindQuery(statement, env);
  const { zone } = options.session;
  return {
    plan: zone === undefined ? bound.plan : zonedPlan(bound.plan, zone),
    columns: bound.columns.map((item) => withFigures(item, bound.plan)),
    grouped: isGrouped(bound.plan),
    limited: isLimited(bound.plan),
    derived: limitsOver(bound.plan) > ownLimits(statement),
    quoted: quoted.all,
  };
}

function withFigures(item: OutputItem, plan: LogicalPlan): OutputItem {
  const figures = figuresOf(item.column, plan);
  return figures === undefined ? item : { ...item, figures };
}

function isGrouped(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case 'aggregate':
      return true;
    case 'project':
    case 'filter':
    case 'sort':
    case 'limit':
      return isGrouped(plan.input);
    default:
      return false;
  }
}

function isLimited(plan: LogicalPlan): boolean {
  if (plan.kind === 'limit') return Number.isFinite(plan.count);
  return plan.kind === 'project' && isLimited(plan.input);
}

/** Of a query in brackets too. */
function ownLimits({ limit, offset, body }: QueryNode): number {
  const own = limit === undefined && offset === undefined ? 0 : 1;
  return body.kind === 'query' ? own + ownLimits(body) : own;
}

/** Limits between the result and the relation that its rows are read from. */
function limitsOver(plan: LogicalPlan): number {
  switch (plan.kind) {
    case 'limit':
      return 1 + limitsOver(plan.input);
    case 'project':
    case 'filter':
    case 'sort':
      return limitsOver(plan.input);
    default:
      return 0;
  }
}

/** May a limit that the statement did not write cut its rows? */
export const isCuttable = (plan: LogicalPlan): boolean =>
  someNode(plan, (node) => node.kind === 'limit' && node.implicit === true);

export interface RowLimits {
  /** Rows of a statement without LIMIT; Infinity for all. */
  readonly sizeLimit: number;
  /** Rows of anything. */
  readonly maxRows: number;
}

/** The plan under the default limit, folded and rewritten. */
export function prepare(bound: BoundStatement, limits: RowLimits, session: Session): LogicalPlan {
  const most = bound.limited || bound.grouped ? limits.maxRows : limits.sizeLimit;
  try {
    return rewritePlan(foldPlan(withLimit(bound.plan, most), session));
  } catch (error) {
    throw withQuotedHint(error, bound.quoted);
  }
}

function withLimit(plan: LogicalPlan, count: number): LogicalPlan {
  if (count === Number.POSITIVE_INFINITY) return plan;
  if (plan.kind === 'project') return { ...plan, input: withLimit(plan.input, count) };
  if (plan.kind === 'limit') return plan.count <= count ? plan : { ...plan, count, implicit: true };
  return { kind: 'limit', input: plan, count, offset: 0, implicit: true };
}

export const split = (plan: LogicalPlan, options: SplitOptions, session: Session): Physical =>
  toPhysical(plan, options, session);

/** DELETE as a plan: only what the cluster itself can tell exactly is deleted. */
export function deletePlan(
  statement: Extract<StatementNode, { kind: 'delete' }>,
  options: BindOptions,
  splitOptions: SplitOptions,
): { plan: Physical; columns: readonly OutputItem[] } {
  const { from, where, at } = statement;
  if (from.kind !== 'table') throw new SqlError('semantic', 'DELETE takes one index');
  const star = { expr: { kind: 'star', qualifier: [], at }, at } as const;
  const body = { kind: 'select', distinct: false, items: [star], from, where, group: [], at } as const;
  const query = { kind: 'query', with: [], body, order: [], hints: [], at } as const;
  let node = split(rewritePlan(foldPlan(bind(query, options).plan, options.session)), splitOptions, options.session);
  if (node.kind === 'project') node = node.input;
  const column: Column = { id: -1, name: 'deleted_rows', type: 'long' };
  const columns = [{ name: column.name, column }];
  if (node.kind === 'values') {
    return {
      plan: { kind: 'values', columns: [column], rows: [[{ kind: 'literal', type: 'long', value: 0 }]] },
      columns,
    };
  }
  if (node.kind !== 'search') {
    throw new SqlError('unsupported', 'This condition cannot be decided by the cluster alone, so nothing was deleted');
  }
  return { plan: { kind: 'delete', scan: node.scan, query: node.query, column }, columns };
}
