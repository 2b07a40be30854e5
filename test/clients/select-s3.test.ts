/** AWS's SDKs, unchanged, against the whole server: objects in both stores, and the cluster. */

import { fileURLToPath } from 'node:url';
import { S3Client, SelectObjectContentCommand, type SelectObjectContentCommandInput } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/node/command.ts';
import { uniqueName } from '../support/engine.ts';
import { dropClientIndex, loadClientIndex } from './data.ts';
import { KEY, type Kind, type SelectProxy, STRANGER, startSelectProxy } from './select-server.ts';
import { pythonPackages } from './tools.ts';

interface Case {
  readonly name: string;
  readonly arguments: SelectObjectContentCommandInput;
  readonly expected: { readonly records?: string; readonly error?: string };
}

interface Seen {
  readonly name: string;
  readonly types: readonly string[];
  readonly records: string;
  readonly error?: string;
}

interface Job {
  readonly endpoint: string;
  readonly ak: string;
  readonly sk: string;
  readonly anonymous: boolean;
  readonly cases: readonly Case[];
}

const people = (
  Expression: string,
  more: Partial<SelectObjectContentCommandInput> = {},
): SelectObjectContentCommandInput => ({
  Bucket: 'demo',
  Key: 'people.csv',
  Expression,
  ExpressionType: 'SQL',
  InputSerialization: { CSV: { FileHeaderInfo: 'USE', AllowQuotedRecordDelimiter: true } },
  OutputSerialization: { CSV: {} },
  ...more,
});

const casesOf = (index: string): readonly Case[] => [
  {
    name: 'rows',
    arguments: people("SELECT s.name, s.age FROM S3Object s WHERE s.city <> 'Nogal' AND CAST(s.age AS INT) >= 33"),
    expected: { records: 'Dale,33\nZoë,41\n' },
  },
  {
    name: 'a key that needs encoding, rows by number',
    arguments: people("SELECT s._1 FROM s3object AS s WHERE s._3 = '東京'", {
      Key: 'dir/с b+c&d.csv',
      InputSerialization: { CSV: { FileHeaderInfo: 'IGNORE', AllowQuotedRecordDelimiter: true } },
    }),
    expected: { records: 'Zoë\n' },
  },
  {
    name: 'delimiters that XML would change',
    arguments: people('SELECT name, city FROM S3Object LIMIT 2', {
      OutputSerialization: {
        CSV: { QuoteFields: 'ALWAYS', RecordDelimiter: '\r\n', FieldDelimiter: '\t', QuoteCharacter: "'" },
      },
    }),
    expected: { records: "'Dale'\t'Orick'\r\n'Virginia'\t'Nogal'\r\n" },
  },
  {
    name: 'gzip, with progress',
    arguments: people('SELECT COUNT(*) FROM S3Object', {
      Key: 'people.csv.gz',
      InputSerialization: { CSV: { FileHeaderInfo: 'USE', AllowQuotedRecordDelimiter: true }, CompressionType: 'GZIP' },
      RequestProgress: { Enabled: true },
    }),
    expected: { records: '3\n' },
  },
  {
    name: 'json',
    arguments: people('SELECT s.name, s.at.city FROM S3Object s', {
      Key: 'events.json',
      InputSerialization: { JSON: { Type: 'LINES' } },
      OutputSerialization: { JSON: { RecordDelimiter: '\n' } },
    }),
    expected: { records: '{"name":"Dale","city":"Orick"}\n{"name":"Zoë"}\n' },
  },
  {
    name: 'json, raw CR LF, a list in brackets and a name of the list',
    arguments: people("SELECT s.name AS who FROM S3Object s WHERE who IN ['Dale', 'Zoë']", {
      Key: 'events.json',
      InputSerialization: { JSON: { Type: 'LINES' } },
      OutputSerialization: { JSON: { RecordDelimiter: '\r\n' } },
    }),
    expected: { records: '{"who":"Dale"}\r\n{"who":"Zoë"}\r\n' },
  },
  {
    name: 'a range of the object',
    arguments: people('SELECT * FROM S3Object', {
      Key: 'events.json',
      InputSerialization: { JSON: { Type: 'LINES' } },
      OutputSerialization: { JSON: {} },
      ScanRange: { Start: 10, End: 90 },
    }),
    expected: { records: '{"name":"Zoë","tags":[],"n":-1}\n' },
  },
  {
    name: 'the cluster',
    arguments: people(`SELECT id, k FROM ${index} ORDER BY id`, { Key: 'any/label' }),
    expected: { records: "1,it's\n2,\n" },
  },
  {
    name: 'no object',
    arguments: people('SELECT * FROM S3Object', { Key: 'nothing' }),
    expected: { error: 'NoSuchKey' },
  },
  { name: 'no index', arguments: people('SELECT * FROM there_is_no_such_index'), expected: { error: 'BadTableName' } },
  { name: 'bad SQL', arguments: people('SELECT FROM S3Object'), expected: { error: 'Parse' } },
  {
    name: 'two formats',
    arguments: people('SELECT * FROM S3Object', { OutputSerialization: { CSV: {}, JSON: {} } }),
    expected: { error: 'ObjectSerializationConflict' },
  },
  {
    name: 'a value that cannot be cast',
    arguments: people('SELECT CAST(s.name AS INT) FROM S3Object s'),
    expected: { error: 'CastFailed' },
  },
];

/** Programs of other languages take their time to start. */
const PATIENCE = 120_000;

const boto3 = await pythonPackages('boto3', '1.44.8');
if ('missing' in boto3) console.log(`[boto3] skipped: ${boto3.missing}`);

async function runPython(job: Job): Promise<readonly Seen[]> {
  const program = fileURLToPath(new URL('select_s3.py', import.meta.url));
  const { code, output } = await runCommand('python3', ['-W', 'ignore', program, JSON.stringify(job)], {
    timeoutMs: PATIENCE,
    env: { ...process.env, PYTHONPATH: 'path' in boto3 ? boto3.path : '' },
  });
  if (code !== 0) throw new Error(output);
  return JSON.parse(output.trim().split('\n').at(-1)!) as readonly Seen[];
}

function clientOf({ endpoint, ak, sk, anonymous }: Omit<Job, 'cases'>): S3Client {
  return new S3Client({
    endpoint,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId: ak, secretAccessKey: sk },
    maxAttempts: 1,
    ...(anonymous ? { signer: { sign: (request) => Promise.resolve(request) } } : {}),
  });
}

async function runJavaScript({ cases, ...job }: Job): Promise<readonly Seen[]> {
  const client = clientOf(job);
  const seen: Seen[] = [];
  for (const { name, arguments: input } of cases) {
    const types: string[] = [];
    let records = '';
    try {
      const { Payload } = await client.send(new SelectObjectContentCommand(input));
      for await (const event of Payload!) {
        types.push(Object.keys(event)[0]!);
        if (event.Records !== undefined) records += Buffer.from(event.Records.Payload!).toString();
      }
      seen.push({ name, types, records });
    } catch (error) {
      seen.push({ name, types, records, error: (error as Error).name });
    }
  }
  client.destroy();
  return seen;
}

const CLIENTS = [
  { name: '@aws-sdk/client-s3', run: runJavaScript },
  ...('path' in boto3 ? [{ name: 'boto3', run: runPython }] : []),
];

const index = uniqueName('s3').replace('-', '_');
beforeAll(() => loadClientIndex(index));
afterAll(() => dropClientIndex(index));

describe.each([
  ['directory', true],
  ['s3', true],
  ['s3', false],
] as readonly (readonly [Kind, boolean])[])('over objects in the %s store, signed: %s', (kind, keys) => {
  let proxy: SelectProxy;
  beforeAll(async () => {
    proxy = await startSelectProxy(kind, keys);
  });
  afterAll(() => proxy.close());

  it.each(CLIENTS)(
    '$name reads what was asked for, and raises errors by their codes',
    async ({ run }) => {
      const cases = casesOf(index);
      const seen = await run({ endpoint: proxy.url, ...KEY, anonymous: !keys, cases });
      for (const [i, { name, expected }] of cases.entries()) {
        const { records, error, types } = seen[i]!;
        if (expected.error !== undefined) {
          expect(`${name}: ${error}`).toMatch(new RegExp(`^${name}: ${expected.error}`));
          continue;
        }
        expect({ name, records, error }).toEqual({ name, records: expected.records, error: undefined });
        expect(types.slice(-2)).toEqual(['Stats', 'End']);
      }
    },
    PATIENCE,
  );

  it.runIf(keys).each(CLIENTS)(
    '$name is told what is wrong with its key',
    async ({ run }) => {
      const cases = casesOf(index).slice(0, 1);
      const errorOf = async (key: { readonly ak: string; readonly sk: string }, anonymous = false) =>
        (await run({ endpoint: proxy.url, ...key, anonymous, cases }))[0]!.error;
      expect(await errorOf({ ...KEY, sk: 'something else' })).toBe('SignatureDoesNotMatch');
      expect(await errorOf({ ...KEY, ak: 'nobody-here' })).toBe('InvalidAccessKeyId');
      expect(await errorOf(STRANGER)).toBe('AccessDenied');
      expect(await errorOf(KEY, true)).toBe('AccessDenied');
    },
    PATIENCE,
  );

  it.runIf(keys).each(CLIENTS)(
    '$name without a key reads what is open to all',
    async ({ run }) => {
      const one: Case = {
        name: 'open',
        arguments: people('SELECT name FROM S3Object LIMIT 1', { Bucket: 'open-data' }),
        expected: {},
      };
      const [seen] = await run({ endpoint: proxy.url, ...KEY, anonymous: true, cases: [one] });
      expect(seen).toMatchObject({ records: 'Dale\n' });
    },
    PATIENCE,
  );

  it.runIf(keys)('takes no presigned URL: links run nothing on the cluster and write nothing', async () => {
    const client = clientOf({ endpoint: proxy.url, ...KEY, anonymous: false });
    const input = people(`SELECT id, k FROM ${index} ORDER BY id`, { Key: 'label' });
    const url = await getSignedUrl(client, new SelectObjectContentCommand(input), {
      expiresIn: 60,
      // The body below is not the SDK's own.
      unsignableHeaders: new Set(['content-length']),
    });
    client.destroy();
    const body =
      `<SelectObjectContentRequest><Expression>${input.Expression}</Expression><ExpressionType>SQL</ExpressionType>` +
      '<InputSerialization><CSV/></InputSerialization><OutputSerialization><CSV/></OutputSerialization></SelectObjectContentRequest>';
    const headers = { 'x-select-output-location': 's3://out/by%20header.csv', 'content-type': 'application/xml' };
    for (const more of [{ 'content-type': 'application/xml' }, headers]) {
      const response = await fetch(url, { method: 'POST', body, headers: more });
      expect(response.status).toBe(403);
    }
  });
});
