/** The S3 body: what boto3 and AWS's JavaScript SDK send, the four traps of its XML, and every way to get it wrong. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SelectError } from '../../../src/select/errors.ts';
import type { CsvInput, CsvOutput, SelectRequest } from '../../../src/select/requests/request.ts';
import { readS3Request } from '../../../src/select/requests/s3-request.ts';

const object = { bucket: 'demo', key: 'people.csv' };

function readBytes(body: Buffer, more: { location?: string; mode?: string; header?: string } = {}): SelectRequest {
  const { location, mode, header } = more;
  return readS3Request({ object, selectType: '2', location, mode, header, body });
}

interface Parts {
  readonly expression?: string;
  readonly type?: string;
  readonly input?: string;
  readonly output?: string;
  readonly more?: string;
}

const xml = ({
  expression = '<Expression>SELECT * FROM S3Object</Expression>',
  type = '<ExpressionType>SQL</ExpressionType>',
  input = '<InputSerialization><CSV/></InputSerialization>',
  output = '<OutputSerialization><CSV/></OutputSerialization>',
  more = '',
}: Parts = {}): string =>
  `<SelectObjectContentRequest>${expression}${type}${input}${output}${more}</SelectObjectContentRequest>`;

const read = (parts: Parts): SelectRequest => readBytes(Buffer.from(xml(parts)));
const csvIn = (content: string): CsvInput =>
  read({ input: `<InputSerialization><CSV>${content}</CSV></InputSerialization>` }).input as CsvInput;
const csvOut = (content: string): CsvOutput =>
  read({ output: `<OutputSerialization><CSV>${content}</CSV></OutputSerialization>` }).output as CsvOutput;

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof SelectError) return error.code;
    throw error;
  }
  return 'none';
}

describe('an S3 request', () => {
  it('is read as boto3 sends it', () => {
    const recorded =
      '<SelectObjectContentRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Expression>SELECT * FROM S3Object LIMIT 2</Expression><ExpressionType>SQL</ExpressionType><InputSerialization><CSV><FileHeaderInfo>IGNORE</FileHeaderInfo></CSV><CompressionType>NONE</CompressionType></InputSerialization><OutputSerialization><CSV /></OutputSerialization></SelectObjectContentRequest>';
    expect(readBytes(Buffer.from(recorded))).toEqual({
      dialect: 's3',
      expression: 'SELECT * FROM S3Object LIMIT 2',
      object,
      input: {
        kind: 'csv',
        fileHeaderInfo: 'IGNORE',
        recordDelimiter: '\n',
        fieldDelimiter: ',',
        quote: '"',
        quoteEscape: '"',
        comment: '#',
        allowQuotedRecordDelimiter: false,
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
      limits: expect.objectContaining({ expressionBytes: 262_144, recordBytes: 1_048_576 }),
    });
  });

  it("is read as AWS's JavaScript SDK sends it", () => {
    const recorded = `<?xml version="1.0" encoding="UTF-8"?><SelectObjectContentRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Expression>SELECT s.name FROM S3Object s WHERE s.city = &apos;Orick&apos; AND 1 &lt; 2</Expression><ExpressionType>SQL</ExpressionType><InputSerialization><CSV><RecordDelimiter>&#x0A;</RecordDelimiter></CSV></InputSerialization><OutputSerialization><CSV><QuoteFields>ALWAYS</QuoteFields><RecordDelimiter>&#x0D;&#x0A;</RecordDelimiter><FieldDelimiter>\t</FieldDelimiter></CSV></OutputSerialization></SelectObjectContentRequest>`;
    expect(readBytes(Buffer.from(recorded))).toMatchObject({
      expression: "SELECT s.name FROM S3Object s WHERE s.city = 'Orick' AND 1 < 2",
      input: { recordDelimiter: '\n' },
      output: { quoteFields: 'ALWAYS', recordDelimiter: '\r\n', fieldDelimiter: '\t' },
    });
  });

  it.each([
    [' ', ' '],
    ['&#9;', '\t'],
    ['&amp;', '&'],
    ['<![CDATA[<]]>', '<'],
    ['&#x1F600;', '😀'],
    ['&#1;', '\u0001'],
  ])('keeps the field delimiter %j', (sent, meant) => {
    expect(csvIn(`<FieldDelimiter>${sent}</FieldDelimiter>`).fieldDelimiter).toBe(meant);
  });

  it('keeps a raw CR LF, also in CDATA and in the expression', () => {
    expect(csvIn('<RecordDelimiter>\r\n</RecordDelimiter>').recordDelimiter).toBe('\r\n');
    expect(csvOut('<RecordDelimiter><![CDATA[\r\n]]></RecordDelimiter>').recordDelimiter).toBe('\r\n');
    expect(csvIn('<RecordDelimiter>\r</RecordDelimiter>').recordDelimiter).toBe('\r');
    expect(read({ expression: '<Expression>SELECT 1\r\nFROM S3Object</Expression>' }).expression).toBe(
      'SELECT 1\r\nFROM S3Object',
    );
  });

  it('may be laid out over lines, with prefixes, comments and a byte-order mark', () => {
    const laid = `\ufeff<?xml version="1.0"?>\r\n<s:SelectObjectContentRequest\r\n  xmlns:s="x">\r\n  <!-- hello > -->\r\n  <s:Expression>SELECT 1 FROM S3Object</s:Expression>
  <s:ExpressionType>SQL</s:ExpressionType>
  <s:InputSerialization>\n<s:JSON>\n<s:Type>LINES</s:Type></s:JSON>\n</s:InputSerialization>
  <s:OutputSerialization><s:JSON></s:JSON></s:OutputSerialization></s:SelectObjectContentRequest>\n`;
    expect(readBytes(Buffer.from(laid))).toMatchObject({
      expression: 'SELECT 1 FROM S3Object',
      input: { kind: 'json', type: 'LINES' },
      output: { kind: 'json', recordDelimiter: '\n' },
    });
  });

  it('takes enumerations and booleans in any case', () => {
    const input = csvIn(
      '<FileHeaderInfo>Use</FileHeaderInfo><AllowQuotedRecordDelimiter>TRUE</AllowQuotedRecordDelimiter>',
    );
    expect(input).toMatchObject({ fileHeaderInfo: 'USE', allowQuotedRecordDelimiter: true });
    const more = '<RequestProgress><Enabled>FALSE</Enabled></RequestProgress>';
    expect(read({ more }).progress).toBe(false);
    expect(read({ more: more.replace('FALSE', 'True') }).progress).toBe(true);
  });

  it('can turn quotes and comments off by an empty element', () => {
    expect(csvIn('<QuoteCharacter/><Comments></Comments>')).toMatchObject({ quote: undefined, comment: undefined });
    expect(csvIn('<QuoteEscapeCharacter>\\</QuoteEscapeCharacter>').quoteEscape).toBe('\\');
  });

  it('reads parquet and compressed text', () => {
    const of = (content: string) => read({ input: `<InputSerialization>${content}</InputSerialization>` });
    expect(of('<Parquet/>')).toMatchObject({ input: { kind: 'parquet' }, compression: 'NONE' });
    expect(of('<CompressionType>BZIP2</CompressionType><CSV/>').compression).toBe('BZIP2');
    const both = '<CompressionType>GZIP</CompressionType><Parquet/>';
    expect(codeOf(() => of(both))).toBe('InvalidCompressionFormat');
  });

  it.each([
    ['<Start>5</Start><End>9</End>', { start: 5, end: 9 }],
    ['<Start>5</Start>', { start: 5, end: undefined }],
    ['<End>9</End>', { start: undefined, end: 9 }],
    ['<Start>9</Start><End>5</End>', 'InvalidScanRange'],
    ['<Start>-1</Start>', 'InvalidScanRange'],
    ['<Start>1e3</Start>', 'InvalidScanRange'],
    ['<Start>99999999999999999999</Start>', 'InvalidScanRange'],
    ['', 'InvalidScanRange'],
    ['<Begin>1</Begin>', 'MalformedXML'],
  ])('has the scan range %s', (content, expected) => {
    const act = () => read({ more: `<ScanRange>${content}</ScanRange>` });
    if (typeof expected === 'string') expect(codeOf(act)).toBe(expected);
    else expect(act().scanRange).toEqual(expected);
  });

  it.each([
    '<CSV/><CompressionType>GZIP</CompressionType>',
    '<CSV><AllowQuotedRecordDelimiter>true</AllowQuotedRecordDelimiter></CSV>',
    '<JSON><Type>DOCUMENT</Type></JSON>',
  ])('has no scan range over %s', (content) => {
    const input = `<InputSerialization>${content}</InputSerialization>`;
    const more = '<ScanRange><Start>0</Start></ScanRange>';
    expect(codeOf(() => read({ input, more }))).toBe('UnsupportedScanRangeInput');
  });

  it('names a place for its result by header', () => {
    const at = (location: string, mode?: string) => readBytes(Buffer.from(xml()), { location, ...(mode && { mode }) });
    expect(at('s3://out/a/b%20c.csv').location).toEqual({ bucket: 'out', key: 'a/b c.csv', mode: 'ErrorIfExists' });
    expect(at('bos://out/k', 'OVERWRITE').location?.mode).toBe('Overwrite');
    for (const bad of ['out/k', 's3://out', 's3:///k', 's3://out/%ff', 'file:///etc/passwd']) {
      expect(codeOf(() => at(bad))).toBe('InvalidRequestParameter');
    }
    expect(codeOf(() => at('s3://out/k', 'Append'))).toBe('InvalidRequestParameter');
    expect(readBytes(Buffer.from(xml()), { header: 'true' }).output).toMatchObject({ header: true });
  });
});

describe('a bad S3 request', () => {
  const of = (body: string | Buffer): string => codeOf(() => readBytes(Buffer.from(body as string)));

  it.each([
    ['nothing', ''],
    ['text', 'SELECT'],
    ['JSON', '{}'],
    ['an open element', '<SelectObjectContentRequest>'],
    ['crossed elements', '<SelectObjectContentRequest><a><b></a></b></SelectObjectContentRequest>'],
    ['another root', '<Delete/>'],
    ['two roots', `${xml()}${xml()}`],
    ['an unknown element', xml({ more: '<Extra/>' })],
    [
      'a misspelt element',
      xml({ input: '<InputSerialization><CSV><FileHeaderInf>USE</FileHeaderInf></CSV></InputSerialization>' }),
    ],
    ['an element twice', xml({ more: '<ExpressionType>SQL</ExpressionType>' })],
    ['text among elements', xml({ more: 'x' })],
    ['elements in text', xml({ expression: '<Expression><b/></Expression>' })],
    ['an unknown entity', xml({ expression: '<Expression>&nbsp;</Expression>' })],
    ['a bad reference', xml({ expression: '<Expression>&#xD800;</Expression>' })],
    ['U+FFFF', xml({ expression: '<Expression>\uffff</Expression>' })],
    ['a document type', `<!DOCTYPE a [<!ENTITY e "x">]>${xml({ expression: '<Expression>&e;</Expression>' })}`],
    ['an entity of a file', `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${xml()}`],
    ['depth', `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`],
    ['other bytes than UTF-8', Buffer.from([0x3c, 0xff, 0x3e])],
  ])('of %s is malformed', (_name, body) => {
    expect(of(body)).toBe('MalformedXML');
  });

  it.each([
    ['Expression', xml({ expression: '' })],
    ['ExpressionType', xml({ type: '' })],
    ['InputSerialization', xml({ input: '' })],
    ['OutputSerialization', xml({ output: '' })],
  ])('without %s lacks a parameter', (_name, body) => {
    expect(of(body)).toBe('MissingRequiredParameter');
  });

  it.each([
    ['<InputSerialization/>', 'ObjectSerializationConflict'],
    ['<InputSerialization><CSV/><Parquet/></InputSerialization>', 'ObjectSerializationConflict'],
    ['<InputSerialization><JSON/></InputSerialization>', 'InvalidJsonType'],
    ['<InputSerialization><JSON><Type>ROWS</Type></JSON></InputSerialization>', 'InvalidJsonType'],
    [
      '<InputSerialization><CSV/><CompressionType>ZIP</CompressionType></InputSerialization>',
      'InvalidCompressionFormat',
    ],
    [
      '<InputSerialization><CSV><FileHeaderInfo>YES</FileHeaderInfo></CSV></InputSerialization>',
      'InvalidFileHeaderInfo',
    ],
    [
      '<InputSerialization><CSV><FieldDelimiter>ab</FieldDelimiter></CSV></InputSerialization>',
      'InvalidRequestParameter',
    ],
    ['<InputSerialization><CSV><FieldDelimiter/></CSV></InputSerialization>', 'InvalidRequestParameter'],
    [
      '<InputSerialization><CSV><RecordDelimiter>abc</RecordDelimiter></CSV></InputSerialization>',
      'InvalidRequestParameter',
    ],
    [
      '<InputSerialization><CSV><FieldDelimiter>"</FieldDelimiter></CSV></InputSerialization>',
      'InvalidRequestParameter',
    ],
    ['<InputSerialization><CSV><AllowQuotedRecordDelimiter/></CSV></InputSerialization>', 'InvalidRequestParameter'],
  ])('with the input %s', (input, code) => {
    expect(of(xml({ input }))).toBe(code);
  });

  it('with bad output, type or expression', () => {
    const output = (content: string) => xml({ output: `<OutputSerialization>${content}</OutputSerialization>` });
    expect(of(output('<CSV/><JSON/>'))).toBe('ObjectSerializationConflict');
    expect(of(output(''))).toBe('ObjectSerializationConflict');
    expect(of(output('<CSV><QuoteFields>NEVER</QuoteFields></CSV>'))).toBe('InvalidQuoteFields');
    expect(of(xml({ type: '<ExpressionType>XPATH</ExpressionType>' }))).toBe('InvalidExpressionType');
    const expression = (bytes: number) => `<Expression>${'SELECT'.padEnd(bytes)}</Expression>`;
    expect(of(xml({ expression: expression(262_144) }))).toBe('none');
    expect(of(xml({ expression: expression(262_145) }))).toBe('ExpressionTooLong');
  });

  it('with another select-type', () => {
    const parts = { object, location: undefined, mode: undefined, header: undefined, body: Buffer.from(xml()) };
    expect(codeOf(() => readS3Request({ ...parts, selectType: '1' }))).toBe('InvalidRequestParameter');
  });

  it('is always refused by code, whatever it is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<CSV>',
        '</CSV>',
        '<CSV/>',
        '<JSON>',
        '</JSON>',
        '<Type>',
        '</Type>',
        '&#10;',
        '&',
        '<',
        '>',
        ']]>',
        '<![CDATA[',
        '<!--',
        '-->',
        '<?',
        '?>',
        '\r\n',
        '"',
        "'",
        ' a="b"',
        '<Expression>',
        '</Expression>',
        '<InputSerialization>',
        '</InputSerialization>',
        '<SelectObjectContentRequest>',
        '</SelectObjectContentRequest>',
        '<__proto__/>',
        '<constructor>',
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void of(pieces.join(''))),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => void of(xml({ more: pieces.join('') }))),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void of(Buffer.from(bytes))),
      { numRuns: 500 },
    );
  });

  it('gives every delimiter back that XML can carry', () => {
    const reference = (text: string): string => [...text].map((c) => `&#x${c.codePointAt(0)!.toString(16)};`).join('');
    const delimiter = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 1 })
      .filter((text) => [...text].length === 1 && !['"', '\n', '\r', '\0', '\uffff'].includes(text));
    fc.assert(
      fc.property(delimiter, (text) => {
        expect(csvIn(`<FieldDelimiter>${reference(text)}</FieldDelimiter>`).fieldDelimiter).toBe(text);
      }),
    );
  });
});
