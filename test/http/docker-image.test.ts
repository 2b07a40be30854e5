/** The search engine in a container, through Testcontainers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContainerEngine, whyNoContainer, withContainerEngine } from '../support/docker-engine.ts';

const reason = await whyNoContainer();
if (reason) console.log(`skipped: ${reason}`);

describe.skipIf(reason !== undefined)(`a container${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let engine: ContainerEngine;

  beforeAll(async () => {
    engine = await withContainerEngine();
  }, 15 * 60_000);
  afterAll(async () => {
    await engine?.stop();
  }, 120_000);

  const send = async (path: string, method = 'GET', body?: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`${engine.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };

  it('answers as OpenSearch', async () => {
    expect(await send('/')).toMatchObject({ version: { distribution: 'opensearch', number: engine.version } });
  });

  it('indexes and finds a document', async () => {
    await send('/books/_doc/1?refresh=true', 'PUT', { title: 'War and Peace', pages: 1225 });
    expect(await send('/books/_search', 'POST', { query: { match: { title: 'peace' } } })).toMatchObject({
      hits: { total: { value: 1 }, hits: [{ _source: { pages: 1225 } }] },
    });
  });
});
