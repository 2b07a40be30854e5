/** What both stores agree on about one page of a listing. */
import { type ListOptions, ObjectStoreError } from './store.ts';

const MAX_PAGE = 1000;

export function pageLimit(options: ListOptions): number {
  const limit = options.limit ?? MAX_PAGE;
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new ObjectStoreError('failed', `No listing has ${limit} objects`);
  return Math.min(limit, MAX_PAGE);
}

/** The common prefix that a key falls under; undefined: it is listed itself. */
export function commonPrefix(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  if (delimiter === undefined || delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** `after` is itself a common prefix of this listing: what lies under it has been answered. */
export function isCommonPrefix(after: string, prefix: string, delimiter: string | undefined): boolean {
  return after.startsWith(prefix) && commonPrefix(after, prefix, delimiter) === after;
}
