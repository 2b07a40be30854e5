/** Asks whether values hide behind `ignore_above`: longer ones are in no keyword twin, so sorts, groups and patterns would miss them. */
import type { Field, Schema } from '../../translators/catalog/schema.ts';
import type { Execution } from './context.ts';

interface Answer {
  readonly hidden: ReadonlySet<string>;
  readonly asked: ReadonlySet<string>;
  readonly until: number;
}

/** As long as a mapping is trusted: the index is not refreshed more often by default. */
const TTL = 1_000;
const MAX_ENTRIES = 1_000;

/** Probes of one server, kept apart by caller and index. */
export class OverflowProbe {
  private readonly answers = new Map<string, Answer>();

  /** The paths, among those asked, that have values too long for them. */
  async hidden(
    schema: Schema,
    paths: ReadonlySet<string>,
    caller: string,
    execution: Execution,
  ): Promise<ReadonlySet<string>> {
    const key = `${caller} ${schema.expression}`;
    const known = this.answers.get(key);
    if (known && known.until > Date.now() && [...paths].every((path) => known.asked.has(path))) return known.hidden;
    const asked = new Set([...(known?.asked ?? []), ...paths]);
    const hidden = await ask(schema, asked, execution);
    this.answers.delete(key);
    this.answers.set(key, { hidden, asked, until: Date.now() + TTL });
    if (this.answers.size > MAX_ENTRIES) this.answers.delete(this.answers.keys().next().value!);
    return hidden;
  }
}

async function ask(schema: Schema, paths: ReadonlySet<string>, execution: Execution): Promise<ReadonlySet<string>> {
  const tests = [...paths].sort().map((path) => [path, tooLong(path, schema)] as const);
  const { cluster, request } = execution;
  const any = await cluster.search(
    schema.expression,
    { size: 0, query: { bool: { should: tests.map(([, query]) => query) } }, track_total_hits: 1 },
    {},
    request,
  );
  const total = any.json.hits?.total;
  if ((typeof total === 'number' ? total : (total?.value ?? 0)) === 0) return new Set();
  const each = await cluster.search(
    schema.expression,
    {
      size: 0,
      aggs: Object.fromEntries(tests.map(([path, query]) => [path, { filter: query }])),
      track_total_hits: false,
    },
    {},
    request,
  );
  const counts = each.json.aggregations as Readonly<Record<string, { readonly doc_count: number }>>;
  return new Set([...paths].filter((path) => (counts[path]?.doc_count ?? 0) > 0));
}

/** Documents that have a value at the field, but none in its keyword. */
function tooLong(path: string, schema: Schema): object {
  const field = schema.lookup(path);
  const parent = field?.multiField ? parentOf(path, schema) : undefined;
  if (!parent) return { term: { _ignored: path } };
  return { bool: { filter: [{ exists: { field: parent.path } }], must_not: [{ exists: { field: path } }] } };
}

function parentOf(path: string, schema: Schema): Field | undefined {
  const dot = path.lastIndexOf('.');
  return dot > 0 ? schema.lookup(path.slice(0, dot)) : undefined;
}
