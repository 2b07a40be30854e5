/** include('a*', 'b') and exclude('c*') of a select list: which fields `*` stands for (spec sql-functions 11.4). */
import type { Field } from '../algebra/schema.ts';
import type { SelectItemNode, SelectNode } from '../syntax/ast.ts';
import { type BindEnv, semantic } from './context.ts';

export interface SourceFilter {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

/** The select without these calls, and what they ask of its star; a star is put where none was written. */
export function readSourceFilter(select: SelectNode, env: BindEnv): { select: SelectNode; filter?: SourceFilter } {
  const includes: string[] = [];
  const excludes: string[] = [];
  const items: SelectItemNode[] = [];
  let first: SelectItemNode | undefined;
  for (const item of select.items) {
    const { expr } = item;
    if (expr.kind !== 'call' || (expr.name !== 'INCLUDE' && expr.name !== 'EXCLUDE')) {
      items.push(item);
      continue;
    }
    if (!first) {
      first = item;
      if (!select.items.some((one) => one.expr.kind === 'star'))
        items.push({ expr: { kind: 'star', qualifier: [], at: item.at }, at: item.at });
    }
    for (const arg of expr.args) {
      const pattern = arg.kind === 'literal' && typeof arg.value === 'string' ? arg.value : undefined;
      const text = pattern ?? (arg.kind === 'name' ? arg.parts.join('.') : undefined);
      if (text === undefined) throw semantic({ env }, arg.at, `${expr.name.toLowerCase()}() takes names of fields`);
      const list = text.split(',').map((name) => name.trim());
      (expr.name === 'INCLUDE' ? includes : excludes).push(...list);
    }
  }
  return first ? { select: { ...select, items }, filter: { includes, excludes } } : { select };
}

/** An object of which only a part is wanted is shown by its children. */
export function filteredFields(fields: Iterable<Field>, { includes, excludes }: SourceFilter): readonly Field[] {
  const wanted = includes.map(matcher);
  const unwanted = excludes.map(matcher);
  const isExcluded = (field: Field): boolean => unwanted.some((test) => test(field.path));
  const losesSome = (field: Field): boolean =>
    [...(field.properties?.values() ?? [])].some((child) => isExcluded(child) || losesSome(child));
  const visit = (field: Field, inside: boolean): readonly Field[] => {
    if (isExcluded(field)) return [];
    const included = inside || wanted.length === 0 || wanted.some((test) => test(field.path));
    if (included && !losesSome(field)) return [field];
    return [...(field.properties?.values() ?? [])].flatMap((child) => visit(child, included));
  };
  return [...fields].flatMap((field) => visit(field, false));
}

/** As `_source` filtering does: `*` stands for any run, dots too. */
function matcher(pattern: string): (path: string) => boolean {
  const text = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  const form = new RegExp(`^${text}$`, 's');
  return (path) => form.test(path);
}
