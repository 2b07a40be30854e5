/** SHOW TABLES and DESCRIBE TABLES: what the caller may see of indices, aliases and columns (spec sql-grammar 9). */

import { describedType } from '../../translators/catalog/described-type.ts';
import type { Field } from '../../translators/catalog/schema.ts';
import type { Value } from '../../translators/catalog/types.ts';
import { likeMatcher } from '../../translators/lower/js/like.ts';
import type { MetadataNode } from '../../translators/physical/nodes.ts';
import { readAnswer } from '../cluster/read-answer.ts';
import type { Page, Row } from '../rows/page.ts';
import type { Execution } from './context.ts';

export async function* runMetadata(node: MetadataNode, execution: Execution): AsyncGenerator<Page> {
  const info = (await execution.cluster.info(execution.request)) as { readonly cluster_name?: string };
  const cluster = info.cluster_name ?? null;
  const rows = node.statement === 'show' ? await tables(node, cluster, execution) : columns(node, cluster);
  if (rows.length > 0) yield rows;
}

async function tables(
  node: MetadataNode,
  cluster: string | null,
  { cluster: api, request }: Execution,
): Promise<Row[]> {
  const { text } = await api.call(
    { kind: 'other', method: 'GET', path: '/_resolve/index/*', parameters: { expand_wildcards: 'open' }, retries: 2 },
    request,
  );
  const found = readAnswer<{
    readonly indices?: readonly { readonly name: string; readonly attributes?: readonly string[] }[];
    readonly aliases?: readonly { readonly name: string }[];
    readonly data_streams?: readonly { readonly name: string }[];
  }>(text);
  const indices = (found.indices ?? [])
    .filter((i) => !i.attributes?.includes('hidden') && !i.name.startsWith('.'))
    .map((i) => i.name);
  const names = [
    ...indices.sort(),
    ...(found.aliases ?? [])
      .map((a) => a.name)
      .filter((n) => !n.startsWith('.'))
      .sort(),
    ...(found.data_streams ?? [])
      .map((d) => d.name)
      .filter((n) => !n.startsWith('.'))
      .sort(),
  ];
  const matches = node.like === undefined ? () => true : likeMatcher(node.like, '\\');
  return names.filter(matches).map((name) => [cluster, null, name, 'BASE TABLE', null, null, null, null, null, null]);
}

function columns(node: MetadataNode, cluster: string | null): Row[] {
  const matches = node.columnsLike === undefined ? () => true : likeMatcher(node.columnsLike, '\\');
  const rows: Row[] = [];
  let ordinal = 0;
  const visit = (field: Field): void => {
    if (matches(field.path)) rows.push(describe(cluster, node.like ?? '', field, ++ordinal));
    for (const child of field.properties?.values() ?? []) visit(child);
  };
  for (const field of node.schema?.fields.values() ?? []) visit(field);
  return rows;
}

/** The 24 columns of JDBC's getColumns; their order is a contract with the driver. */
function describe(cluster: Value, table: string, field: Field, ordinal: number): Row {
  const type = describedType(field);
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
