/** The answer formats by name. */
import { csvWriter } from './csv.ts';
import { jdbcWriter } from './jdbc.ts';
import { jsonWriter } from './json.ts';
import { rawWriter } from './raw.ts';
import type { Writer, WriterOptions } from './writer.ts';

export type { EndInfo, Writer, WriterOptions } from './writer.ts';

const FORMATS = {
  jdbc: jdbcWriter,
  json: jsonWriter,
  csv: csvWriter,
  raw: rawWriter,
} as const satisfies Record<string, (options: WriterOptions) => Writer>;

export type Format = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];

export function createWriter(format: Format, options: WriterOptions): Writer {
  return FORMATS[format](options);
}
