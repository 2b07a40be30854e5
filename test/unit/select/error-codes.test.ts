/** Every code that select may answer with is met by some test: those of statements and data here, those of requests where requests are made. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ObjectStoreError } from '../../../src/objects/store.ts';
import { SELECT_ERRORS, type SelectErrorCode } from '../../../src/select/errors.ts';
import { selectErrorOf } from '../../../src/select/fault.ts';
import { SELECT_LIMITS, type SelectDialect } from '../../../src/select/requests/request.ts';
import { SqlError } from '../../../translators/errors.ts';
import { CSV, DOCUMENT, LINES, outcome, type Run } from './kit.ts';

const PEOPLE = 'name,age,NAME\nDale,33,x\n';
const USE = { ...CSV, fileHeaderInfo: 'USE' } as const;
const sql = (statement: string): Partial<Run> => ({ sql: statement });
const value = (expression: string): Partial<Run> => sql(`SELECT ${expression} FROM S3Object`);

const RUNS: readonly (readonly [SelectErrorCode, Partial<Run>])[] = [
  ['InvalidCompressionFormat', { more: { compression: 'GZIP' } }],
  ['ExpressionTooLong', value(`'${'x'.repeat(256 * 1024)}'`)],
  ['InvalidScanRange', { input: LINES, more: { scanRange: { start: 100, end: undefined } } }],
  ['UnsupportedScanRangeInput', { input: DOCUMENT, more: { scanRange: { start: 0, end: undefined } } }],
  ['UnsupportedFunction', value("read_text('/etc/passwd')")],
  ['CSVParsingError', { object: 'a,"b\n' }],
  ['JSONParsingError', { object: '{"a":}\n', input: LINES }],
  ['ParquetParsingError', { input: { kind: 'parquet' } }],
  ['TruncatedInput', { object: gzipSync(PEOPLE).subarray(0, 20), more: { compression: 'GZIP' } }],
  ['InvalidTextEncoding', { object: Buffer.from([97, 0xff, 10]) }],
  ['OverMaxRecordSize', { object: 'x'.repeat(3 << 20) }],
  ['OverMaxColumn', { object: `${'a,'.repeat(1000)}a\n`, more: { dialect: 'bos', limits: SELECT_LIMITS.bos } }],
  ['ColumnTooLong', { object: `${'n'.repeat(1025)}\n1\n`, input: USE }],
  ['MissingHeaders', { sql: 'SELECT other FROM S3Object', input: USE }],
  ['AmbiguousFieldName', { sql: 'SELECT name FROM S3Object', input: USE }],
  ['AmbiguousFieldName', { sql: 'SELECT s.ab FROM S3Object s', object: '{"Ab":1,"aB":2}', input: LINES }],
  ['InvalidColumnIndex', value('_0')],
  ['LexerInvalidChar', value('~1')],
  ['LexerInvalidLiteral', value('1a')],
  ['LexerInvalidIONLiteral', value('`2010-13T`')],
  ['ParseEmptySelect', sql('SELECT FROM S3Object')],
  ['ParseSelectMissingFrom', sql('SELECT *')],
  ['ParseUnexpectedToken', sql("SELECT * FROM read_csv('/etc/passwd')")],
  ['ParseUnexpectedOperator', value('/ 2')],
  ['ParseUnexpectedTerm', sql('SELECT * FROM S3Object; DROP TABLE x')],
  ['ParseUnsupportedSyntax', sql('COPY S3Object TO x')],
  ['ParseUnsupportedSelect', value('DISTINCT _1')],
  ['ParseUnsupportedAlias', value('* AS x')],
  ['ParseUnsupportedLiteralsGroupBy', sql('SELECT _1 FROM S3Object GROUP BY _1')],
  ['ParseUnsupportedCallWithStar', value('SUM(*)')],
  ['ParseMalformedJoin', sql('SELECT * FROM S3Object a JOIN S3Object b ON a._1 = b._1')],
  ['ParseInvalidPathComponent', { sql: 'SELECT s.a[b] FROM S3Object s', object: '{}', input: LINES }],
  ['ParseExpectedKeyword', value('CAST(_1 INT)')],
  ['ParseExpectedNumber', sql('SELECT * FROM S3Object LIMIT -1')],
  ['ParseExpectedDatePart', value('DATE_ADD(week, 2, `2010T`)')],
  ['ParseExpectedTypeName', value('CAST(1 AS BLOB)')],
  ['ParseExpectedExpression', sql('SELECT * FROM S3Object WHERE')],
  ['ParseExpectedArgumentDelimiter', value('LOWER(_1')],
  ['ParseExpectedLeftParenAfterCast', value('CAST _1 AS INT')],
  ['ParseExpectedRightParenBuiltinFunctionCall', value("TRIM(LEADING 'x' FROM _1")],
  ['ParseExpectedIdentForAlias', value('1 AS')],
  ['ParseCastArity', value('CAST(_1, _2)')],
  ['ParseCannotMixSqbAndWildcardInSelectList', { sql: 'SELECT s.a[*] FROM S3Object s', object: '{}', input: LINES }],
  ['UnsupportedSyntax', value('COUNT(DISTINCT _1)')],
  ['UnsupportedSqlStructure', sql('SELECT * FROM (SELECT 1)')],
  ['CastFailed', value('CAST(_1 AS INT)')],
  ['InvalidCast', value('CAST(1 AS TIMESTAMP)')],
  ['InvalidDataType', value("CAST('x' AS DECIMAL(39,1))")],
  ['IncorrectSqlFunctionArgumentType', sql('SELECT * FROM S3Object WHERE _1')],
  ['LikeInvalidInputs', value("1 LIKE '1'")],
  ['IntegerOverflow', value('9223372036854775807 + 1')],
  ['EvaluatorInvalidArguments', value('1 / 0')],
  ['EvaluatorInvalidTimestampFormatPattern', value("TO_STRING(`2010T`, 'q')")],
  ['EvaluatorTimestampFormatPatternDuplicateFields', value("TO_STRING(`2010T`, 'yyyy yy')")],
  ['EvaluatorTimestampFormatPatternHourClockAmPmMismatch', value("TO_STRING(`2010T`, 'hh:mm')")],
  ['EvaluatorUnterminatedTimestampFormatPatternToken', value("TO_STRING(`2010T`, 'yyyy ''x')")],
  ['DataSourcePathUnsupported', sql('SELECT * FROM S3Object[*].a')],
  ['BadTableName', sql('SELECT * FROM "/etc/passwd"')],
  ['InvalidTableAlias', value('x.*')],
  ['MultipleDataSourcesUnsupported', sql('SELECT * FROM S3Object a, S3Object b')],
];

/** Failures of what select stands on. */
const FAULTS: readonly (readonly [SelectErrorCode, Error, SelectDialect])[] = [
  ['ParseSelectFailure', new SqlError('syntax', 'x'), 's3'],
  ['UnsupportedSqlOperation', new SqlError('notAQuery', 'x'), 's3'],
  ['EvaluatorBindingDoesNotExist', new SqlError('unknownField', 'x'), 's3'],
  ['IllegalSqlFunctionArgument', new SqlError('evaluation', 'x'), 's3'],
  ['SlowDown', new SqlError('tooManyRequests', 'x'), 's3'],
  ['ServiceUnavailable', new SqlError('clusterUnreachable', 'x'), 'bos'],
  ['Busy', new SqlError('clusterUnreachable', 'x'), 's3'],
  ['NoSuchBucket', new ObjectStoreError('noSuchBucket', 'x'), 'bos'],
  ['NoSuchKey', new ObjectStoreError('noSuchKey', 'x'), 'bos'],
  ['InvalidURI', new ObjectStoreError('badName', 'x'), 'bos'],
  ['PreconditionFailed', new ObjectStoreError('changed', 'x'), 's3'],
  ['InternalError', new ObjectStoreError('failed', 'x'), 'bos'],
];

/** Codes of requests, by the suite that makes them. */
const ELSEWHERE: Readonly<Record<string, readonly SelectErrorCode[]>> = {
  '../http/select-routes.test.ts': [
    'AccessDenied',
    'InvalidAccessKeyId',
    'SignatureDoesNotMatch',
    'RequestExpired',
    'RequestTimeTooSkewed',
    'InvalidHTTPAuthHeader',
    'MethodNotAllowed',
  ],
  '../http/select-streaming.test.ts': ['RequestTimeout', 'EntityTooLarge'],
  './bos-request.test.ts': ['InvalidHTTPRequest', 'MalformedJSON', 'InappropriateJSON', 'InvalidArgument'],
  './s3-request.test.ts': [
    'MalformedXML',
    'MissingRequiredParameter',
    'InvalidRequestParameter',
    'InvalidExpressionType',
    'InvalidFileHeaderInfo',
    'InvalidJsonType',
    'InvalidQuoteFields',
    'ObjectSerializationConflict',
  ],
};

describe('the code of a statement or of data', () => {
  it.each(RUNS)('%s', async (code, run) => {
    expect(await outcome({ sql: 'SELECT * FROM S3Object', object: PEOPLE, ...run })).toBe(`!${code}`);
  });

  it.each(FAULTS)('%s, of %s in %s', (code, error, dialect) => {
    expect(selectErrorOf(error, dialect)?.code).toBe(code);
  });

  it('has a test, whichever it is', () => {
    const elsewhere = Object.entries(ELSEWHERE).flatMap(([file, codes]) => {
      const text = readFileSync(new URL(file, import.meta.url), 'utf8');
      return codes.filter((code) => new RegExp(`\\b${code}\\b`).test(text));
    });
    const met = new Set<string>([...RUNS, ...FAULTS].map(([code]) => code).concat(elsewhere));
    expect(Object.keys(SELECT_ERRORS).filter((code) => !met.has(code))).toEqual([]);
  });
});
