/** Binds nested(): one row an element in a select list, a condition on some element in WHERE (spec sql-grammar 8). */

import type { Expr } from '../algebra/expr.ts';
import type { Field } from '../algebra/schema.ts';
import { SqlError } from '../errors.ts';
import type { CallNode } from '../syntax/ast.ts';
import { type ExprContext, semantic, unknownField } from './context.ts';
import { bindCondition } from './expression.ts';
import type { ScanSource } from './scope.ts';

export function bindNested(node: CallNode, context: ExprContext): Expr {
  if (node.args.length === 0 || node.args.length > 2) {
    throw new SqlError(
      'illegalArgument',
      'on nested object only allowed 2 parameters (field,path) or 1 parameter (field)',
    );
  }
  const [first, second] = node.args;
  if (second && second.kind !== 'name' && second.kind !== 'literal') return nestedCondition(node, context);
  const name =
    first?.kind === 'name'
      ? first.parts
      : first?.kind === 'literal' && typeof first.value === 'string'
        ? first.value.split('.')
        : undefined;
  if (!name) {
    const text = first ? context.env.sql.slice(first.at.start, first.at.end) : '';
    throw new SqlError('illegalArgument', `Illegal nested field name: ${text}`);
  }
  const { scan, path } = locate(name, node, context);
  const field = scan.schema.lookup(path);
  if (!field) throw unknownField(context, node, path);
  const whole = (): Expr => {
    const column = scan.column(field);
    return { kind: 'column', type: column.type, column };
  };
  if (!context.unnests) return whole();
  const collection = collectionOf(field, second && textOfPath(second, context), scan, node, context);
  const below = field.path === collection.path ? '' : field.path.slice(collection.path.length + 1);
  const element = context.unnests.column(scan.column(collection), collection.path, below, field.type, field.path);
  return element ?? whole();
}

/** The leaf fields that nested(path.*) stands for. */
export function nestedStar(node: CallNode, context: ExprContext): readonly Field[] | undefined {
  const arg = node.args[0];
  if (node.name !== 'NESTED' || arg?.kind !== 'star') return undefined;
  const { scan, path } = locate(arg.qualifier, node, context);
  const field = scan.schema.lookup(path);
  if (!field?.properties) throw unknownField(context, node, path);
  const leaves: Field[] = [];
  const visit = (f: Field): void => {
    if (!f.properties) leaves.push(f);
    else for (const child of f.properties.values()) visit(child);
  };
  visit(field);
  return leaves;
}

/** nested(path, condition): one element satisfies the whole condition. */
function nestedCondition(node: CallNode, context: ExprContext): Expr {
  const [first, second] = node.args;
  const parts =
    first?.kind === 'name'
      ? first.parts
      : first?.kind === 'literal' && typeof first.value === 'string'
        ? first.value.split('.')
        : undefined;
  if (!parts || !second)
    throw new SqlError(
      'illegalArgument',
      `Illegal nested field name: ${context.env.sql.slice(node.at.start, node.at.end)}`,
    );
  const { scan, path } = locate(parts, node, context);
  const collection = scan.schema.lookup(path);
  if (!collection) throw unknownField(context, node, path);
  return {
    kind: 'nestedAny',
    type: 'boolean',
    path,
    predicate: bindCondition(second, context),
    source: scan.column(collection),
  };
}

function textOfPath(node: CallNode['args'][number], context: ExprContext): string {
  if (node.kind === 'name') return locate(node.parts, node, context).path;
  if (node.kind === 'literal' && typeof node.value === 'string') return node.value;
  throw new SqlError(
    'illegalArgument',
    `Illegal nested field name: ${context.env.sql.slice(node.at.start, node.at.end)}`,
  );
}

function locate(
  parts: readonly string[],
  node: { readonly at: CallNode['at'] },
  context: ExprContext,
): { scan: ScanSource; path: string } {
  const relation = parts.length > 1 ? context.scope.relation(parts[0]!) : undefined;
  if (relation?.scan) return { scan: relation.scan, path: parts.slice(1).join('.') };
  const path = parts.join('.');
  const scans = context.scope.scans;
  const scan = scans.find((s) => s.schema.lookup(path)) ?? scans[0];
  if (!scan) throw semantic(context, node.at, 'nested() needs an index in FROM');
  return { scan, path };
}

/** The collection whose elements become rows: as given, else the innermost nested ancestor, else the parent object. */
function collectionOf(
  field: Field,
  given: string | undefined,
  scan: ScanSource,
  node: CallNode,
  context: ExprContext,
): Field {
  const dot = field.path.lastIndexOf('.');
  const path =
    given ??
    (field.type === 'nested' ? field.path : (field.nestedPath ?? (dot > 0 ? field.path.slice(0, dot) : field.path)));
  const collection = scan.schema.lookup(path);
  if (!collection) throw unknownField(context, node, path);
  if (field.path !== path && !field.path.startsWith(`${path}.`)) {
    throw semantic(context, node.at, `[${field.path}] is not below the path [${path}]`);
  }
  return collection;
}
