/** Errors as plain data and back, each of the class that those who catch it look for. */

import type { ErrorCode } from '../errors.ts';
import { SqlError, type SqlErrorData, SqlSyntaxError } from '../errors.ts';

export type EncodedError =
  | { readonly kind: 'sql'; readonly code: ErrorCode; readonly data: SqlErrorData }
  | {
      readonly kind: 'syntax';
      readonly offset: number;
      readonly found: string;
      readonly expected: readonly string[];
      readonly message: string;
    }
  /** JavaScript's own: a stack that is full, a fault of the code. */
  | { readonly kind: 'other'; readonly name: string; readonly message: string; readonly stack?: string };

export function encodeError(error: unknown): EncodedError {
  if (error instanceof SqlError) {
    const { code, details, reason, status, type } = error;
    return { kind: 'sql', code, data: { details, reason, status, type } };
  }
  if (error instanceof SqlSyntaxError) {
    const { offset, found, expected, message } = error;
    return { kind: 'syntax', offset, found, expected, message };
  }
  if (error instanceof Error) {
    const { name, message, stack } = error;
    return { kind: 'other', name, message, stack };
  }
  return { kind: 'other', name: 'Error', message: String(error) };
}

/** `sql` is the text in which a place was found. */
export function decodeError(encoded: EncodedError, sql: string): Error {
  switch (encoded.kind) {
    case 'sql':
      return new SqlError(encoded.code, encoded.data);
    case 'syntax': {
      const { offset, found, expected, message } = encoded;
      return new SqlSyntaxError(
        sql,
        offset,
        found,
        expected,
        message.replace(/^Syntax error at line \d+, column \d+: /, ''),
      );
    }
    case 'other': {
      const { name, message, stack } = encoded;
      const error = name === 'RangeError' ? new RangeError(message) : new Error(message);
      error.name = name;
      if (stack !== undefined) error.stack = stack;
      return error;
    }
  }
}
