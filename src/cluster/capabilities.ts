/** How the engines differ: one row each, the only place that knows. */
type PointInTime = 'opensearch' | 'elasticsearch' | 'none';

export interface Capabilities {
  readonly engine: 'opensearch' | 'elasticsearch';
  /** As the cluster says it; an assumed version when it may not be asked. */
  readonly version: string;
  /** The API of points in time, or none: then long reads go by scroll. */
  readonly pointInTime: PointInTime;
  /** A sort on `_shard_doc` breaks ties over all shards of a point in time. */
  readonly shardDocSort: boolean;
  readonly multiTerms: boolean;
  readonly fieldsApi: boolean;
  /** `case_insensitive` of term, prefix, wildcard and regexp. */
  readonly caseInsensitive: boolean;
  readonly runtimeFields: boolean;
}

interface EngineRow {
  readonly engine: Capabilities['engine'];
  /** From this version on; rows are tried from the top. */
  readonly from: readonly [major: number, minor: number];
  /** Only builds without x-pack: Elasticsearch's Apache-licensed flavour, and nodes put together from its jars. */
  readonly flavour?: 'oss';
  readonly can: Omit<Capabilities, 'engine' | 'version'>;
}

const BASE = {
  fieldsApi: true,
  caseInsensitive: true,
  runtimeFields: false,
  shardDocSort: false,
  multiTerms: false,
} as const;

const ENGINES: readonly EngineRow[] = [
  {
    engine: 'opensearch',
    from: [3, 3],
    can: { ...BASE, pointInTime: 'opensearch', multiTerms: true, shardDocSort: true },
  },
  { engine: 'opensearch', from: [2, 4], can: { ...BASE, pointInTime: 'opensearch', multiTerms: true } },
  { engine: 'opensearch', from: [2, 1], can: { ...BASE, pointInTime: 'none', multiTerms: true } },
  { engine: 'opensearch', from: [1, 0], can: { ...BASE, pointInTime: 'none' } },
  { engine: 'elasticsearch', from: [7, 10], flavour: 'oss', can: { ...BASE, pointInTime: 'none' } },
  {
    engine: 'elasticsearch',
    from: [7, 12],
    can: { ...BASE, pointInTime: 'elasticsearch', multiTerms: true, shardDocSort: true, runtimeFields: true },
  },
  { engine: 'elasticsearch', from: [7, 10], can: { ...BASE, pointInTime: 'elasticsearch' } },
  {
    engine: 'elasticsearch',
    from: [0, 0],
    can: { ...BASE, pointInTime: 'none', fieldsApi: false, caseInsensitive: false },
  },
];

/** What to assume of a cluster that does not say what it is. */
export const ASSUMED: Capabilities = {
  engine: 'opensearch',
  version: '2.4.0',
  ...rowFor('opensearch', 2, 4, false).can,
};

/** As `build_flavor` says it; a node that runs from jars does not know its own. */
const WITHOUT_XPACK: ReadonlySet<unknown> = new Set(['oss', 'unknown']);

/** Reads the answer of `GET /`. */
export function capabilitiesOf(info: unknown): Capabilities | undefined {
  if (typeof info !== 'object' || info === null || !('version' in info)) return undefined;
  const said = info.version as Readonly<Record<string, unknown>> | null;
  if (typeof said?.number !== 'string') return undefined;
  const engine = said.distribution === 'opensearch' ? 'opensearch' : 'elasticsearch';
  const [major = 0, minor = 0] = said.number.split(/[.-]/).map(Number);
  // OpenSearch with `compatibility.override_main_response_version` calls itself 7.10.2: only what all of it has is safe.
  const disguised = engine === 'opensearch' && major >= 7;
  const row = disguised
    ? rowFor(engine, 1, 0, false)
    : rowFor(engine, major, minor, WITHOUT_XPACK.has(said.build_flavor));
  return { engine, version: said.number, ...row.can };
}

function rowFor(engine: Capabilities['engine'], major: number, minor: number, oss: boolean): EngineRow {
  const reached = (row: EngineRow) => major > row.from[0] || (major === row.from[0] && minor >= row.from[1]);
  const row = ENGINES.find((one) => one.engine === engine && (one.flavour === undefined || oss) && reached(one));
  return row ?? ENGINES.findLast((one) => one.engine === engine)!;
}
