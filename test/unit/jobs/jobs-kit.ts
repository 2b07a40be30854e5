/** A job service over a SQLite file and a runner that does as it is told; several may share the file, as servers do. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../../../src/auth/principal.ts';
import { loadConfig } from '../../../src/config.ts';
import type { Job, JobStatus, QueryJob } from '../../../src/jobs/domain/model.ts';
import { createJobService, type JobService, type QuerySubmission } from '../../../src/jobs/service.ts';
import { openSqliteStore } from '../../../src/jobs/stores/sqlite-store.ts';
import type { JobStore } from '../../../src/jobs/stores/store.ts';
import type { SubmitterOf } from '../../../src/jobs/submitter.ts';
import { createLog } from '../../../src/log.ts';
import { createMetrics, type Metrics } from '../../../src/metrics.ts';
import { type MemoryRunner, memoryRunner } from '../../support/memory-runner.ts';
import { ANYBODY } from '../../support/principals.ts';

export interface TestServer {
  readonly jobs: JobService;
  readonly store: JobStore;
  readonly runner: MemoryRunner;
  readonly metrics: Metrics;
  submit(sql: string, more?: Partial<QuerySubmission>, principal?: Principal, project?: string): Promise<QueryJob>;
  until(id: string, status: JobStatus, project?: string, principal?: Principal): Promise<Job>;
  /** As at a shutdown. */
  stop(grace?: number): Promise<void>;
}

export interface TestServers {
  readonly folder: string;
  start(
    env?: Readonly<Record<string, string>>,
    declared?: (keyId: string | undefined) => object | undefined,
    submitterOf?: SubmitterOf,
  ): Promise<TestServer>;
  close(): Promise<void>;
}

export function testServers(): TestServers {
  const folder = mkdtempSync(join(tmpdir(), 'job-service-'));
  const running = new Set<TestServer>();
  return {
    folder,
    async start(env = {}, declared = () => ({}), submitterOf = async () => 'nobody') {
      const config = loadConfig({ DATA_DIR: folder, JOB_POLL: '50ms', LOG_LEVEL: 'silent', ...env });
      const server = randomUUID();
      const store = await openSqliteStore(folder, server);
      const runner = memoryRunner();
      const metrics = createMetrics();
      const log = createLog(config.logLevel);
      const identity = declared as (keyId: string | undefined) => Readonly<Record<string, string>> | undefined;
      const jobs = createJobService({ config, store, runner, server, declared: identity, submitterOf, log, metrics });
      jobs.start();
      const made: TestServer = {
        ...{ jobs, store, runner, metrics },
        submit: (sql, more = {}, principal = ANYBODY, project = 'p') =>
          jobs.submitQuery(
            project,
            { sql, database: undefined, queue: 'default', conf: [], tags: [], ...more },
            principal,
          ),
        async until(id, status, project = 'p', principal = ANYBODY) {
          for (let tries = 0; tries < 400; tries++) {
            const job = await jobs.job(project, id, principal);
            if (job.status === status) return job;
            await sleep(10);
          }
          throw new Error(`the job never was ${status}: ${JSON.stringify(await jobs.job(project, id, principal))}`);
        },
        async stop(grace = 2_000) {
          running.delete(made);
          await jobs.stop(grace);
          await store.close();
        },
      };
      running.add(made);
      return made;
    },
    async close() {
      for (const server of running) await server.stop(100);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
