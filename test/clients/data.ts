/** The index that every client reads: each type once, a row of values and a row of nulls. */
import { getEngine } from '../support/engine.ts';

export async function loadClientIndex(index: string): Promise<void> {
  await send('PUT', `/${index}`, {
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: {
      properties: {
        id: { type: 'integer' },
        flag: { type: 'boolean' },
        b: { type: 'byte' },
        s: { type: 'short' },
        l: { type: 'long' },
        f: { type: 'float' },
        d: { type: 'double' },
        k: { type: 'keyword' },
        t: { type: 'text' },
        ip: { type: 'ip' },
        day: { type: 'date', format: 'yyyy-MM-dd' },
        at: { type: 'date' },
        clock: { type: 'date', format: 'HH:mm:ss' },
        o: { properties: { inner: { type: 'keyword' } } },
      },
    },
  });
  const full =
    '{"id":1,"flag":true,"b":7,"s":300,"l":9007199254740993,"f":1.5,"d":2.25,"k":"it\'s","t":"some text","ip":"10.0.0.1",' +
    '"day":"2024-05-17","at":"2024-05-17T08:09:10Z","clock":"11:12:13","o":{"inner":"x"}}';
  const lines = ['{"index":{"_id":"1"}}', full, '{"index":{"_id":"2"}}', '{"id":2}'];
  await send('POST', `/${index}/_bulk?refresh=true`, `${lines.join('\n')}\n`);
}

export const dropClientIndex = (index: string): Promise<void> => send('DELETE', `/${index}`);

async function send(method: string, path: string, body?: string | object): Promise<void> {
  const response = await fetch(`${getEngine().url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status >= 300 || text.includes('"errors":true')) throw new Error(`${method} ${path}: ${text}`);
}
