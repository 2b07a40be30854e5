/** The BOS body: what the SDKs send, every member, default and limit, and every way to get it wrong. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SelectError } from '../../../src/select/errors.ts';
import { readBosRequest } from '../../../src/select/requests/bos-request.ts';
import type { CsvInput, CsvOutput, SelectRequest } from '../../../src/select/requests/request.ts';

const object = { bucket: 'demo', key: 'people.csv' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const SQL = 'SELECT * FROM BosObject';

type Json = Record<string, unknown>;

function body(changes: Json = {}): Json {
  return {
    expression: base64(SQL),
    expressionType: 'SQL',
    inputSerialization: {},
    outputSerialization: {},
    ...changes,
  };
}

const read = (select: Json, type: string | undefined = 'csv'): SelectRequest =>
  readBosRequest({ object, type, body: Buffer.from(JSON.stringify({ selectRequest: select })) });

const csvIn = (csv: Json): CsvInput => read(body({ inputSerialization: { csv } })).input as CsvInput;
const csvOut = (csv: Json): CsvOutput => read(body({ outputSerialization: { csv } })).output as CsvOutput;

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof SelectError) return error.code;
    throw error;
  }
  return 'none';
}

describe('a BOS request', () => {
  it("is read as Go's SDK sends it", () => {
    const recorded = `{"selectRequest":{"expression":"${base64(SQL)}","expressionType":"SQL",
      "inputSerialization":{"compressionType":"NONE","csv":{"fileHeaderInfo":"USE"},"json":null},
      "outputSerialization":{"outputHeader":false,"csv":{"fieldDelimiter":"LA==","quoteCharacter":"Ig==","quoteFields":"ASNEEDED","recordDelimiter":"Cg=="},"json":null},
      "requestProgress":{"enabled":false}}}`;
    expect(readBosRequest({ object, type: 'csv', body: Buffer.from(recorded) })).toEqual({
      dialect: 'bos',
      expression: SQL,
      object,
      input: {
        kind: 'csv',
        fileHeaderInfo: 'USE',
        recordDelimiter: '\n',
        fieldDelimiter: ',',
        quote: '"',
        quoteEscape: '"',
        comment: '#',
        allowQuotedRecordDelimiter: true,
      },
      compression: 'NONE',
      output: {
        kind: 'csv',
        quoteFields: 'ASNEEDED',
        recordDelimiter: '\n',
        fieldDelimiter: ',',
        quote: '"',
        quoteEscape: '"',
        header: false,
      },
      scanRange: undefined,
      progress: false,
      location: undefined,
      limits: expect.objectContaining({ expressionBytes: 16_384, columns: 1_000, recordBytes: 524_288 }),
    });
  });

  it('has the same meaning with nothing but what is needed', () => {
    const { input, compression, output, progress } = read(body());
    expect({ input, compression, progress }).toMatchObject({
      input: { fileHeaderInfo: 'NONE', recordDelimiter: '\n', fieldDelimiter: ',', quote: '"', comment: '#' },
      compression: 'NONE',
      progress: false,
    });
    expect(output).toMatchObject({ kind: 'csv', quoteFields: 'ASNEEDED', header: false });
  });

  it('takes null for absent, and passes over members that it does not know (Java sends bucketName)', () => {
    const input = { csv: null, json: null, compressionType: null };
    const request = read(body({ bucketName: 'demo', requestProgress: null, inputSerialization: input }));
    expect(request).toEqual(read(body()));
  });

  it('takes empty text for absent where a word is expected (Go sends it)', () => {
    const input = { compressionType: '', csv: { fileHeaderInfo: '' } };
    expect(read(body({ inputSerialization: input }))).toEqual(read(body()));
  });

  it.each([
    ['csv', {}, 'csv'],
    ['json', { json: { type: 'LINES' } }, 'json'],
    ['parquet', {}, 'json'],
  ])('of type %s is answered in its own format by default', (type, inputSerialization, kind) => {
    expect(read(body({ inputSerialization }), type).output.kind).toBe(kind);
  });

  it('takes enumerations in any case', () => {
    const request = read(
      body({
        expressionType: 'sql',
        inputSerialization: { compressionType: 'gzip', csv: { fileHeaderInfo: 'use' } },
        outputSerialization: { csv: { quoteFields: 'Always' } },
      }),
      'CSV',
    );
    expect(request).toMatchObject({
      input: { fileHeaderInfo: 'USE' },
      compression: 'GZIP',
      output: { quoteFields: 'ALWAYS' },
    });
    const lines = read(body({ inputSerialization: { json: { type: 'document' } } }), 'JSON');
    expect(lines.input).toEqual({ kind: 'json', type: 'DOCUMENT' });
  });

  it('asks for progress, a header and JSON', () => {
    const asked = body({ requestProgress: { enabled: true }, outputSerialization: { outputHeader: true } });
    expect(read(asked)).toMatchObject({ progress: true, output: { header: true } });
    const json = read(body({ outputSerialization: { json: { recordDelimiter: base64('\r\n') } } }));
    expect(json.output).toEqual({ kind: 'json', recordDelimiter: '\r\n' });
  });

  it('names a place for its result', () => {
    const at = (location: Json) => read(body({ outputSerialization: { location } })).location;
    expect(at({ bucket: 'out', key: 'a/b.csv' })).toEqual({ bucket: 'out', key: 'a/b.csv', mode: 'ErrorIfExists' });
    expect(at({ bucket: 'out', key: 'k', mode: 'overwrite' })?.mode).toBe('Overwrite');
    expect(codeOf(() => at({ bucket: 'out' }))).toBe('InappropriateJSON');
    expect(codeOf(() => at({ bucket: 'out', key: 'k', mode: 'Append' }))).toBe('InvalidArgument');
  });
});

describe('delimiters', () => {
  it.each([
    ['Cg==', '\n'],
    ['DQo=', '\r\n'],
    ['\\r\\n', '\r\n'],
    ['\\n', '\n'],
    ['\r\n', '\r\n'],
    ['\n', '\n'],
    [';', ';'],
    ['||', '||'],
    [base64('é'), 'é'],
    ['\\', '\\'],
  ])('of records: %j is %j', (sent, meant) => {
    expect(csvIn({ recordDelimiter: sent }).recordDelimiter).toBe(meant);
    expect(csvOut({ recordDelimiter: sent }).recordDelimiter).toBe(meant);
  });

  it('are read raw as in the example of the API', () => {
    const input = csvIn({
      recordDelimiter: '\\r\\n',
      quoteCharacter: "'",
      fieldDelimiter: ';',
      commentCharacter: '//',
    });
    expect(input).toMatchObject({ recordDelimiter: '\r\n', quote: "'", fieldDelimiter: ';', comment: '//' });
    expect(csvIn({ fieldDelimiter: '\\t' }).fieldDelimiter).toBe('\t');
    expect(csvIn({ fieldDelimiter: '😀' }).fieldDelimiter).toBe('😀');
  });

  it.each([
    ['recordDelimiter', base64('abc')],
    ['recordDelimiter', 'abc'],
    ['recordDelimiter', ''],
    ['fieldDelimiter', '||'],
    ['fieldDelimiter', base64('||')],
    ['quoteCharacter', '""'],
    ['commentCharacter', base64('///')],
    ['fieldDelimiter', '/w=='],
    ['fieldDelimiter', 'LA='],
    ['fieldDelimiter', 'L*=='],
  ])('%s %j is refused', (member, value) => {
    expect(codeOf(() => csvIn({ [member]: value }))).toBe('InvalidArgument');
  });

  it('may not be mistaken for each other', () => {
    expect(codeOf(() => csvIn({ fieldDelimiter: '"' }))).toBe('InvalidArgument');
    expect(codeOf(() => csvIn({ recordDelimiter: ',' }))).toBe('InvalidArgument');
    expect(codeOf(() => csvOut({ recordDelimiter: '",' }))).toBe('InvalidArgument');
  });

  it('make the default comment character give way', () => {
    expect(csvIn({ fieldDelimiter: '#' }).comment).toBeUndefined();
    expect(csvIn({ fieldDelimiter: '#', commentCharacter: '//' }).comment).toBe('//');
  });
});

describe('a bad BOS request', () => {
  const raw = (bytes: Buffer | string): string =>
    codeOf(() => readBosRequest({ object, type: 'csv', body: Buffer.from(bytes as string) }));

  it.each([
    ['', 'MalformedJSON'],
    ['{', 'MalformedJSON'],
    ['<a/>', 'MalformedJSON'],
    ['[]', 'InappropriateJSON'],
    ['null', 'InappropriateJSON'],
    ['{}', 'InappropriateJSON'],
    ['{"selectRequest":[]}', 'InappropriateJSON'],
    ['{"selectRequest":{}}', 'InappropriateJSON'],
    [`${'['.repeat(60_000)}${']'.repeat(60_000)}`, 'InappropriateJSON'],
  ])('%.40s is %s', (text, code) => {
    expect(raw(text)).toBe(code);
  });

  it('of other bytes than UTF-8', () => {
    expect(raw(Buffer.from([0x22, 0xff, 0x22]))).toBe('InvalidHTTPRequest');
  });

  it.each([
    ['expression', undefined],
    ['expression', 7],
    ['expressionType', undefined],
    ['inputSerialization', undefined],
    ['inputSerialization', 'csv'],
    ['inputSerialization', { csv: [] }],
    ['inputSerialization', { csv: { fileHeaderInfo: 1 } }],
    ['outputSerialization', undefined],
    ['outputSerialization', { outputHeader: 'true' }],
    ['requestProgress', { enabled: 1 }],
  ])('with %s %j is inappropriate', (member, value) => {
    expect(codeOf(() => read(body({ [member]: value })))).toBe('InappropriateJSON');
  });

  it.each([
    // The damaged example of the API itself: 59 characters.
    ['expression', 'c2VsZWN0IGNvdW50KCopIGZyb20gbxkl2JqZWN0IHdoZXJlIF80ID4gNDU='],
    ['expression', 'SELECT * FROM BosObject'],
    ['expression', '/////w=='],
    ['expressionType', 'JSONPATH'],
    ['inputSerialization', { compressionType: 'ZIP' }],
    ['inputSerialization', { csv: { fileHeaderInfo: 'MAYBE' } }],
    ['inputSerialization', { json: { type: 'LINES' } }],
    ['outputSerialization', { csv: { quoteFields: 'NEVER' } }],
    ['outputSerialization', { csv: {}, json: {} }],
  ])('with %s %j is invalid', (member, value) => {
    expect(codeOf(() => read(body({ [member]: value })))).toBe('InvalidArgument');
  });

  it('without its type, or of another', () => {
    expect(codeOf(() => read(body(), undefined))).toBe('none');
    expect(codeOf(() => readBosRequest({ object, type: undefined, body: Buffer.from('{}') }))).toBe('InvalidArgument');
    expect(codeOf(() => read(body(), 'orc'))).toBe('InvalidArgument');
    expect(codeOf(() => read(body(), 'json'))).toBe('InappropriateJSON');
    expect(codeOf(() => read(body({ inputSerialization: { json: {} } }), 'json'))).toBe('InappropriateJSON');
    expect(codeOf(() => read(body({ inputSerialization: { json: { type: 'ROWS' } } }), 'json'))).toBe(
      'InvalidArgument',
    );
  });

  it('of an expression over 16 KiB', () => {
    const long = (bytes: number): Json => body({ expression: base64(SQL.padEnd(bytes)) });
    expect(codeOf(() => read(long(16_384)))).toBe('none');
    expect(codeOf(() => read(long(16_385)))).toBe('ExpressionTooLong');
    expect(codeOf(() => read(long(60_000)))).toBe('ExpressionTooLong');
  });

  it('is always refused by code, whatever it is', () => {
    const members = fc.dictionary(
      fc.constantFrom(
        'csv',
        'json',
        'type',
        'compressionType',
        'fileHeaderInfo',
        'recordDelimiter',
        'fieldDelimiter',
        'quoteCharacter',
        'commentCharacter',
        'quoteFields',
        'outputHeader',
        'location',
        'bucket',
        'key',
        'mode',
        'enabled',
        '__proto__',
      ),
      fc.oneof(fc.jsonValue(), fc.constantFrom('USE', 'LINES', 'GZIP', ',', 'LA==', 'Cg==', '\\t', true)),
    );
    const nested = fc.dictionary(
      fc.constantFrom('csv', 'json', 'location', 'compressionType', 'outputHeader', 'enabled'),
      fc.oneof(members, fc.jsonValue()),
    );
    const select = fc.record(
      {
        expression: fc.oneof(fc.string().map(base64), fc.string(), fc.jsonValue()),
        expressionType: fc.constantFrom('SQL', 'sql', 'X', null, 3),
        inputSerialization: fc.oneof(nested, fc.jsonValue()),
        outputSerialization: fc.oneof(nested, fc.jsonValue()),
        requestProgress: fc.oneof(nested, fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(select, fc.constantFrom('csv', 'json', 'parquet', 'x'), (value, type) => {
        codeOf(() => read(value as Json, type));
      }),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void raw(Buffer.from(bytes))),
      { numRuns: 400 },
    );
  });
});
