/** Hits → rows, by one closure a column made once a query: nothing is looked up by name or copied for each row. */
import { type Column, type Field, isTemporal, type Value } from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { constantOf, docValuesFields, docValuesPath } from '../../translators/execution.ts';
import { type CoerceOptions, type Coercer, coercer, many } from './coerce.ts';
import { wireDateCoercer } from './coerce-date.ts';
import { containerGetter, leafGetter, mergeJson } from './getters.ts';
import type { Hit, HitContext } from './hit.ts';
import { METADATA } from './metadata.ts';
import type { Page, Row } from './page.ts';

export interface DecodeOptions extends CoerceOptions {
  /** Read from `hit.fields`, asked for with `fields`; dates as `strict_date_optional_time_nanos`. */
  readonly viaFields?: ReadonlySet<Column>;
  /** Read from `hit.fields`, asked for with `docvalue_fields`; dates as `strict_date_optional_time_nanos`. */
  readonly viaDocValues?: ReadonlySet<Column>;
}

export type HitDecoder = (hit: Hit, context?: HitContext) => Row;
type Cell = (hit: Hit, context: HitContext) => Value;

const NO_CONTEXT: HitContext = {};
const NO_SOURCE: Readonly<Record<string, unknown>> = {};

export function compileHitDecoder(columns: readonly Column[], options: DecodeOptions = {}): HitDecoder {
  const cells = columns.map((column) => cell(column, options));
  const width = cells.length;
  return (hit, context = NO_CONTEXT) => {
    const row: Row = new Array(width);
    for (let i = 0; i < width; i++) row[i] = cells[i]!(hit, context);
    return row;
  };
}

/** All hits of an answer. */
export function decodePage(hits: readonly Hit[], decode: HitDecoder, context?: HitContext): Page {
  const page: Page = new Array(hits.length);
  for (let i = 0; i < hits.length; i++) page[i] = decode(hits[i]!, context);
  return page;
}

function cell(column: Column, options: DecodeOptions): Cell {
  if (column.meta !== undefined) {
    const row = METADATA[column.meta];
    if (row !== undefined) return row.read;
  } else if (column.field !== undefined) {
    const constant = constantOf(column.field);
    if (constant !== undefined) return () => constant;
    if (options.viaDocValues?.has(column)) return docValuesCell(column.field, options);
    if (options.viaFields?.has(column)) return fetchedCell(column.field, column.field.path, options);
    return sourceCell(column.field, options);
  }
  throw new SqlError('internal', `column ${column.name} is not read from documents`);
}

function sourceCell(field: Field, options: DecodeOptions): Cell {
  const coerce = coercer(field, options);
  const container = field.type === 'object' || field.type === 'nested';
  const get = container
    ? containerGetter(field.sourcePath)
    : leafGetter(field.sourcePath, { keepArrays: field.type === 'geo_point' });
  return (hit) => coerce(get(hit._source ?? NO_SOURCE));
}

/** An object is put together from those of its members that have a value; NULL where none has. */
function docValuesCell(field: Field, options: DecodeOptions): Cell {
  if (field.properties === undefined) return fetchedCell(field, docValuesPath(field)!, options);
  const members = docValuesFields(field).map((member) => ({
    keys: member.path.slice(field.path.length + 1).split('.'),
    read: fetchedCell(member, docValuesPath(member)!, options),
  }));
  return (hit, context) => {
    let found: unknown = null;
    for (const { keys, read } of members) {
      const value = read(hit, context);
      if (value !== null)
        found = mergeJson(
          found,
          keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value),
        );
    }
    return found as Value;
  };
}

/** Fetched values are always arrays: one value stands for itself. */
function fetchedCell(field: Field, path: string, options: DecodeOptions): Cell {
  const coerce = fetchedCoercer(field, options);
  return (hit) => {
    const values = hit.fields?.[path];
    return coerce(Array.isArray(values) && values.length === 1 ? values[0] : values);
  };
}

function fetchedCoercer(field: Field, options: DecodeOptions): Coercer {
  if (isTemporal(field.type)) return many(wireDateCoercer(field.type), options);
  const { mapping, scalingFactor: factor } = field;
  if (mapping !== 'scaled_float' || factor === undefined) return coercer(field, options);
  // The cluster multiplies by the factor's inverse: 12 tenths come as 1.2000000000000002.
  return many((raw) => (typeof raw === 'number' ? Math.round(raw * factor) / factor : null), options);
}
