/** The object routes in the OpenAPI document. */
import { OBJECT_ERRORS } from '../objects/object-errors.ts';

type Json = Readonly<Record<string, unknown>>;

const text: Json = { type: 'string' };
const SECURITY = [{}, { signature: [] }];
const path = (name: string): Json => ({ name, in: 'path', required: true, schema: text });
const query = (name: string, description: string, schema: Json = text): Json => ({
  name,
  in: 'query',
  schema,
  description,
});

const ERROR: Json = {
  type: 'object',
  required: ['code', 'message', 'requestId'],
  properties: { code: { type: 'string', enum: Object.keys(OBJECT_ERRORS) }, message: text, requestId: text },
};

const errors = (): Json =>
  Object.fromEntries(
    [...new Set(Object.values(OBJECT_ERRORS))].map((status) => [
      status,
      {
        description: Object.entries(OBJECT_ERRORS)
          .filter(([, one]) => one === status)
          .map(([code]) => code)
          .join(', '),
        content: { 'application/json': { schema: ERROR } },
      },
    ]),
  );

const LISTING: Json = {
  type: 'object',
  required: ['bucket', 'prefix', 'objects', 'prefixes'],
  properties: {
    bucket: text,
    prefix: text,
    delimiter: text,
    objects: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          key: text,
          size: { type: 'integer' },
          lastModified: { type: 'string', format: 'date-time' },
          etag: text,
        },
      },
    },
    prefixes: { type: 'array', items: text },
    next: { type: 'string', description: 'To be sent as `after`; absent at the end' },
  },
};

export const LIST_OBJECTS: Json = {
  operationId: 'list_objects',
  tags: ['objects'],
  summary: 'Lists a bucket',
  security: SECURITY,
  parameters: [
    path('bucket'),
    query('prefix', 'Beginning of the keys'),
    query('delimiter', 'Keys that have it behind the prefix are listed as one prefix'),
    query('after', 'Keys behind this one'),
    query('limit', 'Most objects and prefixes', { type: 'integer', minimum: 1, maximum: 1000, default: 1000 }),
    query('list-type', "2: answered as S3's ListObjectsV2, which names the parameters its way", {
      type: 'string',
      enum: ['2'],
    }),
  ],
  responses: {
    200: { description: 'The listing', content: { 'application/json': { schema: LISTING }, 'application/xml': {} } },
    ...errors(),
  },
};

export const READ_OBJECT: Json = {
  operationId: 'read_object',
  tags: ['objects'],
  summary: 'Reads an object, or a range of it',
  security: SECURITY,
  parameters: [
    path('bucket'),
    path('key'),
    { name: 'Range', in: 'header', schema: text, description: '`bytes=0-99`, `bytes=100-`, `bytes=-100`' },
  ],
  responses: {
    200: { description: 'The object', content: { '*/*': {} } },
    206: { description: 'The range', content: { '*/*': {} } },
    304: { description: 'Not modified' },
    307: { description: 'At the store (OBJECTS_REDIRECT)' },
    ...errors(),
  },
};
