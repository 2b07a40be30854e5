/** `a-1` and `a*b` without spaces may be names: of fields, of aliases, or with such an alias as qualifier (spec sql-grammar 1.2). */
import type { ExprNode, NameNode } from '../syntax/ast.ts';
import type { ExprContext } from './context.ts';

/** The name that the text of an operation is, where something is called so. */
export function joinedName(node: ExprNode, context: ExprContext): NameNode | undefined {
  const text = joinedText(node, context.env.sql);
  if (text === undefined) return undefined;
  const parts = text.split('.');
  return isCalled(parts, context) ? { kind: 'name', parts, at: node.at } : undefined;
}

/** The text of an operation that is written as a name could be. */
export function joinedText(node: ExprNode, sql: string): string | undefined {
  if (node.kind !== 'binary' || (node.op !== '-' && node.op !== '*')) return undefined;
  const text = sql.slice(node.at.start, node.at.end);
  return /^[\w@.][\w@.*-]*$/.test(text) ? text : undefined;
}

function isCalled(parts: readonly string[], context: ExprContext): boolean {
  const [first] = parts as [string];
  if (parts.length === 1 && (context.alias?.(first) ?? context.lastAlias?.(first, context))) return true;
  const found = context.scope.resolve(parts);
  if (found) return found !== 'ambiguous';
  // An index that an alias hides: the error of the whole name says so.
  const text = parts.join('.');
  if (context.scope.relations.some(({ hidden }) => hidden !== undefined && text.startsWith(`${hidden}.`))) return true;
  // A relation of an outer query is meant only where no two columns of this one could be.
  for (let scope = context.scope.outer; scope && first.includes('-'); scope = scope.outer) {
    const outer = scope.relation(first) && scope.resolve(parts);
    if (outer) return outer !== 'ambiguous';
  }
  return false;
}
