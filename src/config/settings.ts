/** The one table of settings: each with its environment variable, default, meaning and reader. */
import type { z } from 'zod';
import {
  bool,
  duration,
  durationFrom,
  folderInStore,
  indexName,
  integer,
  names,
  oneOf,
  queues,
  size,
  storageUrl,
  text,
  urls,
} from './values.ts';

export interface Setting<S extends z.ZodType = z.ZodType> {
  readonly env: string;
  /** As one would write it in the environment; undefined: the setting is optional and empty. */
  readonly default: string | undefined;
  /** Shown in place of the default where that is worked out at start. */
  readonly shownDefault?: string;
  readonly meaning: string;
  readonly schema: S;
  /** Never printed or logged. */
  readonly secret?: boolean;
}

function setting<S extends z.ZodType<unknown, string>>(
  env: string,
  fallback: string | undefined,
  schema: S,
  meaning: string,
  more: { readonly shownDefault?: string; readonly secret?: boolean } = {},
): Setting<S> {
  return { env, default: fallback, schema, meaning, ...more };
}

/** Settings that always have a value. */
export const REQUIRED = {
  host: setting('HOST', '127.0.0.1', text, 'Address to listen on; `0.0.0.0` for all.'),
  port: setting('PORT', '9280', integer(0, 65_535), 'Port to listen on; 0 takes a free one.'),
  opensearchUrl: setting(
    'OPENSEARCH_URL',
    '',
    urls,
    'The cluster: one URL, or those of several nodes, comma separated. Without it an embedded node is started.',
    { shownDefault: 'embedded node' },
  ),
  opensearchTlsVerify: setting('OPENSEARCH_TLS_VERIFY', 'true', bool, "Check the cluster's certificate."),
  dataDir: setting(
    'DATA_DIR',
    './data',
    text,
    'Where the embedded node, job state, spools and the directory store are kept.',
  ),
  storageUrl: setting(
    'STORAGE_URL',
    '',
    storageUrl.or(text.length(0)),
    'Object storage of exports and object select: `file:/directory`, `s3:` (AWS), or `s3:https://host:port` (any S3 service).',
    {
      shownDefault: 'file:<DATA_DIR>/objects',
    },
  ),
  s3PathStyle: setting(
    'S3_PATH_STYLE',
    'auto',
    oneOf('auto', 'true', 'false'),
    'Buckets stand in the path of URLs, not in the host name: `true`, `false`, or `auto` (only with an endpoint of its own).',
  ),
  storageTimeout: setting(
    'STORAGE_TIMEOUT',
    '30s',
    duration,
    'Longest silence of the object store until a call is tried again; 0 for no limit.',
  ),
  objectsRedirect: setting(
    'OBJECTS_REDIRECT',
    'false',
    bool,
    'Downloads of objects are redirected to the store, by URLs that it has signed; clients must be able to reach it.',
  ),
  allowAnonymous: setting(
    'ALLOW_ANONYMOUS',
    'false',
    bool,
    'Start without `AUTH_FILE` although `HOST` is no loopback address: everybody may submit jobs, and read and write objects.',
  ),
  logLevel: setting(
    'LOG_LEVEL',
    'info',
    oneOf('error', 'warn', 'info', 'debug', 'silent'),
    'Least severe log records that are written: `error`, `warn`, `info` (one record a request), `debug`, or `silent`.',
  ),
  embeddedNode: setting(
    'EMBEDDED_NODE',
    'auto',
    oneOf('auto', 'docker', 'maven'),
    'How the embedded node is run: a Docker image, Java with Maven, or whichever is there.',
  ),
  querySizeLimit: setting('QUERY_SIZE_LIMIT', '10000', integer(1), 'Rows of a statement without LIMIT.'),
  maxResultRows: setting(
    'MAX_RESULT_ROWS',
    '10000000',
    integer(1),
    'Most rows of any answer: groups, and rows of an explicit LIMIT.',
  ),
  maxStatementLength: setting('MAX_STATEMENT_LENGTH', '1000000', integer(1), 'Longest statement, in characters.'),
  maxExpressionDepth: setting('MAX_EXPRESSION_DEPTH', '1000', integer(10, 10_000), 'Deepest nesting of expressions.'),
  maxBodyBytes: setting('MAX_BODY_BYTES', '16mb', size, 'Largest body of a SQL request; other requests have no limit.'),
  maxConcurrentQueries: setting(
    'MAX_CONCURRENT_QUERIES',
    '64',
    integer(1),
    'SQL requests answered at the same time; one more gets status 429.',
  ),
  maxConcurrentSelects: setting(
    'MAX_CONCURRENT_SELECTS',
    '16',
    integer(1),
    'Selects over objects and the cluster answered at the same time; one more gets status 503.',
  ),
  selectBodyTimeout: setting(
    'SELECT_BODY_TIMEOUT',
    '30s',
    duration,
    'How long the body of a select may take to arrive.',
  ),
  selectMaxExpansion: setting(
    'SELECT_MAX_EXPANSION',
    '1000',
    integer(0),
    'How many bytes of text one byte of a compressed object may become in a select, beyond its first 64 MB; 0 for no limit.',
  ),
  selectMaxBytes: setting(
    'SELECT_MAX_BYTES',
    '0',
    size,
    'Most bytes of text that a compressed object may become in a select; 0 for no limit.',
  ),
  selectMaxParquetBytes: setting(
    'SELECT_MAX_PARQUET_BYTES',
    '4gb',
    size,
    'Largest parquet object of a select: it is spooled under `DATA_DIR`.',
  ),
  selectStallTimeout: setting(
    'SELECT_STALL_TIMEOUT',
    '5m',
    duration,
    'How long the client of a select may take nothing of its answer; 0 for no limit.',
  ),
  queryTimeout: setting(
    'QUERY_TIMEOUT',
    '5m',
    duration,
    'How long a query may take until its answer begins; 0 for no limit.',
  ),
  clusterConnectTimeout: setting(
    'CLUSTER_CONNECT_TIMEOUT',
    '10s',
    duration,
    'Longest wait for a connection to a node.',
  ),
  clusterTimeout: setting(
    'CLUSTER_TIMEOUT',
    '2m',
    duration,
    'Longest wait for one answer of the cluster to a call of ours; 0 for no limit.',
  ),
  clusterWait: setting(
    'CLUSTER_WAIT',
    '0s',
    duration,
    'How long the start goes on trying while the cluster cannot be reached.',
  ),
  clusterConnections: setting('CLUSTER_CONNECTIONS', '128', integer(1), 'Most connections to each node.'),
  passthroughTimeout: setting(
    'PASSTHROUGH_TIMEOUT',
    '0s',
    duration,
    'Longest silence of the cluster on a request that is passed through; 0 for no limit.',
  ),
  forwardHeaders: setting(
    'FORWARD_HEADERS',
    '',
    names,
    "Further request headers, comma separated, that carry the caller's identity and go with each search.",
  ),
  cursorKeepAlive: setting('CURSOR_KEEP_ALIVE', '1m', duration, 'How long a cursor lives between two pages.'),
  spoolLimit: setting(
    'SPOOL_LIMIT',
    '1gb',
    size,
    'Most bytes under `DATA_DIR` of the computed results that open cursors have yet to read.',
  ),
  pageRows: setting('PAGE_ROWS', '10000', integer(1, 10_000), 'Most rows read from the cluster at a time.'),
  maxPageBytes: setting(
    'MAX_PAGE_BYTES',
    '4mb',
    size,
    'Aimed-at size of one answer of the cluster while rows are read.',
  ),
  mappingCacheTtl: setting('MAPPING_CACHE_TTL', '1s', duration, 'How long a mapping is trusted.'),
  planCacheSize: setting('PLAN_CACHE_SIZE', '500', integer(0), 'Plans kept; 0 for none.'),
  trackTotalHits: setting(
    'TRACK_TOTAL_HITS',
    '10000',
    integer(0, 2_147_483_647),
    'How far matching rows are counted for `total`.',
  ),
  total: setting(
    'TOTAL',
    'matching',
    oneOf('matching', 'returned'),
    'What `total` says: the rows that match before LIMIT, or the rows returned.',
  ),
  exactDistinctLimit: setting(
    'EXACT_DISTINCT_LIMIT',
    '100000',
    integer(0),
    'Up to how many values COUNT(DISTINCT) is exact.',
  ),
  fieldTypeTolerance: setting(
    'FIELD_TYPE_TOLERANCE',
    'true',
    bool,
    'Arrays in scalar fields are kept; with false their first element is returned.',
  ),
  duckdbMemoryLimit: setting(
    'DUCKDB_MEMORY_LIMIT',
    '256mb',
    size,
    'Memory of the engine for what the cluster cannot compute; beyond it, it spills to disk.',
  ),
  duckdbThreads: setting('DUCKDB_THREADS', '2', integer(1, 256), 'Threads of that engine.'),
  sqlEnabled: setting('SQL_ENABLED', 'true', bool, 'SQL is answered; with false it is refused with status 400.'),
  sqlSlowlog: setting('SQL_SLOWLOG', '2s', duration, 'Slower SQL requests are logged as warnings; 0 for none.'),
  statsWindow: setting('STATS_WINDOW', '1h', duration, 'How far back the rolling counters of the stats route reach.'),
  sqlDeleteEnabled: setting('SQL_DELETE_ENABLED', 'false', bool, 'DELETE statements are carried out.'),
  jobStore: setting(
    'JOB_STORE',
    'sqlite',
    oneOf('sqlite', 'index'),
    'Where jobs are kept: `sqlite` (a file under `DATA_DIR`), or `index` (of the cluster; several servers share the work).',
  ),
  jobIndex: setting(
    'JOB_INDEX',
    'opensearch-sql-proxy-jobs',
    indexName,
    "The index of `JOB_STORE=index`; made at start by this server's own user.",
  ),
  jobQueues: setting(
    'JOB_QUEUES',
    'default:2',
    queues,
    'Queues of jobs, and how many jobs of each this server runs at a time: `default:2,queue2:4`.',
  ),
  jobKeep: setting('JOB_KEEP', '7d', duration, 'How long jobs that have ended are kept.'),
  jobResultKeep: setting(
    'JOB_RESULT_KEEP',
    '7d',
    duration,
    'How long the result of a query job can be previewed and exported.',
  ),
  jobResultStore: setting(
    'JOB_RESULT_STORE',
    '',
    folderInStore,
    'Bucket and folder of the object storage for the rows of query jobs: `bucket/folder`. Needed where several servers share jobs.',
    { shownDefault: '<DATA_DIR>/jobs/results' },
  ),
  jobResultLimit: setting(
    'JOB_RESULT_LIMIT',
    '20gb',
    size,
    'Most bytes of kept rows: of all query jobs together under `DATA_DIR`, of one in the object storage.',
  ),
  jobRereadRows: setting(
    'JOB_REREAD_ROWS',
    '1000000',
    integer(0),
    'Plain scans (fields of an index, no order, no limit) of more rows are not kept but read again by each export; 0 keeps all.',
  ),
  exportSlices: setting(
    'EXPORT_SLICES',
    '4',
    integer(1, 64),
    'Slices of a plain scan that one export reads at a time; no more than the index has shards.',
  ),
  exportPartBytes: setting('EXPORT_PART_BYTES', '256mb', size, 'Size from which an export goes on in another file.'),
  exportCompressionLevel: setting(
    'EXPORT_COMPRESSION_LEVEL',
    '1',
    integer(1, 9),
    'How hard gzip and deflate try: 1 is fast, 9 is small.',
  ),
  jobsPerProject: setting(
    'JOBS_PER_PROJECT',
    '10000',
    integer(1, 1_000_000),
    'Most jobs kept of a project: the oldest that have ended make room; where all are waiting or running, one more is refused.',
  ),
  jobTimeout: setting(
    'JOB_TIMEOUT',
    '0',
    duration,
    'Longest run of a job, where its `dli.sql.job.timeout` is not shorter; 0 for no limit.',
  ),
  jobAttempts: setting(
    'JOB_ATTEMPTS',
    '5',
    integer(1, 1_000),
    'How often a job is begun, when servers die in the middle of it, before it is given up.',
  ),
  jobLease: setting(
    'JOB_LEASE',
    '30s',
    durationFrom('1s'),
    'How long a server that is not heard of keeps its running jobs, before others take them over.',
  ),
  jobPoll: setting(
    'JOB_POLL',
    '1s',
    durationFrom('50ms'),
    'How often the store of jobs is looked at for work of other servers.',
  ),
  shutdownGrace: setting('SHUTDOWN_GRACE', '10s', duration, 'How long running requests may take to end at shutdown.'),
} as const;

/** Settings that may be absent. */
export const OPTIONAL = {
  opensearchUsername: setting(
    'OPENSEARCH_USERNAME',
    undefined,
    text,
    "User of the server's own calls: start-up check, health. Never added to a caller's request.",
  ),
  opensearchPassword: setting('OPENSEARCH_PASSWORD', undefined, text, 'Password of that user.', { secret: true }),
  opensearchCa: setting('OPENSEARCH_CA', undefined, text, "PEM file of the authority of the cluster's certificate."),
  opensearchClientCert: setting(
    'OPENSEARCH_CLIENT_CERT',
    undefined,
    text,
    'PEM file of the certificate that this server shows the cluster. The cluster sees it behind every call, those of callers too.',
  ),
  opensearchClientKey: setting(
    'OPENSEARCH_CLIENT_KEY',
    undefined,
    text,
    'PEM file of the key of `OPENSEARCH_CLIENT_CERT`.',
  ),
  tlsCert: setting(
    'TLS_CERT',
    undefined,
    text,
    'PEM file of the certificate of this server, with its chain: it then listens for HTTPS. Read again on SIGHUP.',
  ),
  tlsKey: setting('TLS_KEY', undefined, text, 'PEM file of the key of `TLS_CERT`.'),
  tlsClientCa: setting(
    'TLS_CLIENT_CA',
    undefined,
    text,
    'PEM file of the authority whose certificates clients must show; without it they need none.',
  ),
  authFile: setting(
    'AUTH_FILE',
    undefined,
    text,
    'JSON file of the keys and tokens of the job, object and select routes; without it they take every request. Read again on SIGHUP.',
  ),
  s3Region: setting('S3_REGION', undefined, text, 'Region of the object store.', {
    shownDefault: 'AWS_REGION, else us-east-1',
  }),
  s3AccessKey: setting(
    'S3_ACCESS_KEY',
    undefined,
    text,
    "Access key of the object store. Without it, AWS's own variables, files and roles are used.",
  ),
  s3SecretKey: setting('S3_SECRET_KEY', undefined, text, 'Secret key of the object store.', { secret: true }),
  s3SessionToken: setting(
    'S3_SESSION_TOKEN',
    undefined,
    text,
    'Session token that belongs to temporary keys of the object store.',
    { secret: true },
  ),
  secretKey: setting(
    'SECRET_KEY',
    undefined,
    text.min(16, 'must be at least 16 characters long'),
    "Seals cursors; servers that share it can read each other's. Made and kept under `DATA_DIR` when absent.",
    { secret: true, shownDefault: 'made at first start' },
  ),
} as const;

export const SETTINGS: readonly Setting[] = [...Object.values(REQUIRED), ...Object.values(OPTIONAL)];
