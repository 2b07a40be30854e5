/**
 * What the select list means to GROUP BY, HAVING and ORDER BY. A bare name of GROUP BY and ORDER BY is an alias first and then a field,
 * inside a larger expression it is the field first; HAVING takes the alias first, but the field inside an aggregate.
 */

import type { Column, Expr } from '../algebra/expr.ts';
import { exprKey } from '../algebra/key.ts';
import { columnsOf } from '../algebra/walk.ts';
import type { ExprNode } from '../syntax/ast.ts';
import { type ExprContext, semantic } from './context.ts';
import { bindExpr } from './expression.ts';
import type { BoundItem } from './select-items.ts';

export interface Above {
  /** Columns of aggregates and of GROUPING, which exist only over the groups. */
  aggregate(column: Column): boolean;
  window(column: Column): boolean;
}

export class ItemNames {
  constructor(
    private readonly items: readonly BoundItem[],
    private readonly more: (name: string) => Expr | undefined,
    private readonly above: Above,
  ) {}

  /** For an element of GROUP BY: an alias of an aggregate or a window cannot be a key, so a field of that name is meant. */
  forGroup(node: ExprNode, context: ExprContext): ExprContext {
    const alias = (name: string): Expr | undefined => {
      const found = this.find(name, node, context);
      return found && !this.isAbove(found) ? found : undefined;
    };
    const unseen = new Set(this.items.flatMap((item) => (item.alias && this.isAbove(item.expr) ? [item.alias] : [])));
    return { ...this.forElement(node, context, alias), unseen };
  }

  forOrder(node: ExprNode, context: ExprContext): ExprContext {
    return this.forElement(node, context, (name) => this.find(name, node, context));
  }

  forHaving(node: ExprNode, context: ExprContext): ExprContext {
    const alias = (name: string): Expr | undefined => this.find(name, node, context);
    return { ...context, alias, lastAlias: this.last(alias), sameItem: this.same({ ...context, alias }) };
  }

  private forElement(node: ExprNode, context: ExprContext, alias: (name: string) => Expr | undefined): ExprContext {
    const bare = node.kind === 'name' && node.parts.length === 1;
    return { ...context, alias: bare ? alias : undefined, lastAlias: this.last(alias) };
  }

  /** Inside an aggregate only values of rows stand, and inside a window no other window. */
  private last(alias: (name: string) => Expr | undefined): ExprContext['lastAlias'] {
    return (name, at) => {
      const found = alias(name);
      if (!found) return undefined;
      if (at.clause === 'aggregate' && this.isAbove(found)) return undefined;
      return at.windows === undefined && this.reads(found, this.above.window) ? undefined : found;
    };
  }

  private find(name: string, node: ExprNode, context: ExprContext): Expr | undefined {
    const aliased = this.one(
      this.items.filter((item) => item.alias === name),
      name,
      node,
      context,
    );
    if (aliased) return aliased;
    const more = this.more(name);
    if (more) return more;
    // Where several relations have the column, the one that was selected is meant.
    if (context.scope.relations.length < 2) return undefined;
    const selected = this.items.filter(
      (item) => item.alias === undefined && item.expr.kind === 'column' && item.name === name,
    );
    return new Set(selected.map((item) => exprKey(item.expr))).size === 1 ? selected[0]!.expr : undefined;
  }

  private one(found: readonly BoundItem[], name: string, node: ExprNode, context: ExprContext): Expr | undefined {
    if (found.length > 1 && new Set(found.map((item) => exprKey(item.expr))).size > 1)
      throw semantic(context, node.at, `Column [${name}] is ambiguous: several select items have this alias`);
    return found[0]?.expr;
  }

  /**
   * In HAVING, `UPPER(g)` beside `UPPER(g) AS g` is the select item, though `g` by itself would be the alias. Looked at only where an alias
   * hides a field, since all other names mean one thing.
   */
  private same(context: ExprContext): ExprContext['sameItem'] {
    const hiding = new Set(
      this.items.flatMap(({ alias, expr }) => (alias && this.hides(alias, expr, context) ? [alias] : [])),
    );
    if (hiding.size === 0) return undefined;
    const keys = new Map(this.items.map((item) => [exprKey(item.expr), item.expr]));
    const plain: ExprContext = { ...context, alias: undefined, aggregates: undefined, windows: undefined };
    return (node) => {
      if (node.kind === 'name' || !mentions(node, hiding)) return undefined;
      try {
        return keys.get(exprKey(bindExpr(node, plain)));
      } catch {
        // With the fields it means nothing, so that it is no select item; what it means with the aliases is told later.
        return undefined;
      }
    };
  }

  private hides(alias: string, expr: Expr, context: ExprContext): boolean {
    const field = context.scope.resolve([alias]);
    return field !== undefined && (field === 'ambiguous' || exprKey(field) !== exprKey(expr));
  }

  private isAbove(expr: Expr): boolean {
    return this.reads(expr, this.above.aggregate) || this.reads(expr, this.above.window);
  }

  private reads(expr: Expr, test: (column: Column) => boolean): boolean {
    return [...columnsOf(expr)].some(test);
  }
}

/** Does one of these names stand by itself somewhere below? */
function mentions(below: unknown, names: ReadonlySet<string>): boolean {
  if (Array.isArray(below)) return below.some((item) => mentions(item, names));
  if (typeof below !== 'object' || below === null) return false;
  const { kind, parts } = below as { readonly kind?: unknown; readonly parts?: readonly string[] };
  if (kind === 'name') return parts?.length === 1 && names.has(parts[0]!);
  return Object.values(below).some((value) => mentions(value, names));
}
