/** Binds the items of a select list: stars, elements of collections, and the labels of columns. */

import type { Expr } from '../algebra/expr.ts';
import { SqlError } from '../errors.ts';
import type { SelectItemNode, SelectNode, Span, StarNode } from '../syntax/ast.ts';
import { type ExprContext, semantic } from './context.ts';
import { bindExpr, columnRef } from './expression.ts';
import { joinedName } from './joined-name.ts';
import { nestedStar } from './nested.ts';
import type { MergedColumns, RelationScope, StarColumn } from './scope.ts';
import { filteredFields, type SourceFilter } from './source-filter.ts';

export interface BoundItem {
  readonly name: string;
  readonly alias?: string;
  readonly expr: Expr;
  readonly at: Span;
}

export function bindItem(
  item: SelectItemNode,
  node: SelectNode,
  context: ExprContext,
  filter: SourceFilter | undefined,
): readonly BoundItem[] {
  const { expr, at } = item;
  if (expr.kind === 'star') return starItems(expr, node, at, context, filter);
  if (expr.kind === 'call') {
    const leaves = nestedStar(expr, context);
    if (leaves) {
      return leaves.map((field) => {
        const name = { kind: 'name', parts: field.path.split('.'), at: expr.at } as const;
        return {
          name: `nested(${field.path})`,
          expr: bindExpr({ ...expr, args: [name, ...expr.args.slice(1)] }, context),
          at,
        };
      });
    }
  }
  return [{ name: labelOf(item, context), alias: item.alias, expr: bindExpr(expr, context), at }];
}

function starItems(
  star: StarNode,
  node: SelectNode,
  at: Span,
  context: ExprContext,
  filter: SourceFilter | undefined,
): readonly BoundItem[] {
  if (!node.from) throw new SqlError('syntax', 'No FROM clause found for select all');
  const { scope } = context;
  const relations = relationsOf(star, context);
  if (relations.length === 0) return objectStar(star.qualifier, at, context);
  // Columns of USING come first, once each; `t.*` shows those of its relation.
  const merged = star.qualifier.length > 0 ? [] : shownMerged(scope.merged, filter);
  const hidden = (relation: RelationScope, name: string): boolean =>
    star.qualifier.length === 0 && (scope.merged.get(name)?.of.includes(relation) ?? false);
  const own = relations.flatMap((relation) =>
    starOf(relation, filter)
      .filter((c) => !hidden(relation, c.name))
      .map((c) => ({ name: c.name, expr: columnRef(c.column), at })),
  );
  return [...merged.map(([name, expr]) => ({ name, expr, at })), ...own].filter(
    (item) => !star.except?.includes(item.name),
  );
}

/** The relations that a star stands for; none where it is qualified by an object of a document. */
export const relationsOf = (star: StarNode, { scope }: ExprContext): readonly RelationScope[] =>
  star.qualifier.length > 0
    ? scope.relations.filter((r) => r.names.includes(star.qualifier.join('.')))
    : scope.relations;

const shownMerged = (merged: MergedColumns, filter: SourceFilter | undefined): readonly (readonly [string, Expr])[] =>
  [...merged]
    .filter(([name, { of }]) => of.some((relation) => starOf(relation, filter).some((c) => c.name === name)))
    .map(([name, { expr }]) => [name, expr] as const);

/** Columns of a relation that `*` stands for. */
function starOf(relation: RelationScope, filter: SourceFilter | undefined): readonly StarColumn[] {
  if (!filter) return relation.star();
  const { scan } = relation;
  if (!scan) throw new SqlError('semantic', 'include() and exclude() need an index in FROM');
  return filteredFields(scan.schema.fields.values(), filter).map((field) => ({
    name: field.path,
    column: scan.column(field),
  }));
}

/** `obj.*`: the children of an object field. */
function objectStar(path: readonly string[], at: Span, context: ExprContext): readonly BoundItem[] {
  for (const relation of context.scope.relations) {
    const below = relation.names.includes(path[0]!) ? path.slice(1) : path;
    const field = relation.scan?.schema.lookup(below.join('.'));
    if (field?.properties && relation.scan) {
      return [...field.properties.values()].map((child) => ({
        name: child.path,
        expr: columnRef(relation.scan!.column(child)),
        at,
      }));
    }
  }
  throw semantic(context, at, `[${path.join('.')}] is no table or object here`);
}

/** The text as typed; of a column, its path without qualifier and quotes (spec sql-endpoint 4.2). */
export function labelOf(item: Pick<SelectItemNode, 'expr' | 'alias' | 'at'>, context: ExprContext): string {
  const expr = joinedName(item.expr, context) ?? item.expr;
  if (expr.kind !== 'name') {
    const at = item.alias === undefined ? item.at : expr.at;
    return context.env.sql.slice(at.start, at.end);
  }
  if (expr.parts.length > 1 && context.scope.relation(expr.parts[0]!)?.resolve(expr.parts.slice(1).join('.'))) {
    return expr.parts.slice(1).join('.');
  }
  const path = expr.parts.join('.');
  for (const relation of context.scope.relations) {
    const qualifier = relation.names.find((name) => name.includes('.') && path.startsWith(`${name}.`));
    if (qualifier) return path.slice(qualifier.length + 1);
  }
  return path;
}
