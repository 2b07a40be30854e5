/** `/_proxy/openapi.json`: the routes that this server answers itself, described from the tables that they are made of. */
import { SQL_TYPES } from '../../../translators/algebra/index.ts';
import { ERRORS } from '../../../translators/errors.ts';
import { FORMAT_NAMES } from '../../write/index.ts';
import type { Handler } from '../passthrough.ts';
import { JSON_TYPE } from '../render-error.ts';
import { SETTINGS_PATHS } from '../sql/settings.ts';
import { SQL_ROOTS } from '../sql/sql.ts';
import { PARAMETER_TYPES } from '../sql/sql-parameters.ts';
import { URL_PARAMETERS } from '../sql/sql-request.ts';
import { jobPaths } from './openapi-jobs.ts';
import { LIST_OBJECTS, READ_OBJECT } from './openapi-objects.ts';
import { selectPaths } from './openapi-select.ts';

type Json = Readonly<Record<string, unknown>>;

export const OPENAPI_PATH = '/_proxy/openapi.json';

export function createOpenApiRoute(version: string): Handler {
  const body = JSON.stringify(openApi(version), null, 2);
  return (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  };
}

export function openApi(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'opensearch-sql-proxy',
      version,
      description:
        'SQL in front of OpenSearch and Elasticsearch. Every path that is not listed belongs to the cluster.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{}, { basic: [] }, { bearer: [] }],
    tags: [
      { name: 'sql', description: 'The routes of the SQL plugin' },
      {
        name: 'jobs',
        description: 'Jobs and exports, in the shape of Huawei DLI; v2.0 stands for v1.0; see docs/jobs.md',
      },
      { name: 'select', description: 'SQL over objects and the cluster, as BOS and S3 have it; see docs/select.md' },
      { name: 'objects', description: 'Exported objects, read only; see docs/objects.md' },
      { name: 'server', description: 'This server itself' },
    ],
    paths: {
      ...Object.fromEntries(SQL_ROOTS.flatMap(sqlPaths)),
      ...settingsPaths(),
      ...serverPaths(),
      ...jobPaths(),
      ...withObjects(selectPaths()),
    },
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'Checked by the cluster' },
        bearer: { type: 'http', scheme: 'bearer', description: 'Checked by the cluster' },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'bce-auth-v1, AWS4-HMAC-SHA256 or SDK-HMAC-SHA256, with a key of AUTH_FILE',
        },
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'A token of AUTH_FILE' },
      },
      parameters: urlParameters(),
      responses: errorResponses(),
      schemas: schemas(),
    },
  };
}

/** Objects are read and selected from under the same path. */
function withObjects(paths: Record<string, Json>): Record<string, Json> {
  const object = '/v1/{bucket}/{key}';
  return { ...paths, '/v1/{bucket}': { get: LIST_OBJECTS }, [object]: { ...paths[object], get: READ_OBJECT } };
}

/** `plugins_sql_query`. */
const operationId = (path: string, verb: string): string => [...(path.match(/[a-z]+/g) ?? []), verb].join('_');

function sqlPaths(root: string): readonly (readonly [string, Json])[] {
  const operation = (id: string, more: Json): Json => ({ operationId: operationId(root, id), tags: ['sql'], ...more });
  const parameters = URL_PARAMETERS.map((name) => ref('parameters', name));
  const stats = {
    summary: 'Counters of this server',
    parameters,
    responses: { 200: json('Counters', { type: 'object', additionalProperties: { type: 'integer' } }) },
  };
  return [
    [
      root,
      {
        post: operation('query', {
          summary: 'Answers a statement, or the next page of one',
          parameters,
          requestBody: jsonBody({ oneOf: [ref('schemas', 'Query'), ref('schemas', 'Cursor')] }),
          responses: { 200: answer(), ...errors() },
        }),
      },
    ],
    [
      `${root}/_explain`,
      {
        post: operation('explain', {
          summary: 'How a statement would be answered, with the query DSL',
          parameters,
          requestBody: jsonBody(ref('schemas', 'Query')),
          responses: { 200: json('The operators as a tree', ref('schemas', 'Explain')), ...errors() },
        }),
      },
    ],
    [
      `${root}/close`,
      {
        post: operation('close', {
          summary: 'Closes a cursor',
          requestBody: jsonBody(ref('schemas', 'Cursor')),
          responses: {
            200: json('Whether there was one', {
              type: 'object',
              properties: { succeeded: { type: 'boolean' } },
              required: ['succeeded'],
            }),
            ...errors(),
          },
        }),
      },
    ],
    [`${root}/stats`, { get: operation('stats', stats), post: operation('stats_post', stats) }],
  ];
}

function settingsPaths(): Json {
  const change = {
    type: 'object',
    properties: { transient: { type: 'object' }, persistent: { type: 'object' } },
  };
  return Object.fromEntries(
    SETTINGS_PATHS.map((path) => [
      path,
      {
        put: {
          operationId: operationId(path, 'put'),
          tags: ['sql'],
          summary: 'Changes settings of the plugin while the server runs; null resets',
          requestBody: jsonBody(change),
          responses: { 200: json('What is set now', { type: 'object' }), ...errors() },
        },
      },
    ]),
  );
}

function serverPaths(): Json {
  const get = (id: string, summary: string, responses: Json): Json => ({
    get: { operationId: id, tags: ['server'], summary, security: [{}], responses },
  });
  const health = ref('schemas', 'Health');
  return {
    '/_proxy/health': get('health', 'Whether this server can answer', {
      200: json('Ready', health),
      503: json('The cluster cannot be reached', health),
    }),
    '/_proxy/metrics': get('metrics', 'Figures for Prometheus', {
      200: { description: 'Figures', content: { 'text/plain': { schema: { type: 'string' } } } },
    }),
    [OPENAPI_PATH]: get('openapi', 'This description', { 200: json('OpenAPI 3.1', { type: 'object' }) }),
  };
}

/** Every parameter that the SQL routes take; the compiler keeps this list whole. */
const PARAMETERS: Readonly<Record<(typeof URL_PARAMETERS)[number], readonly [schema: Json, description: string]>> = {
  format: [{ type: 'string', enum: FORMAT_NAMES, default: 'jdbc' }, 'Format of the answer, in any case'],
  sanitize: [{ type: 'boolean', default: true }, 'csv: guard cells that a spreadsheet would take for formulas'],
  pretty: [{ type: 'boolean', default: false }, 'Indents JSON, pads the columns of raw'],
  time_zone: [{ type: 'string' }, 'Time zone of the request; the body goes before it'],
  quotes: [
    { type: 'string', enum: ['ansi', 'text'] },
    'What double quotes are for: names, or texts; the body goes before it',
  ],
  separator: [{ type: 'string' }, 'Accepted for old clients, without effect'],
  newLine: [{ type: 'string' }, 'Accepted for old clients, without effect'],
  flat: [{ type: 'boolean' }, 'Accepted for old clients, without effect'],
  _id: [{ type: 'boolean' }, 'Accepted for old clients, without effect'],
  _score: [{ type: 'boolean' }, 'Accepted for old clients, without effect'],
  _type: [{ type: 'boolean' }, 'Accepted for old clients, without effect'],
  sql: [{ type: 'string' }, 'Accepted for old clients, without effect'],
  human: [{ type: 'boolean' }, 'Accepted, without effect'],
  error_trace: [{ type: 'boolean' }, 'Accepted, without effect'],
  filter_path: [{ type: 'string' }, 'Accepted, without effect'],
  source: [{ type: 'string' }, 'Accepted, without effect'],
};

const urlParameters = (): Json =>
  Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, [schema, description]]) => [
      name,
      { name, in: 'query', required: false, description, schema },
    ]),
  );

/** Long because it is one table of descriptions. */
function schemas(): Json {
  const shown = [...new Set(Object.values(SQL_TYPES).map((type) => type.shown))];
  const text = { type: 'string' };
  const count = { type: 'integer', format: 'int32', minimum: 0 };
  return {
    Query: {
      type: 'object',
      required: ['query'],
      properties: {
        query: {
          ...text,
          description: 'One statement',
          examples: ['SELECT state, COUNT(*) FROM accounts GROUP BY state'],
        },
        fetch_size: { ...count, default: 0, description: 'Rows of a page; 0: no paging' },
        filter: { type: 'object', description: 'Query DSL that is ANDed with WHERE' },
        parameters: { type: 'array', items: ref('schemas', 'Parameter'), description: 'Values for `?`, in order' },
        time_zone: { ...text, description: 'IANA name or offset; UTC when absent' },
        quotes: { ...text, enum: ['ansi', 'text'], description: 'What double quotes are for: names, or texts' },
      },
    },
    Parameter: {
      type: 'object',
      required: ['type'],
      properties: { type: { ...text, enum: PARAMETER_TYPES }, value: { description: 'A value of that type, or null' } },
    },
    Cursor: {
      type: 'object',
      required: ['cursor'],
      properties: { cursor: { ...text, minLength: 1, description: 'From the page before' } },
    },
    Result: {
      type: 'object',
      required: ['schema', 'datarows', 'total', 'size', 'status'],
      additionalProperties: false,
      properties: {
        schema: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name', 'type'],
            properties: { name: text, alias: text, type: { ...text, enum: shown } },
          },
        },
        datarows: { type: 'array', items: { type: 'array', items: {} } },
        total: { ...count, description: 'Rows that match, as far as they were counted' },
        size: { ...count, description: 'Rows in this answer' },
        status: { const: 200 },
        cursor: { ...text, description: 'There when another page is' },
      },
    },
    Explain: {
      type: 'object',
      required: ['root'],
      properties: { root: ref('schemas', 'ExplainNode') },
    },
    ExplainNode: {
      type: 'object',
      required: ['name', 'description', 'children'],
      properties: {
        name: text,
        description: { type: 'object' },
        children: { type: 'array', items: ref('schemas', 'ExplainNode') },
      },
    },
    Error: {
      type: 'object',
      required: ['error', 'status'],
      properties: {
        error: {
          type: 'object',
          required: ['reason', 'details', 'type'],
          properties: { reason: text, details: text, type: { ...text, examples: errorTypes() } },
        },
        status: { type: 'integer' },
      },
    },
    Health: {
      type: 'object',
      required: ['ready', 'version', 'node', 'cluster'],
      properties: { ready: { type: 'boolean' }, version: text, node: text, cluster: { type: 'object' } },
    },
  };
}

function answer(): Json {
  const header = (description: string): Json => ({ description, schema: { type: 'string' } });
  const delimited = { schema: { type: 'string' } };
  return {
    description: 'The rows; raw and csv are text, csv is text/csv where Accept asks for it',
    headers: {
      'X-SQL-Truncated': header(
        'true when rows were cut by a limit that the statement did not write; a trailer on long answers',
      ),
      'X-SQL-Total-Relation': header('gte when `total` is a lower bound'),
      'X-SQL-Approximate': header('What in the answer is an estimate'),
      'X-SQL-Warning': header('What a reader should know, such as mappings that conflict'),
    },
    content: {
      'application/json': { schema: { anyOf: [ref('schemas', 'Result'), { type: 'object' }] } },
      'text/plain': delimited,
      'text/csv': delimited,
    },
  };
}

const errorTypes = (): readonly string[] => [...new Set(Object.values(ERRORS).map((row) => row.type))];

const statuses = (): readonly number[] =>
  [...new Set(Object.values(ERRORS).map((row) => row.status))]
    // Nobody is left to read it.
    .filter((status) => status !== ERRORS.cancelled.status)
    .sort((a, b) => a - b);

const errors = (): Json => Object.fromEntries(statuses().map((status) => [status, ref('responses', `E${status}`)]));

const errorResponses = (): Json =>
  Object.fromEntries(
    statuses().map((status) => {
      const rows = Object.values(ERRORS).filter((row) => row.status === status);
      return [`E${status}`, json(rows.map((row) => `${row.type}: ${row.when}`).join('; '), ref('schemas', 'Error'))];
    }),
  );

const ref = (kind: 'parameters' | 'responses' | 'schemas', name: string): Json => ({
  $ref: `#/components/${kind}/${name}`,
});

const json = (description: string, schema: Json): Json => ({
  description,
  content: { 'application/json': { schema } },
});

const jsonBody = (schema: Json): Json => ({ required: true, content: { 'application/json': { schema } } });
