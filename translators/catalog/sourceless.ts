/** Marks the fields of one index that its `_source` does not keep. */

import type { Field } from '../algebra/schema.ts';
import { isFalse, type SourceSettings } from './mapping-json.ts';

type Level = ReadonlyMap<string, Field>;

export function markSourceless(fields: Level, settings: SourceSettings | undefined): Level {
  const lost = lostBy(settings);
  return lost === undefined ? fields : markLevel(fields, lost);
}

function markLevel(fields: Level, lost: (path: string) => boolean): Level {
  return new Map([...fields].map(([name, field]) => [name, mark(field, lost)]));
}

function mark(field: Field, lost: (path: string) => boolean): Field {
  const properties = field.properties && markLevel(field.properties, lost);
  const children = properties ? [...properties.values()] : [];
  // Of an object whose members are kept in part, that part is its value.
  const gone = children.length > 0 ? children.every((child) => child.sourceless) : lost(field.sourcePath);
  return {
    ...field,
    properties,
    fields: field.fields && markLevel(field.fields, lost),
    ...(gone ? { sourceless: true } : {}),
  };
}

/** Undefined: everything is kept. */
function lostBy(settings: SourceSettings | undefined): ((path: string) => boolean) | undefined {
  if (settings === undefined) return undefined;
  if (isFalse(settings.enabled)) return () => true;
  const includes = patterns(settings.includes);
  const excludes = patterns(settings.excludes);
  if (includes.length === 0 && excludes.length === 0) return undefined;
  return (path) => {
    const matches = (pattern: RegExp): boolean => pattern.test(path);
    return excludes.some(matches) || (includes.length > 0 && !includes.some(matches));
  };
}

/** A pattern names a path and all below it; `*` stands for any characters. */
function patterns(list: string | readonly string[] | undefined): readonly RegExp[] {
  const texts = typeof list === 'string' ? [list] : (list ?? []);
  return texts.map((text) => {
    const parts = text.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}(?:\\..*)?$`, 's');
  });
}
