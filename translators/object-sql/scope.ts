/** Names of a statement over objects: which column of a csv file, or which path into a row, each one means. */
import type { ExprNode, NameNode, ObjectSelectNode } from '../syntax/ast.ts';
import { SelectFault } from './errors.ts';
import type { FromStep, SelectExpr, SelectStep } from './expr.ts';

interface CsvSource {
  readonly kind: 'csv';
  /** Of the header line, when it names columns. */
  readonly names: readonly string[] | undefined;
  /** `_1`, `_2` … may be used. */
  readonly positions: boolean;
  readonly maxColumns: number;
}

export type SelectSource = CsvSource | { readonly kind: 'json' };

export interface Scope {
  readonly source: SelectSource;
  /** Names that mean the row. */
  readonly rowNames: readonly RowName[];
}

interface RowName {
  readonly name: string;
  readonly quoted: boolean;
}

const OBJECT_NAMES = ['S3Object', 'BosObject'];

export const sameName = (a: string, b: string, exact: boolean): boolean =>
  exact ? a === b : a.toLowerCase() === b.toLowerCase();

export const isObjectName = (name: string): boolean => OBJECT_NAMES.some((each) => sameName(each, name, false));

export function scopeOf(statement: ObjectSelectNode, source: SelectSource): Scope {
  const { alias } = statement.from;
  const implied =
    source.kind === 'json' && alias === undefined ? [{ name: rowNameOf(statement.from.steps), quoted: false }] : [];
  const objects = OBJECT_NAMES.map((name) => ({ name, quoted: false }));
  return { source, rowNames: [...(alias ? [alias] : []), ...implied, ...objects] };
}

/** The last name of the path, `_1` behind a wildcard (spec s3-select 3). */
export function rowNameOf(steps: readonly FromStep[]): string {
  const last = steps.at(-1);
  return last?.kind === 'member' ? last.name : '_1';
}

const meansRow = (scope: Scope, name: string, quoted: boolean): boolean =>
  scope.rowNames.some((row) => sameName(row.name, name, quoted || row.quoted));

/** `*`, `s.*`: whether the qualifier is the row. */
export function checkStar(qualifier: readonly string[], scope: Scope): void {
  if (qualifier.length === 0 || (qualifier.length === 1 && meansRow(scope, qualifier[0]!, false))) return;
  throw new SelectFault('InvalidTableAlias', `${qualifier.join('.')}.* belongs to nothing in FROM`);
}

export function resolveName(node: NameNode, scope: Scope): SelectExpr {
  const { source } = scope;
  return source.kind === 'csv'
    ? resolveColumn(node, source, scope)
    : { kind: 'path', steps: pathSteps(node, scope), type: 'any' };
}

/** `a[0]`, `a['b']`, `a[*]`, and a name behind one of them. */
export function resolveIndex(node: Extract<ExprNode, { kind: 'index' }>, scope: Scope, inArray: boolean): SelectExpr {
  if (scope.source.kind === 'csv') {
    throw new SelectFault('ParseInvalidPathComponent', 'the fields of a csv record have no elements');
  }
  return { kind: 'path', steps: indexSteps(node, scope, inArray), type: 'any' };
}

function indexSteps(node: ExprNode, scope: Scope, inArray: boolean): readonly SelectStep[] {
  if (node.kind === 'name') return pathSteps(node, scope);
  if (node.kind !== 'index') throw new SelectFault('ParseInvalidPathComponent', 'a path begins with a name');
  const { index } = node;
  const base = indexSteps(node.base, scope, inArray);
  if (index.kind === 'name')
    return [...base, { kind: 'member', name: index.parts[0]!, quoted: index.quoted?.[0] === true }];
  if (index.kind === 'star') {
    if (!inArray) {
      throw new SelectFault('ParseCannotMixSqbAndWildcardInSelectList', '[*] may stand in FROM and behind IN only');
    }
    return [...base, { kind: 'elements' }];
  }
  if (index.kind !== 'literal') throw new SelectFault('ParseInvalidPathComponent', 'an index is a number or a name');
  if (typeof index.value === 'string') return [...base, { kind: 'member', name: index.value, quoted: true }];
  return [...base, { kind: 'element', index: Number(index.value) }];
}

function pathSteps({ parts, quoted }: NameNode, scope: Scope): readonly SelectStep[] {
  const isRow = meansRow(scope, parts[0]!, quoted?.[0] === true);
  const from = isRow ? 1 : 0;
  return parts.slice(from).map((name, i) => ({ kind: 'member', name, quoted: quoted?.[i + from] === true }));
}

function resolveColumn({ parts, quoted = [] }: NameNode, source: CsvSource, scope: Scope): SelectExpr {
  const written = parts.join('.');
  if (parts.length > 2 || (parts.length === 2 && !meansRow(scope, parts[0]!, quoted[0] === true))) {
    throw new SelectFault('InvalidTableAlias', `${written}: ${parts[0]} is no name of the object in FROM`);
  }
  const name = parts.at(-1)!;
  const exact = quoted.at(-1) === true;
  const { names = [] } = source;
  const found = names.flatMap((each, i) => (sameName(each, name, exact) ? [i] : []));
  if (found.length > 1) throw new SelectFault('AmbiguousFieldName', `${found.length} columns are called ${name}`);
  const column = found[0] ?? positionOf(name, source);
  if (column !== undefined) return { kind: 'cell', column, type: 'cell' };
  const wanted =
    source.names === undefined ? 'columns are called _1, _2 … without a header line' : 'no column has this name';
  throw new SelectFault('MissingHeaders', `${name}: ${wanted}`);
}

/** Or a place that is none: what is said of it is not to be hidden. */
export function hasColumn(node: NameNode, source: CsvSource, scope: Scope): boolean {
  try {
    resolveColumn(node, source, scope);
    return true;
  } catch (error) {
    return !(error instanceof SelectFault && error.code === 'MissingHeaders');
  }
}

function positionOf(name: string, { positions, maxColumns }: CsvSource): number | undefined {
  const digits = positions ? /^_(\d{1,9})$/.exec(name)?.[1] : undefined;
  if (digits === undefined) return undefined;
  const number = Number(digits);
  if (number >= 1 && number <= maxColumns) return number - 1;
  throw new SelectFault('InvalidColumnIndex', `${name}: columns count from _1 to _${maxColumns}`);
}
