/** Requests and jobs of exports for tests. */
import { randomUUID } from 'node:crypto';
import type { ExportJob, ExportRequest, JobControl, QueryJob } from '../../src/jobs/domain/model.ts';

export function exportRequest(more: Partial<ExportRequest> = {}): ExportRequest {
  const folder = more.folder ?? 'folder';
  const bucket = more.bucket ?? 'bucket';
  return {
    dataPath: `obs://${bucket}/${folder}`,
    bucket,
    folder,
    dataType: 'csv',
    compress: 'none',
    mode: 'ErrorIfExists',
    withColumnHeader: false,
    limitNum: 0,
    encoding: 'utf-8',
    quoteChar: '"',
    escapeChar: '"',
    sanitize: false,
    maxRecordsPerFile: 0,
    ...more,
  };
}

const base = () =>
  ({
    id: randomUUID(),
    project: 'project',
    owner: 'owner',
    keyId: undefined,
    rawIdentity: false,
    queue: 'default',
    tags: [],
    conf: [],
    status: 'RUNNING',
    message: '',
    submitted: Date.now(),
    progress: { rows: 0, bytes: 0 },
    attempts: 1,
  }) as const;

export const queryJob = (statement: string, more: Partial<QueryJob> = {}): QueryJob => ({
  ...base(),
  type: 'QUERY',
  statement,
  ...more,
});

export const exportJob = (request: ExportRequest, more: Partial<ExportJob> = {}): ExportJob => ({
  ...base(),
  type: 'EXPORT',
  statement: 'SELECT 1',
  source: 'source',
  request,
  ...more,
});

export const control = (more: Partial<JobControl> = {}): JobControl => ({
  identity: {},
  signal: new AbortController().signal,
  progress: () => undefined,
  journal: async () => undefined,
  ...more,
});

/** What breaks writers of csv. */
export const NASTY = [
  '',
  ' ',
  ' padded ',
  '"',
  '""',
  'say "yes"',
  ',',
  'a,b',
  '\r\n',
  'line\nbreak',
  'carriage\rreturn',
  '\u0000',
  'a\u0000b',
  '\\',
  '\\"',
  'C:\\new\\"x"',
  '=1+1',
  '+1',
  '-1',
  '@x',
  '\t=1',
  "'",
  "'quoted'",
  'null',
  'NULL',
  '\\N',
  '😀',
  '👩‍👩‍👧',
  '\ud800',
  'é中文',
  '\u2028',
  '\ufeff',
  'x'.repeat(100_000),
];
