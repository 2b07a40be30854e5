/** Where a search reads: the index as it is, or one fixed view of it, which is opened, kept open and closed here. */
import type { Dsl } from '../../translators/algebra/index.ts';
import type { ScanTarget } from '../../translators/execution.ts';
import { scrollIdOf } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import { noContextLeft } from '../cluster/contexts-left.ts';
import { unreadable } from '../cluster/read-answer.ts';
import type { SearchAnswer } from '../cluster/search-answer.ts';
import type { RequestContext } from '../contract/sql-service.ts';
import type { Execution } from '../run/context.ts';
import { PageBuffers } from './page-buffers.ts';

type Asker = Pick<Execution, 'cluster' | 'request'>;

export interface View {
  search(body: Dsl): Promise<SearchAnswer>;
}

/** Adds the time of work on the cluster to what the log and the metrics say of a request. */
export async function onCluster<T>(request: Pick<RequestContext, 'stage'>, work: Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work;
  } finally {
    request.stage('cluster', performance.now() - started);
  }
}

/** The index as it is at each search; a body that is kept with its plan may be given as text. */
export const plainView = (target: ScanTarget, { cluster, request }: Asker) => ({
  search: (body: Dsl | string): Promise<SearchAnswer> => onCluster(request, cluster.search(target, body, request)),
});

interface PointInTimeOptions {
  readonly keepAliveMilliseconds: number;
  /** Asks in between where nobody does: a slow reader makes long pauses between two pages. */
  readonly renewMilliseconds?: number;
  /** For work in bulk that nobody waits for: overloads are waited out, and the memory of pages is used again. */
  readonly bulk?: boolean;
  /** What to say where the cluster has the view no longer; absent: what the cluster says. */
  readonly gone?: () => Error;
}

/** Any number of searches at any place of it, side by side, each of which may be asked again. */
export class PointInTimeView implements View {
  readonly #buffers: PageBuffers | undefined;
  readonly #renewing: NodeJS.Timeout | undefined;
  #id: string;
  #used = Date.now();
  #closed: Promise<unknown> | undefined;

  constructor(
    id: string,
    private readonly asker: Asker,
    private readonly options: PointInTimeOptions,
    /** Each holds a context on its node. */
    readonly shards = 1,
  ) {
    this.#id = id;
    const { bulk, renewMilliseconds } = options;
    this.#buffers = bulk ? new PageBuffers() : undefined;
    if (renewMilliseconds !== undefined) {
      this.#renewing = setInterval(() => this.#renew(renewMilliseconds), renewMilliseconds).unref();
    }
  }

  /** As the last answer named it. */
  get id(): string {
    return this.#id;
  }

  async search(body: Dsl): Promise<SearchAnswer> {
    const { cluster, request } = this.asker;
    const { bulk = false, keepAliveMilliseconds, gone } = this.options;
    const buffers = this.#buffers;
    const how = buffers === undefined ? {} : { patient: bulk, room: (length: number) => buffers.take(length) };
    try {
      const answer = await cluster.searchPit({ id: this.#id, keepAliveMilliseconds }, body, request, how);
      this.#id = answer.envelope.head.pit_id ?? this.#id;
      this.#used = Date.now();
      return answer;
    } catch (error) {
      if (gone !== undefined && isGone(error)) throw gone();
      throw error;
    }
  }

  /** Takes back the bytes of an answer, which nobody reads any more, for another one. */
  release({ bytes }: SearchAnswer): void {
    this.#buffers?.give(bytes);
  }

  close(): Promise<unknown> {
    clearInterval(this.#renewing);
    const { cluster, request } = this.asker;
    this.#closed ??= cluster.closePit(this.#id, request);
    return this.#closed;
  }

  #renew(milliseconds: number): void {
    if (Date.now() - this.#used < milliseconds / 2) return;
    this.search({ size: 0, track_total_hits: false }).catch(() => undefined);
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof ClusterError && error.hasCause('search_context_missing_exception');

/** Whether a total order can be had that pages of any search may go by: the sort of `tie-break.ts`. */
export async function hasTieBreak({ cluster, request }: Asker): Promise<boolean> {
  const { pointInTime, shardDocSort } = await cluster.capabilities(request);
  return pointInTime !== 'none' && shardDocSort;
}

/** undefined: the nodes hold as many as they may; scrolls have a limit of their own. */
export async function openPointInTime(
  target: ScanTarget,
  asker: Asker,
  options: PointInTimeOptions,
): Promise<PointInTimeView | undefined> {
  const { cluster, request } = asker;
  try {
    const { id, shards } = await cluster.openPit(target, options.keepAliveMilliseconds, request);
    return new PointInTimeView(id, asker, options, shards);
  } catch (error) {
    if (noContextLeft(error)) return undefined;
    throw error;
  }
}

/** Its pages come one after the other, of a size that is fixed at its start; one that is lost cannot be asked for again. */
export class ScrollView {
  #id: string | undefined;
  #closed: Promise<unknown> | undefined;

  constructor(
    private readonly target: ScanTarget,
    private readonly body: Dsl,
    private readonly keepAliveMilliseconds: number,
    private readonly asker: Asker,
  ) {}

  /** The first one opens it. */
  async next(): Promise<SearchAnswer> {
    const { cluster, request } = this.asker;
    const keepAlive = this.keepAliveMilliseconds;
    if (this.#id !== undefined) {
      const page = await cluster.scroll(this.#id, keepAlive, request);
      this.#id = scrollIdOf(page) ?? this.#id;
      return page;
    }
    const first = await cluster.openScroll(this.target, this.body, keepAlive, request);
    this.#id = scrollIdOf(first);
    if (this.#id === undefined) throw unreadable(first.text);
    return first;
  }

  async close(): Promise<void> {
    const { cluster, request } = this.asker;
    if (this.#id !== undefined) this.#closed ??= cluster.closeScroll(this.#id, request);
    await this.#closed;
  }
}
