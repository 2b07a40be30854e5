/** The select routes in the OpenAPI document: one path, two protocols, told apart by `select-type`. */
import { SELECT_ERRORS } from '../../select/errors.ts';

type Json = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const word = (...values: readonly string[]): Json => ({ type: 'string', enum: values });

const csv = (more: Json): Json => ({
  type: 'object',
  properties: { recordDelimiter: text, fieldDelimiter: text, quoteCharacter: text, ...more },
});

const BOS_REQUEST: Json = {
  type: 'object',
  required: ['selectRequest'],
  properties: {
    selectRequest: {
      type: 'object',
      required: ['expression', 'expressionType', 'inputSerialization', 'outputSerialization'],
      properties: {
        expression: { type: 'string', contentEncoding: 'base64', description: 'The SQL' },
        expressionType: word('SQL'),
        inputSerialization: {
          type: 'object',
          properties: {
            compressionType: word('NONE', 'GZIP', 'BZIP2'),
            csv: csv({ fileHeaderInfo: word('NONE', 'IGNORE', 'USE'), commentCharacter: text }),
            json: { type: 'object', properties: { type: word('DOCUMENT', 'LINES') } },
          },
        },
        outputSerialization: {
          type: 'object',
          properties: {
            outputHeader: { type: 'boolean', default: false },
            csv: csv({ quoteFields: word('ALWAYS', 'ASNEEDED') }),
            json: { type: 'object', properties: { recordDelimiter: text } },
            location: {
              type: 'object',
              description: 'Where the result is written instead of being sent',
              required: ['bucket', 'key'],
              properties: { bucket: text, key: text, mode: word('ErrorIfExists', 'Overwrite') },
            },
          },
        },
        requestProgress: { type: 'object', properties: { enabled: { type: 'boolean', default: false } } },
      },
    },
  },
};

const BOS_ERROR: Json = {
  type: 'object',
  required: ['code', 'message', 'requestId'],
  properties: { code: word(...Object.keys(SELECT_ERRORS)), message: text, requestId: text },
};

const parameter = (place: 'path' | 'query' | 'header', name: string, schema: Json, description: string): Json => ({
  name,
  in: place,
  required: place === 'path' || name === 'select',
  description,
  schema,
  ...(name === 'select' ? { allowEmptyValue: true } : {}),
});

function operation(operationId: string): Json {
  const body = (schema: Json): Json => ({ schema });
  const error = {
    description: 'An error before the first message; after it the last message carries the code',
    content: { 'application/json': body(BOS_ERROR), 'application/xml': body(text) },
  };
  const statuses = [...new Set(Object.values(SELECT_ERRORS).map(({ status }) => status))].sort((a, b) => a - b);
  return {
    operationId,
    tags: ['select'],
    summary: 'SQL over an object or the cluster, answered in the frames of BOS, or with select-type=2 of S3',
    security: [{}, { signature: [] }],
    parameters: [
      parameter('path', 'bucket', text, 'The bucket; the right to read it is needed'),
      parameter('path', 'key', text, 'The object; with slashes in it. A label when the statement reads the cluster'),
      parameter('query', 'select', text, 'Makes the request a select'),
      parameter('query', 'type', word('csv', 'json', 'parquet'), 'BOS: format of the object'),
      parameter('query', 'select-type', word('2'), 'Makes the request one of S3'),
      parameter('header', 'x-select-output-location', text, 'S3: s3://bucket/key to write the result to'),
      parameter('header', 'x-select-output-mode', word('ErrorIfExists', 'Overwrite'), 'S3: when the target is there'),
      parameter('header', 'x-select-output-header', { type: 'boolean' }, 'S3: a line of names before the first record'),
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': body(BOS_REQUEST),
        'application/xml': body({ type: 'string', description: 'SelectObjectContentRequest' }),
      },
    },
    responses: {
      200: {
        description: 'Messages: records, progress, end',
        content: { 'application/octet-stream': body({ type: 'string', format: 'binary' }) },
      },
      ...Object.fromEntries(statuses.map((status) => [status, error])),
    },
  };
}

export const selectPaths = (): Readonly<Record<string, Json>> => ({
  '/{bucket}/{key}': { post: operation('select') },
  '/v1/{bucket}/{key}': { post: operation('v1_select') },
});
