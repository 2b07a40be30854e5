/** Reads the query of the list of jobs: every filter, its order and its page (spec dli-jobs 6). */
import { type JobFilter, LIST_ORDERS, type ListPage } from '../../jobs/stores/store.ts';
import { bad, type Fields, oneOf, optionalText, queryFields, whole } from './jobs-fields.ts';

/** The wider set: here jobs are QUERY and EXPORT, the others match nothing. */
export const JOB_TYPES = [
  'DDL',
  'DCL',
  'IMPORT',
  'EXPORT',
  'QUERY',
  'INSERT',
  'DATA_MIGRATION',
  'UPDATE',
  'DELETE',
  'RESTART_QUEUE',
  'SCALE_QUEUE',
] as const;

export const JOB_STATUSES = [
  'LAUNCHING',
  'RUNNING',
  'SCALING',
  'FINISHED',
  'FAILED',
  'CANCELLED',
  'COMPUTED',
  'SUSPENDED',
  'ACTIVE',
  'DELETED',
  'CREATING',
] as const;

const FAR = Number.MAX_SAFE_INTEGER;
const MOST_TAGS = 100;

export function readListQuery(
  project: string,
  query: URLSearchParams,
  now: number,
): { readonly filter: Omit<JobFilter, 'submitter'>; readonly page: ListPage } {
  const fields = queryFields(query, ['job_types']);
  const count = whole(fields, 'page_size', 1, 100) ?? 50;
  const current = whole(fields, 'current_page', 1, 1_000_000) ?? 1;
  const text = (name: string, longest: number): string | undefined => optionalText(fields, name, longest) || undefined;
  const id = text('job_id', 64);
  return {
    filter: {
      project,
      ...given('id', id),
      ...given('types', readTypes(fields)),
      ...given('status', oneOf(fields, 'job_status', JOB_STATUSES)),
      ...given('after', whole(fields, 'start', 0, FAR)),
      ...given('before', whole(fields, 'end', 0, FAR)),
      ...given('queue', text('queue_name', 128)),
      ...given('owner', text('owner', 256)),
      ...given('database', text('db_name', 16)),
      ...given('table', text('table_name', 1_024)),
      ...given('pattern', text('sql_pattern', 1_024)),
      ...given('tags', readTags(text('tags', 4_096))),
    },
    page: {
      order: oneOf(fields, 'order', LIST_ORDERS) ?? 'start_time_desc',
      offset: (current - 1) * count,
      count,
      now,
    },
  };
}

const given = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };

/** One type and a list of types must both hold; with another engine than ours nothing does. */
function readTypes(fields: Fields): readonly string[] | undefined {
  const engine = optionalText(fields, 'engine_type', 128);
  if (engine && engine.toLowerCase() !== 'spark') return [];
  const listed = fields.job_types as readonly string[] | undefined;
  const list = listed?.filter((one) => one !== '').map((one) => oneOf({ job_types: one }, 'job_types', JOB_TYPES)!);
  const one = oneOf(fields, 'job_type', ['ALL', ...JOB_TYPES]);
  if (one === undefined || one === 'ALL') return list?.length ? list : undefined;
  return list?.length && !list.includes(one) ? [] : [one];
}

function readTags(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const tags = text.split(',').map((tag) => tag.trim());
  if (tags.some((tag) => !/^[^=]+=[^=]*$/.test(tag))) throw bad('tags must be key=value, several with commas.');
  if (tags.length > MOST_TAGS) throw bad(`tags may name ${MOST_TAGS} tags.`);
  return tags;
}
