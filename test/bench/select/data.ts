/** A csv file of ten columns, the same for the same size, and the same rows in the other formats. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';

const CITIES = ['Oslo', 'Lima', 'Berlin', 'Paris', 'Tokyo', 'Dakar', 'Quito', 'Riga'];
const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'];
const BATCH = 5_000;

function* lines(bytes: number): Generator<Buffer, void, undefined> {
  let state = 12_345;
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  yield Buffer.from('id,name,city,age,price,at,flag,note,qty,code\n');
  for (let written = 0, id = 0; written < bytes; ) {
    let text = '';
    for (let k = 0; k < BATCH; k++) {
      text += `${id++},user${below(1e6)},${CITIES[below(8)]},${below(100)},${(below(100_000) / 100).toFixed(2)},2024-0${1 + below(9)}-1${below(10)}T12:00:00Z,${below(2) === 0},${WORDS[below(8)]} ${WORDS[below(8)]},${below(1000)},X${below(1e9)}\n`;
    }
    const chunk = Buffer.from(text);
    written += chunk.length;
    yield chunk;
  }
}

export interface SelectData {
  readonly csv: string;
  readonly gzip: string;
  /** The same rows with quotes around a text that needs them, and around one that does not. */
  readonly quoted: string;
  /** JSON lines. */
  readonly json: string;
  readonly parquet: string;
}

/** Written by DuckDB from the plain file. */
async function derive(path: string, sql: (target: string) => string): Promise<void> {
  if (existsSync(path)) return;
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await connection.run(sql(`${path}.new`));
  connection.closeSync();
  instance.closeSync();
  await rename(`${path}.new`, path);
}

export async function selectData(directory: string, megabytes: number): Promise<SelectData> {
  await mkdir(directory, { recursive: true });
  const base = join(directory, `rows-${megabytes}`);
  const csv = `${base}.csv`;
  const gzip = `${csv}.gz`;
  if (!existsSync(csv)) {
    await pipeline(Readable.from(lines(megabytes * 1e6)), createWriteStream(`${csv}.new`));
    await rename(`${csv}.new`, csv);
  }
  if (!existsSync(gzip)) {
    await pipeline(createReadStream(csv), createGzip({ level: 1 }), createWriteStream(`${gzip}.new`));
    await rename(`${gzip}.new`, gzip);
  }
  const data = { csv, gzip, quoted: `${base}.quoted.csv`, json: `${base}.json`, parquet: `${base}.parquet` };
  const texts = "SELECT * REPLACE (note || ', \"' || flag || '\"' AS note) FROM read_csv";
  await derive(data.quoted, (to) => `COPY (${texts}('${csv}')) TO '${to}' (FORMAT csv, FORCE_QUOTE (city, note))`);
  await derive(data.json, (to) => `COPY (FROM read_csv('${csv}')) TO '${to}' (FORMAT json)`);
  await derive(data.parquet, (to) => `COPY (FROM read_csv('${csv}')) TO '${to}' (FORMAT parquet)`);
  return data;
}
