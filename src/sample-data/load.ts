/** Puts the sample indices into a cluster that does not have them yet. */
import { accounts } from './accounts.ts';
import { orders } from './orders.ts';
import type { SampleIndex } from './sample.ts';
import { weblogs } from './weblogs.ts';

export const SAMPLE_INDICES: readonly SampleIndex[] = [accounts, orders, weblogs];

/** As much of the global `fetch` as is needed here. */
export type FetchLike = (
  url: string,
  init?: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string },
) => Promise<{ readonly status: number; readonly ok: boolean; text(): Promise<string> }>;

const BULK_LINES = 1_000;

async function send(fetchLike: FetchLike, method: string, url: string, type: string, body?: string): Promise<string> {
  const response = await fetchLike(url, { method, headers: { 'content-type': type }, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 300)}`);
  return text;
}

async function sendBulk(fetchLike: FetchLike, url: string, lines: readonly string[]): Promise<void> {
  const text = await send(fetchLike, 'POST', `${url}/_bulk`, 'application/x-ndjson', lines.join(''));
  const answer = JSON.parse(text) as { errors: boolean; items: readonly { index?: { error?: { reason?: string } } }[] };
  if (!answer.errors) return;
  const reason = answer.items.find((item) => item.index?.error)?.index?.error?.reason;
  throw new Error(`Sample documents were refused: ${reason ?? 'no reason given'}`);
}

async function loadIndex(index: SampleIndex, url: string, fetchLike: FetchLike): Promise<number> {
  const settings = { number_of_shards: 1, number_of_replicas: 0 };
  const definition = JSON.stringify({ settings, mappings: index.mapping });
  await send(fetchLike, 'PUT', `${url}/${index.name}`, 'application/json', definition);
  try {
    let lines: string[] = [];
    let count = 0;
    for (const [id, source] of index.documents()) {
      lines.push(`{"index":{"_index":"${index.name}","_id":"${id}"}}\n${source}\n`);
      count += 1;
      if (lines.length < BULK_LINES) continue;
      await sendBulk(fetchLike, url, lines);
      lines = [];
    }
    if (lines.length > 0) await sendBulk(fetchLike, url, lines);
    await send(fetchLike, 'POST', `${url}/${index.name}/_refresh`, 'application/json');
    return count;
  } catch (error) {
    // Half an index would pass for a whole one at the next start.
    await fetchLike(`${url}/${index.name}`, { method: 'DELETE' }).catch(() => undefined);
    throw error;
  }
}

export interface LoadedIndex {
  readonly name: string;
  /** How many documents were put in; 0 where the index was there already. */
  readonly created: number;
}

/** An index that exists is left as it is. */
export async function loadSampleData(url: string, fetchLike: FetchLike = fetch): Promise<readonly LoadedIndex[]> {
  const base = url.replace(/\/+$/, '');
  const loaded: LoadedIndex[] = [];
  for (const index of SAMPLE_INDICES) {
    const { status } = await fetchLike(`${base}/${index.name}`, { method: 'HEAD' });
    if (status !== 200 && status !== 404) throw new Error(`HEAD ${base}/${index.name} answered ${status}`);
    const created = status === 404 ? await loadIndex(index, base, fetchLike) : 0;
    loaded.push({ name: index.name, created });
  }
  return loaded;
}
