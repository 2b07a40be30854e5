/** Ends of JSON values found four bytes at a time, held to a parser: quotes and backslashes at every place of a word. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { endOfString, endOfValue, type JsonBytes } from '../../../src/jobs/export/hits/json-bytes.ts';

function jsonBytes(text: string, offset = 0): JsonBytes {
  const padded = Buffer.concat([Buffer.alloc(offset, '"'), Buffer.from(text)]);
  const bytes = padded.subarray(offset);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

it('finds the end of a string wherever its quotes, escapes and the end of the bytes fall', () => {
  for (let offset = 0; offset < 4; offset++) {
    for (let length = 0; length < 14; length++) {
      for (let special = 0; special <= length; special++) {
        for (const part of ['', '\\"', '\\\\', '\\\\\\"', '\\u0022', 'é']) {
          const string = `"${'x'.repeat(special)}${part}${'y'.repeat(length - special)}"`;
          const end = Buffer.byteLength(string);
          for (const after of ['', ',"', '\\']) expect(endOfString(jsonBytes(string + after, offset), 0)).toBe(end);
        }
      }
    }
  }
});

it('finds the end of any value in a list', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (values) => {
      const texts = values.map((value) => JSON.stringify(value));
      const json = jsonBytes(`[${texts.join(',')}]`);
      let at = 1;
      for (const text of texts) {
        const end = endOfValue(json, at);
        expect(Buffer.from(json.bytes.subarray(at, end)).toString()).toBe(text);
        at = end + 1;
      }
    }),
  );
});

it('refuses a string without an end', () => {
  for (const text of ['"', '"abc', '"abcdefgh', '"abcdefg\\', '"abcdefg\\"']) {
    expect(() => endOfString(jsonBytes(text), 0)).toThrow('ends in the middle');
  }
});
