/** SHOW and DESCRIBE as plans (spec sql-grammar 9, clients). */

import type { Column } from '../algebra/expr.ts';
import type { DescribedTable, NamePattern, Physical } from '../algebra/physical.ts';
import type { SqlType } from '../algebra/types.ts';
import type { OutputItem } from '../bind/context.ts';
import { indexExpression } from '../bind/relation.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { DESCRIBE_COLUMNS, SHOW_COLUMNS } from '../catalog/metadata-columns.ts';
import { ERRORS, place, SqlError } from '../errors.ts';
import { exactLikeMatcher, likeMatcher } from '../lower/js/like.ts';
import type { DescribeNode, ShowNode, Span } from '../syntax/ast.ts';

export function metadataPlan(
  statement: ShowNode | DescribeNode,
  catalog: Catalog,
  sql: string,
): { plan: Physical; columns: readonly OutputItem[] } {
  const names = statement.kind === 'show' ? SHOW_COLUMNS : DESCRIBE_COLUMNS;
  const columns: Column[] = names.map(([name, type]: readonly [string, SqlType], id) => ({ id, name, type }));
  const plan: Physical =
    statement.kind === 'show'
      ? { kind: 'metadata', statement: 'show', like: statement.like, columns }
      : {
          kind: 'metadata',
          statement: 'describe',
          like: statement.like,
          columnsLike: statement.columns,
          tables: describedTables(statement, catalog, sql),
          columns,
        };
  return { plan, columns: columns.map((column) => ({ name: column.name, column })) };
}

/**
 * Which names a pattern finds. In quotes it is a LIKE pattern, and `^name$`, as ODBC's drivers send it, is that name. Without quotes the older
 * engine's rules hold: case matters, and a name finds all that begin with it.
 */
export function nameMatcher({ text, bare }: NamePattern): (name: string) => boolean {
  if (bare) return exactLikeMatcher(`${text}%`, '\\');
  const exact = exactName(text);
  return likeMatcher(exact === undefined ? text : literally(exact), '\\');
}

const exactName = (text: string): string | undefined => /^\^(.+)\$$/s.exec(text)?.[1];
const literally = (name: string): string => name.replace(/[%_\\]/g, '\\$&');

function describedTables({ like }: DescribeNode, catalog: Catalog, sql: string): readonly DescribedTable[] {
  const { text, bare, at } = like;
  if (bare) return matching(like, searched(`${text}%`.replaceAll('_', '%')), catalog, true);
  const name = exactName(text) ?? text;
  if (!/[%*]/.test(name) || name !== text) return oneTable(name, at, catalog);
  // An expression of the cluster's own: a list, or its wildcard.
  if (/[*,]/.test(name)) {
    const indices = catalog.tables!(searched(name)).filter((table) => !table.alias);
    return found(indices, name, at, sql);
  }
  // `_` is itself where that finds something (spec sql-grammar 9.3).
  const expression = searched(name.replaceAll('_', '%'));
  const plain = matching({ text: text.replace(/(?<!\\)_/g, '\\_') }, expression, catalog, false);
  return plain.length > 0 ? plain : found(matching(like, expression, catalog, false), name, at, sql);
}

/** A name without wildcards: an index, an alias or a data stream, and what `_` makes of it only if there is none. */
function oneTable(name: string, at: Span, catalog: Catalog): readonly DescribedTable[] {
  const expression = searched(name);
  try {
    const schema = catalog.schema(expression, at);
    return [{ name: schema.expression, fields: schema.fields }];
  } catch (error) {
    if (!(error instanceof SqlError) || error.type !== ERRORS.indexNotFound.type || !/(?<!\\)_/.test(name)) throw error;
    const tables = matching({ text: name }, searched(name.replaceAll('_', '%')), catalog, false);
    if (tables.length === 0) throw error;
    return tables;
  }
}

function matching(
  pattern: NamePattern,
  expression: string,
  catalog: Catalog,
  indicesOnly: boolean,
): readonly DescribedTable[] {
  const matches = nameMatcher(pattern);
  return catalog.tables!(expression).filter((table) => matches(table.name) && !(indicesOnly && table.alias));
}

function found(tables: readonly DescribedTable[], name: string, at: Span, sql: string): readonly DescribedTable[] {
  if (tables.length > 0) return tables;
  throw new SqlError('indexNotFound', {
    reason: `Error occurred in OpenSearch engine: no such index [${name}]`,
    details: `[${name}] IndexNotFoundException[no such index [${name}]]${place(sql, at)}`,
  });
}

/** `%` of a table pattern is the cluster's `*`. */
const searched = (like: string): string =>
  indexExpression(like.replaceAll('\\_', '_').replaceAll('\\%', '%').replaceAll(/%+/g, '*'));
