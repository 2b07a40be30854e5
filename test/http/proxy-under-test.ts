/** Runs the whole app in the test's process, in front of any upstream, with a service of the test's own making. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import { openAuth } from '../../src/auth/open-auth.ts';
import { type Cluster, createCluster } from '../../src/cluster/cluster.ts';
import { createMappingCache, type MappingCache } from '../../src/cluster/mapping-cache.ts';
import { createPools } from '../../src/cluster/pool.ts';
import { openPluginSettings } from '../../src/config/plugin-settings-store.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { SqlService } from '../../src/contract/sql-service.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import { openStore } from '../../src/objects/open-store.ts';
import type { ObjectStore } from '../../src/objects/store.ts';
import type { StatementService } from '../../src/run/statement-service.ts';

export interface Served {
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
}

export interface RunningProxy extends Served {
  readonly config: Config;
  readonly cluster: Cluster;
  readonly mappings: MappingCache;
  readonly metrics: Metrics;
  readonly objects: ObjectStore;
}

export async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer({ requestTimeout: 0 }, listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A port that nothing listens on. */
export async function deadUrl(): Promise<string> {
  const served = await serve(() => undefined);
  await served.close();
  return served.url;
}

export type Service = SqlService & StatementService;

const NO_SERVICE: Service = {
  query: () => Promise.reject(new Error('no service')),
  explain: () => Promise.reject(new Error('no service')),
  close: () => Promise.reject(new Error('no service')),
  open: () => Promise.reject(new Error('no service')),
};

export async function startProxy(
  upstream: string | readonly string[],
  env: Readonly<Record<string, string>> = {},
  service: Partial<Service> = NO_SERVICE,
): Promise<RunningProxy> {
  const urls = typeof upstream === 'string' ? [upstream] : upstream;
  const dataDir = mkdtempSync(join(tmpdir(), 'sql-proxy-data-'));
  const given = loadConfig({ LOG_LEVEL: 'silent', OPENSEARCH_URL: urls.join(','), DATA_DIR: dataDir, ...env });
  const settings = openPluginSettings(given);
  const { config } = settings;
  const log = createLog(config.logLevel);
  const metrics = createMetrics();
  const pools = createPools(config);
  const cluster = createCluster(config, pools, metrics);
  const mappings = createMappingCache(config, cluster);
  const objects = await openStore(config);
  const { auth } = openAuth(config);
  const app = createApp({
    config,
    log,
    metrics,
    pools,
    cluster,
    mappings,
    service: { ...NO_SERVICE, ...service },
    settings,
    objects,
    auth,
    version: '0.0.0-test',
  });
  const served = await serve(app);
  return {
    ...served,
    config,
    cluster,
    mappings,
    metrics,
    objects,
    close: async () => {
      await served.close();
      await pools.close();
      await objects.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
