/** Kept rows as objects in the store, for several servers: small ones, each put whole, so that no upload is ever left open. */

import type { ObjectStore } from '../../objects/store.ts';
import { ObjectStoreError } from '../../objects/store.ts';
import type { Page } from '../../rows/page.ts';
import { JobError } from '../domain/job-error.ts';
import type { KeptRows } from '../domain/model.ts';
import { blocksOf, pagesOf } from './blocks.ts';
import type { Kept, ResultKeeper } from './keeper.ts';

interface StoreKeeperOptions {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** Folder of the bucket, without a slash at either end; may be empty. */
  readonly folder: string;
  /** Bytes that the rows of one job may take. */
  readonly limit: () => number;
}

const OBJECT_BYTES = 8 * 1_048_576;
/** Written last: its name tells how many objects there are. */
const LAST = 'last-';

export class StoreKeeper implements ResultKeeper {
  constructor(private readonly options: StoreKeeperOptions) {}

  async write(job: string, pages: AsyncIterable<Page>, signal: AbortSignal): Promise<Kept> {
    const { store, bucket } = this.options;
    const prefix = this.#prefix(job);
    await this.remove(job);
    let waiting: Buffer[] = [];
    let size = 0;
    let total = 0;
    let rows = 0;
    let objects = 0;
    const flush = async (): Promise<void> => {
      const bytes = Buffer.concat(waiting);
      waiting = [];
      size = 0;
      await store.put(bucket, `${prefix}${numbered(objects++)}`, bytes, signal);
    };
    try {
      for await (const block of blocksOf(pages)) {
        signal.throwIfAborted();
        waiting.push(block.bytes);
        size += block.bytes.length;
        total += block.bytes.length;
        rows += block.rows;
        if (total > this.options.limit()) throw this.#tooLarge();
        if (size >= OBJECT_BYTES) await flush();
      }
      if (size > 0) await flush();
      await store.put(bucket, `${prefix}${LAST}${numbered(objects)}`, Buffer.alloc(0), signal);
      return { place: { kind: 'object', bucket, key: prefix }, rows };
    } catch (error) {
      await this.remove(job).catch(() => undefined);
      throw error;
    }
  }

  async *read(place: KeptRows, signal: AbortSignal): AsyncGenerator<Page> {
    if (place.kind !== 'object') throw gone();
    yield* pagesOf(this.#chunks(place, signal));
  }

  async *#chunks({ bucket, key }: Extract<KeptRows, { kind: 'object' }>, signal: AbortSignal): AsyncGenerator<Buffer> {
    const { store } = this.options;
    const names = await this.#keys(key);
    const end = names.find((name) => name.startsWith(key + LAST));
    if (end === undefined) throw gone();
    const objects = Number(end.slice(key.length + LAST.length));
    for (let i = 0; i < objects; i++) {
      const body = await store.read(bucket, key + numbered(i), { signal }).catch((error: unknown) => {
        throw error instanceof ObjectStoreError && error.fault === 'noSuchKey' ? gone(error) : error;
      });
      yield* body.bytes;
    }
  }

  async remove(job: string): Promise<void> {
    const { store, bucket } = this.options;
    const keys = await this.#keys(this.#prefix(job));
    // The mark of completeness goes first: what is half deleted is not taken for a result.
    const marks = keys.filter((key) => key.includes(`/${LAST}`));
    if (marks.length > 0) await store.delete(bucket, marks);
    const rest = keys.filter((key) => !marks.includes(key));
    if (rest.length > 0) await store.delete(bucket, rest);
  }

  async #keys(prefix: string): Promise<string[]> {
    const { store, bucket } = this.options;
    // Before the first result, in a directory.
    if (store.makesBuckets && !(await store.bucketExists(bucket))) return [];
    const keys: string[] = [];
    let after: string | undefined;
    do {
      const listing = await store.list(bucket, { prefix, ...(after === undefined ? {} : { after }) });
      keys.push(...listing.objects.map((object) => object.key));
      after = listing.next;
    } while (after !== undefined);
    return keys;
  }

  #prefix(job: string): string {
    if (!/^[A-Za-z0-9-]{1,64}$/.test(job)) throw new JobError('unsupported', `'${job}' is no name of a job.`);
    return `${this.options.folder === '' ? '' : `${this.options.folder}/`}${job}/`;
  }

  #tooLarge(): JobError {
    return new JobError(
      'resultTooLarge',
      `The rows of the result would take more than ${this.options.limit()} bytes (JOB_RESULT_LIMIT).`,
    );
  }
}

const numbered = (n: number): string => String(n).padStart(6, '0');

const gone = (cause?: unknown): JobError =>
  new JobError('resultGone', 'The rows of the job are no longer kept; run its statement again.', cause);
