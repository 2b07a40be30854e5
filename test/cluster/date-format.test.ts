/** The reader of date mapping formats against the engine's own: one index with a field a format, both asked for the same values. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileDateFormat, formatForFields } from '../../translators/catalog/date-format.ts';
import { epochMillisOf, timestampFromEpochMillis } from '../../translators/temporal/temporal-text.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { CASES } from './date-format-cases.ts';

const index = uniqueName('date-format');
const FORMAT = formatForFields('timestamp');

async function call(method: string, path: string, body?: string): Promise<Record<string, unknown>> {
  const type = path.startsWith('/_bulk') ? 'application/x-ndjson' : 'application/json';
  const response = await fetch(`${getEngine().url}${path}`, { method, headers: { 'content-type': type }, body });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer).slice(0, 500)}`);
  return answer;
}

interface Hit {
  readonly _id: string;
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}

const answers = new Map<string, string | undefined>();
const keyOf = (format: string | undefined, value: string | number): string => `${format} ${JSON.stringify(value)}`;

describe('date formats of mappings', () => {
  beforeAll(async () => {
    const properties = Object.fromEntries(
      CASES.map(([format], i) => [`f${i}`, { type: 'date', ignore_malformed: true, ...(format && { format }) }]),
    );
    const settings = { number_of_shards: 1, number_of_replicas: 0, max_docvalue_fields_search: 1000 };
    await call('PUT', `/${index}`, JSON.stringify({ settings, mappings: { properties } }));
    const lines = CASES.flatMap(([, values], i) =>
      values.flatMap((value, j) => [
        JSON.stringify({ index: { _index: index, _id: `${i}/${j}` } }),
        JSON.stringify({ [`f${i}`]: value }),
      ]),
    );
    const bulk = await call('POST', '/_bulk?refresh=true', `${lines.join('\n')}\n`);
    expect(bulk.errors).toBe(false);
    const fields = Object.keys(properties).map((field) => ({ field, format: FORMAT }));
    const body = JSON.stringify({ size: 1000, _source: false, docvalue_fields: fields });
    const found = (await call('POST', `/${index}/_search`, body)) as { hits: { hits: readonly Hit[] } };
    for (const hit of found.hits.hits) {
      const [i, j] = hit._id.split('/').map(Number) as [number, number];
      const [format, values] = CASES[i]!;
      answers.set(keyOf(format, values[j]!), hit.fields?.[`f${i}`]?.[0]);
    }
  });

  afterAll(async () => {
    await call('DELETE', `/${index}`);
  });

  // The index keeps milliseconds of a `date`; the source has all digits.
  const toMillis = (at: string | undefined): string | undefined => at && timestampFromEpochMillis(epochMillisOf(at));

  it.each(CASES.flatMap(([format, values]) => values.map((value) => ({ format, value }))))(
    '$format reads $value as the engine does',
    ({ format, value }) => {
      const key = keyOf(format, value);
      expect(answers.has(key)).toBe(true);
      const read = compileDateFormat(format, false);
      expect(read).toBeDefined();
      const engine = answers.get(key);
      // What the engine refused has no value in the index: no answer of ours can disagree with it.
      if (engine !== undefined) expect(toMillis(read!(value))).toBe(toMillis(compileDateFormat(FORMAT, true)!(engine)));
    },
  );
});
