/** The job routes in the OpenAPI document, made of the tables that they are answered from. */
import { DLI_ERRORS } from '../../jobs/domain/errors.ts';
import { COMPRESSIONS, DATA_TYPES } from '../../jobs/domain/model.ts';
import { LIST_ORDERS } from '../../jobs/stores/store.ts';
import { JOB_STATUSES, JOB_TYPES } from '../jobs/jobs-list.ts';

type Json = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const flag = { type: 'boolean' };
const word = (values: readonly string[], fallback?: string): Json => ({
  ...text,
  enum: values,
  ...(fallback === undefined ? {} : { default: fallback }),
});
const whole = (minimum: number, maximum?: number, fallback?: number): Json => ({
  type: 'integer',
  minimum,
  ...(maximum === undefined ? {} : { maximum }),
  ...(fallback === undefined ? {} : { default: fallback }),
});
const list = (items: Json): Json => ({ type: 'array', items });
const object = (properties: Json, required: readonly string[] = []): Json => ({ type: 'object', properties, required });

const TAG = object({ key: { ...text, maxLength: 128 }, value: { ...text, maxLength: 255 } }, ['key']);

const SUBMIT = object(
  {
    sql: { ...text, description: 'One statement: SELECT, SHOW, DESCRIBE or EXPLAIN' },
    currentdb: { ...text, maxLength: 128 },
    current_catalog: { ...text, maxLength: 128 },
    queue_name: { ...text, maxLength: 128, default: 'default' },
    engine_type: word(['spark', 'hetuEngine'], 'spark'),
    conf: { ...list(text), description: '`key = value`: dli.sql.job.timeout, spark.sql.files.maxRecordsPerFile' },
    tags: list(TAG),
  },
  ['sql'],
);

const EXPORT = object(
  {
    data_path: { ...text, description: 'obs://bucket/folder or s3a://bucket/folder' },
    data_type: word(DATA_TYPES),
    compress: word(COMPRESSIONS, 'none'),
    queue_name: { ...text, default: 'default' },
    export_mode: word(['ErrorIfExists', 'Overwrite'], 'ErrorIfExists'),
    with_column_header: { description: 'Also as text, in any case', type: ['boolean', 'string'], default: false },
    limit_num: { ...whole(0, undefined, 0), description: '0: all rows' },
    encoding_type: word(['utf-8', 'gb2312', 'gbk'], 'utf-8'),
    quote_char: { ...text, default: '"' },
    escape_char: { ...text, description: 'The quote character by default: it is doubled' },
    sanitize: { ...flag, default: false, description: 'Guard cells that a spreadsheet would take for formulas' },
  },
  ['data_path', 'data_type'],
);

const ANSWER = { is_success: flag, message: text };
const SUBMITTED = object({ ...ANSWER, job_id: text, job_type: text, job_mode: text, schema: list({}), rows: list({}) });
const STATUS = object({
  ...ANSWER,
  job_id: text,
  job_type: word(['QUERY', 'EXPORT']),
  status: word(['LAUNCHING', 'RUNNING', 'FINISHED', 'FAILED', 'CANCELLED']),
  queue_name: text,
  owner: text,
  start_time: whole(0),
  duration: whole(0),
  result_count: whole(0),
  detail: { ...text, description: "The columns, as the JSON of Spark's schema" },
  statement: text,
  tags: list(TAG),
});
const RESULT = object({
  ...ANSWER,
  job_id: text,
  job_type: text,
  row_count: whole(0),
  input_size: whole(0),
  schema: list({ type: 'object' }),
  rows: list(list({})),
});

const query = (name: string, schema: Json, description: string): Json => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});

const FILTERS: readonly Json[] = [
  query('page-size', whole(1, 100, 50), 'Jobs of a page'),
  query('current-page', whole(1, undefined, 1), 'Which page'),
  query('start', whole(0), 'Submitted after, in epoch milliseconds'),
  query('end', whole(0), 'Submitted before'),
  query('job-type', word(['ALL', ...JOB_TYPES]), 'One type'),
  query('job_types', list(word(JOB_TYPES)), 'Several types; with job-type both must hold'),
  query('job-status', word(JOB_STATUSES), 'One status'),
  query('job-id', text, 'One job'),
  query('db_name', { ...text, maxLength: 16 }, 'currentdb of the job'),
  query('table_name', text, 'The only index that the statement reads'),
  query('queue_name', text, 'Queue'),
  query('owner', text, 'Who submitted it'),
  query('sql_pattern', { ...text, maxLength: 1_024 }, 'Part of the statement, in any case'),
  query('order', word(LIST_ORDERS, 'start_time_desc'), 'Order'),
  query('engine-type', text, 'spark'),
  query('tags', text, 'key=value, several with commas'),
];
const OLD_PAGES = [
  query('page-size', whole(1, 100, 50), 'Rows of a page'),
  query('current-page', whole(1, undefined, 1), 'Which page'),
];

interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly body?: Json;
  readonly query?: readonly Json[];
  readonly answer: Json;
  readonly deprecated?: boolean;
}

const PATHS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/v1.0/{project_id}/jobs/submit-job': {
    post: { id: 'submit', summary: 'Takes a statement as a job', body: SUBMIT, answer: SUBMITTED },
  },
  '/v1.0/{project_id}/jobs/check-sql': {
    post: {
      id: 'check',
      summary: 'Whether a statement reads well and names what there is',
      body: object({ sql: text, currentdb: text }, ['sql']),
      answer: object({ ...ANSWER, job_type: text }),
    },
  },
  '/v1.0/{project_id}/jobs': {
    get: {
      id: 'list',
      summary: 'Jobs of the project',
      query: FILTERS,
      answer: object({ ...ANSWER, job_count: whole(0), jobs: list(STATUS) }),
    },
  },
  '/v1.0/{project_id}/jobs/{job_id}': {
    delete: { id: 'cancel', summary: 'Cancels a job', answer: object(ANSWER) },
    get: { id: 'result', summary: 'Rows of a result by pages', query: OLD_PAGES, answer: RESULT, deprecated: true },
  },
  '/v1.0/{project_id}/jobs/{job_id}/status': {
    get: { id: 'status', summary: 'Where a job is, and what came of it', answer: STATUS },
  },
  '/v1.0/{project_id}/jobs/{job_id}/detail': {
    get: { id: 'detail', summary: 'What was asked of a job', answer: object({ ...ANSWER, job_id: text }) },
  },
  ...Object.fromEntries(
    ['v1.0', 'v1'].map((version) => [
      `/${version}/{project_id}/jobs/{job_id}/progress`,
      {
        get: {
          id: version === 'v1' ? 'progress' : 'progress_v10',
          summary: 'How far a job is, from 0 to 1, with rows and bytes',
          answer: object({ ...ANSWER, job_id: text, status: text, progress: { type: 'number' }, rows: whole(0) }),
        },
      },
    ]),
  ),
  '/v1.0/{project_id}/jobs/{job_id}/preview': {
    get: {
      id: 'preview',
      summary: 'The first rows of a finished QUERY job',
      query: [query('page-size', whole(1, 1_000, 1_000), 'Most rows')],
      answer: RESULT,
    },
  },
  '/v1.0/{project_id}/jobs/{job_id}/export-result': {
    post: {
      id: 'export',
      summary: 'Writes the result of a finished QUERY job to object storage, as a new job',
      body: EXPORT,
      answer: object({ ...ANSWER, job_id: text, job_mode: text }),
    },
  },
  '/v1.0/{project_id}/queues/{queue_name}/jobs/submit-job': {
    post: { id: 'submit_old', summary: 'Takes a job, old form', body: SUBMIT, answer: SUBMITTED, deprecated: true },
  },
  '/v1.0/{project_id}/queues/{queue_name}/jobs/{job_id}': {
    delete: { id: 'cancel_old', summary: 'Cancels a job, old form', answer: object(ANSWER), deprecated: true },
    get: {
      id: 'result_old',
      summary: 'Rows of a result, old form',
      query: OLD_PAGES,
      answer: RESULT,
      deprecated: true,
    },
  },
};

const NAMES: Readonly<Record<string, Json>> = {
  project_id: { ...text, pattern: '^[A-Za-z0-9]{1,64}$' },
  job_id: { ...text, pattern: '^[A-Za-z0-9-]{1,64}$' },
  queue_name: text,
};

const json = (schema: Json): Json => ({ content: { 'application/json': { schema } } });

function errors(): Json {
  const rows = Object.entries(DLI_ERRORS);
  const statuses = [...new Set(rows.map(([, { status }]) => status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = rows.filter(([, row]) => row.status === status);
      const error = object({ error_code: word(codes.map(([code]) => code)), error_msg: text });
      return [
        status,
        { description: codes.map(([code, { meaning }]) => `${code} ${meaning}`).join('; '), ...json(error) },
      ];
    }),
  );
}

/** `v2.0` stands for `v1.0` on all of them. */
export function jobPaths(): Readonly<Record<string, Json>> {
  const paths = Object.entries(PATHS).map(([path, methods]) => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      ...{ name, in: 'path', required: true, description: `${name} of the job`, schema: NAMES[name!] },
    }));
    const operations = Object.entries(methods).map(
      ([method, { id, summary, body, query: own, answer, deprecated }]) => [
        method,
        {
          operationId: `job_${id}`,
          tags: ['jobs'],
          summary,
          security: [{}, { signature: [] }, { token: [] }],
          parameters: [...names, ...(own ?? [])],
          ...(body === undefined ? {} : { requestBody: { required: true, ...json(body) } }),
          ...(deprecated ? { deprecated } : {}),
          responses: { 200: { description: summary, ...json(answer) }, ...errors() },
        },
      ],
    );
    return [path, Object.fromEntries(operations)];
  });
  return Object.fromEntries(paths);
}
