/** What a cursor holds, and how it is read back: only unchanged, in its time, and by the caller who made it. */
import { SqlError } from '../../translators/errors.ts';
import type { Parameter } from '../contract/sql-request.ts';
import type { ScriptUse } from '../plan/scripts.ts';
import { parseJson, stringifyJson } from '../rows/longs.ts';
import type { ResultInfo } from '../rows/page.ts';
import { seal, unseal } from './seal.ts';

interface Common {
  /** Key of the identity that may use it (see credentials). */
  readonly by: string;
  /** Milliseconds since 1970 at which it expires. */
  readonly until: number;
  readonly fetchSize: number;
}

/** The next row of a search, in a point in time of the cluster. */
export interface SearchCursor extends Common {
  readonly kind: 'search';
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly filter?: Readonly<Record<string, unknown>>;
  /** When the statement was first run: NOW() stays what it was. */
  readonly at: number;
  readonly pit: string;
  /** The sort values of the last hit given. */
  readonly after: readonly unknown[];
  /** Hits that may still be read under the statement's LIMIT; absent without one. */
  readonly left?: number;
  /** Of the search and the columns: a plan that has changed since cannot go on. */
  readonly plan: string;
  /** Bytes of a hit, as seen so far. */
  readonly rowBytes: number;
  /** The clock that the statement is read by; absent for UTC. */
  readonly timeZone?: string;
  /** Which scripts the plan uses. */
  readonly scripts: ScriptUse;
}

/** The next row of a result that is kept in a file. */
export interface SpoolCursor extends Common {
  readonly kind: 'spool';
  readonly id: string;
  readonly offset: number;
  readonly left: number;
  /** Rows of the whole result. */
  readonly total: number;
  /** What is true of every page. */
  readonly facts: { readonly [F in 'truncated' | 'approximations' | 'warnings']: ResultInfo[F] | undefined };
}

export type Cursor = SearchCursor | SpoolCursor;

const NOT_FOUND = 'SearchContextMissingException[No search context found for this cursor]';

export const writeCursor = (cursor: Cursor, key: Buffer): string => seal(stringifyJson(cursor), key);

/** Also of an expired one, so that what it holds open can be closed. */
export function readCursor(text: string, key: Buffer, by: string): Cursor {
  const json = unseal(text, key);
  if (json === undefined) throw malformed();
  const cursor = parseJson(json) as Cursor;
  // Somebody else's does not exist.
  if (cursor.by !== by) throw expired();
  return cursor;
}

function malformed(): SqlError {
  return new SqlError('illegalArgument', {
    reason: 'Invalid Query',
    details: 'Malformed cursor: unable to extract cursor information',
  });
}

/** Status and type are the plugin's; the plain sentence is ours (known complaint 4.4). */
export function expired(why = 'The cursor is closed or its time is over; run the statement again.'): SqlError {
  return new SqlError('cursorExpired', {
    reason: 'Error occurred in OpenSearch engine: all shards failed',
    details: `${why}\n${NOT_FOUND}`,
  });
}
