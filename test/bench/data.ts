/** Makes and loads the index of the bench and of the memory test: documents from a seed, so that every run measures the same. */
import type { Pool } from 'undici';

const WORDS =
  'quick brown fox jumps over lazy dog while silver river runs under quiet moon bright star falls into deep water cold wind'.split(
    ' ',
  );
const BULK = 5_000;

/** mulberry32: small, and the same on every machine. */
function randoms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const BENCH_MAPPING = {
  id: { type: 'long' },
  host: { type: 'keyword' },
  region: { type: 'keyword' },
  status: { type: 'integer' },
  bytes: { type: 'long' },
  duration: { type: 'double' },
  ok: { type: 'boolean' },
  at: { type: 'date' },
  path: { type: 'keyword' },
  message: { type: 'text' },
} as const;

/** In the order of the documents. */
export const COLUMNS: readonly string[] = Object.keys(BENCH_MAPPING);

function documentOf(id: number, random: () => number): string {
  const pick = (n: number): number => Math.floor(random() * n);
  const words = Array.from({ length: 8 }, () => WORDS[pick(WORDS.length)]).join(' ');
  return JSON.stringify({
    id,
    host: `host-${pick(500)}`,
    region: `region-${pick(12)}`,
    status: [200, 200, 200, 201, 301, 404, 500][pick(7)],
    bytes: pick(1_000_000),
    duration: Math.round(random() * 1e6) / 1e3,
    ok: random() < 0.9,
    at: new Date(1_704_067_200_000 + id * 37_000).toISOString(),
    path: `/api/v1/items/${pick(20_000)}`,
    message: `${words} number ${id}`,
  });
}

/** The documents as JSON. */
export function benchDocuments(count: number): string[] {
  const random = randoms(1);
  return Array.from({ length: count }, (_, id) => documentOf(id, random));
}

/** Replaces the index unless it holds just this data already. */
export async function loadBenchIndex(cluster: Pool, index: string, documents: number, shards = 1): Promise<void> {
  const wanted = { documents, seed: 1, ...(shards === 1 ? {} : { shards }) };
  const settings = await call(cluster, 'GET', `/${index}/_mapping`);
  if (settings.status === 200 && settings.text.includes(`"_meta":${JSON.stringify({ bench: wanted })}`)) return;
  await call(cluster, 'DELETE', `/${index}`);
  await must(cluster, 'PUT', `/${index}`, {
    settings: { number_of_shards: shards, number_of_replicas: 0, refresh_interval: '-1' },
    mappings: { properties: BENCH_MAPPING },
  });
  const random = randoms(wanted.seed);
  for (let next = 0; next < documents; ) {
    const lines: string[] = [];
    for (const end = Math.min(next + BULK, documents); next < end; next++)
      lines.push('{"index":{}}', documentOf(next, random));
    const { status, text } = await call(cluster, 'POST', `/${index}/_bulk?filter_path=errors`, `${lines.join('\n')}\n`);
    if (status !== 200 || text.includes('"errors":true')) throw new Error(`bulk: ${status} ${text.slice(0, 300)}`);
  }
  await must(cluster, 'POST', `/${index}/_forcemerge?max_num_segments=1`);
  await must(cluster, 'POST', `/${index}/_refresh`);
  // Only now: an index that is marked is whole.
  await must(cluster, 'PUT', `/${index}/_mapping`, { _meta: { bench: wanted } });
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

export async function call(
  pool: Pool,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: string | object,
): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await pool.request({
    method,
    path,
    headers: text === undefined ? {} : { 'content-type': 'application/json' },
    ...(text === undefined ? {} : { body: text }),
    headersTimeout: 300_000,
    bodyTimeout: 300_000,
  });
  return { status: response.statusCode, text: await response.body.text() };
}

async function must(pool: Pool, method: 'PUT' | 'POST', path: string, body?: object): Promise<void> {
  const { status, text } = await call(pool, method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 300)}`);
}
