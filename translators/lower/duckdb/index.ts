/** A logical plan over loaded inputs as one DuckDB statement. Names and literals always come from the plan. */

import { assertNever } from '../../algebra/assert-never.ts';
import type { DuckColumn, DuckQuery } from '../../algebra/duck-query.ts';
import type { Column } from '../../algebra/expr.ts';
import {
  type Aggregate,
  type Join,
  type Limit,
  type LogicalPlan,
  outputOf,
  type Recursion,
  type SetOperation,
  type Values,
} from '../../algebra/plan.ts';
import type { Session } from '../../algebra/session.ts';
import { SqlError } from '../../errors.ts';
import { lowerAggregate } from './aggregate.ts';
import { carriedColumns } from './carried.ts';
import { type LowerContext, lowerContext } from './context.ts';
import { lowerExpr, sortable } from './expr.ts';
import { isChained, type LoweredJoin, lowerJoin } from './join.ts';
import { columnName, quoteName } from './print.ts';
import { rowCountOf } from './product-rows.ts';
import { sortKeys } from './sort-keys.ts';
import { tablesOfTheirOwn } from './tables-of-their-own.ts';
import { duckType, isStructured } from './types.ts';
import { lowerWindow } from './window.ts';

/** What stands for the columns of a relation that has none: SQL wants at least one. */
export const NO_COLUMN = 'no_column';

export function lowerToDuckDb(plan: LogicalPlan, session: Session): DuckQuery {
  const context = lowerContext(session);
  const isCarried = carriedColumns(plan);
  const withForm = (column: Column): DuckColumn => ({
    column,
    carried: isStructured(column.type) || isCarried(column),
  });
  const sql = new Statement(context, withForm, tablesOfTheirOwn(plan)).whole(plan);
  const columns = outputOf(plan);
  return {
    sql,
    functions: context.functions(),
    columns,
    output: columns.map(withForm),
    joins: rowCountOf(plan),
    tables: context.tables,
  };
}

class Statement {
  constructor(
    private readonly context: LowerContext,
    private readonly withForm: (column: Column) => DuckColumn,
    /** Parts that are made as tables, before the statement reads them. */
    private readonly apart: ReadonlySet<LogicalPlan>,
  ) {}

  private readonly made = new Map<LogicalPlan, string>();
  private readonly texts: string[] = [];

  whole(plan: LogicalPlan): string {
    // From below, so that deep plans are no deep recursion.
    for (const part of this.apart) if (part !== plan) this.table(part);
    const sql = this.select(plan);
    return this.texts.length > 0 ? `WITH ${this.texts.join(', ')} ${sql}` : sql;
  }

  /** A statement whose columns are those of the plan, in order. */
  select(plan: LogicalPlan): string {
    const { context } = this;
    switch (plan.kind) {
      case 'input':
        return `SELECT ${names(plan.columns)} FROM ${this.relation(plan)}`;
      case 'values':
        return this.values(plan);
      case 'filter':
        return `SELECT ${names(outputOf(plan))} FROM ${this.relation(plan.input)} WHERE ${lowerExpr(plan.predicate, context)}`;
      case 'project': {
        const items = plan.items.map(({ column, expr }) => `${lowerExpr(expr, context)} AS ${columnName(column)}`);
        return `SELECT ${items.join(', ') || names([])} FROM ${this.relation(plan.input)}`;
      }
      case 'aggregate':
        return this.aggregate(plan);
      case 'window': {
        const calls = plan.calls.map((call) => `${lowerWindow(call, context)} AS ${columnName(call.column)}`);
        const items = [...outputOf(plan.input).map(columnName), ...calls].join(', ') || names([]);
        return `SELECT ${items} FROM ${this.relation(plan.input)}`;
      }
      case 'sort': {
        const keys = sortKeys(plan.keys, context);
        return `SELECT ${names(outputOf(plan))} FROM ${this.relation(plan.input)}${keys && ` ORDER BY ${keys}`}`;
      }
      case 'limit':
        return this.limit(plan);
      case 'join': {
        const { items, from } = this.join(plan);
        return `SELECT ${items().join(', ') || names([])} FROM ${from}`;
      }
      case 'setOperation':
        return this.setOperation(plan);
      case 'recursion':
        return this.recursion(plan);
      case 'previous': {
        const items = plan.columns.map((column, i) => `${columnName(plan.of[i]!)} AS ${columnName(column)}`);
        return `SELECT ${items.join(', ')} FROM ${quoteName(plan.name)}`;
      }
      case 'scan':
      case 'unnest':
        throw new SqlError(
          'unsupported',
          `this form of FROM cannot be combined with the rest of the statement (${plan.kind})`,
        );
      default:
        return assertNever(plan);
    }
  }

  /** The plan as an item of FROM. */
  private relation(plan: LogicalPlan): string {
    if (this.apart.has(plan)) return `${quoteName(this.table(plan))} AS ${this.context.alias()}`;
    if (plan.kind !== 'input') return `(${this.select(plan)}) AS ${this.context.alias()}`;
    if (!this.context.tables.some((table) => table.name === plan.name)) {
      this.context.tables.push({ name: plan.name, columns: plan.columns.map(this.withForm) });
    }
    return `${quoteName(plan.name)} AS ${this.context.alias()}`;
  }

  private table(plan: LogicalPlan): string {
    let name = this.made.get(plan);
    if (name === undefined) {
      const text = this.select(plan);
      name = `part${this.made.size}`;
      this.made.set(plan, name);
      this.texts.push(`${quoteName(name)} AS MATERIALIZED (${text})`);
    }
    return name;
  }

  /** Joins of joins stand in one FROM: as queries in queries each would name all columns of those below. */
  private join(plan: Join): LoweredJoin {
    const { left } = plan;
    const first =
      left.kind === 'join' && !this.apart.has(left) && isChained(left) ? this.join(left).from : this.relation(left);
    return lowerJoin(plan, first, this.relation(plan.right), this.context);
  }

  private values({ columns, rows }: Values): string {
    const cell = (text: string, column: Column): string => `CAST(${text} AS ${duckType(column.type)})`;
    if (columns.length === 0) {
      return `SELECT NULL AS ${NO_COLUMN} FROM range(${rows.length})`;
    }
    if (rows.length === 0) {
      return `SELECT ${columns.map((column) => `${cell('NULL', column)} AS ${columnName(column)}`).join(', ')} WHERE FALSE`;
    }
    const texts = rows.map(
      (row) => `(${columns.map((column, i) => cell(lowerExpr(row[i]!, this.context), column)).join(', ')})`,
    );
    return `SELECT * FROM (VALUES ${texts.join(', ')}) AS ${this.context.alias()}(${names(columns)})`;
  }

  private aggregate(plan: Aggregate): string {
    const { context } = this;
    // A group of addresses is one address, however it was written: the smallest text stands for it.
    const keys = plan.keys.map(({ column, expr }, i) => {
      const text = lowerExpr(expr, context);
      const isAddress = expr.type === 'ip';
      return {
        group: isAddress ? sortable(expr, context) : String(i + 1),
        item: `${isAddress ? `min(${text})` : text} AS ${columnName(column)}`,
      };
    });
    const calls = plan.aggregates.map(
      ({ column, call }) => `${lowerAggregate(call, context)} AS ${columnName(column)}`,
    );
    const items = [...keys.map((key) => key.item), ...calls].join(', ') || `count(*) AS ${NO_COLUMN}`;
    const groups = keys.map((key) => key.group).join(', ');
    return `SELECT ${items} FROM ${this.relation(plan.input)}${groups && ` GROUP BY ${groups}`}`;
  }

  private limit({ input, count, offset }: Limit): string {
    // Right behind ORDER BY, so that a top-N is what DuckDB runs.
    const rows =
      input.kind === 'sort' ? this.select(input) : `SELECT ${names(outputOf(input))} FROM ${this.relation(input)}`;
    const limit = Number.isFinite(count) ? ` LIMIT ${Math.trunc(count)}` : '';
    return `${rows}${limit}${offset > 0 ? ` OFFSET ${Math.trunc(offset)}` : ''}`;
  }

  private setOperation(plan: SetOperation): string {
    const word = { union: 'UNION', intersect: 'INTERSECT', except: 'EXCEPT' }[plan.op];
    const side = (input: LogicalPlan): string => `(${this.side(input, plan.columns)})`;
    return `${side(plan.left)} ${word}${plan.all ? ' ALL' : ''} ${side(plan.right)}`;
  }

  /** An input under the columns of what puts inputs together, and with their types. */
  private side(input: LogicalPlan, columns: readonly Column[]): string {
    const parts = outputOf(input);
    const items = columns.map((column, i) => {
      const name = columnName(parts[i]!);
      // Carried cells are text on both sides; whole numbers get room for a SUM that left its declared type.
      const type = this.withForm(column).carried ? 'VARCHAR' : roomy(duckType(column.type));
      return `CAST(${name} AS ${type}) AS ${columnName(column)}`;
    });
    return `SELECT ${items.join(', ')} FROM ${this.relation(input)}`;
  }

  private recursion({ name, all, left, right, columns }: Recursion): string {
    const [first, step] = [left, right].map((input) => this.side(input, columns));
    const rows = `${first} UNION${all ? ' ALL' : ''} ${step}`;
    return `WITH RECURSIVE ${quoteName(name)}(${names(columns)}) AS (${rows}) SELECT ${names(columns)} FROM ${quoteName(name)}`;
  }
}

const names = (columns: readonly Column[]): string => columns.map(columnName).join(', ') || `NULL AS ${NO_COLUMN}`;

const roomy = (type: string): string => (type === 'INTEGER' ? 'BIGINT' : type);
