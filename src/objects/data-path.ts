/** Reads the path of an export, `obs://bucket/folder`, into bucket and folder (spec dli-jobs 8). */
import { bucketFault, keyFault } from './names.ts';

/** All of them name buckets of the one configured store. */
const PATH_SCHEMES = ['obs', 's3a', 's3', 's3n', 'bos', 'file'] as const;

interface DataPath {
  readonly bucket: string;
  /** Without a slash at either end; never empty. */
  readonly folder: string;
}

type DataPathResult =
  | { readonly kind: 'path'; readonly path: DataPath }
  /** A whole sentence for the client. */
  | { readonly kind: 'fault'; readonly message: string };

/** What a part file adds to the folder: it must fit into a key too. */
const ROOM_FOR_FILES = 128;
const MAX_KEY_BYTES = 1024;

export function readDataPath(text: string): DataPathResult {
  const fault = (message: string): DataPathResult => ({ kind: 'fault', message });
  const forms = PATH_SCHEMES.map((scheme) => `${scheme}://`).join(', ');
  const [, scheme, rest] = /^([A-Za-z0-9]+):\/\/(.*)$/s.exec(text) ?? [];
  if (scheme === undefined || rest === undefined || !PATH_SCHEMES.some((one) => one === scheme.toLowerCase())) {
    return fault(`The data path must begin with one of ${forms}, followed by bucket and folder`);
  }
  if (text.includes(',')) return fault('The data path must not hold a comma');
  // `file:///bucket/folder`, as local paths are written.
  const path = scheme.toLowerCase() === 'file' ? rest.replace(/^\//, '') : rest;
  const slash = path.indexOf('/');
  const bucket = slash < 0 ? path : path.slice(0, slash);
  const folder = slash < 0 ? '' : path.slice(slash + 1).replace(/\/$/, '');
  // Rule 3: the character after the last dot must not be a digit.
  if (/\.[0-9][^.]*$/.test(bucket)) return fault(`The bucket '${bucket}' must not end in a dot, a digit and more`);
  const badBucket = bucketFault(bucket);
  if (badBucket !== undefined) return fault(`The bucket of the data path ${badBucket}`);
  if (folder === '') return fault('The data path must name a folder below the bucket');
  if (folder.split('/').includes('')) return fault('The data path must not hold empty segments');
  const badFolder = keyFault(folder);
  if (badFolder !== undefined) return fault(`The folder of the data path ${badFolder}`);
  if (Buffer.byteLength(folder) > MAX_KEY_BYTES - ROOM_FOR_FILES) {
    return fault(`The folder of the data path must not be longer than ${MAX_KEY_BYTES - ROOM_FOR_FILES} bytes`);
  }
  return { kind: 'path', path: { bucket, folder } };
}
