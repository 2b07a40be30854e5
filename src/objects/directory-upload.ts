/** Takes the bytes of one object into a temporary file. */
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { guarded } from './directory-faults.ts';
import type { SealedUpload, Upload, UploadRef } from './store.ts';

export class DirectoryUpload implements Upload {
  readonly ref: UploadRef;
  readonly #file: FileHandle;
  readonly #remove: () => Promise<void>;
  readonly #signal: AbortSignal | undefined;
  #open = true;

  constructor(ref: UploadRef, file: FileHandle, remove: () => Promise<void>, signal: AbortSignal | undefined) {
    this.ref = ref;
    this.#file = file;
    this.#remove = remove;
    this.#signal = signal;
  }

  async write(bytes: Uint8Array): Promise<void> {
    return guarded(async () => {
      this.#signal?.throwIfAborted();
      let at = 0;
      while (at < bytes.length) at += (await this.#file.write(bytes, at)).bytesWritten;
    });
  }

  async seal(): Promise<SealedUpload> {
    return guarded(async () => {
      this.#signal?.throwIfAborted();
      await this.#file.sync();
      const found = await this.#file.stat({ bigint: true });
      await this.#close();
      return { ...this.ref, size: Number(found.size), pieces: [etagOf(found)] };
    });
  }

  async abort(): Promise<void> {
    await this.#close();
    await this.#remove();
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#file.close();
  }
}

/** Changes with each replacement, since every upload is a new file. */
export function etagOf({ ino, mtimeNs, size }: BigIntStats): string {
  return [ino, mtimeNs, size].map((part) => part.toString(36)).join('-');
}
