/** The tables that the examples of docs/sql.md ask. */
import { call } from '../cluster/export-kit.ts';

export const TABLES = {
  customers: {
    properties: {
      id: { type: 'long' },
      name: { type: 'keyword' },
      city: { type: 'keyword' },
      since: { type: 'date', format: 'yyyy-MM-dd' },
      note: { type: 'text' },
    },
    docs: [
      { id: 1, name: 'Ada', city: 'Rome', since: '2021-03-01', note: 'Prefers calls in the morning' },
      { id: 2, name: 'Ben', city: 'Oslo', since: '2022-07-15', note: 'Calls rarely, writes often' },
      { id: 3, name: 'Cleo', city: 'Rome', since: '2023-01-09' },
      { id: 4, name: 'Dan', since: '2024-05-20' },
    ],
  },
  orders: {
    properties: {
      id: { type: 'long' },
      customer: { type: 'long' },
      placed: { type: 'date', format: 'yyyy-MM-dd' },
      total: { type: 'double' },
      status: { type: 'keyword' },
      tags: { type: 'keyword' },
      items: { type: 'nested', properties: { sku: { type: 'keyword' }, pieces: { type: 'integer' } } },
    },
    docs: [
      {
        id: 10,
        customer: 1,
        placed: '2024-01-05',
        total: 20,
        status: 'open',
        tags: ['gift', 'blue'],
        items: [
          { sku: 'pen', pieces: 2 },
          { sku: 'ink', pieces: 1 },
        ],
      },
      { id: 11, customer: 1, placed: '2024-01-20', total: 35.5, status: 'sent', items: [{ sku: 'pad', pieces: 5 }] },
      { id: 12, customer: 2, placed: '2024-02-03', total: 12, status: 'sent', tags: ['blue'] },
      { id: 13, customer: 3, placed: '2024-02-29', total: 99.5, status: 'open', items: [{ sku: 'pen', pieces: 9 }] },
      { id: 14, customer: 2, placed: '2024-03-10', total: 7.5, status: 'returned' },
      { id: 15, placed: '2024-03-11', total: 50, status: 'open' },
    ],
  },
} as const;

const indexOf = (prefix: string, table: string): string => `${prefix}_${table}`;

export async function loadTables(prefix: string): Promise<void> {
  for (const [table, { properties, docs }] of Object.entries(TABLES)) {
    const index = indexOf(prefix, table);
    await call('PUT', `/${index}`, { settings: { number_of_replicas: 0 }, mappings: { properties } });
    const lines = docs.map((doc) => `{"index":{"_id":"${doc.id}"}}\n${JSON.stringify(doc)}\n`);
    await call('POST', `/${index}/_bulk?refresh=true`, lines.join(''));
  }
}

export async function dropTables(prefix: string): Promise<void> {
  for (const table of Object.keys(TABLES)) await call('DELETE', `/${indexOf(prefix, table)}`);
}

/** The statement over the indices of this run: examples call them by their short names. */
export const withIndices = (sql: string, prefix: string): string =>
  sql.replace(new RegExp(`(?<![\\w.'"])(${Object.keys(TABLES).join('|')})\\b(?!\\()`, 'g'), (table) =>
    indexOf(prefix, table),
  );
