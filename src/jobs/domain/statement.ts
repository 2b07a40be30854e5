/** What can be told of a job's statement before it runs: whether it reads well, and which index it reads. */
import { type BodyNode, parse, type StatementNode } from '../../../translators/index.ts';
import type { Config } from '../../config.ts';
import { DliError } from './errors.ts';

interface JobStatement {
  /** The index expression of a statement that reads just one. */
  readonly table: string | undefined;
}

type Limits = Pick<Config, 'maxExpressionDepth' | 'maxStatementLength'>;

/** Throws SqlSyntaxError with the place, or what says that it is no query. SHOW and DESCRIBE are queries here (spec dli-jobs 3). */
export function readJobStatement(sql: string, limits: Limits): JobStatement {
  const statement = parse(sql, { maxDepth: limits.maxExpressionDepth, maxLength: limits.maxStatementLength });
  if (statement.kind === 'delete') {
    throw new DliError('DLI.0007', 'DELETE is no job: a job may be begun again. Send it to the SQL route.');
  }
  return { table: tableOf(statement) };
}

function tableOf(statement: StatementNode): string | undefined {
  switch (statement.kind) {
    case 'query':
      return statement.with.length === 0 ? tableOfBody(statement.body) : undefined;
    case 'explain':
      return tableOf(statement.statement);
    case 'describe':
      return statement.like.text;
    default:
      return undefined;
  }
}

function tableOfBody(body: BodyNode): string | undefined {
  if (body.kind === 'query') return tableOf(body);
  return body.kind === 'select' && body.from?.kind === 'table' ? body.from.name : undefined;
}
