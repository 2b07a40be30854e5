/** The one table of the SQL plugin's own settings that may be changed at run time, with what each of them changes here (spec sql-endpoint 9). */
import type { Config } from '../config.ts';

/** Settings of ours that a setting of the plugin changes. */
export type LiveKey =
  | 'sqlEnabled'
  | 'sqlSlowlog'
  | 'sqlDeleteEnabled'
  | 'cursorKeepAlive'
  | 'querySizeLimit'
  | 'fieldTypeTolerance'
  | 'maxExpressionDepth'
  | 'statsWindow';

interface PluginSetting {
  readonly name: string;
  /** Its names in older releases. */
  readonly former?: readonly string[];
  /** The variable's value stands until the setting is set; absent: it is kept and shown, and changes nothing. */
  readonly applies?: { readonly key: LiveKey; readonly env: string };
  readonly type: 'boolean' | 'integer' | 'seconds' | 'time' | 'text';
  readonly min?: number;
  readonly max?: number;
  /** The plugin's. */
  readonly default: string;
  readonly meaning: string;
}

export const PLUGIN_SETTINGS: readonly PluginSetting[] = [
  {
    name: 'plugins.sql.enabled',
    former: ['opendistro.sql.enabled'],
    applies: { key: 'sqlEnabled', env: 'SQL_ENABLED' },
    type: 'boolean',
    default: 'true',
    meaning: 'SQL is answered; with false it is refused with status 400.',
  },
  {
    name: 'plugins.sql.slowlog',
    former: ['opendistro.sql.query.slowlog'],
    applies: { key: 'sqlSlowlog', env: 'SQL_SLOWLOG' },
    type: 'seconds',
    default: '2',
    meaning: 'Seconds from which on a SQL request is logged as a warning; 0 for none.',
  },
  {
    name: 'plugins.sql.cursor.keep_alive',
    former: ['opendistro.sql.cursor.keep_alive'],
    applies: { key: 'cursorKeepAlive', env: 'CURSOR_KEEP_ALIVE' },
    type: 'time',
    min: 1_000,
    default: '1m',
    meaning: 'How long a cursor lives between two pages.',
  },
  {
    name: 'plugins.sql.delete.enabled',
    applies: { key: 'sqlDeleteEnabled', env: 'SQL_DELETE_ENABLED' },
    type: 'boolean',
    default: 'false',
    meaning: 'DELETE statements are carried out.',
  },
  {
    name: 'plugins.query.size_limit',
    former: ['opendistro.query.size_limit'],
    applies: { key: 'querySizeLimit', env: 'QUERY_SIZE_LIMIT' },
    type: 'integer',
    min: 1,
    default: '10000',
    meaning: 'Rows of a statement without LIMIT; results that are read page by page are not cut.',
  },
  {
    name: 'plugins.query.field_type_tolerance',
    applies: { key: 'fieldTypeTolerance', env: 'FIELD_TYPE_TOLERANCE' },
    type: 'boolean',
    default: 'true',
    meaning: 'Arrays in scalar fields are kept; with false their first element is returned.',
  },
  {
    name: 'plugins.query.max_expression_depth',
    applies: { key: 'maxExpressionDepth', env: 'MAX_EXPRESSION_DEPTH' },
    type: 'integer',
    min: 10,
    max: 10_000,
    default: '1000',
    meaning: 'Deepest nesting of expressions.',
  },
  {
    name: 'plugins.query.metrics.rolling_window',
    former: ['opendistro.sql.metrics.rollingwindow'],
    applies: { key: 'statsWindow', env: 'STATS_WINDOW' },
    type: 'seconds',
    min: 2,
    default: '3600',
    meaning: 'Seconds that the rolling counters of the stats route reach back, in whole minutes.',
  },
  {
    name: 'plugins.query.metrics.rolling_interval',
    former: ['opendistro.sql.metrics.rollinginterval'],
    type: 'seconds',
    min: 1,
    default: '60',
    meaning: 'Always one minute here.',
  },
  {
    name: 'plugins.query.memory_limit',
    former: ['opendistro.ppl.query.memory_limit'],
    type: 'text',
    default: '85%',
    meaning:
      "The plugin's guard of the cluster's heap; here DUCKDB_MEMORY_LIMIT bounds what is computed outside of the cluster.",
  },
  {
    name: 'plugins.query.buckets',
    type: 'integer',
    min: 1,
    default: '10000',
    meaning: 'Groups are always read to their end here.',
  },
  {
    name: 'plugins.sql.pagination.api',
    type: 'boolean',
    default: 'true',
    meaning: 'Points in time are used where the cluster has safe ones.',
  },
  ...[
    'opendistro.sql.engine.new.enabled',
    'opendistro.sql.query.analysis.enabled',
    'opendistro.sql.query.analysis.semantic.suggestion',
    'opendistro.sql.cursor.enabled',
  ].map(obsolete('boolean', 'true')),
  obsolete('integer', '200')('opendistro.sql.query.analysis.semantic.threshold'),
  obsolete('integer', '1000')('opendistro.sql.cursor.fetch_size'),
  obsolete('text', 'jdbc')('opendistro.sql.query.response.format'),
];

function obsolete(type: PluginSetting['type'], fallback: string): (name: string) => PluginSetting {
  return (name) => ({ name, type, default: fallback, meaning: 'Has no meaning any more; accepted.' });
}

/** Of the PPL engine and its optimiser, which is not ours: kept and shown, whatever it is. */
const FOREIGN = /^(plugins\.(ppl|calcite)|opendistro\.ppl)\./;
const KEPT = /^(plugins\.(sql|ppl|query|calcite)|opendistro\.(sql|ppl|query))\./;
const DROPPED = /^plugins\.query\.(executionengine|datasources)(\.|$)/;

/** Whether the endpoint takes the key at all; others are dropped in silence, as the plugin does. */
export const isPluginKey = (key: string): boolean => KEPT.test(key) && !DROPPED.test(key);

const BY_NAME: ReadonlyMap<string, PluginSetting> = new Map(
  PLUGIN_SETTINGS.flatMap((setting) =>
    [setting.name, ...(setting.former ?? [])].map((name) => [name, setting] as const),
  ),
);

export const isKnownKey = (key: string): boolean => BY_NAME.has(key) || FOREIGN.test(key);
export const pluginSetting = (key: string): PluginSetting | undefined => BY_NAME.get(key);

const TIME_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The value as our setting holds it, or what is wrong with the text. */
export function readPluginValue(
  key: string,
  text: string,
): { readonly value: Config[LiveKey] | string } | { readonly problem: string } {
  const setting = BY_NAME.get(key);
  if (setting === undefined || setting.type === 'text') return { value: text };
  const failed = { problem: `Failed to parse value [${text}] for setting [${key}]` };
  if (setting.type === 'boolean') {
    return text === 'true' || text === 'false' ? { value: text === 'true' } : failed;
  }
  const [, digits, unit] = /^\s*(\d{1,15})\s*(ms|s|m|h|d)?\s*$/i.exec(text) ?? [];
  if (digits === undefined || (unit !== undefined) !== (setting.type === 'time')) return failed;
  const number = Number(digits) * (unit === undefined ? 1 : TIME_UNITS[unit.toLowerCase()]!);
  const { min = 0, max = 2_147_483_647 } = setting;
  if (number < min) return { problem: `${failed.problem} must be >= ${least(setting, min)}` };
  if (number > max) return { problem: `${failed.problem} must be <= ${max}` };
  return { value: setting.type === 'seconds' ? number * 1_000 : number };
}

const least = (setting: PluginSetting, min: number): string => (setting.type === 'time' ? `${min / 1_000}s` : `${min}`);
