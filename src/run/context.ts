/** What running a plan may use: the cluster with the caller's identity, the settings, and where facts about the result go. */
import type { Session } from '../../translators/algebra/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Config } from '../config.ts';
import type { RequestContext } from '../contract/sql-service.ts';
import type { Engine, EngineLimits } from '../engine/duckdb/engine.ts';
import type { ResultInfo } from '../rows/page.ts';
import type { HeavyStatements } from './heavy.ts';

export interface Execution {
  readonly cluster: Cluster;
  readonly config: Config;
  readonly request: RequestContext;
  readonly session: Session;
  /** Where statements wait for DuckDB. */
  readonly heavy: HeavyStatements;
  /** Filled while the result is read. */
  readonly info: ResultInfo;
  /** Gives a DuckDB for one statement, which closes it; absent: a new one. */
  readonly openEngine?: (limits: EngineLimits) => Promise<Engine>;
}
