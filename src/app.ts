/** Wires the routes together, without listening. */

import type { RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Authenticator } from './auth/authenticator.ts';
import type { Cluster } from './cluster/cluster.ts';
import { serviceIdentity } from './cluster/credentials.ts';
import type { MappingCache } from './cluster/mapping-cache.ts';
import type { ClusterPools } from './cluster/pool.ts';
import type { PluginSettings } from './config/plugin-settings-store.ts';
import type { Config } from './config.ts';
import type { SqlService } from './contract/sql-service.ts';
import { breakOff } from './http/break-off.ts';
import { createBrowserGuard } from './http/browser-guard.ts';
import { methodNotAllowed, sendCore } from './http/core-answers.ts';
import { createDoor } from './http/door.ts';
import { createForwarding } from './http/forwarded.ts';
import { createFront } from './http/front.ts';
import { createHealth } from './http/health.ts';
import { createJobsHandler, type JobRouteDeps } from './http/jobs/jobs.ts';
import { createMetricsRoute } from './http/metrics-route.ts';
import { createObjectRoutes } from './http/objects/objects.ts';
import { createOpenApiRoute, OPENAPI_PATH } from './http/openapi/openapi.ts';
import { Outflows } from './http/outflow.ts';
import { createPassthrough, type Handler } from './http/passthrough.ts';
import { JSON_TYPE, renderError } from './http/render-error.ts';
import { createSelectRoute } from './http/select/select.ts';
import { createBodyWatch } from './http/silent-bodies.ts';
import { createSettingsHandler, SETTINGS_PATHS } from './http/sql/settings.ts';
import { createSqlHandlers, SQL_ROOTS } from './http/sql/sql.ts';
import { withoutResults } from './jobs/results/hidden-results.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { ObjectStore } from './objects/store.ts';
import type { StatementService } from './run/statement-service.ts';
import { blockOptions } from './select/blocks.ts';
import { createSelectEngine } from './select/engine.ts';

export interface AppDeps {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly pools: ClusterPools;
  readonly cluster: Cluster;
  readonly mappings: MappingCache;
  readonly service: SqlService & StatementService;
  /** Made of `config`, or `config` of them: changed over HTTP. */
  readonly settings: PluginSettings;
  /** What the job routes need; without it their paths are the cluster's. */
  readonly jobs?: Pick<JobRouteDeps, 'jobs' | 'statements'>;
  readonly objects: ObjectStore;
  readonly auth: Authenticator;
  readonly version: string;
}

/** Long because it names every route once, in the order in which they are asked. */
export function createApp(deps: AppDeps): RequestListener {
  const { config, log, metrics, pools, cluster, mappings } = deps;
  const outflows = new Outflows({
    limits: () => ({ stall: config.sqlStallTimeout, most: config.maxBufferedBytes }),
    stalled(milliseconds) {
      metrics.stalled();
      log.warn('a client took nothing of its answer', { ms: Math.round(milliseconds) });
    },
  });
  metrics.gauge('answer_bytes_waiting', () => outflows.bytes);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');

  const counted = (route: string, handler: Handler): Handler => counting(route, handler, metrics);
  const sql = createSqlHandlers({ ...deps, outflows });
  const query = counted('sql', sql.query);
  for (const root of SQL_ROOTS) {
    app.all(root, query);
    app.all(`${root}/_explain`, counted('explain', sql.explain));
    app.all(`${root}/close`, counted('close', sql.close));
    app.all(`${root}/stats`, counted('stats', sql.stats));
  }
  for (const path of SETTINGS_PATHS) app.all(path, counted('settings', createSettingsHandler(deps)));
  const health = createHealth({
    cluster,
    identity: serviceIdentity(config),
    version: deps.version,
    jobs: deps.jobs && (() => deps.jobs!.jobs.health()),
  });
  app.all('/_proxy/health', counted('health', readOnly(health)));
  app.all('/_proxy/metrics', counted('metrics', readOnly(createMetricsRoute(metrics, deps.auth))));
  app.all(OPENAPI_PATH, counted('openapi', readOnly(createOpenApiRoute(deps.version))));

  if (deps.jobs !== undefined) {
    const jobs = createJobsHandler({ ...deps, ...deps.jobs });
    app.use((request, response, next) => {
      const handler = jobs(request);
      if (handler === undefined) next();
      else counted('jobs', handler)(request, response);
    });
  }

  const { auth, service: statements } = deps;
  const store = withoutResults(deps.objects, config);
  const expansion = { ratio: config.selectMaxExpansion, bytes: config.selectMaxBytes };
  const blocks = blockOptions({
    directory: join(config.dataDir, 'select'),
    memoryLimit: config.duckdbMemoryLimit,
    threads: config.duckdbThreads,
    spill: config.maxSpoolPerStatement,
  });
  const engine = createSelectEngine({ store, expansion, blocks, parquetBytes: config.selectMaxParquetBytes });
  const select = createSelectRoute({ config, log, metrics, store, auth, engine, statements, outflows });
  app.use((request, response, next) => {
    const handler = select(request);
    if (handler === undefined) next();
    else counted('select', handler)(request, response);
  });

  const read = createObjectRoutes({ config, store, auth, log, metrics });
  app.use((request, response, next) => {
    const handler = read(request);
    if (handler === undefined) next();
    else counted('objects', handler)(request, response);
  });

  // Everything else is the cluster's: no parser of bodies may come before this.
  const passthrough = createPassthrough({
    pools,
    timeout: config.passthroughTimeout,
    mappingsChanged: () => mappings.invalidate(),
    failed(type, error) {
      metrics.error(type);
      log.warn('the cluster did not answer', { type, error: error instanceof Error ? error.message : String(error) });
    },
  });
  const pass = counted('passthrough', logged(passthrough, log));
  app.use(pass);

  const failed = (error: unknown, response: ServerResponse): void => {
    const rendered = renderError(error, log);
    if (response.headersSent) breakOff(response);
    else response.writeHead(rendered.status, { 'content-type': JSON_TYPE }).end(rendered.body);
  };
  // Express's own would show a stack. It knows an error handler by its four parameters.
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => failed(error, response));
  const front = createFront({
    exact: new Map(SQL_ROOTS.map((root) => [root, query])),
    roots: OWN_ROOTS,
    cluster: pass,
    all: app,
    failed: (error, _request, response) => failed(error, response),
  });
  const door = createDoor({
    guard: createBrowserGuard(config),
    forwarding: createForwarding(config.trustedProxies),
    inside: front,
    counted: (handler) => counted('refused', handler),
    log,
  });
  const watchBody = createBodyWatch(config.bodyStallTimeout);
  return (request, response) => {
    outflows.of(response);
    watchBody(request, response);
    door(request, response);
  };
}

/** Where routes above stand beside APIs of the cluster. */
const OWN_ROOTS = new Set([...SQL_ROOTS, ...SETTINGS_PATHS, OPENAPI_PATH].map((path) => path.split('/')[1]!));

function counting(route: string, handler: Handler, metrics: Metrics): Handler {
  return (request, response) => {
    const started = performance.now();
    const end = metrics.begin(route);
    response.on('close', () => {
      end();
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.request(route, status, (performance.now() - started) / 1000);
    });
    handler(request, response);
  };
}

/** One record a request; without the query, which may hold data. */
function logged(handler: Handler, log: Log): Handler {
  if (!log.writes('info')) return handler;
  return (request, response) => {
    const started = performance.now();
    const { method, url = '/' } = request;
    response.on('close', () => {
      const ms = Math.round((performance.now() - started) * 100) / 100;
      const status = response.writableFinished ? response.statusCode : 499;
      log.info('passthrough', { method, path: url.split('?', 1)[0], status, ms });
    });
    handler(request, response);
  };
}

function readOnly(handler: Handler): Handler {
  return (request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      handler(request, response);
      return;
    }
    request.resume();
    sendCore(response, methodNotAllowed(request.url ?? '', request.method ?? '', ['GET']));
  };
}
