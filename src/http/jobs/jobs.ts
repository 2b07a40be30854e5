/** The routes of SQL jobs and export-result, in the shape of Huawei DLI: request in, work done, answer or error out. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, SqlError, SqlSyntaxError } from '../../../translators/errors.ts';
import type { Authenticator } from '../../auth/authenticator.ts';
import { demandProof, type Principal } from '../../auth/principal.ts';
import type { Config } from '../../config.ts';
import { DliError, dliErrorOf } from '../../jobs/domain/errors.ts';
import type { Job } from '../../jobs/domain/model.ts';
import { readJobStatement } from '../../jobs/domain/statement.ts';
import { touchesResults } from '../../jobs/results/hidden-results.ts';
import type { JobService } from '../../jobs/service.ts';
import { type Log, maskLiterals } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { ObjectStore } from '../../objects/store.ts';
import { detachedContext } from '../../run/detached-context.ts';
import type { StatementService } from '../../run/statement-service.ts';
import type { Handler } from '../passthrough.ts';
import { decodeBody, readBytes, textOf } from '../read-body.ts';
import { JSON_TYPE } from '../render-error.ts';
import * as answers from './jobs-answers.ts';
import { checkTarget, readExport } from './jobs-export.ts';
import { bad, type Fields, optionalName, queryFields, readJsonObject, whole } from './jobs-fields.ts';
import { readListQuery } from './jobs-list.ts';
import { type JobRoute, type JobTarget, jobTarget } from './jobs-routes.ts';
import { readStatement, readSubmission } from './jobs-submit.ts';

export interface JobRouteDeps {
  readonly config: Config;
  readonly jobs: JobService;
  readonly statements: StatementService;
  readonly objects: ObjectStore;
  readonly auth: Pick<Authenticator, 'authenticate'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** A request that is read and whose caller is known. */
interface Call {
  readonly project: string;
  readonly query: URLSearchParams;
  readonly body: () => Fields;
  readonly principal: Principal;
  /** Aborted when the client goes away or the time is over. */
  readonly signal: AbortSignal;
}

type Route<K extends JobRoute['kind']> = Extract<JobRoute, { readonly kind: K }>;

const PROJECT = /^[A-Za-z0-9]{1,64}$/;
/** The manual says letters and digits; SDKs and examples have dashes. */
const JOB_ID = /^[A-Za-z0-9-]{1,64}$/;
/** Of a result, all forms together reach so many rows (spec dli-jobs 5). */
const PREVIEW_ROWS = 1_000;

/** Answers a request for a job route; undefined for others. */
export function createJobsHandler(deps: JobRouteDeps): (request: IncomingMessage) => Handler | undefined {
  return (request) => {
    const { method = '', url = '/' } = request;
    const target = jobTarget(method, url.split('?', 1)[0]!);
    return target && ((_, response) => void exchange(deps, target, request, response));
  };
}

async function exchange(
  deps: JobRouteDeps,
  target: JobTarget,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now();
  const id = randomUUID();
  const controller = new AbortController();
  const onClose = (): void => controller.abort(new SqlError('cancelled', 'The client went away.'));
  response.on('close', onClose);
  response.setHeader('X-Request-Id', id);
  const told: { job?: string; owner?: string; sql?: string; error?: string } = {};
  try {
    const body = await answer(deps, target, request, controller.signal, told);
    send(response, 200, typeof body === 'string' ? body : JSON.stringify(body));
  } catch (error) {
    told.error = fail(deps, request, response, error, id);
  } finally {
    response.off('close', onClose);
    const { sql, ...facts } = told;
    deps.log.info('job request', {
      id,
      route: target.route.kind,
      method: request.method,
      path: (request.url ?? '').split('?', 1)[0],
      status: response.writableEnded ? response.statusCode : 499,
      ms: Math.round((performance.now() - started) * 100) / 100,
      ...facts,
      ...(sql === undefined ? {} : { sql: maskLiterals(sql) }),
    });
  }
}

function fail(
  { log, metrics }: JobRouteDeps,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  id: string,
): string {
  if (response.destroyed) {
    // Whatever ends when nobody is left to be answered is no fault of the server.
    log.debug('work ended after its client', { id, error: error instanceof Error ? error.message : String(error) });
    metrics.error(ERRORS.cancelled.type);
    return ERRORS.cancelled.type;
  }
  const rendered = render(error, id, log);
  metrics.error(rendered.code);
  // The rest of an unread body would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  send(response, rendered.status, JSON.stringify({ error_code: rendered.code, error_msg: rendered.message }));
  return rendered.code;
}

async function answer(
  deps: JobRouteDeps,
  { project, route }: JobTarget,
  request: IncomingMessage,
  closed: AbortSignal,
  told: { job?: string; owner?: string; sql?: string },
): Promise<answers.Answer | string> {
  const { config } = deps;
  const bytes = await readBytes(request, config.maxBodyBytes);
  const principal = deps.auth.authenticate(request, bytes, project);
  told.owner = principal.user;
  if (route.kind === 'unknown') throw new DliError('DLI.0023', 'There is no such route.');
  if (!PROJECT.test(project)) throw bad('project_id must have 1 to 64 letters and digits.');
  if ('id' in route) {
    if (!JOB_ID.test(route.id)) throw bad('job_id must have 1 to 64 letters, digits and dashes.');
    told.job = route.id;
  }
  const text = textOf(await decodeBody(request, bytes, config.maxBodyBytes));
  const url = request.url ?? '/';
  const at = url.indexOf('?');
  const call: Call = {
    project,
    query: new URLSearchParams(at === -1 ? '' : url.slice(at + 1)),
    body: () => readJsonObject(text),
    principal,
    signal: withLimit(closed, config.queryTimeout),
  };
  const work = ROUTES[route.kind] as (deps: JobRouteDeps, call: Call, route: JobRoute, told: object) => Answering;
  return work(deps, call, route, told);
}

type Answering = Promise<answers.Answer | string>;

const withLimit = (signal: AbortSignal, limit: number): AbortSignal =>
  limit === 0 ? signal : AbortSignal.any([signal, AbortSignal.timeout(limit)]);

const ROUTES: {
  readonly [K in Exclude<JobRoute['kind'], 'unknown'>]: (
    deps: JobRouteDeps,
    call: Call,
    route: Route<K>,
    told: { job?: string; sql?: string },
  ) => Answering;
} = {
  async submit({ config, jobs }, { project, body, principal }, { queue }, told) {
    demandProof(principal);
    const submission = readSubmission(body(), config.maxStatementLength, queue);
    told.sql = submission.sql;
    const job = await jobs.submitQuery(project, submission, principal);
    told.job = job.id;
    return answers.submitted(job);
  },

  async check(deps, { body, principal, signal }, _, told) {
    demandProof(principal);
    const fields = body();
    optionalName(fields, 'currentdb');
    const sql = readStatement(fields, deps.config.maxStatementLength);
    told.sql = sql;
    return checkStatement(deps, sql, principal, signal);
  },

  async list({ jobs }, { project, query, principal }) {
    const now = Date.now();
    const { filter, page } = readListQuery(project, query, now);
    const found = await jobs.list(filter, page, principal);
    return answers.list(found.total, found.jobs, now);
  },

  status: async ({ jobs }, { project, principal }, { id }) =>
    answers.status(await jobs.job(project, id, principal), Date.now()),

  detail: async ({ jobs }, { project, principal }, { id }) =>
    answers.detail(await jobs.job(project, id, principal), Date.now()),

  progress: async ({ jobs }, { project, principal }, { id }) =>
    answers.progress(await jobs.job(project, id, principal)),

  async preview({ jobs }, { project, query, principal, signal }, { id }) {
    const fields = queryFields(query);
    optionalName(fields, 'queue_name');
    const count = whole(fields, 'page_size', 1, PREVIEW_ROWS) ?? PREVIEW_ROWS;
    const job = await jobs.result(project, id, principal);
    return answers.result(job, job.result, await jobs.preview(job, count, principal, signal));
  },

  async result({ jobs }, { project, query, principal, signal }, { id, queue }) {
    const fields = queryFields(query);
    optionalName(fields, 'queue_name');
    const size = whole(fields, 'page_size', 1, 100) ?? 50;
    const first = ((whole(fields, 'current_page', 1, PREVIEW_ROWS) ?? 1) - 1) * size;
    const job = await jobs.result(project, id, principal);
    checkQueue(job, queue);
    const rows = await jobs.preview(job, Math.min(PREVIEW_ROWS, first + size), principal, signal);
    return answers.result(job, job.result, rows.slice(first));
  },

  async cancel({ jobs }, { project, principal }, { id, queue }) {
    checkQueue(await jobs.job(project, id, principal), queue);
    return answers.cancelled(await jobs.cancel(project, id, principal));
  },

  async export({ config, jobs, objects }, { project, body, principal, signal }, { id }, told) {
    demandProof(principal);
    const { queue, request } = readExport(body());
    const source = await jobs.result(project, id, principal);
    const checked = request(source);
    if (touchesResults(config, checked.bucket, checked.folder)) {
      throw new DliError(
        'DLI.0011',
        `The rows of jobs are kept at ${checked.dataPath} (JOB_RESULT_STORE); choose another folder.`,
      );
    }
    await checkTarget(checked, principal, objects, signal);
    const job = await jobs.submitExport(source, queue, checked, principal);
    told.job = job.id;
    return answers.exported(job);
  },
};

/** In the old forms the queue of a job is part of its path. */
function checkQueue(job: Job, queue: string | undefined): void {
  if (queue !== undefined && queue !== job.queue) {
    throw new DliError('DLI.0002', `There is no job ${job.id} in queue ${queue}.`);
  }
}

/** What reads badly is an answer here, not an error (spec dli-jobs 9). */
async function checkStatement(
  { config, statements, metrics }: JobRouteDeps,
  sql: string,
  { identity }: Principal,
  signal: AbortSignal,
): Promise<answers.Answer> {
  try {
    readJobStatement(sql, config);
  } catch (error) {
    return problem(error);
  }
  try {
    await statements.open(
      { query: sql, parameters: [], filter: undefined },
      detachedContext(identity, signal, metrics),
    );
    return answers.checked(undefined);
  } catch (error) {
    const told = dliErrorOf(error);
    if (told === undefined) throw error;
    // Nothing is known of the names, so that nothing is wrong with the statement as far as one can see.
    if (['DLI.0003', 'DLI.0012', 'DLI.0014', 'DLI.0019', 'DLI.0999'].includes(told.code)) {
      return answers.checked(undefined, `Only the syntax was checked: ${told.message}`);
    }
    return problem(error);
  }
}

function problem(error: unknown): answers.Answer {
  const told = dliErrorOf(error);
  if (told === undefined) throw error;
  const place = error instanceof SqlSyntaxError ? { line: error.line, column: error.column } : {};
  return { ...answers.checked(`${told.code}: ${told.message}`), ...place };
}

function render(error: unknown, id: string, log: Log): Pick<DliError, 'code' | 'status' | 'message'> {
  const told = dliErrorOf(error);
  if (told !== undefined) return told;
  log.error('unexpected error', { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  const message = `An unexpected error occurred; the server's log has it under the id ${id}.`;
  return new DliError('DLI.0999', message);
}

function send(response: ServerResponse, status: number, body: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
