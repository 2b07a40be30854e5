/** The one table of errors: a code, its HTTP status and the class-like type that clients test (spec sql-endpoint 10). */

import type { Span } from './syntax/ast.ts';
import { position } from './syntax/errors.ts';

export { editDistance } from './algebra/edit-distance.ts';
export { SelectSyntaxError, SqlSyntaxError } from './syntax/errors.ts';

interface ErrorRow {
  readonly status: number;
  readonly type: string;
  /** When it is raised, for the generated reference. */
  readonly when: string;
}

export const ERRORS = {
  syntax: { status: 400, type: 'SyntaxCheckException', when: 'the statement cannot be read' },
  notAQuery: {
    status: 400,
    type: 'SQLFeatureNotSupportedException',
    when: 'the statement is not SELECT, WITH, VALUES, SHOW, DESCRIBE, EXPLAIN or DELETE',
  },
  deleteDisabled: { status: 400, type: 'SQLFeatureDisabledException', when: 'DELETE while it is not enabled' },
  sqlDisabled: { status: 400, type: 'SQLFeatureDisabledException', when: 'plugins.sql.enabled is false' },
  unknownField: {
    status: 400,
    type: 'SemanticAnalysisException',
    when: 'a name is no field, alias or column in scope',
  },
  semantic: { status: 400, type: 'SemanticCheckException', when: 'the statement reads well but means nothing here' },
  unknownFunction: { status: 400, type: 'SemanticCheckException', when: 'no function of that name' },
  argumentTypes: {
    status: 400,
    type: 'ExpressionEvaluationException',
    when: 'arguments of types that a function does not take',
  },
  evaluation: { status: 400, type: 'ExpressionEvaluationException', when: 'a value that an expression cannot work on' },
  severalValues: {
    status: 400,
    type: 'ExpressionEvaluationException',
    when: 'a document holds several values of a field where one is needed',
  },
  arithmetic: { status: 400, type: 'ArithmeticException', when: 'integer overflow' },
  numberFormat: { status: 400, type: 'NumberFormatException', when: 'text that is no number where one is needed' },
  illegalArgument: {
    status: 400,
    type: 'IllegalArgumentException',
    when: 'a request field, parameter or argument value out of its range',
  },
  unsupported: { status: 400, type: 'SQLFeatureNotSupportedException', when: 'a form that no engine here can answer' },
  indexNotFound: { status: 404, type: 'IndexNotFoundException', when: 'no such index, alias or pattern match' },
  cursorExpired: {
    status: 404,
    type: 'SearchPhaseExecutionException',
    when: 'the cursor was closed or its time is over',
  },
  resourceLimit: {
    status: 400,
    type: 'ResourceLimitException',
    when: 'a result or intermediate result is over a configured limit',
  },
  spoolLimit: {
    status: 507,
    type: 'ResourceLimitException',
    when: 'a statement would take more disk than MAX_SPOOL_PER_STATEMENT',
  },
  tooManyRequests: { status: 429, type: 'OpenSearchRejectedExecutionException', when: 'too many queries at once' },
  payloadTooLarge: { status: 413, type: 'IllegalArgumentException', when: 'a request body over its limit' },
  unsupportedMediaType: { status: 406, type: 'IllegalArgumentException', when: 'a body of another type than JSON' },
  methodNotAllowed: { status: 405, type: 'IllegalArgumentException', when: 'a method that the route does not have' },
  /** The cluster's own error: status and type are the cluster's. */
  cluster: {
    status: 500,
    type: 'OpenSearchException',
    when: 'the cluster refused or failed; its own status and type are passed on',
  },
  clusterUnreachable: { status: 502, type: 'ClusterUnreachableException', when: 'no node of the cluster answered' },
  clusterUnreadable: {
    status: 502,
    type: 'ClusterAnswerException',
    when: 'an answer of the cluster is not what the cluster gives: no JSON, or a part of it',
  },
  clusterTimeout: { status: 504, type: 'ClusterTimeoutException', when: 'the cluster did not answer in time' },
  storageFull: { status: 507, type: 'StorageException', when: 'the disk under DATA_DIR is full' },
  storageUnusable: { status: 507, type: 'StorageException', when: 'DATA_DIR is no folder, or cannot be written' },
  cancelled: { status: 499, type: 'TaskCancelledException', when: 'the client went away' },
  internal: { status: 500, type: 'IllegalStateException', when: 'a fault of this server' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

export interface SqlErrorData {
  /** What was wrong, for `error.details`. */
  readonly details: string;
  /** For `error.reason`; the renderer supplies the plugin's sentence when absent. */
  readonly reason?: string;
  /** Overrides of the row, for errors that the cluster made. */
  readonly status?: number;
  readonly type?: string;
  readonly cause?: unknown;
}

/** Every failure that a client sees. Thrown with data, rendered once per protocol. */
export class SqlError extends Error {
  readonly status: number;
  readonly type: string;
  readonly reason: string | undefined;

  constructor(
    readonly code: ErrorCode,
    data: SqlErrorData | string,
  ) {
    const d = typeof data === 'string' ? { details: data } : data;
    super(d.details, d.cause === undefined ? undefined : { cause: d.cause });
    this.name = 'SqlError';
    this.status = d.status ?? ERRORS[code].status;
    this.type = d.type ?? ERRORS[code].type;
    this.reason = d.reason;
  }

  get details(): string {
    return this.message;
  }
}

/** ` (line 1, column 8: 'ages')`: the place of a span, to be appended to a sentence. */
export function place(sql: string, at: Span): string {
  const { line, column } = position(sql, at.start);
  return ` (line ${line}, column ${column}: '${sql.slice(at.start, Math.min(at.end, at.start + 60))}')`;
}

const PLACED = / \(line \d+, column \d+: '/;

/** Errors that a part of the statement causes by itself: where it stands is half of the answer. */
const PLACEABLE: ReadonlySet<ErrorCode> = new Set([
  'semantic',
  'argumentTypes',
  'evaluation',
  'severalValues',
  'arithmetic',
  'numberFormat',
  'illegalArgument',
  'unsupported',
]);

/** What `f` gives; an error of it that names no place gets the one of `at`. */
export function placing<T>(sql: string, at: Span, f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw placed(error, sql, at);
  }
}

/** The error with the place of `at`, unless it names one or is of a kind that has none. */
export function placed(error: unknown, sql: string, at: Span): unknown {
  return error instanceof SqlError && PLACEABLE.has(error.code) ? withPlace(error, sql, at) : error;
}

/** The same for an error of any kind. */
export function withPlace(error: SqlError, sql: string, at: Span): SqlError {
  const { code, details, reason, status, type, cause } = error;
  if (PLACED.test(details)) return error;
  return new SqlError(code, { details: details + place(sql, at), reason, status, type, cause });
}
