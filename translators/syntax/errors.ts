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
