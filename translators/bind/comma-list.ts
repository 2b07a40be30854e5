/**
 * `FROM a, b` where nothing tells the two apart: one search over both indices, as the plugin has it. An alias, or a column that is
 * qualified by one of the names, makes it a join (spec sql-grammar 1.3, 6).
 */
import type { RelationNode, SelectNode, TableNode } from '../syntax/ast.ts';
import type { SelectTail } from './select.ts';

export function readCommaList(node: SelectNode, tail: SelectTail, isQuery: (name: string) => boolean): SelectNode {
  const tables = node.from?.kind === 'join' ? commaTables(node.from) : undefined;
  if (!tables?.every((table) => isBareIndex(table, tables) && !isQuery(table.name))) return node;
  const { from, ...rest } = node;
  if (qualifies([rest, tail.order], tables)) return node;
  const name = tables.map((table) => table.name).join(',');
  return { ...node, from: { kind: 'table', name, quoted: true, at: from!.at } };
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
function qualifies(below: unknown, tables: readonly TableNode[]): boolean {
  if (Array.isArray(below)) return below.some((item) => qualifies(item, tables));
  if (typeof below !== 'object' || below === null) return false;
  const node = below as { readonly kind?: unknown; readonly parts?: unknown; readonly qualifier?: unknown };
  const path = [node.kind === 'name' ? node.parts : node.kind === 'star' ? node.qualifier : undefined].flat().join('.');
  if (tables.some(({ name }) => (path === name ? node.kind === 'star' : path.startsWith(`${name}.`)))) return true;
  return Object.values(below).some((value) => qualifies(value, tables));
}
