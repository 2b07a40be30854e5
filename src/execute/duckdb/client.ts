/** The client library of DuckDB, loaded when a statement first needs it: its native half takes a third of a second. */

import { TextDecoder } from 'node:util';

type Decoder = InstanceType<typeof TextDecoder>;

export type DuckDb = typeof import('@duckdb/node-api');

let loaded: Promise<DuckDb> | undefined;

export function loadDuckDb(): Promise<DuckDb> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<DuckDb> {
  const [duckdb, accessors] = await Promise.all([
    import('@duckdb/node-api'),
    import('@duckdb/node-api/lib/vectors/dataAccessors.js'),
  ]);
  keepByteOrderMarks(accessors.default);
  return duckdb;
}

/**
 * Each text that comes out of DuckDB, to us or to our functions, goes through this decoder of the library. The one it starts with takes U+FEFF
 * off the beginning of a value, as if each value were a file. The library has no option for it.
 */
function keepByteOrderMarks(accessors: { textDecoder: Decoder }): void {
  accessors.textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
}
