/** The client library of DuckDB, loaded when a statement first needs it: its native half takes a third of a second. */

import { createRequire } from 'node:module';
import { TextDecoder } from 'node:util';

type Decoder = InstanceType<typeof TextDecoder>;

export type DuckDb = typeof import('@duckdb/node-api');

const ACCESSORS = '@duckdb/node-api/lib/vectors/dataAccessors.js';

let loaded: Promise<DuckDb> | undefined;

export function loadDuckDb(): Promise<DuckDb> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<DuckDb> {
  const duckdb = await import('@duckdb/node-api');
  keepByteOrderMarks();
  return duckdb;
}

/**
 * Each text that comes out of DuckDB, to us or to our functions, goes through this decoder of the library. The one it starts with takes U+FEFF
 * off the beginning of a value, as if each value were a file. The library has no option for it.
 */
function keepByteOrderMarks(): void {
  // The very object that the library reads from: imported, it would be a copy for some loaders.
  const accessors = createRequire(import.meta.url)(ACCESSORS) as { textDecoder: Decoder };
  accessors.textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
}
