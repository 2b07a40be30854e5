/** Counts what open cursors of this server hold on the cluster: at most half of the contexts that its nodes may hold are theirs. */
import type { ScanTarget } from '../../translators/execution.ts';
import { openPointInTime } from '../read/view.ts';
import { parseJson } from '../rows/longs.ts';
import type { Execution } from '../run/context.ts';

interface Open {
  readonly shards: number;
  /** After it the cluster lets go of the view. */
  readonly until: number;
}

/** Of a node, where the cluster does not say. */
const DEFAULT_LIMIT = 300;
/** How long the limit is trusted. */
const KNOWN_MILLISECONDS = 300_000;

export class CursorContexts {
  readonly #open = new Map<string, Open>();
  #allowed: { readonly contexts: number; readonly until: number } | undefined;

  get held(): number {
    const now = Date.now();
    let sum = 0;
    for (const [pit, { shards, until }] of this.#open) {
      if (until < now) this.#open.delete(pit);
      else sum += shards;
    }
    return sum;
  }

  /** undefined: cursors hold their half already, or the nodes hold as many as they may. */
  async open(target: ScanTarget, execution: Execution): Promise<string | undefined> {
    const { config } = execution;
    const allowed = await this.#limit(execution);
    if (this.held >= allowed) return undefined;
    const view = await openPointInTime(target, execution, { keepAliveMilliseconds: config.cursorKeepAlive });
    if (view === undefined) return undefined;
    const { id, shards } = view;
    if (this.held + shards > allowed) {
      await view.close();
      return undefined;
    }
    this.#open.set(id, { shards, until: Date.now() + config.cursorKeepAlive });
    return id;
  }

  /** A page was read, which may have given the view another name; another server may have opened it. */
  renewed(before: string, pit: string, keepAlive: number): void {
    const shards = this.#open.get(before)?.shards ?? 1;
    this.#open.delete(before);
    this.#open.set(pit, { shards, until: Date.now() + keepAlive });
  }

  closed(pit: string): void {
    this.#open.delete(pit);
  }

  async #limit(execution: Execution): Promise<number> {
    if (this.#allowed === undefined || this.#allowed.until < Date.now()) {
      this.#allowed = { contexts: await halfOfAll(execution), until: Date.now() + KNOWN_MILLISECONDS };
    }
    return this.#allowed.contexts;
  }
}

/** What the caller may not ask for is taken for its default, of one node. */
async function halfOfAll({ cluster, request }: Execution): Promise<number> {
  const { pointInTime } = await cluster.capabilities(request);
  // Elasticsearch does not limit them.
  if (pointInTime !== 'opensearch') return Number.POSITIVE_INFINITY;
  // They are the server's own, not the statement's.
  const context = { identity: request.identity, signal: request.signal, calls: [] };
  const ask = async (path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> => {
    const { status, text } = await cluster.callAny({ kind: 'info', method: 'GET', path, parameters }, context);
    return status < 400 ? parseJson(text) : undefined;
  };
  const [settings, health] = await Promise.all([
    ask('/_cluster/settings', { include_defaults: 'true', filter_path: '*.search.max_open_pit_context' }),
    ask('/_cluster/health', { filter_path: 'number_of_data_nodes' }),
  ]);
  const nodes = (health as { number_of_data_nodes?: number } | undefined)?.number_of_data_nodes ?? 1;
  return Math.floor(limitOf(settings) / 2) * Math.max(1, nodes);
}

interface SearchSettings {
  readonly search?: { readonly max_open_pit_context?: string };
}

/** A transient setting comes before a persistent one, and that before the default. */
function limitOf(settings: unknown): number {
  const said = settings as Readonly<Record<string, SearchSettings>> | undefined;
  for (const level of ['transient', 'persistent', 'defaults']) {
    const value = Number(said?.[level]?.search?.max_open_pit_context);
    if (Number.isInteger(value)) return value;
  }
  return DEFAULT_LIMIT;
}
