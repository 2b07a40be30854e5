/** Keeps computed results in files until they are read to their end, closed, or left alone for too long. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { SqlError } from '../../translators/errors.ts';
import type { OutputColumn, Page } from '../rows/page.ts';
import { storageError, storing } from '../run/storage-error.ts';
import { SpoolReader, type Written, writeSpool } from './spool-file.ts';

interface SpoolOptions {
  readonly folder: string;
  /** Bytes that all files together may take. */
  readonly limit: () => number;
  /** Milliseconds after which a file that nobody reads is deleted. */
  readonly keepAlive: () => number;
}

interface Spooled extends Written {
  readonly id: string;
}

const DONE = '.rows';
const UNFINISHED = '.part';
const NAME = /^([\w-]{22})(\.rows|\.part)$/;
const SWEEP_MILLISECONDS = 15_000;
/** A result may be computed for long between two writes, by another server over the same folder too. */
const UNFINISHED_MILLISECONDS = 3_600_000;

export class Spools {
  /** Bytes by id, of the files that this server knows. */
  private readonly sizes = new Map<string, number>();
  private readonly writing = new Set<string>();
  private total = 0;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(private readonly options: SpoolOptions) {
    this.keepSweeping();
  }

  /** Writes all rows; on failure nothing stays. */
  async write(
    columns: readonly OutputColumn[],
    pages: AsyncIterable<Page>,
    pageRows: number,
    /** Hears of bytes before they are written, and may throw. */
    grown: (bytes: number) => void = () => undefined,
  ): Promise<Spooled> {
    return storing(() => this.#write(columns, pages, pageRows, grown));
  }

  async #write(
    columns: readonly OutputColumn[],
    pages: AsyncIterable<Page>,
    pageRows: number,
    grown: (bytes: number) => void,
  ): Promise<Spooled> {
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    await this.sweep();
    this.keepSweeping();
    const id = randomBytes(16).toString('base64url');
    this.writing.add(id);
    try {
      const file = await open(this.path(id, UNFINISHED), 'wx', 0o600);
      try {
        const written = await writeSpool(file, columns, pages, pageRows, (bytes) => {
          grown(bytes);
          this.grow(id, bytes);
        });
        await rename(this.path(id, UNFINISHED), this.path(id, DONE));
        return { id, ...written };
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.remove(id);
      throw error;
    } finally {
      this.writing.delete(id);
    }
  }

  /** undefined: there is no such file any more. */
  async open(id: string): Promise<SpoolReader | undefined> {
    if (!NAME.test(id + DONE)) return undefined;
    let file: FileHandle;
    try {
      file = await open(this.path(id, DONE), 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw storageError(error);
    }
    const touch = async (): Promise<void> => {
      const now = new Date();
      await utimes(this.path(id, DONE), now, now).catch(() => undefined);
    };
    await touch();
    return SpoolReader.open(file, touch);
  }

  async remove(id: string): Promise<void> {
    if (!NAME.test(id + DONE)) return;
    this.setSize(id, 0);
    for (const suffix of [DONE, UNFINISHED]) await rm(this.path(id, suffix), { force: true });
  }

  /** Deletes what nobody has read for the time that a cursor lives, also what an earlier run of the server left. */
  async sweep(): Promise<void> {
    const { folder, keepAlive } = this.options;
    const names = await readdir(folder).catch(() => [] as string[]);
    const seen = new Set<string>();
    for (const name of names) {
      const [, id, suffix] = NAME.exec(name) ?? [];
      if (id === undefined) continue;
      seen.add(id);
      const found = await stat(join(folder, name)).catch(() => undefined);
      if (found === undefined) continue;
      const most = suffix === DONE ? keepAlive() : Math.max(keepAlive(), UNFINISHED_MILLISECONDS);
      if (found.mtimeMs + most < Date.now()) await this.remove(id);
      else if (suffix === DONE) this.setSize(id, found.size);
    }
    // What another server over this folder has deleted.
    for (const id of this.sizes.keys()) if (!seen.has(id) && !this.writing.has(id)) this.setSize(id, 0);
  }

  /** Bytes that are kept now. */
  get bytes(): number {
    return this.total;
  }

  private grow(id: string, bytes: number): void {
    this.setSize(id, (this.sizes.get(id) ?? 0) + bytes);
    const limit = this.options.limit();
    if (this.total <= limit) return;
    throw new SqlError(
      'resourceLimit',
      `The results kept for open cursors would take more than ${limit} bytes (SPOOL_LIMIT); ask for fewer rows, or without fetch_size.`,
    );
  }

  private setSize(id: string, bytes: number): void {
    this.total += bytes - (this.sizes.get(id) ?? 0);
    if (bytes === 0) this.sizes.delete(id);
    else this.sizes.set(id, bytes);
  }

  private path(id: string, suffix: string): string {
    return join(this.options.folder, id + suffix);
  }

  /** While there are files; one round at the start finds those of an earlier run. */
  private keepSweeping(): void {
    this.sweeping ??= setInterval(() => {
      this.sweep()
        .catch(() => undefined)
        .finally(() => {
          if (this.sizes.size > 0 || this.writing.size > 0) return;
          clearInterval(this.sweeping);
          this.sweeping = undefined;
        });
    }, SWEEP_MILLISECONDS).unref();
  }
}
