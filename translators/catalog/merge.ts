/** One field out of the fields of the same path in several indices (spec data-types 1.3, with the replacement's rules). */

import type { Field } from '../algebra/schema.ts';
import { isInteger, isNumber, isTemporal, SQL_TYPES, type SqlType } from '../algebra/types.ts';
import { type Constant, constantOf } from './constant-field.ts';
import { chooseExactTwin } from './exact-twin.ts';

type Level = ReadonlyMap<string, Field>;

/** What OpenSearch reads when a date mapping names no format. */
const DEFAULT_DATE_FORMAT = 'strict_date_optional_time||epoch_millis';

/** The fields of one level of several indices; `undefined` is an index without that level. */
export function mergeLevels(levels: readonly (Level | undefined)[]): Map<string, Field> {
  const names = new Set<string>();
  for (const level of levels) if (level) for (const name of level.keys()) names.add(name);
  const merged = new Map<string, Field>();
  for (const name of names) merged.set(name, mergeField(levels.map((level) => level?.get(name))));
  return merged;
}

function mergeField(slots: readonly (Field | undefined)[]): Field & Constant {
  const parts = slots.filter((part) => part !== undefined);
  const first = parts[0]!;
  const partial = parts.length < slots.length ? true : first.partial;
  if (parts.length === 1) return partial ? markPartial(first) : first;

  const mixed = new Set(parts.map((part) => part.type)).size > 1 && parts.some((part) => part.type === 'nested');
  const properties = readFromSource(
    mergeChildren(slots, (part) => part?.properties),
    mixed,
  );
  const fields = mergeChildren(slots, (part) => part?.fields);
  const mappings = [...new Set(parts.map((part) => part.mapping))];
  const verdict = mappings.length === 1 ? alike(parts) : unlike(parts, mappings);
  const constant = constantOf(first);
  const ignored = parts.map((part) => part.ignoreAbove).filter((limit) => limit !== undefined);
  return {
    path: first.path,
    name: first.name,
    mapping: verdict.mapping,
    type: verdict.type,
    docValues: verdict.comparable && parts.every((part) => part.docValues),
    indexed: verdict.comparable && parts.every((part) => part.indexed),
    sourcePath: first.sourcePath,
    nestedPath: parts.find((part) => part.nestedPath !== undefined)?.nestedPath,
    exact: verdict.type === 'text' ? twin(parts, fields) : undefined,
    ignoreAbove: ignored.length > 0 ? Math.min(...ignored) : undefined,
    normalizer: parts.find((part) => part.normalizer !== undefined)?.normalizer,
    format: isTemporal(verdict.type) ? mergeFormats(parts) : undefined,
    scalingFactor: parts.every((part) => part.scalingFactor === first.scalingFactor) ? first.scalingFactor : undefined,
    ...(parts.some((part) => part.sourceless) ? { sourceless: true } : {}),
    partial,
    conflict: conflictOf(parts, mappings),
    multiField: parts.every((part) => part.multiField) ? first.multiField : undefined,
    properties,
    fields,
    // A document of an index that lacks the field has no value: the constant is for all indices or for none.
    ...(constant !== undefined && !partial && parts.every((part) => constantOf(part) === constant) ? { constant } : {}),
  };
}

function mergeChildren(
  slots: readonly (Field | undefined)[],
  pick: (part: Field | undefined) => Level | undefined,
): Map<string, Field> | undefined {
  const levels = slots.map(pick);
  return levels.some((level) => level !== undefined) ? mergeLevels(levels) : undefined;
}

/** Below what is nested in one index and a plain object in another no query means the same in both: the second refuses those of the first. */
function readFromSource(level: Level | undefined, mixed: boolean): Map<string, Field> | undefined {
  if (level === undefined || !mixed) return level && new Map(level);
  return new Map(
    [...level].map(([name, child]) => [
      name,
      {
        ...child,
        docValues: false,
        indexed: false,
        exact: undefined,
        properties: readFromSource(child.properties, true),
        fields: readFromSource(child.fields, true),
      },
    ]),
  );
}

/** A field that only some indices have; its children too. */
function markPartial(field: Field): Field & Constant {
  const deep = (level: Level | undefined): Level | undefined =>
    level && new Map([...level].map(([name, child]) => [name, markPartial(child)]));
  const partial: Field & Constant = {
    ...field,
    partial: true,
    properties: deep(field.properties),
    fields: deep(field.fields),
  };
  return constantOf(field) === undefined ? partial : { ...partial, constant: undefined };
}

interface Verdict {
  readonly mapping: string;
  readonly type: SqlType;
  /** One query or sort means the same in every index; otherwise values are compared after reading them. */
  readonly comparable: boolean;
}

function alike(parts: readonly Field[]): Verdict {
  const { mapping, type } = parts[0]!;
  // Dates of different formats: a date and a timestamp are both points in time.
  const same = parts.every((part) => part.type === type);
  return { mapping, type: same ? type : 'timestamp', comparable: true };
}

function unlike(parts: readonly Field[], mappings: readonly string[]): Verdict {
  const types = new Set(parts.map((part) => part.type));
  const every = (test: (type: SqlType) => boolean): boolean => parts.every((part) => test(part.type));

  if (every(isNumber)) return widest(parts);
  if (every(isTemporal)) {
    const type = types.size === 1 ? parts[0]!.type : 'timestamp';
    return { mapping: mappings.includes('date_nanos') ? 'date_nanos' : 'date', type, comparable: true };
  }
  if (every((type) => type === 'object' || type === 'nested')) {
    const nested = mappings.includes('nested');
    return { mapping: nested ? 'nested' : 'object', type: nested ? 'nested' : 'object', comparable: false };
  }
  if (every((type) => type === 'text' || type === 'keyword')) {
    // `version` orders by its parts, other strings by their characters.
    if (!types.has('text')) return { mapping: 'keyword', type: 'keyword', comparable: !mappings.includes('version') };
    // Analysed in one index, whole in another: a query still finds candidates in both, doc values do not exist in both.
    return { mapping: 'text', type: 'text', comparable: true };
  }
  return { mapping: 'keyword', type: 'keyword', comparable: false };
}

function widest(parts: readonly Field[]): Verdict {
  const wide = parts.reduce((a, b) => (SQL_TYPES[b.type].width > SQL_TYPES[a.type].width ? b : a));
  // The cluster cannot merge keys of signed and unsigned numbers.
  const comparable =
    !parts.some((p) => p.type === 'unsigned_long') ||
    wide.type !== 'unsigned_long' ||
    parts.every((p) => p.type === wide.type);
  // A float has 24 bits: whole numbers of 32 and more bits beside it need a double.
  const lossy = wide.type === 'float' && parts.some((p) => isInteger(p.type) && SQL_TYPES[p.type].width >= 3);
  return lossy
    ? { mapping: 'double', type: 'double', comparable }
    : { mapping: wide.mapping, type: wide.type, comparable };
}

/** Only a sub-field that every index with this field has holds every value. */
function twin(parts: readonly Field[], fields: Level | undefined): Field['exact'] {
  if (fields === undefined) return undefined;
  const shared = [...fields.values()].filter((sub) => parts.every((part) => part.fields?.has(sub.name)));
  return chooseExactTwin(shared);
}

function mergeFormats(parts: readonly Field[]): string | undefined {
  if (parts.every((part) => part.format === parts[0]!.format)) return parts[0]!.format;
  const all = parts.flatMap((part) => (part.format ?? DEFAULT_DATE_FORMAT).split('||'));
  return [...new Set(all)].join('||');
}

/** Besides types that differ: an alias here and a field there, which the source holds in two places. */
function conflictOf(parts: readonly Field[], mappings: readonly string[]): readonly string[] | undefined {
  const moved = parts.some((part) => part.sourcePath !== parts[0]!.sourcePath);
  const inner = new Set(parts.flatMap((part) => part.conflict ?? []));
  for (const mapping of mappings) inner.add(mapping);
  if (moved) inner.add('alias');
  return inner.size > 1 ? [...inner] : undefined;
}
