/** A server whose pages can be read one by one, over a cluster that may be made to behave like another. */
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { SqlService } from '../../src/contract/sql-service.ts';
import { createLog } from '../../src/log.ts';
import { parseJson } from '../../src/rows/longs.ts';
import { createSqlService } from '../../src/run/service.ts';
import { type RunningProxy, startProxy } from '../http/proxy-under-test.ts';
import type { JdbcAnswer } from './sql-proxy.ts';

export interface PageAnswer extends JdbcAnswer {
  readonly cursor?: string;
}

export interface ErrorAnswer {
  readonly error: { readonly reason: string; readonly details: string; readonly type: string };
  readonly status: number;
}

export interface PagingProxy extends RunningProxy {
  /** Posts a body; the status and the parsed answer. */
  post(
    body: object,
    more?: { path?: string; headers?: Record<string, string> },
  ): Promise<{ status: number; json: PageAnswer & ErrorAnswer }>;
  /** Every page of a statement, to the last. */
  pages(query: string, fetchSize: number, more?: object): Promise<PageAnswer[]>;
  /** The kinds of cluster calls of the last request. */
  lastCalls(): readonly string[];
}

export async function startPagingProxy(
  upstream: string,
  env: Readonly<Record<string, string>> = {},
  changed: (cluster: Cluster) => Partial<Cluster> = () => ({}),
): Promise<PagingProxy> {
  let service: SqlService | undefined;
  let calls: readonly string[] = [];
  const serving = (context: { readonly calls: string[] }): SqlService => {
    calls = context.calls;
    return service!;
  };
  const proxy = await startProxy(
    upstream,
    { CURSOR_KEEP_ALIVE: '30s', ...env },
    {
      query: (request, context) => serving(context).query(request, context),
      explain: (request, context) => serving(context).explain(request, context),
      close: (cursor, context) => serving(context).close(cursor, context),
    },
  );
  const cluster = { ...proxy.cluster, ...changed(proxy.cluster) };
  service = createSqlService({ ...proxy, cluster, log: createLog('silent') });

  const post: PagingProxy['post'] = async (body, { path = '/_plugins/_sql', headers = {} } = {}) => {
    const response = await fetch(proxy.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, json: parseJson(await response.text()) as PageAnswer & ErrorAnswer };
  };
  return {
    ...proxy,
    post,
    async pages(query, fetchSize, more = {}) {
      const pages: PageAnswer[] = [];
      let body: object = { query, fetch_size: fetchSize, ...more };
      for (;;) {
        const { status, json } = await post(body);
        if (status !== 200)
          throw new Error(`${status} to page ${pages.length + 1} of ${query}: ${JSON.stringify(json)}`);
        pages.push(json);
        if (json.cursor === undefined) return pages;
        body = { cursor: json.cursor };
      }
    },
    lastCalls: () => calls,
  };
}
