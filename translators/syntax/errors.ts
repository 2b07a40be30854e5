/** Errors of reading a statement, with the place: line and column are 1-based, columns in characters of the text. */
export class SqlSyntaxError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(
    readonly sql: string,
    readonly offset: number,
    /** The offending text as found, or `end of query`. */
    readonly found: string,
    readonly expected: readonly string[],
    message?: string,
  ) {
    const { line, column } = position(sql, offset);
    const wanted = expected.length > 0 ? `, expected ${expected.join(' or ')}` : '';
    super(`Syntax error at line ${line}, column ${column}: ${message ?? `found ${found}${wanted}`}`);
    this.name = 'SqlSyntaxError';
    this.line = line;
    this.column = column;
  }
}

/** One of SQL over objects, which has a code for almost every kind of them (spec s3-select 6). */
export class SelectSyntaxError extends SqlSyntaxError {
  constructor(
    readonly code: SelectSyntaxCode,
    sql: string,
    offset: number,
    found: string,
    message: string,
  ) {
    super(sql, offset, found, [], message);
    this.name = 'SelectSyntaxError';
  }
}

export type SelectSyntaxCode =
  | 'LexerInvalidChar'
  | 'LexerInvalidLiteral'
  | 'ParseEmptySelect'
  | 'ParseSelectMissingFrom'
  | 'ParseUnexpectedToken'
  | 'ParseUnexpectedTerm'
  | 'ParseUnexpectedOperator'
  | 'ParseUnsupportedSelect'
  | 'ParseUnsupportedSyntax'
  | 'ParseUnsupportedLiteralsGroupBy'
  | 'ParseUnsupportedAlias'
  | 'ParseMalformedJoin'
  | 'ParseInvalidPathComponent'
  | 'ParseExpectedKeyword'
  | 'ParseExpectedNumber'
  | 'ParseExpectedDatePart'
  | 'ParseExpectedTypeName'
  | 'ParseExpectedExpression'
  | 'ParseExpectedArgumentDelimiter'
  | 'ParseExpectedLeftParenAfterCast'
  | 'ParseExpectedRightParenBuiltinFunctionCall'
  | 'ParseExpectedIdentForAlias'
  | 'ParseCastArity'
  | 'UnsupportedSqlStructure'
  | 'MultipleDataSourcesUnsupported';

/** Line and column (both from 1) of an offset in a text. */
export function position(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < offset && i < text.length; i++) {
    if (text.charCodeAt(i) === 10) {
      line++;
      lineStart = i + 1;
    }
  }
  return { line, column: [...text.slice(lineStart, offset)].length + 1 };
}
