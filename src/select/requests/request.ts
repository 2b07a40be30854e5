/** A checked select request, free of its protocol, and what runs it: the contract between routes and engine. */

/** Whose rules hold where Baidu's and AWS's differ: columns by name only, limits, comparison of csv cells. */
export type SelectDialect = 'bos' | 's3';

type FileHeaderInfo = 'NONE' | 'IGNORE' | 'USE';
export type Compression = 'NONE' | 'GZIP' | 'BZIP2';

export interface CsvInput {
  readonly kind: 'csv';
  readonly fileHeaderInfo: FileHeaderInfo;
  /** 1 or 2 characters. */
  readonly recordDelimiter: string;
  /** 1 character; delimiters count characters, not bytes or UTF-16 units. */
  readonly fieldDelimiter: string;
  /** 1 character; undefined: nothing is quoted. */
  readonly quote: string | undefined;
  /** 1 character; the quote itself: quotes are doubled. */
  readonly quoteEscape: string;
  /** 1 or 2 characters at the start of a record; undefined: no comments. */
  readonly comment: string | undefined;
  /** Quoted fields may hold record delimiters. Always so in BOS; in S3 only when asked for. */
  readonly allowQuotedRecordDelimiter: boolean;
}

export interface JsonInput {
  readonly kind: 'json';
  readonly type: 'DOCUMENT' | 'LINES';
}

interface ParquetInput {
  readonly kind: 'parquet';
}

export type SelectInput = CsvInput | JsonInput | ParquetInput;

export interface CsvOutput {
  readonly kind: 'csv';
  readonly quoteFields: 'ALWAYS' | 'ASNEEDED';
  readonly recordDelimiter: string;
  readonly fieldDelimiter: string;
  /** Undefined: nothing is quoted. */
  readonly quote: string | undefined;
  readonly quoteEscape: string;
  /** The line of names is given with the run, and sent as the protocol says: BOS at the start of each Records message. */
  readonly header: boolean;
}

export interface JsonOutput {
  readonly kind: 'json';
  readonly recordDelimiter: string;
}

export type SelectOutput = CsvOutput | JsonOutput;

/** Bytes as sent: `start` alone means to the end, `end` alone the last so many bytes; else both inclusive from 0. */
export interface ScanRange {
  readonly start: number | undefined;
  readonly end: number | undefined;
}

export interface SelectLimits {
  readonly expressionBytes: number;
  readonly columns: number;
  readonly columnNameBytes: number;
  readonly aggregates: number;
  /** Of a record read or written. */
  readonly recordBytes: number;
  readonly fieldBytes: number;
}

/** bos-select 3 and s3-select 6; AWS names no limit of columns, names and aggregates, so these are ours. */
export const SELECT_LIMITS: Readonly<Record<SelectDialect, SelectLimits>> = {
  bos: {
    expressionBytes: 16 * 1024,
    columns: 1_000,
    columnNameBytes: 1_024,
    aggregates: 100,
    recordBytes: 512 * 1024,
    fieldBytes: 512 * 1024,
  },
  s3: {
    expressionBytes: 256 * 1024,
    columns: 10_000,
    columnNameBytes: 1_024,
    aggregates: 1_000,
    recordBytes: 1024 * 1024,
    fieldBytes: 1024 * 1024,
  },
};

/** Where the result is written instead of being sent. */
export interface SelectLocation {
  readonly bucket: string;
  readonly key: string;
  readonly mode: 'ErrorIfExists' | 'Overwrite';
}

export interface SelectRequest {
  readonly dialect: SelectDialect;
  /** The SQL, decoded; within its limit. */
  readonly expression: string;
  readonly object: { readonly bucket: string; readonly key: string };
  readonly input: SelectInput;
  readonly compression: Compression;
  readonly output: SelectOutput;
  readonly scanRange: ScanRange | undefined;
  /** Messages about progress are wanted. */
  readonly progress: boolean;
  readonly location: SelectLocation | undefined;
  readonly limits: SelectLimits;
}

/** Chunks are no larger than this, but for a single record that is. */
export const CHUNK_BYTES = 64 * 1024;

/** Whole records, the delimiter of the last one included: each chunk may become a message of its own. */
export interface RecordsChunk {
  readonly bytes: Buffer;
  readonly records: number;
}

export interface SelectProgress {
  /** Bytes of the object read so far, as stored. */
  readonly scanned: number;
  /** The same after decompression. */
  readonly processed: number;
}

export interface SelectRun {
  /**
   * Read once. Yields what it has as soon as it has it (small chunks are put together by the protocol), goes on only when
   * pulled, and throws SelectError. `return()` and the signal stop reading the object at once and give back all of it.
   */
  readonly records: AsyncIterable<RecordsChunk>;
  /** The line of names with its delimiter; undefined unless asked for. */
  readonly header: Buffer | undefined;
  /** May be asked at any time. */
  progress(): SelectProgress;
}

export interface SelectEngine {
  /**
   * Parses the expression and opens the object; rejects with SelectError or ObjectStoreError. Rights have been checked,
   * `location` is not the engine's matter.
   */
  open(request: SelectRequest, signal: AbortSignal): Promise<SelectRun>;
}
