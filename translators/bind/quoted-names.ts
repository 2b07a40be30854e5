/** Text in double quotes that equals the name of a column: other databases would read the column, and here it is the text (sql-standard, Names). */
import { SqlError } from '../errors.ts';
import type { LiteralNode, Span } from '../syntax/ast.ts';
import type { ExprContext } from './context.ts';
import type { Scope } from './scope.ts';

export interface QuotedName {
  readonly text: string;
  readonly at: Span;
}

/** Those of a statement, in the order in which they were met. */
export class QuotedNames {
  private readonly met = new Map<number, QuotedName>();
  private readonly told = new WeakSet<object>();

  get all(): readonly QuotedName[] {
    return [...this.met.values()];
  }

  note(node: LiteralNode, context: ExprContext): void {
    const text = node.value;
    if (typeof text !== 'string') return;
    for (let scope: Scope | undefined = context.scope; scope; scope = scope.outer) {
      if (scope.has(text)) {
        this.met.set(node.at.start, { text, at: node.at });
        return;
      }
    }
  }

  /** The error of an expression with what may have caused it; told once, by the innermost expression that it passes. */
  explained(error: unknown, { start, end }: Span): unknown {
    if (!(error instanceof SqlError) || this.met.size === 0 || this.told.has(error)) return error;
    const cause = this.all.find(({ at }) => at.start >= start && at.end <= end);
    const explained = cause ? withHint(error, cause) : error;
    this.told.add(explained);
    return explained;
  }
}

/** An error that comes up later than binding, where it names such a text. */
export function withQuotedHint(error: unknown, quoted: readonly QuotedName[]): unknown {
  if (!(error instanceof SqlError)) return error;
  const cause = quoted.find(({ text }) => error.details.includes(text));
  return cause ? withHint(error, cause) : error;
}

const withHint = (error: SqlError, { text }: QuotedName): SqlError =>
  new SqlError(error.code, {
    details: `${error.details}. ${sentence(text)}`,
    reason: error.reason,
    status: error.status,
    type: error.type,
    cause: error,
  });

export const sentence = (text: string): string =>
  `"${text}" in double quotes is text; the column of that name stands in back-quotes: \`${text.replaceAll('`', '``')}\``;
