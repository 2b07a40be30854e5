/** What may be asked over HTTP and what is refused, in the plugin's words. */
import { describe, expect, it } from 'vitest';
import type { QueryRequest, SqlRequest } from '../../../src/contract/sql-request.ts';
import { readCursor, readSqlRequest, unknownParameters } from '../../../src/http/sql/sql-request.ts';
import { SqlError } from '../../../translators/errors.ts';

function read(body: unknown, query = '', accept?: string): SqlRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readSqlRequest(
    { query: new URLSearchParams(query), body: text, accept },
    { maxStatementLength: 100, sqlQuotes: 'text' },
  );
}

function readQuery(body: unknown, query = '', accept?: string): QueryRequest {
  const request = read(body, query, accept);
  if (request.kind !== 'query') throw new Error('not a query');
  return request;
}

function refusal(body: unknown, query = ''): string {
  try {
    read(body, query);
  } catch (error) {
    if (error instanceof SqlError) return `${error.status} ${error.type} ${error.details}`;
    throw error;
  }
  return 'accepted';
}

const PAYLOAD = '400 IllegalArgumentException Failed to parse request payload';
const VALUES = '400 IllegalArgumentException Failed to parse PreparedStatement parameters';
const q = 'SELECT 1';

describe('body', () => {
  it('has defaults for everything but the query', () => {
    expect(read({ query: q })).toEqual({
      kind: 'query',
      query: q,
      fetchSize: 0,
      parameters: [],
      filter: undefined,
      timeZone: undefined,
      format: 'jdbc',
      sanitize: true,
      pretty: false,
      acceptsCsv: false,
    });
  });

  it.each([
    ['', PAYLOAD],
    ['not json', PAYLOAD],
    ['[]', PAYLOAD],
    ['{}', PAYLOAD],
    [{ query: 5 }, PAYLOAD],
    [{ query: null }, PAYLOAD],
    [{ sql: q }, PAYLOAD],
    [{ cursor: null }, PAYLOAD],
    [{ cursor: 5 }, PAYLOAD],
    [{ cursor: '' }, PAYLOAD],
    [{ query: q, fetch_size: 'abc' }, '400 IllegalArgumentException Failed to parse field [fetch_size]'],
    [{ query: q, fetch_size: 1.5 }, '400 IllegalArgumentException Failed to parse field [fetch_size]'],
    [{ query: q, fetch_size: true }, '400 IllegalArgumentException Failed to parse field [fetch_size]'],
    [{ query: q, fetch_size: 2 ** 31 }, '400 IllegalArgumentException Failed to parse field [fetch_size]'],
    [{ query: q, fetch_size: -1 }, '400 IllegalArgumentException Fetch_size must be greater or equal to 0'],
    [{ query: q, fetch_size: '-1' }, '400 IllegalArgumentException Fetch_size must be greater or equal to 0'],
    [{ query: q, parameters: 'x' }, PAYLOAD],
    [{ query: q, parameters: [{ value: 5 }] }, PAYLOAD],
    [{ query: q, parameters: [5] }, PAYLOAD],
    [
      { query: q, parameters: [{ type: 'geo', value: 5 }] },
      '400 IllegalArgumentException Unsupported parameter type geo',
    ],
    [
      { query: q, parameters: [{ type: 'toString', value: 5 }] },
      '400 IllegalArgumentException Unsupported parameter type toString',
    ],
    [{ query: q, parameters: [{ type: 'integer', value: 'x' }] }, VALUES],
    [{ query: q, parameters: [{ type: 'integer', value: 1.5 }] }, VALUES],
    [{ query: q, parameters: [{ type: 'integer' }] }, VALUES],
    [{ query: q, parameters: [{ type: 'keyword', value: 5 }] }, VALUES],
    [{ query: q, parameters: [{ type: 'boolean', value: 1 }] }, VALUES],
    [{ query: q, parameters: [{ type: 'double', value: '' }] }, VALUES],
    ['{"query":"SELECT 1","parameters":[{"type":"long","value":9223372036854775808}]}', VALUES],
    [{ query: q, filter: [] }, '400 IllegalArgumentException Failed to parse field [filter]'],
    [{ query: q, time_zone: 'Mars/Olympus' }, '400 IllegalArgumentException Unknown time zone [Mars/Olympus]'],
    [
      { query: 'x'.repeat(101) },
      '400 ResourceLimitException The statement has 101 characters; the limit MAX_STATEMENT_LENGTH is 100.',
    ],
  ])('%j → %s', (body, wanted) => expect(refusal(body)).toBe(wanted));

  it.each([
    [110, 110],
    ['110', 110],
    [53.0, 53],
    ['53.0', 53],
    [0, 0],
    [null, 0],
  ])('fetch_size %j', (given, wanted) => expect(readQuery({ query: q, fetch_size: given }).fetchSize).toBe(wanted));

  it('reads parameters by their type, longs exactly', () => {
    const body = `{"query":"x","parameters":[
      {"type":"LONG","value":9007199254740993},{"type":"integer","value":"28"},{"type":"float","value":"1.5"},
      {"type":"keyword","value":"o'x"},{"type":"boolean","value":true},{"type":"timestamp","value":"2020-01-01 00:00:00"},
      {"type":"integer","value":null},{"type":"null"},{"type":"double","value":2}]}`;
    expect(readQuery(body).parameters).toEqual([
      { type: 'long', value: 9007199254740993n },
      { type: 'integer', value: 28 },
      { type: 'float', value: 1.5 },
      { type: 'keyword', value: "o'x" },
      { type: 'boolean', value: true },
      { type: 'timestamp', value: '2020-01-01 00:00:00' },
      { type: 'integer', value: null },
      { type: 'null', value: null },
      { type: 'double', value: 2 },
    ]);
  });

  it('takes a cursor before anything else', () => {
    expect(read({ cursor: 'abc', query: 5 })).toMatchObject({ kind: 'cursor', cursor: 'abc' });
    expect(readCursor('{"cursor":"c"}')).toBe('c');
    expect(() => readCursor('{}')).toThrow('Failed to parse request payload');
  });

  it('reads filter and time zone', () => {
    expect(readQuery({ query: q, filter: { term: { a: 1 } }, time_zone: '+02:00' })).toMatchObject({
      filter: { term: { a: 1 } },
      timeZone: '+02:00',
    });
    expect(readQuery({ query: q, filter: {} }, 'time_zone=Europe/Berlin')).toMatchObject({
      filter: undefined,
      timeZone: 'Europe/Berlin',
    });
  });
});

describe('URL', () => {
  it.each([
    ['format=CSV', { format: 'csv' }],
    ['format=', { format: 'jdbc' }],
    ['format=csv&format=raw', { format: 'raw' }],
    ['sanitize=FALSE', { sanitize: false }],
    ['sanitize=no', { sanitize: false }],
    ['pretty', { pretty: false }],
    ['pretty=true', { pretty: true }],
  ])('%s', (query, wanted) => expect(read({ query: q }, query)).toMatchObject(wanted));

  it('refuses an unknown format, after the body', () => {
    expect(refusal({ query: q }, 'format=YAML')).toBe(
      '400 IllegalArgumentException Failed to create executor due to unknown response format: YAML',
    );
    expect(refusal({}, 'format=yaml')).toBe(PAYLOAD);
  });

  it('knows unknown parameters', () => {
    expect(unknownParameters(new URLSearchParams('format=csv&foo=1&foo=2&bar'))).toEqual(['foo', 'bar']);
  });

  it('sees that text/csv is wanted', () => {
    expect(read({ query: q }, 'format=csv', 'text/csv, */*;q=0.1').acceptsCsv).toBe(true);
    expect(read({ query: q }, 'format=csv', '*/*').acceptsCsv).toBe(false);
  });
});
