/** Steps over the hits of a search answer in bytes. */
import { closesAt, type Envelope } from '../../cluster/envelope.ts';
import { afterSpace, CLOSE_ARRAY, COMMA, OPEN_OBJECT } from '../../rows/json-bytes.ts';

/** Calls `onHit` with the position of each hit, which answers the position after it; false where the list does not end as one. */
export function eachHit(bytes: Buffer, { first }: Envelope, onHit: (at: number) => number): boolean {
  let at = first;
  while (bytes[at] !== CLOSE_ARRAY) {
    if (bytes[at] !== OPEN_OBJECT) return false;
    at = afterSpace(bytes, onHit(at));
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
    else if (bytes[at] !== CLOSE_ARRAY) return false;
  }
  return closesAt(bytes, at);
}
