/** The tables of the fuzz test: the golden data without documents of several values, and one index of awkward edges; loaded into a node. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseJson, stringifyJson } from '../../src/rows/longs.ts';
import { buildSchema } from '../../translators/catalog/build-schema.ts';
import type { Field } from '../../translators/catalog/schema.ts';
import type { SqlType } from '../../translators/catalog/types.ts';
import { EDGES } from './edges.ts';

export interface FuzzColumn {
  readonly path: string;
  readonly type: SqlType;
  /** Values that documents hold, as SQL literals. */
  readonly samples: string[];
}

export interface FuzzTable {
  readonly index: string;
  /** A column of different values without gaps: orders by it are total. */
  readonly key: FuzzColumn;
  readonly columns: readonly FuzzColumn[];
  readonly rows: number;
}

interface Rule {
  readonly op: string;
  readonly absentEvery?: number;
  readonly mul?: number;
  readonly add?: number;
  readonly m?: number;
  readonly div?: number;
  readonly prefix?: string;
  readonly pad?: number;
  readonly of?: Rule;
  readonly start?: number;
  readonly step?: number;
}

type Json = Readonly<Record<string, unknown>>;

export interface DataSet {
  readonly index: string;
  readonly settings: Json;
  readonly mappings: { readonly properties?: Readonly<Record<string, Json>> };
  readonly docs?: readonly { readonly _id: string; readonly _source: Json }[];
  readonly rule?: { readonly count: number; readonly from: number; readonly fields: Readonly<Record<string, Rule>> };
}

const DATA = fileURLToPath(new URL('../golden/data/', import.meta.url));
/** Where rows are made by rule: more than one page of a search, fewer than make the oracle slow. */
const MOST_ROWS = 1_200;
const KEYS: Readonly<Record<string, string>> = { g_big: 'n', g_orders: 'order_id', g_logs: '_id', g_dept: 'dept_name' };
/** Of several mappings, without documents, or with documents of several values throughout. */
const LEFT_OUT = new Set(['g_hidden', 'g_nomap', 'g_mix_a', 'g_mix_b', 'g_my.idx-2024.01', 'g_nested', 'g_empty']);
const SCALAR = new Set<SqlType>(
  'boolean byte short integer long unsigned_long float double keyword text date time timestamp ip'.split(
    ' ',
  ) as SqlType[],
);

function ruleValue(rule: Rule, i: number): unknown {
  if (rule.absentEvery && i % rule.absentEvery === 0) return undefined;
  switch (rule.op) {
    case 'i':
      return i;
    case 'mod':
      return ((i * rule.mul! + rule.add!) % rule.m!) / (rule.div ?? 1);
    case 'str':
      return rule.prefix + String(ruleValue(rule.of!, i)).padStart(rule.pad!, '0');
    case 'date':
      return new Date((rule.start! + i * rule.step!) * 1000).toISOString().replace('.000Z', 'Z');
    default:
      throw new Error(`rule ${rule.op}`);
  }
}

function documentsOf(set: DataSet): readonly (readonly [string, Json])[] {
  if (set.docs) return set.docs.map((doc) => [doc._id, doc._source]);
  const { from, count, fields } = set.rule!;
  return Array.from({ length: Math.min(count, MOST_ROWS) }, (_, n) => {
    const i = from + n;
    const source = Object.fromEntries(Object.entries(fields).map(([name, rule]) => [name, ruleValue(rule, i)]));
    return [String(i), source];
  });
}

/** Fields of the top level whose array holds several values in some document. */
function severalValues(source: unknown): boolean {
  return Array.isArray(source) && (source.length > 1 || source.some((v) => typeof v === 'object'));
}

/** `tags` of people are lists in most documents: the column goes; one list among many single values: the document goes. */
function withoutLists(docs: readonly (readonly [string, Json])[]): readonly (readonly [string, Json])[] {
  const lists = new Map<string, number>();
  for (const [, source] of docs) {
    for (const [name, value] of Object.entries(source))
      if (severalValues(value)) lists.set(name, (lists.get(name) ?? 0) + 1);
  }
  const dropped = new Set([...lists].filter(([, count]) => count > 1).map(([name]) => name));
  return docs
    .map(
      ([id, source]) =>
        [id, Object.fromEntries(Object.entries(source).filter(([name]) => !dropped.has(name)))] as const,
    )
    .filter(([, source]) => !Object.values(source).some(severalValues));
}

const call = async (url: string, method: string, body: string, type = 'application/json'): Promise<Response> =>
  fetch(url, { method, body, headers: { 'content-type': type } });

/**
 * Fractions as the index keeps them: a scaled float with more digits shows them in rows, while groups and aggregates see what is
 * indexed (spec data-types 11), and no two paths could agree.
 */
function representable(source: Json, properties: Readonly<Record<string, Json>>): Json {
  const cell = (value: unknown, mapping: Json | undefined): unknown => {
    const factor = mapping?.scaling_factor;
    return typeof value === 'number' && typeof factor === 'number' ? Math.round(value * factor) / factor : value;
  };
  return Object.fromEntries(Object.entries(source).map(([name, value]) => [name, cell(value, properties[name])]));
}

/** Creates the index; fields of types that the engine does not know are left out. */
async function create(url: string, index: string, set: DataSet): Promise<Json> {
  const properties: Record<string, Json> = { ...set.mappings.properties };
  for (;;) {
    const response = await call(
      `${url}/${index}`,
      'PUT',
      stringifyJson({ settings: { index: set.settings }, mappings: { properties } }),
    );
    if (response.ok) return { properties };
    const text = await response.text();
    const unknown = /[Nn]o handler for type \[[^\]]+\] declared on field \[([^\]]+)\]/.exec(text)?.[1];
    if (!unknown || !(unknown in properties)) throw new Error(`${index}: ${text}`);
    properties[unknown] = { type: 'object', enabled: false };
  }
}

/** Leaves of the schema, with keyword twins and aliases. */
function* leaves(fields: Iterable<Field>): Generator<Field> {
  for (const field of fields) {
    if (field.properties) {
      if (field.mapping === 'object') yield* leaves(field.properties.values());
    } else {
      yield field;
      for (const twin of field.fields?.values() ?? []) yield twin;
    }
  }
}

export async function loadTables(url: string, prefix: string): Promise<readonly FuzzTable[]> {
  const golden = readdirSync(DATA)
    .filter((name) => name.endsWith('.json'))
    .map((name) => parseJson(readFileSync(DATA + name, 'utf8')) as unknown as DataSet)
    .filter((set) => !LEFT_OUT.has(set.index));
  const tables: FuzzTable[] = [];
  for (const set of [...golden, EDGES]) {
    const index = prefix + set.index.replace(/^g_/, '');
    await fetch(`${url}/${index}`, { method: 'DELETE' });
    const mappings = await create(url, index, set);
    const docs = withoutLists(documentsOf(set));
    const lines = docs.flatMap(([id, source]) => [
      stringifyJson({ index: { _id: id } }),
      stringifyJson(representable(source, set.mappings.properties ?? {})),
    ]);
    const bulk = await call(
      `${url}/${index}/_bulk?refresh=true`,
      'POST',
      `${lines.join('\n')}\n`,
      'application/x-ndjson',
    );
    const text = await bulk.text();
    if (!bulk.ok || /"errors":\s*true/.test(text)) throw new Error(`${index}: ${text.slice(0, 500)}`);
    const schema = buildSchema(index, { [index]: { mappings } } as Parameters<typeof buildSchema>[1]);
    const held = new Set(docs.flatMap(([, source]) => Object.keys(source)));
    const columns = [...leaves(schema.fields.values())]
      .filter(
        (field) =>
          SCALAR.has(field.type) &&
          field.mapping !== 'half_float' &&
          (held.has(field.sourcePath.split('.')[0]!) || field.mapping === 'constant_keyword'),
      )
      .map((field) => ({ path: field.path, type: field.type, samples: [] }));
    const key: FuzzColumn = columns.find((c) => c.path === (KEYS[set.index] ?? 'id')) ?? {
      path: '_id',
      type: 'keyword',
      samples: [],
    };
    tables.push({ index, key, columns, rows: docs.length });
  }
  return tables;
}
