/** Owns the connections: one pool a node, taken in turn, nodes that cannot be reached last. */
import { Pool } from 'undici';
import { checkTogether, readPem } from '../config/tls-files.ts';
import type { Config } from '../config.ts';

export interface ClusterNode {
  /** For messages: without credentials. */
  readonly url: string;
  /** A path before every path, for clusters behind a gateway; '' mostly. */
  readonly basePath: string;
  readonly pool: Pool;
}

export interface ClusterPools {
  readonly nodes: readonly ClusterNode[];
  /** The next node, leaving out those already tried; undefined when all were. */
  pick(tried?: ReadonlySet<ClusterNode>): ClusterNode | undefined;
  /** A node that could not be connected to is asked last for a while. */
  failed(node: ClusterNode): void;
  succeeded(node: ClusterNode): void;
  close(): Promise<void>;
}

const REST_MILLISECONDS = 5_000;
/** Shorter than the idle limits of common load balancers, so that we end idle connections before they do. */
const KEEP_ALIVE_MILLISECONDS = 30_000;

export function createPools(config: Config, urls: readonly string[] = config.opensearchUrl): ClusterPools {
  const certificates = readCertificates(config);
  const nodes = urls.map((text): ClusterNode => {
    const url = new URL(text);
    return {
      url: `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`,
      basePath: url.pathname.replace(/\/+$/, ''),
      pool: new Pool(url.origin, {
        connections: config.clusterConnections,
        pipelining: 1,
        connect: {
          timeout: config.clusterConnectTimeout,
          rejectUnauthorized: config.opensearchTlsVerify,
          ...certificates,
        },
        keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
        // Each call sets its own; a search or a merge may be silent for long.
        headersTimeout: 0,
        bodyTimeout: 0,
        maxHeaderSize: 65_536,
      }),
    };
  });
  const restingUntil = new Map<ClusterNode, number>();
  let turn = 0;

  return {
    nodes,
    pick(tried) {
      const left = tried === undefined || tried.size === 0 ? nodes : nodes.filter((node) => !tried.has(node));
      if (left.length <= 1) return left[0];
      const now = Date.now();
      const awake = left.filter((node) => (restingUntil.get(node) ?? 0) <= now);
      const among = awake.length > 0 ? awake : left;
      return among[turn++ % among.length];
    },
    failed: (node) => void restingUntil.set(node, Date.now() + REST_MILLISECONDS),
    succeeded: (node) => void restingUntil.delete(node),
    async close() {
      await Promise.all(nodes.map((node) => node.pool.destroy()));
    },
  };
}

function readCertificates(config: Config): { ca?: string; cert?: string; key?: string } {
  const { opensearchCa, opensearchClientCert, opensearchClientKey } = config;
  const client =
    opensearchClientCert === undefined || opensearchClientKey === undefined
      ? {}
      : {
          cert: readPem('OPENSEARCH_CLIENT_CERT', opensearchClientCert),
          key: readPem('OPENSEARCH_CLIENT_KEY', opensearchClientKey),
        };
  const ca = opensearchCa === undefined ? {} : { ca: readPem('OPENSEARCH_CA', opensearchCa) };
  checkTogether('OPENSEARCH_CA, OPENSEARCH_CLIENT_CERT and OPENSEARCH_CLIENT_KEY', { ...ca, ...client });
  return { ...ca, ...client };
}
