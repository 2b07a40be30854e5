/** The whole server in the test's process: pass-through and SQL, in front of a real node. */

import type { CallContext } from '../../src/cluster/context.ts';
import { createLog } from '../../src/log.ts';
import { parseJson } from '../../src/rows/longs.ts';
import { createSqlService } from '../../src/run/service.ts';
import { type RunningProxy, type Service, startProxy } from '../http/proxy-under-test.ts';

export interface JdbcAnswer {
  readonly schema: readonly { readonly name: string; readonly alias?: string; readonly type: string }[];
  readonly datarows: readonly (readonly unknown[])[];
  readonly total: number;
  readonly size: number;
  readonly status: number;
}

export interface SqlProxy extends RunningProxy {
  /** Posts a statement; throws what is not status 200. Integers beyond 2^53 are bigint. */
  query(sql: string, body?: object): Promise<JdbcAnswer>;
  /** The text of an answer in another format, or of an error. */
  text(sql: string, parameters: string, body?: object): Promise<string>;
  /** The kinds of cluster calls of the last SQL request, in the order in which they were begun. */
  lastCalls(): readonly string[];
}

export async function startSqlProxy(upstream: string, env: Readonly<Record<string, string>> = {}): Promise<SqlProxy> {
  let service: Service | undefined;
  let last: CallContext | undefined;
  const serving = (context: CallContext): Service => {
    last = context;
    return service!;
  };
  const proxy = await startProxy(upstream, env, {
    query: (request, context) => serving(context).query(request, context),
    explain: (request, context) => serving(context).explain(request, context),
    close: (cursor, context) => serving(context).close(cursor, context),
    open: (statement, context, at) => serving(context).open(statement, context, at),
  });
  service = createSqlService({ ...proxy, log: createLog('silent') });

  const post = (sql: string, parameters: string, body: object): Promise<Response> =>
    fetch(`${proxy.url}/_plugins/_sql${parameters}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: sql, ...body }),
    });
  return {
    ...proxy,
    async query(sql, body = {}) {
      const response = await post(sql, '', body);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${response.status} to ${sql}: ${text}`);
      return parseJson(text) as JdbcAnswer;
    },
    text: async (sql, parameters, body = {}) => (await post(sql, parameters, body)).text(),
    lastCalls: () => last?.calls ?? [],
  };
}
