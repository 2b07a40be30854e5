/** Sends one object in pieces: one piece is filled while the one before is on its way, so that memory stays bounded. */
import { createHash } from 'node:crypto';
import type { LoadedS3 } from './s3-client.ts';
import { s3Error } from './s3-faults.ts';
import { ObjectStoreError, type SealedUpload, type Upload, type UploadRef } from './store.ts';

/** The least that S3 takes for any piece but the last. */
const LEAST_PIECE = 5 * 1024 * 1024;
const MAX_PIECES = 10_000;

/** Pieces double after 500, then after each 1,000: 10,000 of them hold more than S3's largest object, and small ones stay small. */
export function pieceSize(number: number): number {
  return LEAST_PIECE * 2 ** Math.floor((number + 499) / 1000);
}

export class S3Upload implements Upload {
  readonly ref: UploadRef;
  readonly #s3: LoadedS3;
  readonly #remove: () => Promise<void>;
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal;
  readonly #tags: string[] = [];
  #piece: Buffer | undefined;
  #filled = 0;
  #size = 0;
  /** Never rejects: its fault is kept and thrown by the next call. */
  #sending: Promise<void> = Promise.resolve();
  #fault: unknown;
  /** The buffer that came back from the last piece. */
  #spare: Buffer | undefined;

  constructor(s3: LoadedS3, ref: UploadRef, remove: () => Promise<void>, signal: AbortSignal | undefined) {
    this.#s3 = s3;
    this.ref = ref;
    this.#remove = remove;
    this.#signal = signal === undefined ? this.#controller.signal : AbortSignal.any([signal, this.#controller.signal]);
  }

  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      this.#check();
      this.#piece ??= this.#newPiece();
      const taken = bytes.subarray(at, at + this.#piece.length - this.#filled);
      this.#piece.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled === this.#piece.length) await this.#send();
    }
    this.#size += bytes.length;
  }

  async seal(): Promise<SealedUpload> {
    this.#check();
    if (this.#filled > 0) await this.#send();
    await this.#sending;
    this.#check();
    return { ...this.ref, size: this.#size, pieces: this.#tags };
  }

  async abort(): Promise<void> {
    this.#controller.abort(new ObjectStoreError('failed', 'The upload was aborted'));
    // A piece that arrives after the abort would stay for ever.
    await this.#sending;
    this.#piece = undefined;
    this.#spare = undefined;
    await this.#remove();
  }

  #check(): void {
    this.#signal.throwIfAborted();
    if (this.#fault !== undefined) throw this.#fault;
  }

  #newPiece(): Buffer {
    const size = pieceSize(this.#tags.length + 1 + (this.#inFlight ? 1 : 0));
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.length === size ? spare : Buffer.allocUnsafeSlow(size);
  }

  #inFlight = false;

  /** Waits for the piece before, not for this one. */
  async #send(): Promise<void> {
    const piece = this.#piece!;
    const body = piece.subarray(0, this.#filled);
    this.#piece = undefined;
    this.#filled = 0;
    await this.#sending;
    this.#check();
    const number = this.#tags.length + 1;
    if (number > MAX_PIECES) throw new ObjectStoreError('full', `An object has at most ${MAX_PIECES} pieces`);
    this.#inFlight = true;
    this.#sending = this.#sendPiece(body, number).then(
      (tag) => {
        this.#tags.push(tag);
        this.#spare = piece;
        this.#inFlight = false;
      },
      (error: unknown) => {
        this.#fault = s3Error(error, `${this.ref.bucket}/${this.ref.key}`, this.#signal);
        this.#inFlight = false;
      },
    );
  }

  async #sendPiece(body: Buffer, number: number): Promise<string> {
    const { sdk, client } = this.#s3;
    const { bucket, key, id } = this.ref;
    const command = new sdk.UploadPartCommand({
      Bucket: bucket,
      Key: key,
      UploadId: id,
      PartNumber: number,
      Body: body,
      ContentLength: body.length,
      ContentMD5: createHash('md5').update(body).digest('base64'),
    });
    const { ETag } = await client.send(command, { abortSignal: this.#signal });
    if (ETag === undefined) throw new ObjectStoreError('failed', 'The object store gave a piece no tag');
    return ETag;
  }
}
