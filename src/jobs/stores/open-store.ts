/** Opens the store of jobs that the settings choose. */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Cluster } from '../../cluster/cluster.ts';
import { serviceIdentity } from '../../cluster/credentials.ts';
import type { Config } from '../../config.ts';
import { type JobStore, JobStoreError } from './store.ts';

/** Of this process: another one, also after a restart, never has the same. */
export const newServerName = (): string => `${hostname().replace(/[^A-Za-z0-9-]/g, '')}-${process.pid}-${randomUUID()}`;

export async function openJobStore(config: Config, cluster: Cluster, server: string): Promise<JobStore> {
  try {
    return await open(config, cluster, server);
  } catch (error) {
    if (error instanceof JobStoreError) throw error;
    const where = config.jobStore === 'sqlite' ? `under DATA_DIR ${config.dataDir}` : `in the index ${config.jobIndex}`;
    const why = error instanceof Error ? error.message : String(error);
    throw new JobStoreError(`Jobs cannot be kept ${where} (JOB_STORE=${config.jobStore}): ${why}`);
  }
}

async function open(config: Config, cluster: Cluster, server: string): Promise<JobStore> {
  switch (config.jobStore) {
    case 'sqlite': {
      const { openSqliteStore } = await import('./sqlite-store.ts');
      return openSqliteStore(config.dataDir, server);
    }
    case 'index': {
      const { openIndexStore } = await import('./index-store.ts');
      return openIndexStore({ cluster, identity: serviceIdentity(config), index: config.jobIndex });
    }
  }
}
