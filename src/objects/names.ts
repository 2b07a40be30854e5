/** Which bucket names and keys there are: the same for every store and surface, so that a name means one object everywhere. */
import { ObjectStoreError } from './store.ts';

const MAX_KEY_BYTES = 1024;
/** Lower case, as all stores want it; no leading `_` (the cluster's own paths) and no leading dot (hidden folders). */
const BUCKET = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/;
const IP_ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;

/** What is wrong with the name, as the end of a sentence; undefined: nothing. */
export function bucketFault(bucket: string): string | undefined {
  if (!BUCKET.test(bucket)) {
    return 'must have 3 to 63 lower-case letters, digits, dots, dashes and underscores, with a letter or digit at both ends';
  }
  if (bucket.includes('..') || IP_ADDRESS.test(bucket)) return 'must not hold two dots in a row or be an IP address';
  return undefined;
}

/**
 * Keys that a URL or a file system would read as another one are refused, although S3 itself has them:
 * `..` in a path-style URL may be resolved on the way, and would leave the bucket.
 */
export function keyFault(key: string): string | undefined {
  if (key === '') return 'must not be empty';
  if (/\p{Surrogate}/u.test(key)) return 'must be Unicode text';
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `must not be longer than ${MAX_KEY_BYTES} bytes`;
  if (key.includes('\0')) return 'must not hold a NUL character';
  if (key.split('/').some((segment) => segment === '.' || segment === '..')) return 'must not hold a segment . or ..';
  return undefined;
}

export function checkBucket(bucket: string): void {
  const fault = bucketFault(bucket);
  if (fault !== undefined) throw new ObjectStoreError('badName', `The bucket name '${shown(bucket)}' ${fault}`);
}

export function checkName(bucket: string, key: string): void {
  checkBucket(bucket);
  const fault = keyFault(key);
  if (fault !== undefined) throw new ObjectStoreError('badName', `The object key '${shown(key)}' ${fault}`);
}

/** Names come from requests: cut, and without what a terminal would take for a command. */
function shown(name: string): string {
  const text = name.replace(/[\p{Cc}\p{Surrogate}]/gu, '?');
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
