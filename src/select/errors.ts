/** The one table of select errors, for both protocols: code, status and what it means (bos-select 5, s3-select 6). */

interface ErrorRow {
  readonly status: number;
  readonly meaning: string;
}

const bad = (meaning: string): ErrorRow => ({ status: 400, meaning });

export const SELECT_ERRORS = {
  // Who asks, and for what.
  AccessDenied: { status: 403, meaning: 'The key may not do this with this bucket, or there is no key.' },
  InvalidAccessKeyId: { status: 403, meaning: 'There is no such key.' },
  SignatureDoesNotMatch: { status: 403, meaning: 'The signature is not that of the request and the secret.' },
  RequestExpired: { status: 400, meaning: "The signature's time is over (BOS)." },
  RequestTimeTooSkewed: { status: 403, meaning: "The request's time is too far from the server's (S3)." },
  InvalidHTTPAuthHeader: bad('The authorization cannot be read.'),
  NoSuchBucket: { status: 404, meaning: 'There is no such bucket.' },
  NoSuchKey: { status: 404, meaning: 'There is no such object.' },
  MethodNotAllowed: { status: 405, meaning: 'Select is a POST.' },
  RequestTimeout: bad('The body of the request did not arrive in time.'),
  PreconditionFailed: { status: 412, meaning: 'The object changed while it was read, or the target is there already.' },
  EntityTooLarge: bad('The body of the request is too large.'),
  InternalError: { status: 500, meaning: 'A fault of this server; its log has more.' },
  ServiceUnavailable: { status: 503, meaning: 'Object storage or the cluster does not answer (BOS).' },
  Busy: { status: 503, meaning: 'Object storage or the cluster does not answer (S3).' },
  SlowDown: { status: 503, meaning: 'Too many requests at the same time.' },

  // The request.
  InvalidURI: bad('The path names no object.'),
  InvalidHTTPRequest: bad('The body is not UTF-8.'),
  MalformedJSON: bad('The body is not JSON.'),
  InappropriateJSON: bad('A member that is needed is missing, or has the wrong type.'),
  InvalidArgument: bad('A value that is not allowed: type, enumeration, delimiter, base64, limit.'),
  MalformedXML: bad('The body is not XML, or not that of a select.'),
  MissingRequiredParameter: bad('An element that is needed is missing.'),
  InvalidRequestParameter: bad('A value that is not allowed.'),
  InvalidExpressionType: bad('The only type of expression is SQL.'),
  InvalidFileHeaderInfo: bad('FileHeaderInfo is NONE, IGNORE or USE.'),
  InvalidJsonType: bad('The type of JSON is DOCUMENT or LINES.'),
  InvalidQuoteFields: bad('QuoteFields is ALWAYS or ASNEEDED.'),
  InvalidCompressionFormat: bad('Compression that is unknown, or data that is not so compressed.'),
  ObjectSerializationConflict: bad('Exactly one format of input and one of output.'),
  ExpressionTooLong: bad('The expression is too long.'),
  InvalidScanRange: bad('The scan range is no range of the object.'),
  UnsupportedScanRangeInput: bad('A scan range of an input that cannot be read in parts.'),
  UnsupportedFunction: bad('There is no such function.'),

  // The data.
  CSVParsingError: bad('The csv cannot be read.'),
  JSONParsingError: bad('The JSON cannot be read.'),
  ParquetParsingError: bad('The parquet file cannot be read.'),
  TruncatedInput: bad('The data ends in the middle.'),
  InvalidTextEncoding: bad('The text is not UTF-8.'),
  OverMaxRecordSize: bad('A record is too long.'),
  OverMaxColumn: bad('Too many columns.'),
  ColumnTooLong: bad('A field is too long.'),
  MissingHeaders: bad('A column of the expression is not in the header line.'),
  AmbiguousFieldName: bad('Several columns have the name.'),
  InvalidColumnIndex: bad('There is no column of the number.'),

  // Lexing and parsing.
  LexerInvalidChar: bad('A character that SQL does not know.'),
  LexerInvalidLiteral: bad('A literal that cannot be read.'),
  LexerInvalidIONLiteral: bad('A timestamp literal that cannot be read.'),
  ParseSelectFailure: bad('The expression cannot be read.'),
  ParseEmptySelect: bad('The list of SELECT is empty.'),
  ParseSelectMissingFrom: bad('FROM is missing.'),
  ParseUnexpectedToken: bad('Something else was expected.'),
  ParseUnexpectedOperator: bad('An operator where there must be none.'),
  ParseUnexpectedTerm: bad('A term where there must be none.'),
  ParseUnsupportedSyntax: bad('Syntax that select does not support.'),
  ParseUnsupportedSelect: bad('A SELECT of a form that is not supported.'),
  ParseUnsupportedAlias: bad('An alias where there must be none.'),
  ParseUnsupportedLiteralsGroupBy: bad('GROUP BY is not supported over objects.'),
  ParseUnsupportedCallWithStar: bad('Only COUNT takes *.'),
  ParseMalformedJoin: bad('JOIN is not supported over objects.'),
  ParseInvalidPathComponent: bad('A path that cannot be read.'),
  ParseExpectedKeyword: bad('A keyword was expected.'),
  ParseExpectedNumber: bad('A number was expected.'),
  ParseExpectedDatePart: bad('A part of a date was expected.'),
  ParseExpectedTypeName: bad('The name of a type was expected.'),
  ParseExpectedExpression: bad('An expression was expected.'),
  ParseExpectedArgumentDelimiter: bad('A comma was expected.'),
  ParseExpectedLeftParenAfterCast: bad('CAST wants a parenthesis.'),
  ParseExpectedRightParenBuiltinFunctionCall: bad('The call of a function is not closed.'),
  ParseExpectedIdentForAlias: bad('AS wants a name.'),
  ParseCastArity: bad('CAST takes one value.'),
  ParseCannotMixSqbAndWildcardInSelectList: bad('Brackets and * in one path of the list.'),
  UnsupportedSyntax: bad('Syntax that is not supported.'),
  UnsupportedSqlOperation: bad('An operation that is not supported.'),
  UnsupportedSqlStructure: bad('A statement of a form that is not supported.'),

  // Evaluating.
  CastFailed: bad('A value is not of the type that CAST wants.'),
  InvalidCast: bad('There is no CAST between these types.'),
  InvalidDataType: bad('The type is unknown.'),
  IncorrectSqlFunctionArgumentType: bad('A function was called with a wrong type.'),
  IllegalSqlFunctionArgument: bad('A function was called with a wrong value or number of them.'),
  LikeInvalidInputs: bad('LIKE wants text, and an ESCAPE of one character.'),
  IntegerOverflow: bad('A whole number does not fit in 64 bits.'),
  EvaluatorInvalidArguments: bad('A function was called with a wrong number of arguments.'),
  EvaluatorInvalidTimestampFormatPattern: bad('The pattern of a timestamp cannot be read.'),
  EvaluatorTimestampFormatPatternDuplicateFields: bad('The pattern names a field twice.'),
  EvaluatorTimestampFormatPatternHourClockAmPmMismatch: bad('Hours of 12 without AM or PM, or hours of 24 with it.'),
  EvaluatorUnterminatedTimestampFormatPatternToken: bad('Quoted text of the pattern is not closed.'),
  EvaluatorBindingDoesNotExist: bad('There is no such name.'),
  DataSourcePathUnsupported: bad('A path of FROM that this input does not have.'),
  BadTableName: bad('There is no such table or index.'),
  InvalidTableAlias: bad('A name that belongs to no table of FROM.'),
  MultipleDataSourcesUnsupported: bad('FROM takes one source.'),
} as const satisfies Readonly<Record<string, ErrorRow>>;

export type SelectErrorCode = keyof typeof SELECT_ERRORS;

export class SelectError extends Error {
  readonly status: number;

  /** `message` says what was wrong, and where; without one it is the meaning of the code. */
  constructor(
    readonly code: SelectErrorCode,
    message: string = SELECT_ERRORS[code].meaning,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SelectError';
    this.status = SELECT_ERRORS[code].status;
  }
}
