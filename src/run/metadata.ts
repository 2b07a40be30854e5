/** SHOW TABLES and DESCRIBE TABLES: what the caller may see of indices, aliases and columns (spec sql-grammar 9). */

import type { DescribedTable, Field, MetadataNode, NamePattern, Value } from '../../translators/algebra/index.ts';
import { describedType } from '../../translators/execution.ts';
import { nameMatcher } from '../../translators/index.ts';
import type { Page, Row } from '../rows/page.ts';
import type { Execution } from './context.ts';
import { tablesOf } from './tables.ts';

export async function* runMetadata(node: MetadataNode, execution: Execution): AsyncGenerator<Page> {
  const info = (await execution.cluster.info(execution.request)) as { readonly cluster_name?: string };
  const cluster = info.cluster_name ?? null;
  if (node.statement === 'show') {
    const rows = await tables(node.like, cluster, execution);
    if (rows.length > 0) yield rows;
    return;
  }
  for (const table of node.tables ?? []) {
    const rows = columns(table, node, cluster);
    if (rows.length > 0) yield rows;
  }
}

async function tables(
  like: NamePattern | undefined,
  cluster: string | null,
  { cluster: api, request }: Execution,
): Promise<Row[]> {
  const matches = like === undefined ? () => true : nameMatcher(like);
  const found = await tablesOf(api, request);
  return found
    .filter(({ name, alias }) => !(like?.bare && alias) && matches(name))
    .map(({ name }) => [cluster, null, name, 'BASE TABLE', null, null, null, null, null, null]);
}

function columns({ name, fields }: DescribedTable, node: MetadataNode, cluster: string | null): Row[] {
  const matches = node.columnsLike === undefined ? () => true : nameMatcher(node.columnsLike);
  const rows: Row[] = [];
  let ordinal = 0;
  const visit = (field: Field): void => {
    if (matches(field.path)) rows.push(describe(cluster, name, field, ++ordinal, node.like?.bare ?? false));
    for (const child of field.properties?.values() ?? []) visit(child);
  };
  for (const field of fields.values()) visit(field);
  return rows;
}

/** The 24 columns of JDBC's getColumns; their order is a contract with the driver. The older engine calls every date `date`. */
function describe(cluster: Value, table: string, field: Field, ordinal: number, older: boolean): Row {
  const type = older && field.mapping === 'date' ? 'date' : describedType(field);
  return [
    cluster,
    null,
    table,
    field.path,
    null,
    type,
    null,
    null,
    null,
    10,
    2,
    null,
    null,
    null,
    null,
    null,
    ordinal,
    '',
    null,
    null,
    null,
    null,
    'NO',
    '',
  ];
}
