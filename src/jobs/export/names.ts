/** Names of the objects of an export; a job's own are known by its id (spec dli-jobs 8, files written). */
import type { Compression, DataType, ExportJob } from '../domain/model.ts';

const SUCCESS = '_SUCCESS';
const CLAIM = '_publishing-';

const COMPRESSED: Readonly<Record<Compression, string>> = { none: '', gzip: '.gz', bzip2: '.bz2', deflate: '.deflate' };

function ending(type: DataType, compress: Compression): string {
  // Parquet is compressed inside: a file of that name is no gzip file.
  return type === 'parquet' ? `${COMPRESSED[compress]}.parquet` : `.${type}${COMPRESSED[compress]}`;
}

export function partKey({ id, request }: ExportJob, number: number): string {
  const { folder, dataType, compress } = request;
  return `${folder}/part-${String(number).padStart(5, '0')}-${id}-c000${ending(dataType, compress)}`;
}

export const isPartOf = ({ id, request }: ExportJob, key: string): boolean =>
  key.startsWith(`${request.folder}/part-`) && key.includes(`-${id}-c000.`);

export const successKey = ({ request }: ExportJob): string => `${request.folder}/${SUCCESS}`;

/** Says that this job is publishing into the folder. Readers of such folders leave out names that begin with `_`. */
export const claimKey = ({ id, request }: ExportJob): string => `${request.folder}/${CLAIM}${id}`;

export const isClaim = ({ request }: ExportJob, key: string): boolean => key.startsWith(`${request.folder}/${CLAIM}`);
