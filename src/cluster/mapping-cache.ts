/** Mappings of index expressions, trusted for a second, kept apart by caller, read once for all who wait. */
import { createHash } from 'node:crypto';
import { SqlError } from '../../translators/errors.ts';
import type { Config } from '../config.ts';
import type { Cluster } from './cluster.ts';
import type { CallContext } from './context.ts';
import { identityKey } from './credentials.ts';
import { indexParts, indexPath, isRemote } from './index-path.ts';
import { type FieldCaps, mappingFromFieldCaps } from './remote-mapping.ts';
import { throwIfAborted } from './request.ts';

/** The `mappings` object of an index as the cluster tells it. */
export type RawMapping = Readonly<Record<string, unknown>>;

export interface MappingSnapshot {
  /** By concrete index name. The same object as before while nothing has changed. */
  readonly indices: Readonly<Record<string, RawMapping>>;
  /** Changes when, and only when, the content does. */
  readonly version: string;
}

export interface MappingCache {
  get(expression: string, context: CallContext): Promise<MappingSnapshot>;
  /** Reads again, whatever is cached: before a field is called unknown. */
  refresh(expression: string, context: CallContext): Promise<MappingSnapshot>;
  /** After a request that may have changed a mapping: nothing read before is trusted. */
  invalidate(): void;
}

interface Entry {
  readonly snapshot: Promise<MappingSnapshot>;
  readonly generation: number;
  /** Infinite while it is being read. */
  until: number;
  /** Used after this it is read again, while it still serves: statements in a steady flow never wait for it. */
  renewFrom: number;
}

const MAX_ENTRIES = 1_000;

export function createMappingCache(config: Config, cluster: Cluster): MappingCache {
  const entries = new Map<string, Entry>();
  /** The last snapshot of each key outlives its entry, so that an unchanged mapping is not parsed again. */
  const last = new Map<string, MappingSnapshot>();
  let generation = 0;

  async function read(key: string, expression: string, context: CallContext): Promise<MappingSnapshot> {
    const parts = indexParts(expression);
    const local = parts.filter((part) => !isRemote(part)).join(',');
    const remote = parts.filter(isRemote).join(',');
    const texts: string[] = [];
    if (local !== '' || remote === '') texts.push(await readLocal(local || expression, context));
    if (remote !== '') texts.push(await readRemote(remote, context));
    const version = createHash('sha1').update(texts.join('\n')).digest('base64url');
    const before = last.get(key);
    if (before?.version === version) return before;
    const indices = Object.assign({}, ...texts.map((text) => parseIndices(text)));
    if (Object.keys(indices).length === 0) throw notFound(expression);
    const snapshot = { indices, version };
    put(last, key, snapshot);
    return snapshot;
  }

  async function readLocal(expression: string, context: CallContext): Promise<string> {
    const path = `/${indexPath(expression)}/_mapping`;
    const { text } = await cluster.call({ kind: 'mapping', method: 'GET', path, retries: 2 }, context);
    return text;
  }

  /** `_mapping` does not reach other clusters, `_field_caps` does. */
  async function readRemote(expression: string, context: CallContext): Promise<string> {
    const path = `/${indexPath(expression)}/_field_caps`;
    const { text } = await cluster.call(
      { kind: 'field_caps', method: 'GET', path, parameters: { fields: '*', include_unmapped: false }, retries: 2 },
      context,
    );
    const caps = JSON.parse(text) as FieldCaps;
    if ((caps.indices?.length ?? 1) === 0) throw notFound(expression);
    return JSON.stringify({ [expression]: { mappings: mappingFromFieldCaps(caps) } });
  }

  function fetchFor(key: string, expression: string, context: CallContext): Entry {
    // Shared by all who wait, so it does not end with the one who happened to be first.
    const snapshot = read(key, expression, { identity: context.identity, calls: context.calls });
    const entry: Entry = {
      snapshot,
      generation,
      until: Number.POSITIVE_INFINITY,
      renewFrom: Number.POSITIVE_INFINITY,
    };
    put(entries, key, entry);
    snapshot.then(
      () => trust(entry),
      () => {
        if (entries.get(key) === entry) entries.delete(key);
      },
    );
    return entry;
  }

  function trust(entry: Entry): void {
    const now = Date.now();
    entry.until = now + config.mappingCacheTtl;
    entry.renewFrom = now + config.mappingCacheTtl / 2;
  }

  function renew(entry: Entry, key: string, expression: string, context: CallContext): void {
    entry.renewFrom = Number.POSITIVE_INFINITY;
    const snapshot = read(key, expression, { identity: context.identity, calls: [] });
    snapshot.then(
      () => {
        // What was read before a change says nothing of the time after it.
        if (entries.get(key) !== entry || entry.generation !== generation) return;
        const next = { ...entry, snapshot };
        trust(next);
        put(entries, key, next);
      },
      // Whoever needs it when this one is over meets the fault.
      () => undefined,
    );
  }

  async function wait(entry: Entry, context: CallContext): Promise<MappingSnapshot> {
    const snapshot = await entry.snapshot;
    throwIfAborted(context.signal);
    return snapshot;
  }

  return {
    async get(expression, context) {
      const key = `${identityKey(context.identity)} ${expression}`;
      const cached = entries.get(key);
      const usable = cached !== undefined && cached.generation === generation && cached.until > Date.now();
      if (!usable) return wait(fetchFor(key, expression, context), context);
      if (cached.renewFrom <= Date.now()) renew(cached, key, expression, context);
      return wait(cached, context);
    },
    async refresh(expression, context) {
      return wait(fetchFor(`${identityKey(context.identity)} ${expression}`, expression, context), context);
    },
    invalidate() {
      generation++;
    },
  };
}

/** A map as a least-recently-written cache. */
function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_ENTRIES) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
}

function parseIndices(text: string): Record<string, RawMapping> {
  const answer = JSON.parse(text) as Readonly<Record<string, { readonly mappings?: RawMapping }>>;
  return Object.fromEntries(Object.entries(answer).map(([index, { mappings }]) => [index, mappings ?? {}]));
}

function notFound(expression: string): SqlError {
  return new SqlError('indexNotFound', {
    reason: `Error occurred in OpenSearch engine: no such index [${expression}]`,
    details: `[${expression}] IndexNotFoundException[no such index [${expression}]]\nFor more details, please send request for Json format to see the raw response from OpenSearch engine.`,
  });
}
