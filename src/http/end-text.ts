/** Ends an answer with text and leaves the bytes of its headers as they are. */
import type { ServerResponse } from 'node:http';

const BEYOND_ASCII = /[^\0-\x7f]/;

/**
 * Values of headers are bytes, which Node holds as characters of Latin-1; but with a text it writes the head in one piece, all as UTF-8.
 * `more`: headers that were given to `writeHead`.
 */
export function endText(response: ServerResponse, text: string, more: Readonly<Record<string, unknown>> = {}): void {
  const values = [...Object.values(response.getHeaders()), ...Object.values(more)].flat();
  response.end(values.some((value) => BEYOND_ASCII.test(String(value))) ? Buffer.from(text) : text);
}
