/** Kept rows as files under DATA_DIR: one a job, renamed into place when it is whole. */
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '../../rows/page.ts';
import { storageError, storing } from '../../run/storage-error.ts';
import { JobError } from '../domain/job-error.ts';
import type { KeptRows } from '../domain/model.ts';
import { blocksOf, pagesOf } from './blocks.ts';
import type { Kept, ResultKeeper } from './keeper.ts';

interface DiskKeeperOptions {
  readonly folder: string;
  /** Bytes that the rows of all jobs together may take. */
  readonly limit: () => number;
}

const DONE = '.rows';
const UNFINISHED = '.part';
const JOB = /^[A-Za-z0-9-]{1,64}$/;
const FILE = /^[A-Za-z0-9-]{1,64}\.rows$/;
const READ_BYTES = 1_048_576;

export class DiskKeeper implements ResultKeeper {
  /** Bytes written by jobs that are running now, beyond what lay there when they began. */
  #growing = 0;

  constructor(private readonly options: DiskKeeperOptions) {}

  async write(
    job: string,
    pages: AsyncIterable<Page>,
    signal: AbortSignal,
    grown: (bytes: number) => void = () => undefined,
  ): Promise<Kept> {
    const { folder } = this.options;
    const lying = await storing(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await this.remove(job);
      return bytesIn(folder);
    });
    let own = 0;
    let rows = 0;
    try {
      const file = await open(this.#path(job, UNFINISHED), 'wx', 0o600);
      try {
        for await (const block of blocksOf(pages)) {
          signal.throwIfAborted();
          grown(block.bytes.length);
          own += block.bytes.length;
          this.#growing += block.bytes.length;
          if (lying + this.#growing > this.options.limit()) throw this.#tooLarge();
          await file.appendFile(block.bytes);
          rows += block.rows;
        }
        // Told to be kept only when it is: a job that is FINISHED has its rows, also after a power cut.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(this.#path(job, UNFINISHED), this.#path(job, DONE));
      return { place: { kind: 'spool', path: job + DONE }, rows };
    } catch (error) {
      await this.remove(job);
      throw storageError(error);
    } finally {
      this.#growing -= own;
    }
  }

  async *read(place: KeptRows, signal: AbortSignal): AsyncGenerator<Page> {
    if (place.kind !== 'spool' || !FILE.test(place.path)) throw gone();
    let file: FileHandle;
    try {
      file = await open(join(this.options.folder, place.path), 'r');
    } catch (error) {
      throw gone(error);
    }
    try {
      yield* pagesOf(chunksOf(file, signal));
    } finally {
      await file.close();
    }
  }

  async remove(job: string): Promise<void> {
    if (!JOB.test(job)) return;
    for (const suffix of [DONE, UNFINISHED]) await rm(this.#path(job, suffix), { force: true });
  }

  #path(job: string, suffix: string): string {
    if (!JOB.test(job)) throw new JobError('unsupported', `'${job}' is no name of a job.`);
    return join(this.options.folder, job + suffix);
  }

  #tooLarge(): JobError {
    return new JobError(
      'resultTooLarge',
      `The kept results of jobs would take more than ${this.options.limit()} bytes (JOB_RESULT_LIMIT).`,
    );
  }
}

async function* chunksOf(file: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Of finished results and of those that are being written. */
async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    bytes += found?.size ?? 0;
  }
  return bytes;
}

const gone = (cause?: unknown): JobError =>
  new JobError('resultGone', 'The rows of the job are no longer kept; run its statement again.', cause);
