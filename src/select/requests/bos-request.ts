/** Reads the JSON body of a BOS SelectObject request (bos-select 2): every member checked, unknown ones passed over. */

import { SelectError } from '../errors.ts';
import { decodeBase64, readDelimiter } from './delimiter.ts';
import { CSV_DEFAULTS, conflictOf, defaultComment } from './delimiters.ts';
import {
  type CsvInput,
  type CsvOutput,
  SELECT_LIMITS,
  type SelectInput,
  type SelectLocation,
  type SelectOutput,
  type SelectRequest,
} from './request.ts';

const LIMITS = SELECT_LIMITS.bos;

interface BosParts {
  readonly object: SelectRequest['object'];
  /** The `type` parameter of the URL. */
  readonly type: string | undefined;
  readonly body: Buffer;
}

export function readBosRequest({ object, type, body }: BosParts): SelectRequest {
  if (type === undefined)
    throw new SelectError('InvalidArgument', 'The parameter type is missing: csv, json or parquet.');
  const format = oneOf(type, ['csv', 'json', 'parquet'], 'The parameter type');
  const root = new Members(parse(body), '');
  const select = root.needed('selectRequest');
  oneOf(select.text('expressionType') ?? missing('selectRequest.expressionType'), ['SQL'], 'expressionType');
  const input = select.needed('inputSerialization');
  const output = select.needed('outputSerialization');
  return {
    dialect: 'bos',
    expression: readExpression(select),
    object,
    input: readInput(format, input),
    compression: oneOf(given(input.text('compressionType')) ?? 'NONE', ['NONE', 'GZIP', 'BZIP2'], 'compressionType'),
    output: readOutput(format, output),
    scanRange: undefined,
    progress: select.object('requestProgress')?.flag('enabled') ?? false,
    location: readLocation(output.object('location')),
    limits: LIMITS,
  };
}

function parse(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new SelectError('InvalidHTTPRequest', 'The body is not UTF-8.');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SelectError('MalformedJSON', 'The body is not JSON.', error);
  }
}

function readExpression(select: Members): string {
  const encoded = select.text('expression') ?? missing('selectRequest.expression');
  // Before decoding: four characters for three bytes.
  if (encoded.length > Math.ceil(LIMITS.expressionBytes / 3) * 4) throw tooLong();
  const expression = decodeBase64(encoded, 'expression');
  if (Buffer.byteLength(expression) > LIMITS.expressionBytes) throw tooLong();
  return expression;
}

const tooLong = (): SelectError =>
  new SelectError('ExpressionTooLong', `The expression may have ${LIMITS.expressionBytes} bytes.`);

function readInput(format: SelectInput['kind'], input: Members): SelectInput {
  const csv = input.object('csv');
  const json = input.object('json');
  const [wanted, other] = format === 'json' ? [json, csv] : [csv, json];
  if (other !== undefined && (wanted === undefined || format === 'parquet')) {
    throw new SelectError('InvalidArgument', `type is ${format}, but inputSerialization describes another format.`);
  }
  switch (format) {
    case 'csv':
      return readCsvInput(csv);
    case 'json': {
      const type = json?.text('type') ?? missing('selectRequest.inputSerialization.json.type');
      return { kind: 'json', type: oneOf(type, ['DOCUMENT', 'LINES'], 'json.type') };
    }
    case 'parquet':
      return { kind: 'parquet' };
  }
}

function readCsvInput(csv: Members | undefined): CsvInput {
  const delimiters = readDelimiters(csv);
  const comment = csv?.text('commentCharacter');
  return {
    kind: 'csv',
    fileHeaderInfo: oneOf(given(csv?.text('fileHeaderInfo')) ?? 'NONE', ['NONE', 'IGNORE', 'USE'], 'fileHeaderInfo'),
    ...delimiters,
    comment: comment === undefined ? defaultComment(delimiters) : readDelimiter(comment, 'commentCharacter', 2),
    // Delimiters and newlines inside of quotes are ordinary characters (bos-select 2).
    allowQuotedRecordDelimiter: true,
  };
}

function readOutput(format: SelectInput['kind'], output: Members): SelectOutput {
  const csv = output.object('csv');
  const json = output.object('json');
  if (csv !== undefined && json !== undefined) {
    throw new SelectError('InvalidArgument', 'outputSerialization names two formats.');
  }
  // Nested values of JSON and parquet have no place in csv, so they stay what they are.
  if (json !== undefined || (csv === undefined && format !== 'csv')) {
    const delimiter = json?.text('recordDelimiter');
    const recordDelimiter =
      delimiter === undefined ? CSV_DEFAULTS.recordDelimiter : readDelimiter(delimiter, 'json.recordDelimiter', 2);
    return { kind: 'json', recordDelimiter };
  }
  const quoteFields = oneOf(given(csv?.text('quoteFields')) ?? 'ASNEEDED', ['ALWAYS', 'ASNEEDED'], 'quoteFields');
  return { kind: 'csv', quoteFields, ...readDelimiters(csv), header: output.flag('outputHeader') ?? false };
}

function readDelimiters(
  csv: Members | undefined,
): Pick<CsvOutput, 'recordDelimiter' | 'fieldDelimiter' | 'quoteEscape'> & { readonly quote: string } {
  const read = (member: string, longest: number, fallback: string): string => {
    const value = csv?.text(member);
    return value === undefined ? fallback : readDelimiter(value, member, longest);
  };
  const quote = read('quoteCharacter', 1, CSV_DEFAULTS.quote);
  const delimiters = {
    recordDelimiter: read('recordDelimiter', 2, CSV_DEFAULTS.recordDelimiter),
    fieldDelimiter: read('fieldDelimiter', 1, CSV_DEFAULTS.fieldDelimiter),
    quote,
    quoteEscape: quote,
  };
  const conflict = conflictOf(delimiters);
  if (conflict !== undefined) throw new SelectError('InvalidArgument', conflict);
  return delimiters;
}

function readLocation(location: Members | undefined): SelectLocation | undefined {
  if (location === undefined) return undefined;
  return {
    bucket: location.text('bucket') ?? missing('outputSerialization.location.bucket'),
    key: location.text('key') ?? missing('outputSerialization.location.key'),
    mode: oneOf(given(location.text('mode')) ?? 'ErrorIfExists', ['ErrorIfExists', 'Overwrite'], 'location.mode'),
  };
}

/** Go's SDK sends empty text for what its user left out. */
const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

/** Compared without regard to case; the answer is spelled as in the list. */
function oneOf<const T extends string>(value: string, allowed: readonly T[], what: string): T {
  const found = allowed.find((one) => one.toLowerCase() === value.toLowerCase());
  if (found !== undefined) return found;
  throw new SelectError('InvalidArgument', `${what} is none of ${allowed.join(', ')}.`);
}

function missing(member: string): never {
  throw new SelectError('InappropriateJSON', `${member} is missing.`);
}

/** The members of a JSON object: null is absent, since Go's SDK sends both formats, one of them null. */
class Members {
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(
    value: unknown,
    private readonly path: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new SelectError('InappropriateJSON', `${path === '' ? 'The body' : path} is no JSON object.`);
    }
    this.values = value as Readonly<Record<string, unknown>>;
  }

  text(name: string): string | undefined {
    return this.member(name, (value) => typeof value === 'string', 'text') as string | undefined;
  }

  flag(name: string): boolean | undefined {
    return this.member(name, (value) => typeof value === 'boolean', 'true or false') as boolean | undefined;
  }

  object(name: string): Members | undefined {
    const value = this.member(name, () => true, '');
    return value === undefined ? undefined : new Members(value, this.pathOf(name));
  }

  needed(name: string): Members {
    return this.object(name) ?? missing(this.pathOf(name));
  }

  private member(name: string, fits: (value: unknown) => boolean, wanted: string): unknown {
    const value = Object.hasOwn(this.values, name) ? (this.values[name] ?? undefined) : undefined;
    if (value !== undefined && !fits(value)) {
      throw new SelectError('InappropriateJSON', `${this.pathOf(name)} must be ${wanted}.`);
    }
    return value;
  }

  private pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}
