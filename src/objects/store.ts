/** Object storage as exports, job results and object select see it: whole objects in buckets, nothing visible before it is complete. */

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: Date;
  /** Without quotes; another one when the bytes have been replaced. */
  readonly etag: string;
}

/** Inclusive on both sides, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ObjectBody {
  /** Of the whole object, also when a range was asked for. */
  readonly info: ObjectInfo;
  /** Ended early by `return()`, which gives back its connection or file handle. */
  readonly bytes: AsyncIterable<Buffer>;
}

export interface Listing {
  readonly objects: readonly ObjectInfo[];
  /** Keys and prefixes are in the order of their UTF-8 bytes. Common prefixes up to the delimiter, each ending in it. */
  readonly prefixes: readonly string[];
  /** Pass as `after` to go on; undefined at the end. */
  readonly next: string | undefined;
}

export interface ListOptions {
  readonly prefix?: string;
  /** A key, or `next` of an earlier listing; a common prefix stands for all that it holds. */
  readonly after?: string;
  /** Most objects and prefixes of one answer; the stores' own most is 1,000. */
  readonly limit?: number;
  readonly delimiter?: string;
}

/** Names an upload for the journal of a job: enough to publish or to abort it after a restart. Plain JSON. */
export interface UploadRef {
  readonly bucket: string;
  readonly key: string;
  /** The store's own id (a multipart upload id, the name of a temporary file). */
  readonly id: string;
}

/** An upload whose bytes have all arrived, but which no reader sees yet. Plain JSON. */
export interface SealedUpload extends UploadRef {
  readonly size: number;
  /** What the store needs to complete it, in order: the tags of its pieces. */
  readonly pieces: readonly string[];
}

export interface Upload {
  /** Known before the first byte is sent, so that it can be journaled. */
  readonly ref: UploadRef;
  /** Resolves when the store has taken the bytes or buffered few of them: backpressure. */
  write(bytes: Uint8Array): Promise<void>;
  /** All bytes are in the store, still invisible. */
  seal(): Promise<SealedUpload>;
  /** Leaves nothing behind; may be called at any time before publishing, more than once. */
  abort(): Promise<void>;
}

/**
 * Every call rejects with an ObjectStoreError. Calls retry what passes by itself (429, 5xx, broken connections) with backoff.
 * Bucket and key are checked by every call: no name leaves its bucket.
 */
export interface ObjectStore {
  /** For messages and the log: without credentials. */
  readonly description: string;
  /** Writing to a bucket that is not there makes it (a directory does); elsewhere it is an error of code `noSuchBucket`. */
  readonly makesBuckets: boolean;
  bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean>;
  /** Undefined when there is no such object. */
  head(bucket: string, key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined>;
  /**
   * `ifMatch`: an etag; the object as it was, or an error of code `changed`.
   * `range` is cut to the object's end; one that begins beyond it gives no bytes.
   */
  read(
    bucket: string,
    key: string,
    options?: { readonly range?: ByteRange; readonly ifMatch?: string; readonly signal?: AbortSignal },
  ): Promise<ObjectBody>;
  list(bucket: string, options?: ListOptions, signal?: AbortSignal): Promise<Listing>;
  /** A small object at once; it replaces what is there. */
  put(bucket: string, key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  startUpload(bucket: string, key: string, signal?: AbortSignal): Promise<Upload>;
  /** Makes the object visible, whole, at once. Publishing what is published already is no error. */
  publish(upload: SealedUpload, signal?: AbortSignal): Promise<void>;
  /** Of uploads that are gone or published already: no error, nothing changed. */
  abort(upload: UploadRef): Promise<void>;
  /** Keys that are not there are no error. */
  delete(bucket: string, keys: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Uploads begun and neither published nor aborted, of keys with the prefix: what a killed process left. */
  uploads(bucket: string, prefix: string, signal?: AbortSignal): Promise<readonly UploadRef[]>;
  /** A URL that reads the object for so many seconds; undefined where the store has none (a directory). */
  presign(bucket: string, key: string, seconds: number): Promise<string | undefined>;
  close(): Promise<void>;
}

export type ObjectStoreFault =
  | 'noSuchBucket'
  | 'noSuchKey'
  | 'badName'
  | 'denied'
  | 'changed'
  | 'full'
  | 'unreachable'
  | 'failed';

/** Rendered by each protocol in its own words. */
export class ObjectStoreError extends Error {
  constructor(
    readonly fault: ObjectStoreFault,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ObjectStoreError';
  }
}
