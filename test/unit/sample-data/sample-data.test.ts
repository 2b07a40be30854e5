import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { exampleCommands } from '../../../src/sample-data/examples.ts';
import { loadSampleData, SAMPLE_INDICES } from '../../../src/sample-data/load.ts';

const digest = (index: (typeof SAMPLE_INDICES)[number]): string => {
  const hash = createHash('sha256');
  for (const [id, source] of index.documents()) hash.update(id).update(source);
  return hash.digest('hex');
};

describe.each(SAMPLE_INDICES)('the documents of $name', (index) => {
  const documents = [...index.documents()];

  it('are the same each time', () => {
    expect(digest(index)).toBe(digest(index));
  });

  it('have different ids and only mapped fields', () => {
    expect(new Set(documents.map(([id]) => id)).size).toBe(documents.length);
    const fields = new Set(documents.flatMap(([, source]) => Object.keys(JSON.parse(source))));
    expect([...fields].sort()).toEqual(Object.keys(index.mapping.properties).sort());
  });
});

it('keeps integers beyond 2^53 to the digit', () => {
  const [first] = SAMPLE_INDICES[0]!.documents();
  expect(first?.[1]).toContain('"ledger_id":9007199254748912,');
});

describe('loading', () => {
  const answer = (status: number, body: unknown = {}) => ({
    status,
    ok: status < 300,
    text: async () => JSON.stringify(body),
  });

  it('leaves an index that exists alone', async () => {
    const calls: string[] = [];
    const loaded = await loadSampleData('http://c/', async (url, init) => {
      calls.push(`${init?.method} ${url}`);
      return answer(200);
    });
    expect(loaded.map(({ created }) => created)).toEqual([0, 0, 0]);
    expect(calls).toEqual(['HEAD http://c/accounts', 'HEAD http://c/orders', 'HEAD http://c/weblogs']);
  });

  it('removes half an index when a document is refused', async () => {
    const calls: string[] = [];
    const loading = loadSampleData('http://c', async (url, init) => {
      calls.push(`${init?.method} ${url}`);
      if (init?.method === 'HEAD') return answer(404);
      if (url.endsWith('_bulk'))
        return answer(200, { errors: true, items: [{ index: { error: { reason: 'no room' } } }] });
      return answer(200);
    });
    await expect(loading).rejects.toThrow('Sample documents were refused: no room');
    expect(calls.at(-1)).toBe('DELETE http://c/accounts');
  });
});

it('gives commands whose quoting survives the shell', () => {
  const [first] = exampleCommands('http://localhost:9280/');
  expect(first).toMatch(/^curl -s -H 'Content-Type: application\/json' 'http:\/\/localhost:9280\/_plugins\/_sql' -d '/);
  expect(first).toContain(String.raw`address.state = '\''WA'\''`);
});
