/** Checks what came over HTTP, in the plugin's order and words, and makes a typed request of it (spec sql-endpoint 3). */

import { SqlError } from '../../../translators/errors.ts';
import { zoneNamed } from '../../../translators/execution.ts';
import { withBackQuotes } from '../../../translators/index.ts';
import type { Config } from '../../config.ts';
import type { Common, SqlFormat, SqlRequest } from '../../contract/sql-request.ts';
import { parseJson } from '../../rows/longs.ts';
import { readParameters } from './sql-parameters.ts';

/** `source` is sent by client libraries, `time_zone` and `quotes` are ours, the rest is the plugin's and the core's. */
export const URL_PARAMETERS = [
  'format',
  'sanitize',
  'pretty',
  'separator',
  'newLine',
  'flat',
  '_id',
  '_score',
  '_type',
  'sql',
  'human',
  'error_trace',
  'filter_path',
  'source',
  'time_zone',
  'quotes',
] as const;

const FORMATS: readonly SqlFormat[] = ['jdbc', 'json', 'csv', 'raw'];
const MAX_INT = 2_147_483_647;
const BAD_PAYLOAD = 'Failed to parse request payload';

export function unknownParameters(query: URLSearchParams): readonly string[] {
  const known: readonly string[] = URL_PARAMETERS;
  return [...new Set(query.keys())].filter((name) => !known.includes(name));
}

interface RawSqlRequest {
  readonly query: URLSearchParams;
  readonly body: string;
  readonly accept: string | undefined;
}

export function readSqlRequest(
  raw: RawSqlRequest,
  config: Pick<Config, 'maxStatementLength' | 'sqlQuotes'>,
): SqlRequest {
  const body = readBody(raw.body);
  if ('cursor' in body) {
    const { cursor } = body;
    if (typeof cursor !== 'string' || cursor === '') throw illegal(BAD_PAYLOAD);
    return { kind: 'cursor', cursor, ...readCommon(raw) };
  }
  const { query } = body;
  if (typeof query !== 'string') throw illegal(BAD_PAYLOAD);
  if (query.length > config.maxStatementLength) {
    throw new SqlError(
      'resourceLimit',
      `The statement has ${query.length} characters; the limit MAX_STATEMENT_LENGTH is ${config.maxStatementLength}.`,
    );
  }
  return {
    kind: 'query',
    query: readQuotes(body.quotes ?? lastOf(raw.query, 'quotes'), config) === 'ansi' ? withBackQuotes(query) : query,
    fetchSize: readFetchSize(body.fetch_size),
    parameters: readParameters(body.parameters),
    filter: readFilter(body.filter),
    timeZone: readTimeZone(body.time_zone ?? lastOf(raw.query, 'time_zone')),
    ...readCommon(raw),
  };
}

/** The body of a close request: only a cursor. */
export function readCursor(body: string): string {
  const { cursor } = readBody(body);
  if (typeof cursor !== 'string' || cursor === '') throw illegal(BAD_PAYLOAD);
  return cursor;
}

function readBody(text: string): Readonly<Record<string, unknown>> {
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    throw illegal(BAD_PAYLOAD);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw illegal(BAD_PAYLOAD);
  return body as Readonly<Record<string, unknown>>;
}

function readFetchSize(value: unknown): number {
  if (value === undefined || value === null) return 0;
  const numeric = typeof value === 'string' && /^\s*[+-]?\d+(\.0*)?\s*$/.test(value) ? Number(value) : value;
  if (typeof numeric !== 'number' || !Number.isInteger(numeric) || numeric > MAX_INT) {
    throw illegal('Failed to parse field [fetch_size]');
  }
  if (numeric < 0) throw illegal('Fetch_size must be greater or equal to 0');
  return numeric;
}

function readFilter(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw illegal('Failed to parse field [filter]');
  return Object.keys(value).length === 0 ? undefined : (value as Readonly<Record<string, unknown>>);
}

/** What double quotes are: of the request, else of the setting. */
function readQuotes(value: unknown, { sqlQuotes }: Pick<Config, 'sqlQuotes'>): string {
  const given = value === undefined || value === null || value === '' ? sqlQuotes : String(value).toLowerCase();
  if (given === 'ansi' || given === 'text') return given;
  throw illegal(`Unknown quotes [${String(value)}]: double quotes are for names with [ansi], for texts with [text]`);
}

function readTimeZone(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const name = typeof value === 'string' ? zoneName(value) : undefined;
  if (name === undefined) throw illegal(`Unknown time zone [${String(value)}]`);
  // UTC is what everything is in without a zone.
  return name === 'UTC' || name === '+00:00' || name === '-00:00' ? undefined : name;
}

/** An offset as it is, a region in the spelling of the tz database, which the cluster insists on. */
function zoneName(name: string): string | undefined {
  if (/^[+-]/.test(name)) return zoneNamed(name) && name;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function readCommon(raw: RawSqlRequest): Common {
  const given = lastOf(raw.query, 'format') ?? 'jdbc';
  // `format=` is sent by forms that leave the choice open.
  const format = given === '' ? 'jdbc' : FORMATS.find((name) => name === given.toLowerCase());
  if (format === undefined) throw illegal(`Failed to create executor due to unknown response format: ${given}`);
  return {
    format,
    sanitize: (lastOf(raw.query, 'sanitize') ?? 'true').toLowerCase() === 'true',
    pretty: (lastOf(raw.query, 'pretty') ?? 'false').toLowerCase() === 'true',
    acceptsCsv: raw.accept !== undefined && /\btext\/csv\b/i.test(raw.accept),
  };
}

function lastOf(query: URLSearchParams, name: string): string | undefined {
  return query.getAll(name).at(-1);
}

function illegal(details: string): SqlError {
  return new SqlError('illegalArgument', details);
}
