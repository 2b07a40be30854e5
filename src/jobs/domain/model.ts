/** A job as it is stored, and what running one needs (spec dli-jobs 3 to 8). */
import type { Figure } from '../../../translators/algebra/index.ts';
import type { Identity } from '../../cluster/context.ts';
import type { SealedUpload, UploadRef } from '../../objects/store.ts';

export type JobStatus = 'LAUNCHING' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'CANCELLED';
export const ENDED: readonly JobStatus[] = ['FINISHED', 'FAILED', 'CANCELLED'];

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** A column of a result: its label and the name of its SQL type (see the catalogue of types). */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
  /** Of an object that is one aggregate of several figures. */
  readonly figures?: readonly Figure[];
}

export interface JobProgress {
  readonly rows: number;
  readonly bytes: number;
  /** Rows in all, where the cluster has told. */
  readonly estimatedRows?: number;
}

interface JobBase {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  /** Of the key that submitted it; undefined without authentication. */
  readonly keyId: string | undefined;
  /** Its credentials were the request's own: they are in memory only and lost with it. */
  readonly rawIdentity: boolean;
  /** The cluster's user that submitted it, who alone may see it (see submitter.ts); absent in jobs of earlier versions, which stay with their project. */
  readonly submitter?: string;
  readonly queue: string;
  readonly statement: string;
  readonly database?: string;
  /** The index expression of a statement that reads just one. */
  readonly table?: string;
  readonly tags: readonly Tag[];
  /** As sent: `key = value` lines. */
  readonly conf: readonly string[];
  readonly status: JobStatus;
  /** Of a FAILED job: the code of spec dli-jobs 9 and a sentence. */
  readonly errorCode?: string;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly submitted: number;
  readonly started?: number;
  readonly ended?: number;
  readonly progress: JobProgress;
  /** How often it was begun: a restart begins it again. */
  readonly attempts: number;
}

export interface QueryJob extends JobBase {
  readonly type: 'QUERY';
  readonly result?: QueryOutcome;
}

export interface ExportJob extends JobBase {
  readonly type: 'EXPORT';
  /** The job whose result is exported. */
  readonly source: string;
  readonly request: ExportRequest;
  readonly journal?: ExportJournal;
  readonly result?: ExportOutcome;
}

export type Job = QueryJob | ExportJob;

export const COMPRESSIONS = ['none', 'gzip', 'bzip2', 'deflate'] as const;
export type Compression = (typeof COMPRESSIONS)[number];
export const DATA_TYPES = ['csv', 'json', 'parquet'] as const;
export type DataType = (typeof DATA_TYPES)[number];

/** The checked request of export-result (spec dli-jobs 8). */
export interface ExportRequest {
  /** As sent. */
  readonly dataPath: string;
  readonly bucket: string;
  /** Without a slash at either end. */
  readonly folder: string;
  readonly dataType: DataType;
  readonly compress: Compression;
  readonly mode: 'ErrorIfExists' | 'Overwrite';
  readonly withColumnHeader: boolean;
  /** 0: all rows. */
  readonly limitNum: number;
  readonly encoding: 'utf-8' | 'gb2312' | 'gbk';
  readonly quoteChar: string;
  readonly escapeChar: string;
  /** Cells that a spreadsheet would take for a formula are guarded: only on request. */
  readonly sanitize: boolean;
  /** 0: no limit of records in a file (`spark.sql.files.maxRecordsPerFile`). */
  readonly maxRecordsPerFile: number;
}

/** Rows in blocks: a spool file under DATA_DIR (its name there), or the objects under a prefix in the store. */
export type KeptRows =
  | { readonly kind: 'spool'; readonly path: string }
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string };

/** Where the rows of a finished QUERY job are. */
type ResultPlace =
  | KeptRows
  /** Read again from the cluster for each export; the first rows are kept. */
  | { readonly kind: 'cluster'; readonly first: KeptRows };

export interface QueryOutcome {
  readonly columns: readonly ResultColumn[];
  readonly rows: number;
  /** Bytes read from the cluster. */
  readonly scannedBytes: number;
  readonly place: ResultPlace;
  /** The result is gone after this; epoch milliseconds. */
  readonly expires: number;
}

export interface ExportOutcome {
  readonly files: readonly { readonly key: string; readonly size: number; readonly rows: number }[];
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Steps of an export, each stored before it is taken, so that a restart rolls forward or aborts
 * (architecture: choices that the specs leave open).
 */
export interface ExportJournal {
  /** Until `published` all can be taken back; from then on the export can only be completed. */
  readonly phase: 'uploading' | 'publishing' | 'published';
  /** Begun and not known to be sealed. */
  readonly open: readonly UploadRef[];
  readonly sealed: readonly (SealedUpload & { readonly rows: number })[];
  /** Objects that stood under the folder before, to be deleted with Overwrite. */
  readonly replaced: readonly string[];
}

/** What a running job is given. */
export interface JobControl {
  /** Headers of the cluster's calls: of the key that submitted the job, never this server's own rights by default. */
  readonly identity: Identity;
  /** Aborted by cancel, timeout and shutdown. */
  readonly signal: AbortSignal;
  /** Cheap; written to the job store now and then. */
  progress(progress: JobProgress): void;
  /** Durable before it resolves. */
  journal(journal: ExportJournal): Promise<void>;
}

/** Who waits for a preview; the identity counts where the rows are read again from the cluster. */
export type PreviewCaller = Pick<JobControl, 'identity' | 'signal'>;

/** Does the work of jobs; knows nothing of queues and stores of jobs. */
export interface JobRunner {
  runQuery(job: QueryJob, control: JobControl): Promise<QueryOutcome>;
  /** `job.journal` is what an earlier attempt left. After a rejection `cleanUp` tells what has become of the export. */
  runExport(job: ExportJob, source: QueryJob, control: JobControl): Promise<ExportOutcome>;
  /** Removes what a job may have left (cancelled, failed, lost); where its parts were published already, completes it instead. */
  cleanUp(job: ExportJob): Promise<ExportOutcome | undefined>;
  /** The first rows of a finished QUERY job, as many as asked for. */
  preview(job: QueryJob, rows: number, caller: PreviewCaller): Promise<readonly (readonly unknown[])[]>;
  /** The kept rows are no longer needed. */
  discard(job: QueryJob): Promise<void>;
}
