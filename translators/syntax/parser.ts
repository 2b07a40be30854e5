/** The entry to the parser: SQL text in, syntax tree out. */
import { SqlError } from '../errors.ts';
import type { StatementNode } from './ast.ts';
import { SqlSyntaxError } from './errors.ts';
import { parseStatement } from './parse-statement.ts';
import { TokenReader } from './token-reader.ts';

export interface ParseOptions {
  /** Levels of nested expressions and queries. */
  readonly maxDepth?: number;
  /** Characters of the statement. */
  readonly maxLength?: number;
}

const MAX_DEPTH = 512;
const MAX_LENGTH = 16 * 1024 * 1024;

/**
 * Reads one statement.
 * @throws SqlSyntaxError with the place and what was expected there; SqlError for statements that are no queries.
 */
export function parse(sql: string, options: ParseOptions = {}): StatementNode {
  const { maxDepth = MAX_DEPTH, maxLength = MAX_LENGTH } = options;
  if (sql.length > maxLength) {
    throw new SqlError('resourceLimit', `The statement is ${sql.length} characters long, the limit is ${maxLength}`);
  }
  try {
    return parseStatement(new TokenReader(sql, { maxDepth, trace: false }));
  } catch (error) {
    // The fast reading keeps no record of alternatives: read again to the same place for the full message.
    if (error instanceof SqlSyntaxError) parseStatement(new TokenReader(sql, { maxDepth, trace: true }));
    throw error;
  }
}
