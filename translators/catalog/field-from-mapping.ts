/** One property of one index's mapping → a field with its children and multi-fields. */

import type { Field } from '../algebra/schema.ts';
import { MAPPING_TYPES, type SqlType } from '../algebra/types.ts';
import type { Constant } from './constant-field.ts';
import { dateFormatType } from './date-format.ts';
import { chooseExactTwin } from './exact-twin.ts';
import { isFalse, isTrue, type MappingProperty } from './mapping-json.ts';

interface Place {
  readonly path: string;
  readonly name: string;
  readonly sourcePath: string;
  readonly nestedPath?: string;
  readonly multiField?: boolean;
}

/** Term queries cannot find values of these types, whatever the mapping says. */
const NEVER_INDEXED = new Set(['binary', 'completion', 'percolator', 'knn_vector']);

const whole = (value: number | string | undefined): number | undefined => {
  const n = value === undefined ? Number.NaN : Number(value);
  return Number.isFinite(n) ? n : undefined;
};

function sqlType(mapping: string, format: string | undefined): SqlType {
  if ((mapping === 'date' || mapping === 'date_nanos') && format !== undefined) return dateFormatType(format);
  // A type that no row knows is shown as text read from the source, not hidden: it is a column that users see in their documents.
  return MAPPING_TYPES[mapping]?.sql ?? 'keyword';
}

/**
 * Doc values that are no values: those of `version` are an encoding made for sorting, those of `constant_keyword` are the name of the
 * index (both seen on OpenSearch 3.8).
 */
const UNREADABLE_DOC_VALUES = new Set(['version', 'constant_keyword']);

function hasDocValues(mapping: string, property: MappingProperty): boolean {
  if (mapping === 'text') return isTrue(property.fielddata);
  const byDefault = (MAPPING_TYPES[mapping]?.docValues ?? false) && !UNREADABLE_DOC_VALUES.has(mapping);
  return byDefault && !isFalse(property.doc_values);
}

/** An unknown type is evaluated from the source: whether its own queries mean equality is not known. */
function isIndexed(mapping: string, property: MappingProperty): boolean {
  if (MAPPING_TYPES[mapping] === undefined || NEVER_INDEXED.has(mapping)) return false;
  return !isFalse(property.index) && !isFalse(property.enabled);
}

function children(properties: Readonly<Record<string, MappingProperty>>, place: Place): Map<string, Field> {
  const map = new Map<string, Field>();
  for (const [name, property] of Object.entries(properties)) {
    const path = `${place.path}.${name}`;
    map.set(name, fieldFromMapping(property, { path, name, sourcePath: path, nestedPath: place.nestedPath }));
  }
  return map;
}

function multiFields(fields: Readonly<Record<string, MappingProperty>>, place: Place): Map<string, Field> {
  const map = new Map<string, Field>();
  for (const [name, property] of Object.entries(fields)) {
    // A multi-field analyses the parent's value again: the source holds it once, under the parent.
    const at = { ...place, path: `${place.path}.${name}`, name, multiField: true };
    map.set(name, fieldFromMapping(property, at));
  }
  return map;
}

/** `alias` properties become fields of mapping `alias` here and are replaced once the whole index is known. */
function fieldFromMapping(property: MappingProperty, place: Place): Field & Constant {
  const mapping = property.type ?? 'object';
  const type = sqlType(mapping, property.format);
  const inside = mapping === 'nested' ? { ...place, nestedPath: place.path } : place;
  const properties = property.properties && children(property.properties, inside);
  const fields = property.fields && multiFields(property.fields, place);
  const constant = mapping === 'constant_keyword' ? property.value : undefined;
  const container = mapping === 'object' || mapping === 'nested';
  return {
    ...place,
    sourcePath: mapping === 'alias' ? (property.path ?? '') : place.sourcePath,
    mapping,
    type,
    docValues: hasDocValues(mapping, property),
    indexed: isIndexed(mapping, property),
    exact: type === 'text' && fields ? chooseExactTwin(fields.values()) : undefined,
    ignoreAbove: whole(property.ignore_above),
    normalizer: property.normalizer,
    format: property.format,
    scalingFactor: whole(property.scaling_factor),
    properties: properties ?? (container ? new Map() : undefined),
    fields,
    ...(constant === undefined ? {} : { constant }),
  };
}

/** The fields of one index, aliases not yet resolved. */
export function fieldsFromMapping(
  properties: Readonly<Record<string, MappingProperty>> | undefined,
): Map<string, Field> {
  const map = new Map<string, Field>();
  for (const [name, property] of Object.entries(properties ?? {})) {
    map.set(name, fieldFromMapping(property, { path: name, name, sourcePath: name }));
  }
  return map;
}
