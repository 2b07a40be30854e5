/** The calls of the cluster that queries need, each counted, timed, and made with its caller's identity. */
import type { Dispatcher } from 'undici';
import { SqlError } from '../../translators/errors.ts';
import type { ScanTarget } from '../../translators/execution.ts';
import type { Config } from '../config.ts';
import type { Metrics } from '../metrics.ts';
import type { Room } from './answer-body.ts';
import { ASSUMED, type Capabilities, capabilitiesOf } from './capabilities.ts';
import { ClusterError } from './cluster-error.ts';
import { type ClusterUser, createClusterUsers } from './cluster-user.ts';
import type { CallContext } from './context.ts';
import { indexPath } from './index-path.ts';
import { opening } from './opening.ts';
import type { ClusterPools } from './pool.ts';
import { readAnswer, unreadable } from './read-answer.ts';
import { type ClusterAnswer, clusterRequest, clusterRequestOk } from './request.ts';
import { type SearchAnswer, searchAnswer, whole } from './search-answer.ts';

export type CallKind =
  | 'search'
  | 'open_pit'
  | 'close_pit'
  | 'scroll'
  | 'close_scroll'
  | 'mapping'
  | 'field_caps'
  | 'info'
  | 'jobs'
  | 'other';

export type Parameters = Readonly<Record<string, string | number | boolean>>;

export interface RawCall {
  readonly kind: CallKind;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly parameters?: Parameters;
  readonly body?: unknown;
  readonly retries?: number;
  readonly room?: Room;
}

export interface OpenedPit {
  readonly id: string;
  /** Each holds a context on its node. */
  readonly shards: number;
}

export interface PointInTime {
  readonly id: string;
  /** From the search that is made in it. */
  readonly keepAliveMilliseconds: number;
}

/** How a page of a point in time is asked for. */
export interface Asking {
  /** By work that nobody waits for: an overload is waited out for half a minute. */
  readonly patient?: boolean;
  /** Where the bytes of a large answer go. */
  readonly room?: Room;
}

/** Answers of searches hold all rows that they should; others are thrown as errors. */
export interface Cluster {
  /** A body may be given as its text. */
  search(target: ScanTarget, body: object | string, context: CallContext): Promise<SearchAnswer>;
  /** A search in a point in time, which keeps what it was opened with. */
  searchPit(pit: PointInTime, body: object, context: CallContext, how?: Asking): Promise<SearchAnswer>;
  openPit(target: ScanTarget, keepAliveMilliseconds: number, context: CallContext): Promise<OpenedPit>;
  /** Never throws: a point in time that cannot be closed expires by itself. */
  closePit(id: string, context: CallContext): Promise<boolean>;
  openScroll(
    target: ScanTarget,
    body: object,
    keepAliveMilliseconds: number,
    context: CallContext,
  ): Promise<SearchAnswer>;
  scroll(id: string, keepAliveMilliseconds: number, context: CallContext): Promise<SearchAnswer>;
  closeScroll(id: string, context: CallContext): Promise<boolean>;
  /** The answer of `GET /`. */
  info(context: CallContext): Promise<unknown>;
  capabilities(context: CallContext): Promise<Capabilities>;
  /** Who the cluster says that the caller is, at most some seconds ago; throws its error where it does not accept the credentials. */
  user(context: CallContext): Promise<ClusterUser>;
  /** Any other call; throws the cluster's error for status 400 and above. */
  call(call: RawCall, context: CallContext): Promise<ClusterAnswer>;
  /** The same, but answers with whatever status came. */
  callAny(call: RawCall, context: CallContext): Promise<ClusterAnswer>;
}

const SEARCH_RETRIES = 2;
/** With growing pauses: half a minute in all. */
const PATIENT_RETRIES = 12;
const CAPABILITIES_MILLISECONDS = 300_000;
/** Without it a failed shard is left out in silence. */
const WHOLE = { allow_partial_search_results: false };

/** Without an index: the point in time fixes what is read. */
const pitSearch = ({ id, keepAliveMilliseconds }: PointInTime, body: object): RawCall => ({
  kind: 'search',
  method: 'POST',
  path: '/_search',
  parameters: WHOLE,
  body: { ...body, pit: { id, keep_alive: timeValue(keepAliveMilliseconds) } },
});

/** Long because its calls share the connections and what is known of the cluster, which nothing else may change; each of them is short. */
export function createCluster(config: Config, pools: ClusterPools, metrics: Metrics): Cluster {
  let known: { readonly capabilities: Capabilities; readonly until: number } | undefined;

  async function send(call: RawCall, context: CallContext, request: typeof clusterRequest): Promise<ClusterAnswer> {
    context.calls.push(call.kind);
    const started = performance.now();
    let status = 0;
    try {
      const answer = await request(pools, {
        method: call.method,
        path: call.path + queryText(call.parameters),
        body: call.body,
        identity: context.identity,
        ...(context.signal === undefined ? {} : { signal: context.signal }),
        timeout: config.clusterTimeout,
        retries: call.retries ?? 0,
        ...(call.room === undefined ? {} : { room: call.room }),
        onRetry: () => metrics.clusterRetry(call.kind),
      });
      status = answer.status;
      context.received?.(answer.bytes.length);
      return answer;
    } catch (error) {
      if (error instanceof ClusterError) status = error.status;
      throw error;
    } finally {
      metrics.clusterCall(call.kind, status, (performance.now() - started) / 1000);
    }
  }

  const ok = (call: RawCall, context: CallContext) => send(call, context, clusterRequestOk);
  const any = (call: RawCall, context: CallContext) => send(call, context, clusterRequest);

  async function searched(call: RawCall, context: CallContext): Promise<SearchAnswer> {
    return whole(searchAnswer(await ok(call, context), call.body));
  }

  async function closed(call: RawCall, context: CallContext): Promise<boolean> {
    try {
      // Also when the client is gone: what was opened for it has to go too.
      const { status, text } = await any(call, { identity: context.identity, calls: context.calls });
      return status < 400 && !/"(succeeded|successful)"\s*:\s*false/.test(text);
    } catch {
      return false;
    }
  }

  async function capabilities(context: CallContext): Promise<Capabilities> {
    if (known !== undefined && known.until > Date.now()) return known.capabilities;
    const { status, text } = await any({ kind: 'info', method: 'GET', path: '/', retries: SEARCH_RETRIES }, context);
    // A caller who may search but not ask for the version is served on the safe assumption; the next one is asked again.
    const found = status < 400 ? capabilitiesOf(readAnswer(text)) : undefined;
    if (found === undefined) return known?.capabilities ?? ASSUMED;
    known = { capabilities: found, until: Date.now() + CAPABILITIES_MILLISECONDS };
    return found;
  }

  const users = createClusterUsers({
    get: (path, context) => any({ kind: 'info', method: 'GET', path, retries: SEARCH_RETRIES }, context),
    engine: async (context) => (await capabilities(context)).engine,
  });

  async function closePit(id: string, context: CallContext): Promise<boolean> {
    const { pointInTime } = await capabilities({ identity: context.identity, calls: context.calls });
    const call =
      pointInTime === 'opensearch'
        ? { path: '/_search/point_in_time', body: { pit_id: [id] } }
        : { path: '/_pit', body: { id } };
    return closed({ kind: 'close_pit', method: 'DELETE', ...call }, context);
  }

  async function closeScroll(id: string | undefined, context: CallContext): Promise<boolean> {
    if (id === undefined) return false;
    const body = { scroll_id: [id] };
    return closed({ kind: 'close_scroll', method: 'DELETE', path: '/_search/scroll', body }, context);
  }

  return {
    search: ({ expression, parameters }, body, context) =>
      searched(
        {
          kind: 'search',
          method: 'POST',
          path: `/${indexPath(expression)}/_search`,
          parameters: { ...WHOLE, ...parameters },
          body,
          retries: SEARCH_RETRIES,
        },
        context,
      ),

    searchPit: (pit, body, context, { patient = false, ...how } = {}) =>
      searched({ ...pitSearch(pit, body), retries: patient ? PATIENT_RETRIES : SEARCH_RETRIES, ...how }, context),

    async openPit({ expression, parameters }, keepAlive, context) {
      const { pointInTime } = await capabilities(context);
      if (pointInTime === 'none') throw new SqlError('unsupported', 'This cluster has no points in time.');
      const path = pointInTime === 'opensearch' ? '_search/point_in_time' : '_pit';
      const call: RawCall = {
        kind: 'open_pit',
        method: 'POST',
        path: `/${indexPath(expression)}/${path}`,
        parameters: {
          keep_alive: timeValue(keepAlive),
          ...(pointInTime === 'opensearch' ? { allow_partial_pit_creation: false } : {}),
          ...parameters,
        },
      };
      return opening(
        context,
        async (at) => openedPit((await ok(call, at)).text),
        ({ id }) => closePit(id, context),
      );
    },

    closePit,

    openScroll({ expression, parameters }, body, keepAlive, context) {
      const call: RawCall = {
        kind: 'search',
        method: 'POST',
        path: `/${indexPath(expression)}/_search`,
        parameters: { scroll: timeValue(keepAlive), ...WHOLE, ...parameters },
        body,
      };
      return opening(
        context,
        async (at) => {
          const answer = searchAnswer(await ok(call, at), body);
          try {
            return whole(answer);
          } catch (error) {
            await closeScroll(scrollIdOf(answer), context);
            throw error;
          }
        },
        (answer) => closeScroll(scrollIdOf(answer), context),
      );
    },

    // A scroll moves on with each call, so that a second try would lose a page.
    scroll: (id, keepAlive, context) =>
      searched(
        {
          kind: 'scroll',
          method: 'POST',
          path: '/_search/scroll',
          body: { scroll_id: id, scroll: timeValue(keepAlive) },
        },
        context,
      ),

    closeScroll,

    async info(context) {
      const { text } = await ok({ kind: 'info', method: 'GET', path: '/', retries: SEARCH_RETRIES }, context);
      return readAnswer(text);
    },

    capabilities,
    user: (context) => users.of(context),
    call: ok,
    callAny: any,
  };
}

/** Each page may name the scroll anew. */
export const scrollIdOf = (answer: SearchAnswer): string | undefined => answer.envelope.head._scroll_id;

function openedPit(text: string): OpenedPit {
  const answer = readAnswer<{ pit_id?: string; id?: string; _shards?: { readonly total?: number } }>(text);
  const id = answer.pit_id ?? answer.id;
  if (id === undefined) throw unreadable(text);
  return { id, shards: answer._shards?.total ?? 1 };
}

function timeValue(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

function queryText(parameters: Parameters | undefined): string {
  if (parameters === undefined) return '';
  const parts = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
