/** Statements as rows, for jobs and select: without a format of the SQL routes, and without their default limit. */
import type { Physical } from '../../translators/algebra/index.ts';
import type { RequestContext } from '../contract/sql-service.ts';
import type { Statement } from '../cursor/paging.ts';
import type { Result } from '../rows/page.ts';
import type { Execution } from './context.ts';

export interface OpenStatement extends Result {
  /** For those who read a plain scan faster than page by page. */
  readonly physical: Physical;
  readonly execution: Execution;
}

export interface StatementService {
  /**
   * Plans only: the cluster is asked for rows when `pages` is read, which is done once, and given back by `return()`.
   * Rejects with SqlError or SqlSyntaxError. `at`: the session's time, in epoch milliseconds; now when absent.
   */
  open(statement: Statement, context: RequestContext, at?: number): Promise<OpenStatement>;
}
