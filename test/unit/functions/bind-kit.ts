/** Binds an expression without columns, or over named columns of a test's own. */

import type { Column, Expr } from '../../../translators/algebra/expr.ts';
import type { Session } from '../../../translators/algebra/session.ts';
import type { Value } from '../../../translators/algebra/types.ts';
import { rewrite } from '../../../translators/algebra/walk.ts';
import { CommonTables } from '../../../translators/bind/common-table.ts';
import type { ExprContext } from '../../../translators/bind/context.ts';
import { bindExpr } from '../../../translators/bind/expression.ts';
import { NO_LIMITS, PlanSize } from '../../../translators/bind/plan-size.ts';
import { QuotedNames } from '../../../translators/bind/quoted-names.ts';
import { Scope } from '../../../translators/bind/scope.ts';
import { compileExpr, foldConstant } from '../../../translators/lower/js/index.ts';
import { parse } from '../../../translators/syntax/parser.ts';

export const SESSION: Session = { now: '2026-03-01 12:00:00', today: '2026-03-01' };

export function bindText(text: string, columns: readonly Column[] = []): Expr {
  const sql = `SELECT ${text}`;
  const statement = parse(sql);
  if (statement.kind !== 'query' || statement.body.kind !== 'select') throw new Error(`no expression: ${text}`);
  let ids = 1000;
  const relation = {
    names: ['t'],
    resolve: (path: string) => columns.find((column) => column.name === path),
    star: () => [],
    paths: () => columns.map((column) => column.name),
  };
  const context: ExprContext = {
    env: {
      sql,
      schema: () => {
        throw new Error('no schema here');
      },
      parameters: [],
      session: SESSION,
      nextId: () => ++ids,
      nextScan: () => ++ids,
      ctes: CommonTables.NONE,
      size: new PlanSize(NO_LIMITS),
      quoted: new QuotedNames(),
    },
    scope: new Scope(columns.length > 0 ? [relation] : []),
    clause: 'SELECT',
    bindQuery: () => {
      throw new Error('no subqueries here');
    },
  };
  return bindExpr(statement.body.items[0]!.expr, context);
}

/** With constants as literals, as the planner hands expressions on. */
export const foldedText = (text: string, columns: readonly Column[] = []): Expr =>
  rewrite(bindText(text, columns), (e) => {
    const constant = foldConstant(e, SESSION);
    return constant === e ? undefined : constant;
  });

export function evaluate(text: string, columns: readonly Column[] = [], row: readonly Value[] = []): Value {
  return compileExpr(bindText(text, columns), columns, SESSION)(row);
}
