/** The tables of the fuzz test: the golden data without documents of several values, and one index of awkward edges; loaded into a node. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseJson, stringifyJson } from '../../src/rows/longs.ts';
import type { Field } from '../../translators/algebra/schema.ts';
import type { SqlType } from '../../translators/algebra/types.ts';
import { buildSchema } from '../../translators/catalog/build-schema.ts';
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
  /** Of types without operators (points, objects, ranges …): shown, and tested for NULL. */
  readonly opaque: readonly string[];
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
/** Hidden, without a mapping, or with documents of several values throughout (lists.ts). */
const LEFT_OUT = new Set(['g_hidden', 'g_nomap', 'g_nested']);
/** Indices that are read together, by a pattern: their mappings conflict. */
const TOGETHER: Readonly<Record<string, string>> = { g_mix_a: 'mix_*', g_mix_b: 'mix_*' };
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

/** The nearest number of 11 significant bits: what a half_float keeps. */
function half(value: number): number {
  if (value === 0) return value;
  const unit = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - 10);
  return Math.round(value / unit) * unit;
}

const call = async (url: string, method: string, body: string, type = 'application/json'): Promise<Response> =>
  fetch(url, { method, body, headers: { 'content-type': type } });

/**
 * Fractions as the index keeps them: a scaled or half float with more digits, or a date with more than milliseconds, shows them in
 * rows, while groups and aggregates see what is indexed (spec data-types 11), and no two paths could agree.
 */
function representable(source: Json, properties: Readonly<Record<string, Json>>): Json {
  const cell = (value: unknown, mapping: Json | undefined): unknown => {
    const factor = mapping?.scaling_factor;
    // The cluster finds the empty text of a wildcard field and does not count it (docs/limits.md).
    if (value === '' && mapping?.type === 'wildcard') return null;
    if (typeof value === 'number' && mapping?.type === 'half_float') return half(value);
    if (typeof value === 'string' && mapping?.type === 'date')
      return value.replace(/(\.\d{3})\d+/, (_, ms: string) => ms.padEnd(_.length, '0'));
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

interface Loaded {
  readonly set: DataSet;
  readonly index: string;
  readonly mappings: Json;
  readonly docs: readonly (readonly [string, Json])[];
}

async function load(url: string, index: string, set: DataSet, docs: Loaded['docs']): Promise<Loaded> {
  await fetch(`${url}/${index}`, { method: 'DELETE' });
  const mappings = await create(url, index, set);
  const lines = docs.flatMap(([id, source]) => [
    stringifyJson({ index: { _id: id } }),
    stringifyJson(representable(source, set.mappings.properties ?? {})),
  ]);
  if (lines.length > 0) {
    const body = `${lines.join('\n')}\n`;
    const bulk = await call(`${url}/${index}/_bulk?refresh=true`, 'POST', body, 'application/x-ndjson');
    const text = await bulk.text();
    if (!bulk.ok || /"errors":\s*true/.test(text)) throw new Error(`${index}: ${text.slice(0, 500)}`);
  }
  return { set, index, mappings, docs };
}

/** What can be asked of the indices behind an expression. */
function tableOf(expression: string, members: readonly Loaded[]): FuzzTable {
  const wrapped = Object.fromEntries(members.map(({ index, mappings }) => [index, { mappings }]));
  const schema = buildSchema(expression, wrapped as Parameters<typeof buildSchema>[1]);
  const docs = members.flatMap((member) => member.docs);
  const held = new Set(docs.flatMap(([, source]) => Object.keys(source)));
  const fields = [...leaves(schema.fields.values())].filter(
    (field) => docs.length === 0 || held.has(field.sourcePath.split('.')[0]!) || field.mapping === 'constant_keyword',
  );
  const columns = fields
    .filter((field) => SCALAR.has(field.type))
    .map((field) => ({ path: field.path, type: field.type, samples: [] }));
  const name = members[0]!.set.index;
  const key: FuzzColumn = columns.find((c) => c.path === (KEYS[name] ?? 'id')) ?? {
    path: '_id',
    type: 'keyword',
    samples: [],
  };
  const objects = [...schema.fields.values()].filter((field) => field.properties && held.has(field.name));
  const opaque = [...fields.filter((field) => !SCALAR.has(field.type)), ...objects].map((field) => field.path);
  return { index: expression, key, columns, opaque, rows: docs.length };
}

const goldenSets = (): readonly DataSet[] =>
  readdirSync(DATA)
    .filter((name) => name.endsWith('.json'))
    .map((name) => parseJson(readFileSync(DATA + name, 'utf8')) as unknown as DataSet)
    .filter((set) => !LEFT_OUT.has(set.index));

export async function loadTables(
  url: string,
  prefix: string,
  sets: readonly DataSet[] = [...goldenSets(), EDGES],
): Promise<readonly FuzzTable[]> {
  const byExpression = new Map<string, Loaded[]>();
  for (const set of sets) {
    const loaded = await load(url, prefix + set.index.replace(/^g_/, ''), set, withoutLists(documentsOf(set)));
    const expression = prefix + (TOGETHER[set.index] ?? set.index.replace(/^g_/, ''));
    byExpression.set(expression, [...(byExpression.get(expression) ?? []), loaded]);
  }
  return [...byExpression].map(([expression, members]) => tableOf(expression, members));
}
