/** Reads the body of export-result, and makes every check that can be made before the export runs (spec dli-jobs 8). */
import type { Principal } from '../../auth/principal.ts';
import { maxRecordsPerFileOf } from '../../jobs/domain/conf.ts';
import { DliError } from '../../jobs/domain/errors.ts';
import { COMPRESSIONS, DATA_TYPES, type ExportRequest, type QueryJob } from '../../jobs/domain/model.ts';
import { readDataPath } from '../../objects/data-path.ts';
import type { ObjectStore } from '../../objects/store.ts';
import { bad, type Fields, flag, oneOf, optionalName, optionalText, requiredText, whole } from './jobs-fields.ts';
import { DEFAULT_QUEUE } from './jobs-submit.ts';

const MODES = ['ErrorIfExists', 'Overwrite'] as const;
const ENCODINGS = ['utf-8', 'gb2312', 'gbk'] as const;

interface ReadExport {
  readonly queue: string;
  /** `source`: the conf of the query job says how many records a file may have. */
  readonly request: (source: Pick<QueryJob, 'conf'>) => ExportRequest;
}

export function readExport(fields: Fields): ReadExport {
  const dataPath = requiredText(fields, 'data_path', 2_048);
  const dataType = oneOf(fields, 'data_type', DATA_TYPES);
  if (dataType === undefined) throw bad('data_type is missing.');
  const read = readDataPath(dataPath);
  if (read.kind === 'fault') throw bad(`${read.message}.`);
  const quoteChar = character(fields, 'quote_char') ?? '"';
  const checked = {
    dataPath,
    bucket: read.path.bucket,
    folder: read.path.folder,
    dataType,
    compress: oneOf(fields, 'compress', COMPRESSIONS) ?? 'none',
    mode: oneOf(fields, 'export_mode', MODES) ?? 'ErrorIfExists',
    withColumnHeader: flag(fields, 'with_column_header'),
    limitNum: whole(fields, 'limit_num', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    encoding: oneOf(fields, 'encoding_type', ENCODINGS) ?? 'utf-8',
    quoteChar,
    // Doubled quotes, as most readers want them; a backslash only where it is asked for.
    escapeChar: character(fields, 'escape_char') ?? quoteChar,
    sanitize: flag(fields, 'sanitize'),
  } as const;
  return {
    queue: optionalName(fields, 'queue_name') ?? DEFAULT_QUEUE,
    request: ({ conf }) => ({ ...checked, maxRecordsPerFile: maxRecordsPerFileOf(conf) }),
  };
}

function character(fields: Fields, name: string): string | undefined {
  const text = optionalText(fields, name, 16);
  if (text === undefined || text === '') return undefined;
  if ([...text].length !== 1) throw bad(`${name} must be one character.`);
  if (/[,\r\n]/.test(text)) throw bad(`${name} must be no comma and no line break.`);
  return text;
}

/** What would fail while writing ends the job as FAILED; what is wrong already is told at once. */
export async function checkTarget(
  { bucket, folder, dataPath, mode }: ExportRequest,
  principal: Principal,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<void> {
  if (!principal.may('write', bucket)) {
    throw new DliError('DLI.0011', `${principal.user} may not write to bucket ${bucket}.`);
  }
  if (!(await store.bucketExists(bucket, signal))) {
    if (store.makesBuckets) return;
    throw new DliError('DLI.0002', `There is no bucket ${bucket}.`);
  }
  if (mode !== 'ErrorIfExists') return;
  const [object, below] = await Promise.all([
    store.head(bucket, folder, signal),
    store.list(bucket, { prefix: `${folder}/`, limit: 1 }, signal),
  ]);
  if (object === undefined && below.objects.length === 0 && below.prefixes.length === 0) return;
  throw new DliError('DLI.0006', `${dataPath} exists already; the folder must not, unless export_mode is Overwrite.`);
}
