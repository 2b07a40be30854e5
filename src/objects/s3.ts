/** The store over any service that speaks S3: AWS, MinIO, Ceph, OBS, BOS and others. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { checkBucket, checkName } from './names.ts';
import { isCommonPrefix, pageLimit } from './page-of-keys.ts';
import { S3Bytes, type S3BytesSource } from './s3-body.ts';
import { type LoadedS3, loadS3, type S3Settings } from './s3-client.ts';
import { isNotOffered, nameOf, s3Error, statusOf } from './s3-faults.ts';
import { S3Upload } from './s3-upload.ts';
import {
  type Listing,
  type ListOptions,
  type ObjectBody,
  type ObjectInfo,
  type ObjectStore,
  ObjectStoreError,
  type SealedUpload,
  type Upload,
  type UploadRef,
} from './store.ts';

/** Behind every key with the prefix: the last character of Unicode. */
const LAST = '\u{10ffff}';
const DELETES_AT_ONCE = 8;

export async function openS3Store(settings: S3Settings): Promise<ObjectStore> {
  return new S3Store(await loadS3(settings), settings.endpoint ?? 'AWS S3');
}

class S3Store implements ObjectStore {
  readonly description: string;
  readonly makesBuckets = false;
  readonly #s3: LoadedS3;

  constructor(s3: LoadedS3, place: string) {
    this.#s3 = s3;
    this.description = `the object store ${place}`;
  }

  async bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean> {
    checkBucket(bucket);
    const { sdk, client } = this.#s3;
    try {
      await client.send(new sdk.HeadBucketCommand({ Bucket: bucket }), { abortSignal: signal });
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw s3Error(error, bucket, signal);
    }
  }

  async head(bucket: string, key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    checkName(bucket, key);
    const { sdk, client } = this.#s3;
    try {
      const found = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
      return infoOf(key, { ...found, Size: found.ContentLength });
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw s3Error(error, `${bucket}/${key}`, signal);
    }
  }

  async read(
    bucket: string,
    key: string,
    { range, ifMatch, signal }: NonNullable<Parameters<ObjectStore['read']>[2]> = {},
  ): Promise<ObjectBody> {
    checkName(bucket, key);
    const { sdk, client } = this.#s3;
    const what = `${bucket}/${key}`;
    const get = async (start: number, end: number | undefined, tag: string | undefined) => {
      const whole = start === 0 && end === undefined;
      const command = new sdk.GetObjectCommand({
        Bucket: bucket,
        Key: key,
        Range: whole ? undefined : `bytes=${start}-${end === undefined ? '' : end - 1}`,
        IfMatch: tag === undefined ? undefined : `"${tag}"`,
      });
      return client.send(command, { abortSignal: signal });
    };
    const start = range?.start ?? 0;
    let found: Awaited<ReturnType<typeof get>>;
    try {
      found = await get(start, range === undefined ? undefined : range.end + 1, ifMatch);
    } catch (error) {
      if (statusOf(error) === 416 && range !== undefined) return this.#beyondEnd(bucket, key, ifMatch, signal);
      throw s3Error(error, what, signal);
    }
    const info = infoOf(key, { ...found, Size: wholeSize(found.ContentRange, found.ContentLength) });
    const end = range === undefined ? info.size : Math.min(info.size, range.end + 1);
    if (start >= end) (found.Body as Readable).destroy();
    const source: S3BytesSource = {
      open: async (from, to) => (await get(from, to, info.etag)).Body as Readable,
      fault: (error) => s3Error(error, what, signal),
    };
    const first = start >= end ? undefined : (found.Body as Readable);
    return { info, bytes: new S3Bytes(source, first, { start, end: Math.max(start, end) }, signal) };
  }

  async list(bucket: string, options: ListOptions = {}, signal?: AbortSignal): Promise<Listing> {
    checkBucket(bucket);
    const { prefix = '', after = '', delimiter } = options;
    const { sdk, client } = this.#s3;
    const command = new sdk.ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      Delimiter: delimiter === '' ? undefined : delimiter,
      // What lies under a common prefix that has been listed is not listed again.
      StartAfter: after === '' ? undefined : isCommonPrefix(after, prefix, delimiter) ? after + LAST : after,
      MaxKeys: pageLimit(options),
      EncodingType: 'url',
    });
    try {
      const page = await client.send(command, { abortSignal: signal });
      const decode = page.EncodingType === 'url' ? decodeKey : asIs;
      const objects = (page.Contents ?? []).map((object) => infoOf(decode(object.Key ?? ''), object));
      const prefixes = (page.CommonPrefixes ?? []).map((one) => decode(one.Prefix ?? ''));
      const lasts = [objects.at(-1)?.key, prefixes.at(-1)].filter((one) => one !== undefined);
      const next = page.IsTruncated === true ? lasts.sort(byBytes).at(-1) : undefined;
      return { objects, prefixes, next };
    } catch (error) {
      throw s3Error(error, bucket, signal);
    }
  }

  async put(bucket: string, key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    checkName(bucket, key);
    const { sdk, client } = this.#s3;
    try {
      const ContentMD5 = createHash('md5').update(bytes).digest('base64');
      await client.send(
        new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentLength: bytes.length, ContentMD5 }),
        { abortSignal: signal },
      );
    } catch (error) {
      throw s3Error(error, `${bucket}/${key}`, signal);
    }
  }

  async startUpload(bucket: string, key: string, signal?: AbortSignal): Promise<Upload> {
    checkName(bucket, key);
    const { sdk, client } = this.#s3;
    signal?.throwIfAborted();
    try {
      // Not broken off by the signal: an upload whose id never came could not be aborted.
      const started = await client.send(new sdk.CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
      if (started.UploadId === undefined) throw new ObjectStoreError('failed', 'The object store gave an upload no id');
      const ref = { bucket, key, id: started.UploadId };
      return new S3Upload(this.#s3, ref, () => this.abort(ref), signal);
    } catch (error) {
      throw s3Error(error, `${bucket}/${key}`, signal);
    }
  }

  async publish(upload: SealedUpload, signal?: AbortSignal): Promise<void> {
    const { bucket, key, id, pieces } = upload;
    checkName(bucket, key);
    const { sdk, client } = this.#s3;
    if (pieces.length === 0) {
      // Not every service completes an upload without pieces.
      await this.put(bucket, key, new Uint8Array(), signal);
      await this.abort(upload);
      return;
    }
    const Parts = pieces.map((ETag, at) => ({ ETag, PartNumber: at + 1 }));
    try {
      await client.send(
        new sdk.CompleteMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: id, MultipartUpload: { Parts } }),
        { abortSignal: signal },
      );
    } catch (error) {
      // A completion whose answer was lost is tried again, by the SDK or after a restart, and finds its upload gone, which
      // services tell in different ways.
      if (statusOf(error) !== undefined && (await this.#isPublished(upload, signal))) return;
      throw s3Error(error, `${bucket}/${key}`, signal);
    }
  }

  async abort({ bucket, key, id }: UploadRef): Promise<void> {
    checkName(bucket, key);
    const { sdk, client } = this.#s3;
    try {
      await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: id }));
    } catch (error) {
      // Where a store has no such call, asking again would never end: what is left there goes by the store's own rules.
      if (statusOf(error) !== 404 && !isNotOffered(error)) throw s3Error(error, `${bucket}/${key}`);
    }
  }

  /** One by one: deleting many at once needs checksums that services do not agree on. */
  async delete(bucket: string, keys: readonly string[], signal?: AbortSignal): Promise<void> {
    for (const key of keys) checkName(bucket, key);
    const { sdk, client } = this.#s3;
    const left = keys[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (const key of left) {
        try {
          await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
        } catch (error) {
          if (statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket') continue;
          throw s3Error(error, `${bucket}/${key}`, signal);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(DELETES_AT_ONCE, keys.length) }, worker));
  }

  async uploads(bucket: string, prefix: string, signal?: AbortSignal): Promise<readonly UploadRef[]> {
    checkBucket(bucket);
    const { sdk, client } = this.#s3;
    const found: UploadRef[] = [];
    let marker: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } | undefined = {};
    try {
      while (marker !== undefined) {
        const page: import('@aws-sdk/client-s3').ListMultipartUploadsCommandOutput = await client.send(
          new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, EncodingType: 'url', ...marker }),
          { abortSignal: signal },
        );
        const decode = page.EncodingType === 'url' ? decodeKey : asIs;
        for (const { Key, UploadId } of page.Uploads ?? []) {
          const key = decode(Key ?? '');
          // Not every service looks at the prefix.
          if (UploadId !== undefined && key.startsWith(prefix)) found.push({ bucket, key, id: UploadId });
        }
        marker =
          page.IsTruncated === true && page.NextKeyMarker !== undefined
            ? { KeyMarker: decode(page.NextKeyMarker), UploadIdMarker: page.NextUploadIdMarker }
            : undefined;
      }
      return found;
    } catch (error) {
      // Some services cannot list them; what a journal knows is aborted all the same.
      if (isNotOffered(error)) return [];
      throw s3Error(error, bucket, signal);
    }
  }

  async presign(bucket: string, key: string, seconds: number): Promise<string> {
    checkName(bucket, key);
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    const { sdk, client } = this.#s3;
    return getSignedUrl(client, new sdk.GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: seconds });
  }

  async close(): Promise<void> {
    this.#s3.client.destroy();
  }

  async #beyondEnd(
    bucket: string,
    key: string,
    ifMatch: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ObjectBody> {
    const info = await this.head(bucket, key, signal);
    if (info === undefined)
      throw new ObjectStoreError('noSuchKey', `There is no object '${key}' in the bucket '${bucket}'`);
    if (ifMatch !== undefined && ifMatch !== info.etag) {
      throw new ObjectStoreError('changed', `The object '${key}' has been replaced`);
    }
    const source: S3BytesSource = { open: () => Promise.reject(new Error('no bytes')), fault: (error) => error };
    return { info, bytes: new S3Bytes(source, undefined, { start: 0, end: 0 }, signal) };
  }

  /** The object at the key is this upload: by the tag of its pieces where that is how the service makes tags. */
  async #isPublished({ bucket, key, size, pieces }: SealedUpload, signal?: AbortSignal): Promise<boolean> {
    const found = await this.head(bucket, key, signal);
    if (found === undefined || found.size !== size) return false;
    // Some services tag an object of one piece like the piece.
    const only = pieces.length === 1 ? pieces[0]!.replaceAll('"', '') : undefined;
    return found.etag === tagOfPieces(pieces) || found.etag === only;
  }
}

/** MD5 of the pieces' MD5s, and how many there were. */
export function tagOfPieces(pieces: readonly string[]): string {
  const hashes = pieces.map((piece) => Buffer.from(piece.replaceAll('"', ''), 'hex'));
  return `${createHash('md5').update(Buffer.concat(hashes)).digest('hex')}-${pieces.length}`;
}

function infoOf(
  key: string,
  found: { readonly Size?: number; readonly LastModified?: Date; readonly ETag?: string },
): ObjectInfo {
  return {
    key,
    size: found.Size ?? 0,
    lastModified: found.LastModified ?? new Date(0),
    etag: (found.ETag ?? '').replaceAll('"', ''),
  };
}

/** `bytes 0-9/100`. */
function wholeSize(contentRange: string | undefined, contentLength: number | undefined): number | undefined {
  const whole = Number(contentRange?.split('/')[1]);
  return Number.isSafeInteger(whole) ? whole : contentLength;
}

/** Some services leave keys as they are, and say so. */
const asIs = (key: string): string => key;

/** As forms are encoded: AWS and others write blanks as `+`. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
