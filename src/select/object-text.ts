/** The text of an object as a stream of bytes: read, counted, decompressed, cut to its scan range. */
import type { ByteRange, ObjectStore } from '../objects/store.ts';
import { bunzip, checkExpansion, type ExpansionLimits, gunzip } from './decompress.ts';
import { SelectError } from './errors.ts';
import type { SelectProgress, SelectRequest } from './requests/request.ts';
import { rangeDelimiter, recordsInRange, resolveRange } from './requests/scan-range.ts';

export interface ObjectText {
  readonly bytes: AsyncIterable<Buffer>;
  /** The text begins with that of the object: a header line is there. */
  readonly fromStart: boolean;
  readonly etag: string;
  /** Of parquet, whose bytes come whole whatever part of them is asked for. */
  readonly range?: ByteRange;
  progress(): SelectProgress;
}

export async function openText(
  store: ObjectStore,
  request: SelectRequest,
  limits: ExpansionLimits,
  signal: AbortSignal,
): Promise<ObjectText> {
  const { scanRange } = request;
  const counts = { scanned: 0, processed: 0 };
  const progress = (): SelectProgress => ({ ...counts });
  const counted = (bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
    each(bytes, (chunk) => {
      counts.scanned += chunk.length;
    });
  const { bucket, key } = request.object;
  if (request.input.kind === 'parquet' && request.compression !== 'NONE') {
    throw new SelectError('InvalidCompressionFormat', 'parquet has its own compression');
  }
  if (scanRange !== undefined && request.input.kind !== 'parquet') {
    const delimiter = Buffer.from(rangeDelimiter(request));
    const info = await store.head(bucket, key, signal);
    if (info === undefined) throw new SelectError('NoSuchKey', `there is no object ${key} in ${bucket}`);
    const range = resolveRange(scanRange, info.size);
    if (range.end < range.start) return { bytes: each([], () => {}), fromStart: true, etag: info.etag, progress };
    const from: ByteRange = { start: Math.max(0, range.start - delimiter.length), end: info.size - 1 };
    const body = await store.read(bucket, key, { range: from, ifMatch: info.etag, signal });
    const bytes = each(recordsInRange(counted(body.bytes), range, delimiter), (chunk) => {
      counts.processed += chunk.length;
    });
    return { bytes, fromStart: range.start === 0, etag: info.etag, progress };
  }
  const body = await store.read(bucket, key, { signal });
  const raw = counted(body.bytes);
  const bytes = each(decompressed(raw, request, signal), (chunk) => {
    counts.processed += chunk.length;
    if (request.compression !== 'NONE') checkExpansion(limits, counts.scanned, counts.processed);
  });
  const range = scanRange === undefined ? undefined : resolveRange(scanRange, body.info.size);
  return { bytes, fromStart: true, etag: body.info.etag, progress, ...(range && { range }) };
}

function decompressed(
  bytes: AsyncIterable<Buffer>,
  request: SelectRequest,
  signal: AbortSignal,
): AsyncIterable<Buffer> {
  switch (request.compression) {
    case 'NONE':
      return bytes;
    case 'GZIP':
      return gunzip(bytes, signal);
    case 'BZIP2':
      return bunzip(bytes);
  }
}

async function* each(
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
  look: (chunk: Buffer) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of bytes) {
    look(chunk);
    yield chunk;
  }
}
