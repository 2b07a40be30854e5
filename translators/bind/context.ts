/** What binding an expression may use: the statement, the names in scope, and which forms the clause allows. */
import { nearestName } from '../catalog/nearest-name.ts';
import type { Schema } from '../catalog/schema.ts';
import type { SqlType } from '../catalog/types.ts';
import { place, SqlError } from '../errors.ts';
import type { LogicalPlan, WindowCall } from '../plan/nodes.ts';
import type { ExprNode, QueryNode, Span } from '../syntax/ast.ts';
import type { Correlation } from './correlation.ts';
import type { AggregateCall, Column, Expr, Literal, Session } from './expr.ts';
import type { SearchHints } from './hints.ts';
import type { Scope } from './scope.ts';

export interface BindEnv {
  readonly sql: string;
  readonly schema: (indexExpression: string) => Schema;
  readonly parameters: readonly Literal[];
  readonly session: Session;
  readonly nextId: () => number;
  readonly nextScan: () => number;
  /** What hint comments ask of the searches. */
  readonly hints?: SearchHints;
  /** Common table expressions in sight. */
  readonly ctes: ReadonlyMap<string, QueryNode>;
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
}

export type Clause = 'SELECT' | 'WHERE' | 'GROUP BY' | 'HAVING' | 'ORDER BY' | 'ON' | 'VALUES' | 'aggregate';

/** Aggregates that a select uses, each once. */
export interface AggregateSink {
  add(call: AggregateCall, at: Span): Expr;
}

export interface WindowSink {
  add(call: Omit<WindowCall, 'column'>): Expr;
}

/** nested(path) in a select list: one row an element. */
export interface UnnestSink {
  column(source: Column, path: string, below: string, type: SqlType, name: string): Expr;
}

/** EXISTS and IN that look at the row beside which they stand: each a column of the row. */
export interface MarkSink {
  add(key: string, name: string, asked: Correlation): Expr;
}

export interface ExprContext {
  readonly env: BindEnv;
  readonly scope: Scope;
  readonly clause: Clause;
  readonly aggregates?: AggregateSink;
  readonly windows?: WindowSink;
  readonly unnests?: UnnestSink;
  readonly marks?: MarkSink;
  /** Select aliases that a single name may mean; looked at before fields. */
  readonly alias?: (name: string) => Expr | undefined;
  /** A branch that may not be taken: values that cannot be converted fail where they are computed, not here. */
  readonly guarded?: boolean;
  /** Binds a query inside an expression. */
  readonly bindQuery: (query: QueryNode, env: BindEnv, outer: Scope) => BoundQuery;
}

export function unknownField(context: ExprContext, node: ExprNode, name: string): SqlError {
  const near = nearestName(name, context.scope.paths());
  const hint = near ? ` Did you mean [${near}]?` : '';
  return new SqlError(
    'unknownField',
    `Field [${name}] cannot be found or used here.${hint}${place(context.env.sql, node.at)}`,
  );
}

export function semantic(context: { env: BindEnv }, at: Span, details: string): SqlError {
  return new SqlError('semantic', details + place(context.env.sql, at));
}
