/** Plans as plain data and back: functions by their names, schemas and fields by where they stand, closures by what they compute. */

import type { DuckFunction } from '../algebra/duck-query.ts';
import type { Column, Relevance } from '../algebra/expr.ts';
import type { Several } from '../algebra/physical.ts';
import type { LogicalPlan } from '../algebra/plan.ts';
import type { Field, Schema } from '../algebra/schema.ts';
import type { Session } from '../algebra/session.ts';
import { type Mention, mentionFor, mentionLike } from '../bind/mentions.ts';
import { placeFor, placeLike } from '../bind/relevance.ts';
import { walkFields } from '../catalog/walk.ts';
import { allAggregates, allScalarFunctions } from '../functions/index.ts';
import { relevance } from '../functions/relevance.ts';
import { withClosure } from '../lower/duckdb/function-code.ts';
import { SeveralPlan } from '../split/several.ts';
import { decodingGraph, encodeGraph, type Graph, type Stand } from './graph.ts';

/** By the name that both sides call them by. */
export type Schemas = ReadonlyMap<string, Schema>;

interface EncodedPlan {
  readonly graph: Graph;
  /** Plans that are divided only where documents turn out to hold several values; the graph names them by their number. */
  readonly several: readonly LogicalPlan[];
}

interface DecodeOptions {
  readonly schemas: Schemas;
  /** The clock that functions of DuckDB read. */
  readonly session: Session;
  /** What takes the place of a plan for documents of several values. */
  readonly several?: (index: number) => Several;
}

export function encodePlan(plan: unknown, schemas: Schemas): EncodedPlan {
  const places = placesIn(schemas);
  const several: LogicalPlan[] = [];
  const graph = encodeGraph(
    plan,
    (value) =>
      ROWS.get(value) ??
      places.get(value) ??
      noted(value) ??
      (value instanceof SeveralPlan ? { kind: 'several', data: several.push(value.plan) - 1 } : duckFunction(value)),
  );
  return { graph, several };
}

/** Pauses now and then. */
export const decodingPlan = (graph: Graph, options: DecodeOptions): Generator<void, unknown> =>
  decodingGraph(graph, (stand) => made(stand, options));

export function decodePlan(graph: Graph, options: DecodeOptions): unknown {
  const steps = decodingPlan(graph, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Rows of the catalogue by their name in it; a row that another one is built of is not among them. */
const FAMILIES: Readonly<Record<string, readonly { readonly name: string }[]>> = {
  scalar: allScalarFunctions,
  aggregate: allAggregates,
  relevance,
};

const ROWS: ReadonlyMap<object, Stand> = new Map(
  Object.entries(FAMILIES).flatMap(([kind, rows]) => rows.map((row) => [row, { kind, data: row.name }] as const)),
);

const ROW_NAMED: ReadonlyMap<string, object> = new Map(
  [...ROWS].map(([row, { kind, data }]) => [`${kind} ${data as string}`, row]),
);

/** Schemas and the fields in them. */
const fieldsOf = new WeakMap<Schema, readonly Field[]>();

function placesIn(schemas: Schemas): ReadonlyMap<object, Stand> {
  const places = new Map<object, Stand>();
  for (const [name, schema] of schemas) {
    let fields = fieldsOf.get(schema);
    if (!fields) {
      fields = [...walkFields(schema.fields)].filter((field) => schema.lookup(field.path) === field);
      fieldsOf.set(schema, fields);
    }
    places.set(schema, { kind: 'schema', data: name });
    for (const field of fields) places.set(field, { kind: 'field', data: [name, field.path] });
  }
  return places;
}

/** What is kept beside columns and conditions, for errors. */
function noted(value: object): Stand | undefined {
  const mention = mentionFor(value);
  if (mention) return { kind: 'column', data: [{ ...value }, mention] };
  const place = placeFor(value);
  return place === undefined ? undefined : { kind: 'condition', data: [{ ...value }, place] };
}

function duckFunction(value: object): Stand | undefined {
  if (!('js' in value && 'code' in value)) return undefined;
  const { js: _, ...told } = value as DuckFunction;
  return { kind: 'function', data: told };
}

function made({ kind, data }: Stand, { schemas, session, several }: DecodeOptions): unknown {
  switch (kind) {
    case 'scalar':
    case 'aggregate':
    case 'relevance':
      return known(ROW_NAMED.get(`${kind} ${data as string}`), kind, data);
    case 'schema':
      return known(schemas.get(data as string), kind, data);
    case 'field': {
      const [name, path] = data as readonly [string, string];
      return known(schemas.get(name)?.lookup(path), kind, data);
    }
    case 'column': {
      const [column, mention] = data as readonly [Column, Mention];
      return mentionLike(column, mention);
    }
    case 'condition': {
      const [condition, place] = data as readonly [Relevance, string];
      return placeLike(condition, place);
    }
    case 'function':
      return withClosure(data as Omit<DuckFunction, 'js'>, session);
    case 'several':
      return known(several?.(data as number), kind, data);
    default:
      throw new TypeError(`nothing is made of [${kind}]`);
  }
}

function known<T>(found: T | undefined, kind: string, data: unknown): T {
  if (found === undefined) throw new TypeError(`no ${kind} is known as ${JSON.stringify(data)}`);
  return found;
}
