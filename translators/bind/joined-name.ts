/** `a-1` and `a*b` without spaces may be names: of fields, of aliases, or with such an alias as qualifier (spec sql-grammar 1.2). */
import type { ExprNode, NameNode } from '../syntax/ast.ts';
import type { ExprContext } from './context.ts';

/** The name that the text of an operation is, where something is called so. */
export function joinedName(node: ExprNode, context: ExprContext): NameNode | undefined {
  if (node.kind !== 'binary' || (node.op !== '-' && node.op !== '*')) return undefined;
  const text = context.env.sql.slice(node.at.start, node.at.end);
  if (!/^[\w@.][\w@.*-]*$/.test(text)) return undefined;
  const parts = text.split('.');
  return isCalled(parts, context) ? { kind: 'name', parts, at: node.at } : undefined;
}

function isCalled(parts: readonly string[], context: ExprContext): boolean {
  const [first] = parts as [string];
  if (parts.length === 1 && (context.alias?.(first) ?? context.lastAlias?.(first, context))) return true;
  const found = context.scope.resolve(parts);
  if (found) return found !== 'ambiguous';
  // A relation of an outer query is meant only where no two columns of this one could be.
  for (let scope = context.scope.outer; scope && first.includes('-'); scope = scope.outer) {
    const outer = scope.relation(first) && scope.resolve(parts);
    if (outer) return outer !== 'ambiguous';
  }
  return false;
}
