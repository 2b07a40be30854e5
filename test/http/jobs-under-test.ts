/** Runs the app with the job routes in the test's process, over a real node, a directory store, and a runner of choice. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import { openAuth } from '../../src/auth/open-auth.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { createCluster } from '../../src/cluster/cluster.ts';
import { createMappingCache } from '../../src/cluster/mapping-cache.ts';
import { createPools } from '../../src/cluster/pool.ts';
import { openPluginSettings } from '../../src/config/plugin-settings-store.ts';
import { loadConfig } from '../../src/config.ts';
import type { JobRunner } from '../../src/jobs/domain/model.ts';
import { createJobService, type JobService } from '../../src/jobs/service.ts';
import { openJobStore } from '../../src/jobs/stores/open-store.ts';
import type { JobStore } from '../../src/jobs/stores/store.ts';
import { createSubmitterOf } from '../../src/jobs/submitter.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import { openDirectoryStore } from '../../src/objects/directory.ts';
import { createSqlService } from '../../src/run/service.ts';
import { getEngine } from '../support/engine.ts';
import { ANYBODY } from '../support/principals.ts';
import { type Served, serve } from './proxy-under-test.ts';

export interface JobsProxy extends Served {
  readonly jobs: JobService;
  readonly store: JobStore;
  readonly metrics: Metrics;
  readonly dataDir: string;
  /** Stops as a shutdown does, and leaves the data. */
  stop(): Promise<void>;
}

export interface JobsProxyOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly authenticate?: (headers: Readonly<Record<string, unknown>>) => Principal;
  readonly dataDir?: string;
  /** As the settings say it, with AUTH_FILE or without. */
  readonly auth?: 'real';
}

export async function startJobs(runner: JobRunner, options: JobsProxyOptions = {}): Promise<JobsProxy> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'jobs-'));
  const env = { LOG_LEVEL: 'silent', OPENSEARCH_URL: getEngine().url, DATA_DIR: dataDir, JOB_POLL: '100ms' };
  const settings = openPluginSettings(loadConfig({ ...env, ...options.env }));
  const { config } = settings;
  const log = createLog(config.logLevel);
  const metrics = createMetrics();
  const pools = createPools(config);
  const cluster = createCluster(config, pools, metrics);
  const mappings = createMappingCache(config, cluster);
  const service = createSqlService({ config, cluster, mappings, metrics, log });
  const server = randomUUID();
  const store = await openJobStore(config, cluster, server);
  const submitterOf = createSubmitterOf(cluster);
  const real = options.auth === 'real' ? openAuth(config).auth : undefined;
  const declared = (keyId: string | undefined) => (real === undefined ? {} : real.principalOf(keyId)?.identity);
  const jobs = createJobService({ config, store, runner, server, declared, submitterOf, log, metrics });
  jobs.start();
  const objects = await openDirectoryStore(join(dataDir, 'objects'));
  const stub = {
    authenticate: ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) =>
      options.authenticate?.(headers) ?? ANYBODY,
    principalOf: () => ANYBODY,
  };
  const app = createApp({
    ...{ config, log, metrics, pools, cluster, mappings, service, settings, version: '0.0.0-test' },
    objects,
    auth: real ?? stub,
    jobs: { jobs, statements: service },
  });
  const served = await serve(app);
  const stop = async (): Promise<void> => {
    await jobs.stop(2_000);
    await served.close();
    await store.close();
    await pools.close();
  };
  return {
    ...served,
    ...{ jobs, store, metrics, dataDir, stop },
    close: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
