/** Asks whether values hide behind `ignore_above`: longer ones are in no keyword twin, so sorts, groups and patterns would miss them. */

import type { Field, Scan, Schema } from '../../translators/algebra/index.ts';
import { type ScanTarget, targetOf } from '../../translators/execution.ts';
import { totalOf } from '../cluster/envelope.ts';
import { hitsOf } from '../read/hits.ts';
import { plainView } from '../read/view.ts';
import { leafGetter } from '../rows/getters.ts';
import type { Execution } from '../run/context.ts';

interface Answer {
  readonly hidden: ReadonlySet<string>;
  readonly asked: ReadonlySet<string>;
  readonly until: number;
}

/** As long as a mapping is trusted: the index is not refreshed more often by default. */
const TTL = 1_000;
const MAX_ENTRIES = 1_000;
/** Documents without an indexed value that are looked into; where there are more, these stand for them all. */
const MAX_READ = 10_000;

/** Probes of one server, kept apart by caller and index. */
export class OverflowProbe {
  private readonly answers = new Map<string, Answer>();

  /** The paths, among those asked, that have values too long for them. */
  async hidden(
    scan: Scan,
    paths: ReadonlySet<string>,
    caller: string,
    execution: Execution,
  ): Promise<ReadonlySet<string>> {
    const target = targetOf(scan);
    const key = `${caller} ${JSON.stringify(target)}`;
    const known = this.answers.get(key);
    if (known && known.until > Date.now() && [...paths].every((path) => known.asked.has(path))) return known.hidden;
    const asked = new Set([...(known?.asked ?? []), ...paths]);
    const hidden = await ask({ schema: scan.schema, target }, asked, execution);
    this.answers.delete(key);
    this.answers.set(key, { hidden, asked, until: Date.now() + TTL });
    if (this.answers.size > MAX_ENTRIES) this.answers.delete(this.answers.keys().next().value!);
    return hidden;
  }
}

interface Asked {
  readonly schema: Schema;
  readonly target: ScanTarget;
}

async function ask(of: Asked, paths: ReadonlySet<string>, execution: Execution): Promise<ReadonlySet<string>> {
  const { schema } = of;
  const hidden = new Set(await recorded(of, paths, execution));
  for (const path of paths) {
    const field = schema.lookup(path);
    if (!hidden.has(path) && field && !parentOf(field, schema) && (await inSource(field, of, execution)))
      hidden.add(path);
  }
  return hidden;
}

/** OpenSearch does not record which documents lost a long value of a keyword that is no twin: their source tells. */
async function inSource(field: Field, { schema, target }: Asked, execution: Execution): Promise<boolean> {
  const { ignoreAbove } = field;
  if (ignoreAbove === undefined || field.nestedPath !== undefined || !schema.sourceEnabled) return false;
  const { json } = await plainView(target, execution).search({
    size: MAX_READ,
    query: { bool: { must_not: [{ exists: { field: field.path } }] } },
    _source: { includes: [field.sourcePath] },
    track_total_hits: false,
  });
  const sourceValue = leafGetter(field.sourcePath);
  const isLong = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(isLong) : typeof value === 'string' && value.length > ignoreAbove;
  return hitsOf(json).some((hit) => isLong(sourceValue(hit._source ?? {})));
}

async function recorded(
  { schema, target }: Asked,
  paths: ReadonlySet<string>,
  execution: Execution,
): Promise<readonly string[]> {
  const tests = [...paths].sort().map((path) => [path, tooLong(path, schema)] as const);
  const view = plainView(target, execution);
  const any = await view.search({
    size: 0,
    query: { bool: { should: tests.map(([, query]) => query) } },
    track_total_hits: 1,
  });
  if (totalOf(any.json).total === 0) return [];
  const each = await view.search({
    size: 0,
    aggs: Object.fromEntries(tests.map(([path, query]) => [path, { filter: query }])),
    track_total_hits: false,
  });
  const counts = each.json.aggregations as Readonly<Record<string, { readonly doc_count: number }>>;
  return [...paths].filter((path) => (counts[path]?.doc_count ?? 0) > 0);
}

/** Documents that have a value at the field, but none in its keyword. */
function tooLong(path: string, schema: Schema): object {
  const field = schema.lookup(path);
  const parent = field && parentOf(field, schema);
  if (!parent) return { term: { _ignored: path } };
  return { bool: { filter: [{ exists: { field: parent.path } }], must_not: [{ exists: { field: path } }] } };
}

function parentOf({ path, multiField }: Field, schema: Schema): Field | undefined {
  if (!multiField) return undefined;
  const dot = path.lastIndexOf('.');
  return dot > 0 ? schema.lookup(path.slice(0, dot)) : undefined;
}
