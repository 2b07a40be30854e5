/** Opens all that the job routes need: the store that the settings choose, the runner, and the service over both. */
import type { Authenticator } from '../auth/authenticator.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ObjectStore } from '../objects/store.ts';
import type { StatementService } from '../run/statement-service.ts';
import { createJobRunner } from './schedule/runner.ts';
import { createJobService, type JobService } from './service.ts';
import { newServerName, openJobStore } from './stores/open-store.ts';
import type { JobStore } from './stores/store.ts';
import { createSubmitterOf } from './submitter.ts';

export interface OpenJobsDeps {
  readonly config: Config;
  readonly cluster: Cluster;
  readonly service: StatementService;
  readonly objects: ObjectStore;
  readonly auth: Pick<Authenticator, 'principalOf'>;
  readonly log: Log;
  readonly metrics: Metrics;
}

export async function openJobs(deps: OpenJobsDeps): Promise<{ readonly jobs: JobService; readonly store: JobStore }> {
  const { config, cluster, service, objects, auth, log, metrics } = deps;
  const server = newServerName();
  const store = await openJobStore(config, cluster, server);
  const jobs = createJobService({
    config,
    store,
    runner: createJobRunner({ config, service, store: objects, metrics }),
    server,
    declared: (keyId) => auth.principalOf(keyId)?.identity,
    submitterOf: createSubmitterOf(cluster),
    log,
    metrics,
  });
  log.info('jobs are kept', { in: store.description, server, queues: Object.fromEntries(config.jobQueues) });
  return { jobs, store };
}
