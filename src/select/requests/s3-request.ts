/** Reads the XML body of an S3 SelectObjectContent request (s3-select 1): every element checked, none passed over. */

import { SelectError, type SelectErrorCode } from '../errors.ts';
import { characters } from './delimiter.ts';
import { CSV_DEFAULTS, conflictOf, defaultComment } from './delimiters.ts';
import {
  type Compression,
  type CsvInput,
  type CsvOutput,
  type ScanRange,
  SELECT_LIMITS,
  type SelectInput,
  type SelectLocation,
  type SelectOutput,
  type SelectRequest,
} from './request.ts';
import { parseXml, type XmlElement } from './s3-xml.ts';

const LIMITS = SELECT_LIMITS.s3;

interface S3Parts {
  readonly object: SelectRequest['object'];
  /** The `select-type` parameter of the URL. */
  readonly selectType: string | undefined;
  /** `x-select-output-location`: `s3://bucket/key`, the key percent-encoded; ours, not AWS's. */
  readonly location: string | undefined;
  /** `x-select-output-mode`. */
  readonly mode: string | undefined;
  /** `x-select-output-header`: a line of names before the first record; ours, not AWS's. */
  readonly header: string | undefined;
  readonly body: Buffer;
}

export function readS3Request(parts: S3Parts): SelectRequest {
  if (parts.selectType !== '2') throw new SelectError('InvalidRequestParameter', 'select-type must be 2.');
  const root = new Element(parseXml(parts.body));
  root.only('SelectObjectContentRequest', 'SelectRequest');
  root.allows(
    'Expression',
    'ExpressionType',
    'RequestProgress',
    'InputSerialization',
    'OutputSerialization',
    'ScanRange',
  );
  const expression = root.needed('Expression').value();
  if (Buffer.byteLength(expression) > LIMITS.expressionBytes) {
    throw new SelectError('ExpressionTooLong', `The expression may have ${LIMITS.expressionBytes} bytes.`);
  }
  oneOf(root.needed('ExpressionType').value(), ['SQL'], 'InvalidExpressionType', 'ExpressionType');
  const inputs = root.needed('InputSerialization');
  const input = readInput(inputs);
  const compression = readCompression(inputs, input);
  const progress = root.child('RequestProgress');
  progress?.allows('Enabled');
  const range = root.child('ScanRange');
  return {
    dialect: 's3',
    expression,
    object: parts.object,
    input,
    compression,
    output: readOutput(root.needed('OutputSerialization'), parts.header),
    scanRange: range === undefined ? undefined : readScanRange(range, input, compression),
    progress: progress?.child('Enabled')?.flag() ?? false,
    location: readLocation(parts.location, parts.mode),
    limits: LIMITS,
  };
}

function readInput(inputs: Element): SelectInput {
  inputs.allows('CompressionType', 'CSV', 'JSON', 'Parquet');
  const format = inputs.oneFormat('CSV', 'JSON', 'Parquet');
  switch (format.name) {
    case 'CSV':
      return readCsvInput(format);
    case 'JSON': {
      format.allows('Type');
      const type = format.child('Type')?.value() ?? '';
      return { kind: 'json', type: oneOf(type, ['DOCUMENT', 'LINES'], 'InvalidJsonType', 'JSON/Type') };
    }
    default:
      format.allows();
      return { kind: 'parquet' };
  }
}

function readCsvInput(csv: Element): CsvInput {
  csv.allows(
    'FileHeaderInfo',
    'RecordDelimiter',
    'FieldDelimiter',
    'QuoteCharacter',
    'QuoteEscapeCharacter',
    'Comments',
    'AllowQuotedRecordDelimiter',
  );
  const header = csv.child('FileHeaderInfo')?.value() ?? 'NONE';
  const delimiters = readDelimiters(csv);
  return {
    kind: 'csv',
    fileHeaderInfo: oneOf(header, ['NONE', 'IGNORE', 'USE'], 'InvalidFileHeaderInfo', 'FileHeaderInfo'),
    ...delimiters,
    comment: csv.has('Comments') ? csv.character('Comments') : defaultComment(delimiters),
    allowQuotedRecordDelimiter: csv.child('AllowQuotedRecordDelimiter')?.flag() ?? false,
  };
}

function readCompression(inputs: Element, input: SelectInput): Compression {
  const text = inputs.child('CompressionType')?.value() ?? 'NONE';
  const compression = oneOf(text, ['NONE', 'GZIP', 'BZIP2'], 'InvalidCompressionFormat', 'CompressionType');
  if (input.kind === 'parquet' && compression !== 'NONE') {
    throw new SelectError('InvalidCompressionFormat', 'Parquet has its own compression: CompressionType must be NONE.');
  }
  return compression;
}

function readOutput(outputs: Element, header: string | undefined): SelectOutput {
  outputs.allows('CSV', 'JSON');
  const format = outputs.oneFormat('CSV', 'JSON');
  if (format.name === 'JSON') {
    format.allows('RecordDelimiter');
    return { kind: 'json', recordDelimiter: format.delimiter('RecordDelimiter', 2) ?? CSV_DEFAULTS.recordDelimiter };
  }
  format.allows('QuoteFields', 'RecordDelimiter', 'FieldDelimiter', 'QuoteCharacter', 'QuoteEscapeCharacter');
  const quoteFields = format.child('QuoteFields')?.value() ?? 'ASNEEDED';
  return {
    kind: 'csv',
    quoteFields: oneOf(quoteFields, ['ALWAYS', 'ASNEEDED'], 'InvalidQuoteFields', 'QuoteFields'),
    ...readDelimiters(format),
    header: header !== undefined && flagOf(header, 'x-select-output-header'),
  };
}

function readDelimiters(csv: Element): Pick<CsvOutput, 'recordDelimiter' | 'fieldDelimiter' | 'quote' | 'quoteEscape'> {
  const quote = csv.has('QuoteCharacter') ? csv.character('QuoteCharacter') : CSV_DEFAULTS.quote;
  const delimiters = {
    recordDelimiter: csv.delimiter('RecordDelimiter', 2) ?? CSV_DEFAULTS.recordDelimiter,
    fieldDelimiter: csv.delimiter('FieldDelimiter', 1) ?? CSV_DEFAULTS.fieldDelimiter,
    quote,
    quoteEscape: csv.character('QuoteEscapeCharacter') ?? CSV_DEFAULTS.quote,
  };
  const conflict = conflictOf(delimiters);
  if (conflict !== undefined) throw new SelectError('InvalidRequestParameter', conflict);
  return delimiters;
}

function readScanRange(range: Element, input: SelectInput, compression: Compression): ScanRange {
  range.allows('Start', 'End');
  const [start, end] = ['Start', 'End'].map((name) => {
    const text = range.child(name)?.value().trim();
    if (text === undefined) return undefined;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    throw new SelectError('InvalidScanRange', `ScanRange/${name} must be a number of bytes, 0 or more.`);
  });
  if (start === undefined && end === undefined) throw new SelectError('InvalidScanRange', 'ScanRange has no limits.');
  if (start !== undefined && end !== undefined && start > end) {
    throw new SelectError('InvalidScanRange', 'ScanRange ends before it starts.');
  }
  const whole =
    compression !== 'NONE' ||
    (input.kind === 'csv' && input.allowQuotedRecordDelimiter) ||
    (input.kind === 'json' && input.type === 'DOCUMENT');
  if (whole) {
    throw new SelectError(
      'UnsupportedScanRangeInput',
      'ScanRange needs uncompressed csv without AllowQuotedRecordDelimiter, uncompressed JSON LINES, or parquet.',
    );
  }
  return { start, end };
}

function readLocation(location: string | undefined, mode: string | undefined): SelectLocation | undefined {
  if (location === undefined) return undefined;
  const match = /^(?:s3|s3a|s3n|obs|bos):\/\/([^/]+)\/(.+)$/i.exec(location.trim());
  if (match === null)
    throw new SelectError('InvalidRequestParameter', 'x-select-output-location must be s3://bucket/key.');
  let key: string;
  try {
    key = decodeURIComponent(match[2]!);
  } catch {
    throw new SelectError(
      'InvalidRequestParameter',
      'The key of x-select-output-location is not percent-encoded UTF-8.',
    );
  }
  const modes = ['ErrorIfExists', 'Overwrite'] as const;
  const chosen = oneOf(mode?.trim() ?? 'ErrorIfExists', modes, 'InvalidRequestParameter', 'x-select-output-mode');
  return { bucket: match[1]!, key, mode: chosen };
}

/** Compared without regard to case; the answer is spelled as in the list. */
function oneOf<const T extends string>(value: string, allowed: readonly T[], code: SelectErrorCode, what: string): T {
  const wanted = value.trim().toLowerCase();
  const found = allowed.find((one) => one.toLowerCase() === wanted);
  if (found !== undefined) return found;
  throw new SelectError(code, `${what} is none of ${allowed.join(', ')}.`);
}

function flagOf(text: string, what: string): boolean {
  return oneOf(text, ['true', 'false'], 'InvalidRequestParameter', what) === 'true';
}

/** An element with its path, for what is said about it. */
class Element {
  constructor(
    private readonly xml: XmlElement,
    private readonly path: string = xml.name,
  ) {}

  get name(): string {
    return this.xml.name;
  }

  only(...names: readonly string[]): void {
    if (!names.includes(this.name)) throw malformed(`The root element is ${this.name}, not ${names[0]}.`);
  }

  /** A misspelt element would be a setting lost in silence. */
  allows(...names: readonly string[]): void {
    const seen = new Set<string>();
    for (const { name } of this.xml.children) {
      if (!names.includes(name)) throw malformed(`${this.path} has no element ${name}.`);
      if (seen.has(name)) throw malformed(`${this.path} has ${name} twice.`);
      seen.add(name);
    }
    if (this.xml.text.trim() !== '') throw malformed(`${this.path} holds text.`);
  }

  has(name: string): boolean {
    return this.xml.children.some((one) => one.name === name);
  }

  child(name: string): Element | undefined {
    const found = this.xml.children.find((one) => one.name === name);
    return found === undefined ? undefined : new Element(found, `${this.path}/${name}`);
  }

  needed(name: string): Element {
    const found = this.child(name);
    if (found === undefined) throw new SelectError('MissingRequiredParameter', `${this.path}/${name} is missing.`);
    return found;
  }

  oneFormat(...names: readonly string[]): Element {
    const found = names.filter((name) => this.has(name));
    if (found.length === 1) return this.child(found[0]!)!;
    const message = `${this.path} must have one of ${names.join(', ')}; it has ${found.length}.`;
    throw new SelectError('ObjectSerializationConflict', message);
  }

  value(): string {
    if (this.xml.children.length > 0) throw malformed(`${this.path} holds elements.`);
    return this.xml.text;
  }

  flag(): boolean {
    return flagOf(this.value(), this.path);
  }

  /** Of 1 to `longest` characters; undefined when there is no such element. */
  delimiter(name: string, longest: number): string | undefined {
    const value = this.child(name)?.value();
    if (value === undefined) return undefined;
    const length = characters(value);
    if (length >= 1 && length <= longest) return value;
    const wanted = longest === 1 ? '1 character' : `1 to ${longest} characters`;
    throw new SelectError('InvalidRequestParameter', `${this.path}/${name} must have ${wanted}.`);
  }

  /** One character; undefined when the element is empty or not there. */
  character(name: string): string | undefined {
    return this.child(name)?.value() === '' ? undefined : this.delimiter(name, 1);
  }
}

const malformed = (message: string): SelectError => new SelectError('MalformedXML', message);
