/** Results that are left in the store: whole or not at all, with a record that says what was written. */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectStoreError } from '../../../src/objects/store.ts';
import type { OutputColumn, Page } from '../../../src/rows/page.ts';
import { SelectError } from '../../../src/select/errors.ts';
import { readBosMessages, readEvents } from '../select/read-messages.ts';
import {
  type Answer,
  BOS,
  bosBody,
  chunk,
  runOf,
  S3,
  type SelectServer,
  s3Body,
  send,
  startSelectServer,
} from './select-kit.ts';

const OBJECT = 'SELECT * FROM BosObject';
const into = (key: string, mode?: string, bucket = 'out') =>
  bosBody(OBJECT, { outputSerialization: { location: { bucket, key, ...(mode && { mode }) } } });

async function textOf(server: SelectServer, bucket: string, key: string): Promise<string> {
  const { bytes } = await server.store.read(bucket, key);
  const chunks: Buffer[] = [];
  for await (const one of bytes) chunks.push(one);
  return Buffer.concat(chunks).toString();
}

const codeOf = ({ status, bytes }: Answer): string => `${status} ${JSON.parse(bytes.toString()).code}`;

describe('a result for the store', () => {
  let server: SelectServer;
  let failure: Error | undefined;
  beforeAll(async () => {
    server = await startSelectServer({
      run: () =>
        runOf(
          (async function* () {
            yield chunk('a,1\nb,2\n');
            if (failure !== undefined) throw failure;
            yield chunk('c,3\n');
          })(),
          { scanned: 99, header: 'k,n\n' },
        ),
    });
  });
  afterAll(() => server.close());

  it('is written with its header line, and told in one record', async () => {
    const messages = readBosMessages((await send(server.url + BOS, into('dir/one.csv'))).bytes);
    expect(messages.map((one) => one.type)).toEqual(['Records', 'End']);
    expect(messages[0]!.payload.toString()).toBe('{"bucket":"out","key":"dir/one.csv","size":16,"records":3}\n');
    expect(await textOf(server, 'out', 'dir/one.csv')).toBe('k,n\na,1\nb,2\nc,3\n');
  });

  it('is asked for by header in S3', async () => {
    const headers = { 'x-select-output-location': 's3://out/two%20.csv' };
    const messages = readEvents((await send(server.url + S3, s3Body('SELECT * FROM S3Object'), { headers })).bytes);
    expect(messages.map((one) => one.type)).toEqual(['Records', 'Stats', 'End']);
    expect(JSON.parse(messages[0]!.payload.toString())).toEqual({
      bucket: 'out',
      key: 'two .csv',
      size: 16,
      records: 3,
    });
    expect(messages[1]!.payload.toString()).toContain('<BytesScanned>99</BytesScanned>');
  });

  it('takes no place that is taken, unless told to', async () => {
    await server.store.put('out', 'taken', Buffer.from('old'));
    expect(codeOf(await send(server.url + BOS, into('taken')))).toBe('412 PreconditionFailed');
    expect(await textOf(server, 'out', 'taken')).toBe('old');
    expect((await send(server.url + BOS, into('taken', 'Overwrite'))).status).toBe(200);
    expect(await textOf(server, 'out', 'taken')).toBe('k,n\na,1\nb,2\nc,3\n');
  });

  it('leaves nothing behind when the source fails', async () => {
    failure = new SelectError('CSVParsingError', 'line 3');
    expect(codeOf(await send(server.url + BOS, into('never')))).toBe('400 CSVParsingError');
    failure = undefined;
    expect(await server.store.head('out', 'never')).toBeUndefined();
    expect(await server.store.uploads('out', '')).toEqual([]);
  });

  it('is refused a name outside of its bucket', async () => {
    expect(codeOf(await send(server.url + BOS, into('../escape')))).toBe('400 InvalidURI');
    expect(codeOf(await send(server.url + BOS, into('k', 'Overwrite', '..')))).toBe('400 InvalidURI');
  });
});

describe('a client that goes away', () => {
  it('leaves nothing in the store', async () => {
    const run = (_request: unknown, signal: AbortSignal) =>
      runOf(
        (async function* () {
          yield chunk('a\n');
          await new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        })(),
      );
    const server = await startSelectServer({ run });
    try {
      const request = httpRequest(server.url + BOS, { method: 'POST' });
      request.on('error', () => undefined);
      request.end(into('gone'));
      const uploads = () => server.store.uploads('out', '');
      while ((await uploads()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      request.destroy();
      while ((await uploads()).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await server.store.head('out', 'gone')).toBeUndefined();
      expect(server.logged[0]).toMatchObject({ outcome: 'gone' });
    } finally {
      await server.close();
    }
  });
});

describe('a target that changes meanwhile', () => {
  it('is not overwritten', async () => {
    let finish = (): void => undefined;
    const taken = new Promise<void>((resolve) => {
      finish = resolve;
    });
    async function* records() {
      yield chunk('a\n');
      await taken;
    }
    const server = await startSelectServer({ run: () => runOf(records()) });
    try {
      const answer = send(server.url + BOS, into('race'));
      while ((await server.store.uploads('out', '')).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await server.store.put('out', 'race', Buffer.from('faster'));
      finish();
      expect(codeOf(await answer)).toBe('412 PreconditionFailed');
      expect(await textOf(server, 'out', 'race')).toBe('faster');
      expect(await server.store.uploads('out', '')).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it('that cannot be written is told, in the words of each protocol', async () => {
    const store = (real: SelectServer['store']): SelectServer['store'] =>
      new Proxy(real, {
        get(target, name) {
          if (name === 'startUpload') return () => Promise.reject(new ObjectStoreError('full', 'The disk is full'));
          const value = Reflect.get(target, name) as unknown;
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    const server = await startSelectServer({ run: () => runOf([chunk('a\n')]), store });
    try {
      expect(codeOf(await send(server.url + BOS, into('k')))).toBe('503 ServiceUnavailable');
      const headers = { 'x-select-output-location': 's3://out/k' };
      const s3 = await send(server.url + S3, s3Body('SELECT * FROM S3Object'), { headers });
      expect([s3.status, s3.bytes.toString()]).toEqual([503, expect.stringContaining('<Code>Busy</Code>')]);
    } finally {
      await server.close();
    }
  });
});

describe('rows of the cluster', () => {
  const columns: readonly OutputColumn[] = [
    { name: 'name', type: 'keyword' },
    { name: 'n', alias: 'count', type: 'long' },
    { name: 'tags', type: 'nested' },
    { name: 'name', type: 'keyword' },
  ];
  const pages: readonly Page[] = [
    [
      ['O"Neil, A', 9007199254740993n, ['x', 1], null],
      ['', null, null, 'b\nc'],
    ],
    [['d', 1, null, 'e']],
  ];

  const server = startSelectServer({
    statements: {
      open: (statement) =>
        Promise.resolve({
          columns,
          info: {},
          pages: (async function* () {
            expect(statement.query).toBe('SELECT * FROM accounts');
            yield* pages;
          })(),
        } as never),
    },
  });
  afterAll(async () => (await server).close());

  const records = async (outputSerialization: object): Promise<string> => {
    const body = bosBody('SELECT * FROM accounts', { outputSerialization });
    const messages = readBosMessages((await send((await server).url + BOS, body)).bytes);
    return messages
      .filter((one) => one.type === 'Records')
      .map((one) => one.payload.toString())
      .join('');
  };

  it('are csv, quoted as needed', async () => {
    expect(await records({})).toBe('"O""Neil, A",9007199254740993,"[""x"",1]",\n,,,"b\nc"\nd,1,,e\n');
  });

  it('are csv of any delimiters with a header, although no header of a file is used', async () => {
    const csv = { fieldDelimiter: ';', recordDelimiter: '||', quoteCharacter: "'", quoteFields: 'ALWAYS' };
    const text = await records({ outputHeader: true, csv });
    expect(text.split('||')[0]).toBe("'name';'count';'tags';'name'");
    expect(text.split('||')[1]).toBe(`'O"Neil, A';'9007199254740993';'["x",1]';''`);
  });

  it('are JSON with each name once', async () => {
    expect(await records({ json: {} })).toBe(
      '{"name":"O\\"Neil, A","count":9007199254740993,"tags":["x",1],"name_2":null}\n' +
        '{"name":"","count":null,"tags":null,"name_2":"b\\nc"}\n{"name":"d","count":1,"tags":null,"name_2":"e"}\n',
    );
  });

  it('go to the store in one call', async () => {
    const location = { bucket: 'out', key: 'rows.csv' };
    const told = JSON.parse(await records({ location })) as { readonly records: number; readonly size: number };
    const text = await textOf(await server, 'out', 'rows.csv');
    expect(told).toEqual({ ...location, records: 3, size: Buffer.byteLength(text) });
    expect((await server).seen()).toBeUndefined();
  });
});
