/** Mappings of index expressions, trusted for a second, kept apart by caller, read once for all who wait. */
import { createHash } from 'node:crypto';
import { SqlError } from '../../translators/errors.ts';
import type { Config } from '../config.ts';
import type { Cluster } from './cluster.ts';
import type { CallContext } from './context.ts';
import { identityKey } from './credentials.ts';
import { indexParts, indexPath, isRemote } from './index-path.ts';
import { readAnswer, unreadable } from './read-answer.ts';
import { type FieldCaps, mappingFromFieldCaps } from './remote-mapping.ts';
import { throwIfAborted } from './request.ts';
import { isUnknownIndex, withoutPrefix } from './schema-prefix.ts';

/** The `mappings` object of an index as the cluster tells it. */
export type RawMapping = Readonly<Record<string, unknown>>;

export interface MappingSnapshot {
  /** What searches name: the expression that was asked for, or what is left of it without a schema that no index has in its name. */
  readonly expression: string;
  /** By concrete index name. The same object as before while nothing has changed. */
  readonly indices: Readonly<Record<string, RawMapping>>;
  /** Changes when, and only when, the content does. */
  readonly version: string;
}

/** What of an expression counts. `skipMissing`: indices that it names and that are not there, or closed, are passed over. */
export interface Reach {
  readonly skipMissing?: boolean;
}

export interface MappingCache {
  get(expression: string, context: CallContext, reach?: Reach): Promise<MappingSnapshot>;
  /** Reads again, whatever is cached: before a field is called unknown. */
  refresh(expression: string, context: CallContext, reach?: Reach): Promise<MappingSnapshot>;
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

/** Long because its methods share the cached mappings, which nothing else may change; each of them is short. */
export function createMappingCache(config: Config, cluster: Cluster): MappingCache {
  const entries = new Map<string, Entry>();
  /** The last snapshot of each key outlives its entry, so that an unchanged mapping is not parsed again. */
  const last = new Map<string, MappingSnapshot>();
  let generation = 0;

  async function read(place: Place, context: CallContext): Promise<MappingSnapshot> {
    try {
      return await readNamed(place, context);
    } catch (error) {
      if (!isUnknownIndex(error)) throw error;
      for (const expression of await withoutPrefix(place.expression, cluster, context).catch(() => [])) {
        const found = await readNamed({ ...place, expression }, context).catch(() => undefined);
        if (found) return found;
      }
      throw error;
    }
  }

  async function readNamed(place: Place, context: CallContext): Promise<MappingSnapshot> {
    const { key, expression } = place;
    const parts = indexParts(expression);
    const local = parts.filter((part) => !isRemote(part)).join(',');
    const remote = parts.filter(isRemote).join(',');
    const texts: string[] = [];
    if (local !== '' || remote === '') texts.push(await readLocal(local || expression, place, context));
    if (remote !== '') texts.push(await readRemote(remote, place, context));
    const version = createHash('sha1').update(texts.join('\n')).digest('base64url');
    const before = last.get(key);
    if (before?.version === version && before.expression === expression) return before;
    const indices = Object.assign({}, ...texts.map((text) => parseIndices(text)));
    if (Object.keys(indices).length === 0) throw notFound(expression);
    const snapshot = { expression, indices, version };
    put(last, key, snapshot);
    return snapshot;
  }

  async function readLocal(expression: string, { reach }: Place, context: CallContext): Promise<string> {
    const path = `/${indexPath(expression)}/_mapping`;
    const parameters = skipping(reach);
    const { text } = await cluster.call({ kind: 'mapping', method: 'GET', path, parameters, retries: 2 }, context);
    return text;
  }

  /** `_mapping` does not reach other clusters, `_field_caps` does. */
  async function readRemote(expression: string, { reach }: Place, context: CallContext): Promise<string> {
    const path = `/${indexPath(expression)}/_field_caps`;
    const parameters = { fields: '*', include_unmapped: false, ...skipping(reach) };
    const { text } = await cluster.call({ kind: 'field_caps', method: 'GET', path, parameters, retries: 2 }, context);
    const caps = readAnswer<FieldCaps>(text);
    if ((caps.indices?.length ?? 1) === 0) throw notFound(expression);
    return JSON.stringify({ [expression]: { mappings: mappingFromFieldCaps(caps) } });
  }

  function fetchFor(place: Place, context: CallContext): Entry {
    const { key } = place;
    // Shared by all who wait, so it does not end with the one who happened to be first.
    const snapshot = read(place, { identity: context.identity, calls: context.calls });
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

  function renew(entry: Entry, place: Place, context: CallContext): void {
    const { key } = place;
    entry.renewFrom = Number.POSITIVE_INFINITY;
    const snapshot = read(place, { identity: context.identity, calls: [] });
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
    async get(expression, context, reach = {}) {
      const place = placeOf(expression, context, reach);
      const cached = entries.get(place.key);
      const usable = cached !== undefined && cached.generation === generation && cached.until > Date.now();
      if (!usable) return wait(fetchFor(place, context), context);
      if (cached.renewFrom <= Date.now()) renew(cached, place, context);
      return wait(cached, context);
    },
    async refresh(expression, context, reach = {}) {
      return wait(fetchFor(placeOf(expression, context, reach), context), context);
    },
    invalidate() {
      generation++;
    },
  };
}

/** What is read, and the key it is kept by: not every caller may see every index. */
interface Place {
  readonly key: string;
  readonly expression: string;
  readonly reach: Reach;
}

function placeOf(expression: string, { identity }: CallContext, reach: Reach): Place {
  return { key: `${identityKey(identity)} ${reach.skipMissing ? '? ' : ''}${expression}`, expression, reach };
}

const skipping = ({ skipMissing }: Reach): { ignore_unavailable?: boolean } =>
  skipMissing ? { ignore_unavailable: true } : {};

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
  const answer = readAnswer<Readonly<Record<string, { readonly mappings?: RawMapping } | null>>>(text);
  return Object.fromEntries(
    Object.entries(answer).map(([index, found]) => {
      if (typeof found !== 'object' || found === null) throw unreadable(text);
      return [index, found.mappings ?? {}];
    }),
  );
}

function notFound(expression: string): SqlError {
  return new SqlError('indexNotFound', {
    reason: `Error occurred in OpenSearch engine: no such index [${expression}]`,
    details: `[${expression}] IndexNotFoundException[no such index [${expression}]]\nFor more details, please send request for Json format to see the raw response from OpenSearch engine.`,
  });
}
