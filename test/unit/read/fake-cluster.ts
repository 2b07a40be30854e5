/** A cluster of one index whose documents are their numbers: it answers searches, points in time and scrolls, and fails where it is told to. */
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { clusterError } from '../../../src/cluster/cluster-error.ts';
import type { SearchAnswer } from '../../../src/cluster/search-answer.ts';
import { loadConfig } from '../../../src/config.ts';
import type { RequestContext } from '../../../src/contract/sql-service.ts';
import type { Execution } from '../../../src/run/context.ts';
import type { SearchNode } from '../../../translators/algebra/physical.ts';
import { buildSchema } from '../../../translators/catalog/build-schema.ts';
import { asAnswer } from '../../support/search-answer.ts';

interface Body {
  readonly size?: number;
  readonly from?: number;
  readonly search_after?: readonly number[];
  readonly slice?: { readonly id: number; readonly max: number };
}

export interface FakeOptions {
  readonly documents: number;
  readonly pointInTime?: 'opensearch' | 'none';
  readonly shardDocSort?: boolean;
  readonly shards?: number;
  /** The nodes hold as many points in time as they may. */
  readonly full?: boolean;
  /** The number of the page, from 1, that fails, and how. */
  readonly failing?: { readonly page: number; readonly type: string };
  /** `index.max_result_window`. */
  readonly window?: number;
}

export class FakeCluster {
  /** What was asked, in order. */
  readonly log: string[] = [];
  readonly bodies: Body[] = [];
  readonly #open = new Set<string>();
  readonly #scrolls = new Map<string, Generator<SearchAnswer>>();
  #pages = 0;
  #names = 0;

  constructor(private readonly options: FakeOptions) {}

  /** Views that nobody closed. */
  get open(): readonly string[] {
    return [...this.#open];
  }

  execution(request: Partial<RequestContext> = {}, env: Readonly<Record<string, string>> = {}): Execution {
    return {
      cluster: this.cluster(),
      config: loadConfig({ LOG_LEVEL: 'silent', ...env }),
      request: {
        ...{ id: 'test', identity: {}, calls: [], signal: new AbortController().signal },
        ...{ stage: () => undefined, rows: () => undefined, ...request },
      },
      session: { now: '2024-01-01 00:00:00', today: '2024-01-01' },
      info: {},
    } as unknown as Execution;
  }

  cluster(): Cluster {
    const { pointInTime = 'opensearch', shardDocSort = true, shards = 1, full } = this.options;
    const one = {
      capabilities: async () => ({ pointInTime, shardDocSort }),
      search: async (_: unknown, body: object | string) => {
        this.log.push('search');
        return this.#page(typeof body === 'string' ? (JSON.parse(body) as Body) : body);
      },
      openPit: async () => {
        this.log.push('open');
        if (full) throw error(400, 'rejected_execution_exception', 'Trying to create too many Point In Time contexts.');
        return { id: this.#opened('pit'), shards };
      },
      searchPit: async ({ id }: { readonly id: string }, body: object) => {
        this.log.push('page');
        const view = id.split(' as ')[0]!;
        if (!this.#open.has(view))
          throw error(404, 'search_context_missing_exception', `No search context found for ${id}`);
        // Each page names it anew; the older names stay good.
        return this.#page(body, `"pit_id":"${view} as ${++this.#names}",`);
      },
      closePit: async (id: string) => this.#close(id),
      openScroll: async (_: unknown, body: object) => {
        this.log.push('open scroll');
        const id = this.#opened('scroll');
        const pages = this.#scrolled(body, id);
        this.#scrolls.set(id, pages);
        return pages.next().value as SearchAnswer;
      },
      scroll: async (id: string) => {
        this.log.push('scroll');
        return this.#scrolls.get(id)!.next().value as SearchAnswer;
      },
      closeScroll: async (id: string) => this.#close(id),
    };
    return one as unknown as Cluster;
  }

  #opened(kind: string): string {
    const id = `${kind} ${++this.#names}`;
    this.#open.add(id);
    return id;
  }

  #close(id: string): boolean {
    this.log.push('close');
    return this.#open.delete(id.split(' as ')[0]!);
  }

  *#scrolled(body: Body, id: string): Generator<SearchAnswer> {
    for (let from = 0; ; from += body.size ?? 10)
      yield this.#page({ ...body, from }, `"_scroll_id":"${id}",`, body.size);
  }

  /** `reach`: how far into the hits a search of one page goes. */
  #page(body: Body, named = '', reach = (body.from ?? 0) + (body.size ?? 10)): SearchAnswer {
    const { documents, failing, shards = 1, window = 10_000 } = this.options;
    const { size = 10, from = 0, search_after, slice } = body;
    this.bodies.push(body);
    if (size > 0 && ++this.#pages === failing?.page) throw error(503, failing.type, 'as it was told to');
    if (reach > window) {
      const reason = `Result window is too large, from + size must be less than or equal to: [${window}] but was [${reach}].`;
      throw error(400, 'illegal_argument_exception', reason);
    }
    const all = Array.from({ length: documents }, (_, n) => n);
    const mine = all.filter((n) => slice === undefined || n % slice.max === slice.id);
    const start = search_after === undefined ? from : mine.findIndex((n) => n > search_after[0]!);
    const hits = (start < 0 ? [] : mine.slice(start, start + size)).map(
      (n) => `{"_index":"t","_id":"${n}","_score":null,"_source":{"n":${n}},"sort":[${n}]}`,
    );
    return asAnswer(
      `{${named}"took":1,"timed_out":false,"_shards":{"total":${shards},"failed":0},"hits":{"total":{"value":${mine.length},"relation":"eq"},"max_score":null,"hits":[${hits.join(',')}]}}`,
    );
  }
}

const error = (status: number, type: string, reason: string): Error =>
  clusterError(status, JSON.stringify({ error: { type, reason, root_cause: [{ type, reason }] }, status }));

/** `SELECT n FROM t`. */
export function scanOf(changes: Partial<SearchNode> = {}): SearchNode {
  const schema = buildSchema('t', { t: { mappings: { properties: { n: { type: 'long' } } } } });
  const field = schema.lookup('n')!;
  return {
    kind: 'search',
    scan: { schema, scored: false },
    columns: [{ id: 1, name: 'n', type: 'long', field }],
    offset: 0,
    count: Number.POSITIVE_INFINITY,
    implicit: false,
    ...changes,
  } as unknown as SearchNode;
}
