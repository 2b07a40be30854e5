/** Reads the body of submit-job and check-sql (spec dli-jobs 3). */
import { confProblem } from '../../jobs/domain/conf.ts';
import type { Tag } from '../../jobs/domain/model.ts';
import type { QuerySubmission } from '../../jobs/service.ts';
import { bad, type Fields, oneOf, optionalName, requiredText, textList } from './jobs-fields.ts';

export const DEFAULT_QUEUE = 'default';

const ENGINES = ['spark', 'hetuEngine'] as const;
const MOST_CONF = 100;
const LONGEST_CONF = 4_096;
const MOST_TAGS = 100;
/** Letters, digits, blank and `_.:+-@`. */
const TAG = /^[\p{L}\p{N} _.:+\-@]*$/u;

export function readStatement(fields: Fields, longest: number): string {
  return requiredText(fields, 'sql', longest);
}

/** `queue` comes from the path in the old form. */
export function readSubmission(fields: Fields, longest: number, queue: string | undefined): QuerySubmission {
  oneOf(fields, 'engine_type', ENGINES);
  optionalName(fields, 'current_catalog');
  const conf = textList(fields, 'conf', MOST_CONF, LONGEST_CONF);
  for (const text of conf) {
    const problem = confProblem(text);
    if (problem !== undefined) throw bad(`${problem}.`);
  }
  return {
    sql: readStatement(fields, longest),
    database: optionalName(fields, 'currentdb'),
    queue: queue ?? optionalName(fields, 'queue_name') ?? DEFAULT_QUEUE,
    conf,
    tags: readTags(fields.tags),
  };
}

function readTags(value: unknown): readonly Tag[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw bad('tags must be an array.');
  if (value.length > MOST_TAGS) throw bad(`tags may have ${MOST_TAGS} entries, it has ${value.length}.`);
  return value.map(readTag);
}

function readTag(value: unknown): Tag {
  if (typeof value !== 'object' || value === null) throw bad('A tag must be an object with key and value.');
  const { key, value: text = '' } = value as Fields;
  if (typeof key !== 'string' || typeof text !== 'string') throw bad('The key and value of a tag must be strings.');
  if (key === '' || key.length > 128) throw bad('The key of a tag must have 1 to 128 characters.');
  if (key.trim() !== key) throw bad(`The key of a tag must not begin or end with a blank: '${key}'.`);
  if (key.startsWith('_sys_')) throw bad(`The key of a tag must not begin with _sys_: '${key}'.`);
  if (text.length > 255) throw bad(`The value of the tag '${key}' may have 255 characters.`);
  if (!TAG.test(key) || !TAG.test(text)) {
    throw bad(`Tags may hold letters, digits, blanks and _ . : + - @; the tag '${key}' holds something else.`);
  }
  return { key, value: text };
}
