/** What whoever starts the server should know about who can reach whose data. */
import type { Config } from '../config.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterUser } from './cluster-user.ts';
import type { Identity } from './context.ts';
import { serviceIdentity } from './credentials.ts';

export async function accessWarnings(config: Config, cluster: Pick<Cluster, 'user'>): Promise<readonly string[]> {
  const warnings: string[] = [];
  if (config.authFile === undefined && (await userOf(cluster, serviceIdentity(config))) === undefined) {
    warnings.push(
      'There is no AUTH_FILE, and the cluster names no user: all callers are one, and each may read, export and cancel the jobs of all.',
    );
  }
  if (config.opensearchClientCert !== undefined) {
    const user = await userOf(cluster, {});
    if (user !== undefined && user !== 'unknown') {
      warnings.push(
        'The cluster takes OPENSEARCH_CLIENT_CERT for a user of its own: callers without credentials have its rights.',
      );
    }
  }
  return warnings;
}

/** A cluster that refuses has users, whoever they are. */
async function userOf(cluster: Pick<Cluster, 'user'>, identity: Identity): Promise<ClusterUser | 'unknown'> {
  try {
    return await cluster.user({ identity, calls: [] });
  } catch {
    return 'unknown';
  }
}
