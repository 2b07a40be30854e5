/** What binding an expression may use: the statement, the names in scope, and which forms the clause allows. */

import type { AggregateCall, Column, Expr, Literal } from '../algebra/expr.ts';
import type { Figure } from '../algebra/function.ts';
import type { LogicalPlan, WindowCall } from '../algebra/plan.ts';
import type { SearchHints } from '../algebra/scan-options.ts';
import type { Schema } from '../algebra/schema.ts';
import type { Session } from '../algebra/session.ts';
import type { SqlType } from '../algebra/types.ts';
import { nearestName } from '../catalog/nearest-name.ts';
import { place, SqlError } from '../errors.ts';
import type { ExprNode, QueryNode, SelectNode, Span } from '../syntax/ast.ts';
import type { CommonTables } from './common-table.ts';
import type { Correlation } from './correlation.ts';
import type { PlanSize } from './plan-size.ts';
import type { QuotedNames } from './quoted-names.ts';
import type { RecursiveTable } from './recursive-table.ts';
import type { ScalarCorrelation } from './scalar-correlation.ts';
import type { Scope } from './scope.ts';

export interface BindEnv {
  readonly sql: string;
  /** `at`: where the statement names it. */
  readonly schema: (indexExpression: string, at: Span) => Schema;
  readonly parameters: readonly Literal[];
  readonly session: Session;
  readonly nextId: () => number;
  readonly nextScan: () => number;
  /** What hint comments ask of the searches. */
  readonly hints?: SearchHints;
  readonly quoted: QuotedNames;
  /** Common table expressions in sight. */
  readonly ctes: CommonTables;
  /** The recursive table whose query is bound. */
  readonly recursive?: RecursiveTable;
  /** Counts what the plan is made of, and refuses what is beyond the limits. */
  readonly size: PlanSize;
}

export interface BoundQuery {
  readonly plan: LogicalPlan;
  readonly columns: readonly OutputItem[];
}

/** A column of a query's answer. */
export interface OutputItem {
  /** The text as written, qualifier and quotes removed. */
  readonly name: string;
  readonly alias?: string;
  readonly column: Column;
  /** Of an object that is one aggregate of several figures. */
  readonly figures?: readonly Figure[];
}

type Clause = 'SELECT' | 'WHERE' | 'GROUP BY' | 'HAVING' | 'QUALIFY' | 'ORDER BY' | 'ON' | 'VALUES' | 'aggregate';

/** Aggregates that a select uses, each once. */
export interface AggregateSink {
  add(call: AggregateCall, at: Span): Expr;
}

/** GROUPING(…) calls, each of which is a column of the groups. */
export interface GroupingSink {
  add(args: readonly Expr[], at: Span): Expr;
}

interface WindowSink {
  add(call: Omit<WindowCall, 'column'>): Expr;
}

/** nested(path) where it stands for elements. */
export interface UnnestSink {
  /** Undefined where no rows are made of this collection. */
  column(source: Column, path: string, below: string, type: SqlType, name: string): Expr | undefined;
}

/** EXISTS and IN that look at the row beside which they stand: each a column of the row. */
export interface MarkSink {
  add(key: string, name: string, asked: Correlation): Expr;
  /** A query for one value that looks at the row: the value in terms of the row and of what is joined to it. */
  value(key: string, asked: () => ScalarCorrelation | undefined): Expr | undefined;
  /** The same of a query that no join answers: it is made anew for each row, and `column` is its value. */
  one(key: string, right: LogicalPlan, column: Column): Expr;
}

export interface ExprContext {
  readonly env: BindEnv;
  readonly scope: Scope;
  readonly clause: Clause;
  readonly aggregates?: AggregateSink;
  readonly windows?: WindowSink;
  readonly unnests?: UnnestSink;
  /** Where rows are grouped. */
  readonly grouping?: GroupingSink;
  readonly marks?: MarkSink;
  /** The WINDOW clause of the select. */
  readonly namedWindows?: SelectNode['windows'];
  /** Select aliases that a single name may mean; looked at before fields. */
  readonly alias?: (name: string) => Expr | undefined;
  /** The same where no field has the name, with the place that asks: an aggregate cannot stand everywhere. */
  readonly lastAlias?: (name: string, context: ExprContext) => Expr | undefined;
  /** Select aliases that this clause does not see, for errors. */
  readonly unseen?: ReadonlySet<string>;
  /** A select item that is this very expression. */
  readonly sameItem?: (node: ExprNode) => Expr | undefined;
  /** A branch that may not be taken: values that cannot be converted fail where they are computed, not here. */
  readonly guarded?: boolean;
  /** Binds a query inside an expression. */
  readonly bindQuery: (query: QueryNode, env: BindEnv, outer: Scope) => BoundQuery;
}

export function unknownField(context: ExprContext, node: ExprNode, name: string): SqlError {
  const hint = hintFor(context, node, name);
  return new SqlError(
    'unknownField',
    `Field [${name}] cannot be found or used here.${hint}${place(context.env.sql, node.at)}`,
  );
}

function hintFor(context: ExprContext, node: ExprNode, name: string): string {
  if (context.unseen?.has(name)) {
    return context.clause === 'GROUP BY'
      ? ' It is an alias of an aggregate or a window function, by which rows cannot be grouped.'
      : ` It is an alias of the select list, which ${context.clause} does not see.`;
  }
  for (let scope: Scope | undefined = context.scope; scope && node.kind === 'name'; scope = scope.outer) {
    const aliased = scope.relations.find(({ hidden }) => hidden !== undefined && name.startsWith(`${hidden}.`));
    if (aliased) return ` [${aliased.hidden}] is called [${aliased.names[0]}] here.`;
  }
  const near = nearestName(name, context.scope.paths());
  return near ? ` Did you mean [${near}]?` : '';
}

export function semantic(context: { env: BindEnv }, at: Span, details: string): SqlError {
  return new SqlError('semantic', details + place(context.env.sql, at));
}
