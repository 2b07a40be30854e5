/** Values as bytes that any thread can read, so that handing them over costs nothing, however large they are. */
import { deserialize, serialize } from 'node:v8';

export type Packed = Uint8Array<SharedArrayBuffer>;

export function pack(value: unknown): Packed {
  const bytes = serialize(value);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** The reader wants memory of its own. */
export const unpack = (packed: Packed): unknown => deserialize(Buffer.from(packed));
