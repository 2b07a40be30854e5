/** Keeps the rows of finished QUERY jobs until they are discarded. */
import type { Page } from '../../rows/page.ts';
import type { KeptRows } from '../domain/model.ts';

export interface Kept {
  readonly place: KeptRows;
  readonly rows: number;
}

export interface ResultKeeper {
  /** Replaces what an earlier attempt of the job left; on failure nothing stays. */
  write(
    job: string,
    pages: AsyncIterable<Page>,
    signal: AbortSignal,
    /** Hears of bytes before they are written to a disk, and may throw. */
    grown?: (bytes: number) => void,
  ): Promise<Kept>;
  /** Rejects with `resultGone` where the rows are no longer there. */
  read(place: KeptRows, signal: AbortSignal): AsyncIterable<Page>;
  /** Of a job, whether or not it ever had any. */
  remove(job: string): Promise<void>;
}
