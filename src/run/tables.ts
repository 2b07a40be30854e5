/** The tables that a caller may see: open indices, aliases and data streams that are not hidden. */
import { buildSchema, mergeLevels } from '../../translators/execution.ts';
import type { Table } from '../../translators/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { CallContext } from '../cluster/context.ts';
import type { MappingSnapshot } from '../cluster/mapping-cache.ts';
import { readAnswer } from '../cluster/read-answer.ts';
import type { Execution } from './context.ts';

interface NamedTable {
  readonly name: string;
  readonly alias: boolean;
  /** The indices behind it. */
  readonly indices: readonly string[];
}

interface Resolved {
  readonly indices?: readonly { readonly name: string; readonly attributes?: readonly string[] }[];
  readonly aliases?: readonly { readonly name: string; readonly indices?: readonly string[] | string }[];
  readonly data_streams?: readonly { readonly name: string; readonly backing_indices?: readonly string[] | string }[];
}

/** Indices, then aliases, then data streams, each by name. */
export async function tablesOf(cluster: Cluster, context: CallContext): Promise<readonly NamedTable[]> {
  const { text } = await cluster.call(
    { kind: 'other', method: 'GET', path: '/_resolve/index/*', parameters: { expand_wildcards: 'open' }, retries: 2 },
    context,
  );
  const found = readAnswer<Resolved>(text);
  const shown = (tables: readonly NamedTable[]): readonly NamedTable[] =>
    tables.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    ...shown(
      (found.indices ?? [])
        .filter((i) => !i.attributes?.includes('hidden'))
        .map(({ name }) => ({ name, alias: false, indices: [name] })),
    ),
    ...shown((found.aliases ?? []).map(({ name, indices = [] }) => ({ name, alias: true, indices: [indices].flat() }))),
    ...shown(
      (found.data_streams ?? []).map(({ name, backing_indices: indices = [] }) => ({
        name,
        alias: false,
        indices: [indices].flat(),
      })),
    ),
  ];
}

/** The tables behind a snapshot of mappings, and what else has a name of its own over its indices. */
export async function describedTables(
  { indices }: MappingSnapshot,
  { cluster, request }: Execution,
): Promise<readonly Table[]> {
  const levels = new Map(
    Object.entries(indices).map(([name, mappings]) => [name, buildSchema(name, { [name]: { mappings } }).fields]),
  );
  const named = await tablesOf(cluster, request);
  return named.flatMap(({ name, alias, indices: behind }) => {
    const found = behind.flatMap((index) => levels.get(index) ?? []);
    if (found.length === 0) return [];
    return [{ name, alias, fields: found.length === 1 ? found[0]! : mergeLevels(found) }];
  });
}
