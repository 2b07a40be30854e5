/**
 * `FROM a, b` where nothing tells the two apart: one search over both indices, as the plugin has it. It is a join as soon as one has an
 * alias, a column is qualified by one of the names, or some expression reads columns that no single one of them has together.
 */
import type { Field, Schema } from '../algebra/schema.ts';
import type { ExprNode, QueryNode, RelationNode, SelectNode, TableNode } from '../syntax/ast.ts';
import type { BindEnv } from './context.ts';
import { joinedText } from './joined-name.ts';
import { indexExpression } from './relation.ts';
import type { SelectTail } from './select-plan.ts';

export function readCommaList(node: SelectNode, tail: SelectTail, env: BindEnv): SelectNode {
  const tables = node.from?.kind === 'join' ? commaTables(node.from) : undefined;
  if (!tables?.every((table) => isBareIndex(table, tables) && !env.ctes.has(table.name))) return node;
  const { from, ...rest } = node;
  if (qualifies([rest, tail.order], tables, env.sql)) return node;
  const list: TableNode = {
    kind: 'table',
    name: tables.map((table) => table.name).join(','),
    quoted: true,
    at: from!.at,
  };
  return readsAcross(node, tail, list, tables, env) ? node : { ...node, from: list };
}

function commaTables(node: RelationNode): readonly TableNode[] | undefined {
  if (node.kind === 'table') return [node];
  if (node.kind !== 'join' || !node.comma || node.right.kind !== 'table') return undefined;
  const left = commaTables(node.left);
  return left && [...left, node.right];
}

/** `t.items` behind `t` is a collection of its documents; the same index twice can only be a join. */
const isBareIndex = (table: TableNode, all: readonly TableNode[]): boolean =>
  table.alias === undefined &&
  all.every((other) => other === table || (other.name !== table.name && !table.name.startsWith(`${other.name}.`)));

/** Does a name somewhere below begin with one of the tables? */
function qualifies(below: unknown, tables: readonly TableNode[], sql: string): boolean {
  const qualifiers = tables.flatMap(({ name }) => suffixesOf(name));
  const visit = (item: unknown): boolean => {
    if (Array.isArray(item)) return item.some(visit);
    if (typeof item !== 'object' || item === null) return false;
    const node = item as ExprNode;
    const named = node.kind === 'name' ? node.parts : node.kind === 'star' ? node.qualifier : joinedText(node, sql);
    const path = [named].flat().join('.');
    const begins = (name: string): boolean => (path === name ? node.kind === 'star' : path.startsWith(`${name}.`));
    return (named !== undefined && qualifiers.some(begins)) || Object.values(item).some(visit);
  };
  return visit(below);
}

/** `default.t` is also called `t`. */
const suffixesOf = (name: string): readonly string[] => {
  const segments = name.split('.');
  return segments.map((_, i) => segments.slice(i).join('.')).filter((suffix) => suffix !== '');
};

/** Whether an expression reads columns that no single one of the tables has together. */
function readsAcross(
  node: SelectNode,
  tail: SelectTail,
  list: TableNode,
  tables: readonly TableNode[],
  env: BindEnv,
): boolean {
  const whole = env.schema(indexExpression(list.name), list.at);
  const expressions: (ExprNode | undefined)[] = [
    ...node.items.map((item) => item.expr),
    node.where,
    ...node.group,
    node.having,
    node.qualify,
    ...tail.order.map((item) => item.expr),
  ];
  return expressions.some((expression) => {
    const names = namesIn(expression, whole, env.sql).filter((name) => whole.lookup(name)?.partial);
    // A field that one index alone lacks says nothing by itself: two are needed for no index to have both.
    if (names.length < 2) return false;
    const schemas = tables.map((table) => env.schema(indexExpression(table.name), table.at));
    return !schemas.some((schema) => names.every((name) => has(schema, name)));
  });
}

const has = (schema: Schema, name: string): boolean => {
  const field: Field | undefined = schema.lookup(name);
  return field !== undefined;
};

/** The different names of an expression; those of queries inside it are names of other relations. */
function namesIn(expression: ExprNode | undefined, whole: Schema, sql: string): readonly string[] {
  const names = new Set<string>();
  const visit = (item: unknown): void => {
    if (Array.isArray(item)) for (const inner of item) visit(inner);
    else if (typeof item === 'object' && item !== null) {
      const node = item as ExprNode | QueryNode;
      if (node.kind === 'query') return;
      const path = node.kind === 'name' ? node.parts.join('.') : joinedText(node, sql);
      if (path !== undefined && (node.kind === 'name' || whole.lookup(path))) names.add(path);
      else for (const inner of Object.values(item)) visit(inner);
    }
  };
  visit(expression);
  return [...names];
}
