/** The uploads of an export: each stands in the journal before its first byte is sent, and until it is sealed or aborted. */
import type { ObjectStore, SealedUpload, Upload, UploadRef } from '../../objects/store.ts';
import type { ExportJob, ExportJournal } from '../domain/model.ts';
import { partKey } from './names.ts';

export type SealedPart = SealedUpload & { readonly rows: number };

export interface Part {
  readonly upload: Upload;
  readonly number: number;
}

export class ExportUploads {
  readonly #open = new Map<Upload, UploadRef>();
  readonly #sealed: SealedPart[] = [];
  #next = 0;
  #written: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: ObjectStore,
    private readonly job: ExportJob,
    private readonly journal: (journal: ExportJournal) => Promise<void>,
    private readonly signal: AbortSignal,
  ) {}

  /** Numbers are given in the order in which parts are begun. */
  async begin(): Promise<Part> {
    const number = this.#next++;
    const upload = await this.store.startUpload(this.job.request.bucket, partKey(this.job, number), this.signal);
    this.#open.set(upload, upload.ref);
    await this.#write();
    return { upload, number };
  }

  async seal(upload: Upload, rows: number): Promise<void> {
    const sealed = await upload.seal();
    this.#open.delete(upload);
    this.#sealed.push({ ...sealed, rows });
    await this.#write();
  }

  /** In the order of their names. */
  get sealed(): readonly SealedPart[] {
    return [...this.#sealed].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async abort(): Promise<void> {
    const ends = [
      ...[...this.#open.keys()].map((upload) => upload.abort()),
      ...this.#sealed.map((sealed) => this.store.abort(sealed)),
    ];
    const failed = (await Promise.allSettled(ends)).find((end) => end.status === 'rejected');
    this.#open.clear();
    this.#sealed.length = 0;
    if (failed !== undefined) throw failed.reason;
  }

  /** One after the other, so that a later state is never overwritten by an earlier one. */
  #write(): Promise<void> {
    const next = this.#written.then(() =>
      this.journal({ phase: 'uploading', open: [...this.#open.values()], sealed: [...this.#sealed], replaced: [] }),
    );
    this.#written = next.catch(() => undefined);
    return next;
  }
}
