/** The object storage as callers see it: without the rows of jobs that JOB_RESULT_STORE keeps there, which only the job routes may show. */
import type { Config } from '../../config.ts';
import { type ObjectInfo, type ObjectStore, ObjectStoreError } from '../../objects/store.ts';

type Settings = Pick<Config, 'jobResultStore'>;

interface Place {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
}

function placeOf({ jobResultStore }: Settings): Place | undefined {
  if (jobResultStore === '') return undefined;
  const [bucket = '', ...folders] = jobResultStore.split('/');
  return { bucket, prefix: folders.length === 0 ? '' : `${folders.join('/')}/` };
}

/** Whether an export into the folder would lie among the kept rows, or take them away with what it replaces. */
export function touchesResults(config: Settings, bucket: string, folder: string): boolean {
  const place = placeOf(config);
  if (place === undefined || place.bucket !== bucket) return false;
  return `${folder}/`.startsWith(place.prefix) || place.prefix.startsWith(`${folder}/`);
}

export function withoutResults(store: ObjectStore, config: Settings): ObjectStore {
  const place = placeOf(config);
  if (place === undefined) return store;
  const { prefix } = place;
  // The folder's own name too: a file there would stand in the way of the rows.
  const hides = (bucket: string, key: string): boolean =>
    bucket === place.bucket && (key.startsWith(prefix) || `${key}/` === prefix);
  const refuse = (bucket: string, key: string): void => {
    if (hides(bucket, key)) throw new ObjectStoreError('denied', 'The rows of jobs are kept there (JOB_RESULT_STORE)');
  };
  const hidden = (key: string): ObjectStoreError =>
    new ObjectStoreError('noSuchKey', `There is no object '${key.slice(0, 256)}'`);
  /** Behind all that is hidden; a key of it would tell the id of a job. */
  const behind = `${prefix}\u{10ffff}`;

  return {
    description: store.description,
    makesBuckets: store.makesBuckets,
    bucketExists: (bucket, signal) => store.bucketExists(bucket, signal),
    head: async (bucket, key, signal) => (hides(bucket, key) ? undefined : store.head(bucket, key, signal)),
    async read(bucket, key, options) {
      if (hides(bucket, key)) throw hidden(key);
      return store.read(bucket, key, options);
    },
    async list(bucket, options, signal) {
      if (bucket !== place.bucket) return store.list(bucket, options, signal);
      // Also where it would be found empty only page by page, which tells whether there is something.
      if ((options?.prefix ?? '').startsWith(prefix)) return { objects: [], prefixes: [], next: undefined };
      const { objects, prefixes, next } = await store.list(bucket, options, signal);
      return {
        objects: objects.filter(({ key }: ObjectInfo) => !hides(bucket, key)),
        prefixes: prefixes.filter((group) => !group.startsWith(prefix)),
        next: next?.startsWith(prefix) ? behind : next,
      };
    },
    async put(bucket, key, bytes, signal) {
      refuse(bucket, key);
      return store.put(bucket, key, bytes, signal);
    },
    async startUpload(bucket, key, signal) {
      refuse(bucket, key);
      return store.startUpload(bucket, key, signal);
    },
    async publish(upload, signal) {
      refuse(upload.bucket, upload.key);
      return store.publish(upload, signal);
    },
    async abort(upload) {
      refuse(upload.bucket, upload.key);
      return store.abort(upload);
    },
    async delete(bucket, keys, signal) {
      for (const key of keys) refuse(bucket, key);
      return store.delete(bucket, keys, signal);
    },
    async uploads(bucket, wanted, signal) {
      return (await store.uploads(bucket, wanted, signal)).filter(({ key }) => !hides(bucket, key));
    },
    async presign(bucket, key, seconds) {
      if (hides(bucket, key)) throw hidden(key);
      return store.presign(bucket, key, seconds);
    },
    close: () => store.close(),
  };
}
