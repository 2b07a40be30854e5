/** `query`: the rows of a statement, as they come. */
import type { Client } from './client.ts';
import { type Given, UsageError } from './options.ts';
import type { Output } from './run.ts';

const FORMATS = ['csv', 'raw', 'json', 'jdbc'];

export async function queryCommand(given: Given, client: Client, output: Output, signal: AbortSignal): Promise<void> {
  const [sql, ...more] = given.words;
  if (sql === undefined || more.length > 0) throw new UsageError('query takes one statement, in quotes');
  const format = given.text('format')!;
  if (!FORMATS.includes(format)) throw new UsageError(`--format must be one of ${FORMATS.join(', ')}`);
  const response = await client.open('POST', `/_plugins/_sql?format=${format}`, { query: sql }, signal);
  let last = 0;
  for await (const bytes of response.body ?? []) {
    await output.bytes(bytes);
    last = bytes.at(-1) ?? last;
  }
  if (last !== 10) output.out('\n');
}
