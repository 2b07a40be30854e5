/** The least that a client must do to have all rows: slices of one point in time side by side, a page ahead, parsed, dropped. */
import { Pool } from 'undici';

const [url] = process.argv.slice(2);
const pool = new Pool(url, { connections: 8 });

async function call(method, path, body) {
  const { statusCode, body: answer } = await pool.request({
    method,
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
  const text = await answer.text();
  if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

async function slice(id, slices, pit, source) {
  const page = (after) =>
    call('POST', '/_search', {
      size: 10_000,
      sort: [{ _doc: 'asc' }],
      pit: { id: pit, keep_alive: '5m' },
      track_total_hits: false,
      ...(source === undefined ? {} : { _source: source }),
      ...(slices > 1 ? { slice: { id, max: slices } } : {}),
      ...(after === undefined ? {} : { search_after: after }),
    });
  let rows = 0;
  for (let ahead = page(); ; ) {
    const { hits } = (await ahead).hits;
    if (hits.length === 0) return rows;
    ahead = page(hits.at(-1).sort);
    for (const hit of hits) if (hit._source !== undefined) rows++;
  }
}

async function run({ index, slices, source }) {
  const { pit_id: pit } = await call('POST', `/${index}/_search/point_in_time?keep_alive=5m`);
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const lanes = await Promise.all(Array.from({ length: slices }, (_, id) => slice(id, slices, pit, source)));
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  await call('DELETE', '/_search/point_in_time', { pit_id: [pit] });
  return { rows: lanes.reduce((sum, lane) => sum + lane, 0), milliseconds, cpu: (user + system) / 1_000 };
}

process.on('message', (message) => {
  run(message).then(
    (result) => process.send(result),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});
process.send({ ready: true });
