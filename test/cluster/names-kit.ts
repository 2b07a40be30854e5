/** Small indices for statements about names and joins: `$cust` of a statement is the index of that name of this run. */
import { expect } from 'vitest';
import { uniqueName } from '../support/engine.ts';

interface Table {
  readonly mapping: Readonly<Record<string, unknown>>;
  readonly docs: readonly object[];
}

const type = (name: string) => ({ type: name });
const TABLES: Readonly<Record<string, Table>> = {
  cust: {
    mapping: { id: type('integer'), name: type('keyword'), city: type('keyword') },
    docs: [
      { id: 1, name: 'Ann', city: 'Rome' },
      { id: 2, name: 'Bo', city: 'Oslo' },
      { id: 3, name: 'Cy' },
      { name: 'Nul', city: 'Oslo' },
    ],
  },
  ord: {
    mapping: {
      oid: type('integer'),
      id: type('integer'),
      total: type('double'),
      status: type('keyword'),
      d: type('date'),
    },
    docs: [
      { oid: 10, id: 1, total: 5.5, status: 'open', d: '2024-01-31' },
      { oid: 11, id: 1, total: 7, status: 'done', d: '2024-02-29' },
      { oid: 12, id: 2, total: 1, status: 'open', d: '2024-04-30' },
      { oid: 13, id: 9, total: 100, status: 'done' },
      { oid: 14, total: 3, status: 'open' },
    ],
  },
  item: {
    mapping: { oid: type('integer'), sku: type('keyword') },
    docs: [
      { oid: 10, sku: 'a' },
      { oid: 10, sku: 'b' },
      { oid: 12, sku: 'a' },
      { oid: 99, sku: 'z' },
    ],
  },
  none: { mapping: { id: type('integer') }, docs: [] },
  'log-2024': {
    mapping: { at: type('date'), level: type('integer') },
    docs: [
      { at: '2024-01-01', level: 1 },
      { at: '2024-01-02', level: 2 },
    ],
  },
  'log-2025': { mapping: { at: type('date'), extra: type('keyword') }, docs: [{ at: '2025-01-01', extra: 'x' }] },
  emp: {
    mapping: {
      name: type('keyword'),
      projects: { type: 'nested', properties: { title: type('keyword'), year: type('integer') } },
    },
    docs: [
      {
        name: 'Ada',
        projects: [
          { title: 'sec', year: 2015 },
          { title: 'db', year: 1990 },
        ],
      },
      { name: 'Joe', projects: [{ title: 'web', year: 2001 }] },
      { name: 'Sue' },
    ],
  },
};

export interface NamedTables {
  /** The statement with the names of this run. */
  of(sql: string): string;
  drop(): Promise<void>;
}

export async function createTables(url: string): Promise<NamedTables> {
  const prefix = `${uniqueName('names')}_`;
  const send = async (method: string, path: string, body?: unknown): Promise<void> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    expect(response.ok, await response.text()).toBe(true);
  };
  for (const [name, { mapping, docs }] of Object.entries(TABLES)) {
    await send('PUT', `/${prefix}${name}`, { mappings: { properties: mapping } });
    const lines = docs.flatMap((doc) => [{ index: {} }, doc]).map((line) => `${JSON.stringify(line)}\n`);
    if (lines.length > 0) await send('POST', `/${prefix}${name}/_bulk?refresh=true`, lines.join(''));
  }
  await send('POST', '/_aliases', {
    actions: [
      { add: { index: `${prefix}cust`, alias: `${prefix}people` } },
      { add: { index: `${prefix}log-*`, alias: `${prefix}logs` } },
    ],
  });
  return {
    of: (sql) => sql.replace(/\$(?=[a-z])/g, prefix),
    drop: () =>
      send(
        'DELETE',
        `/${Object.keys(TABLES)
          .map((name) => prefix + name)
          .join(',')}`,
      ),
  };
}
