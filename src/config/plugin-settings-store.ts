/** Keeps the plugin settings that were changed at run time: persistent ones in a file, transient ones until the server ends. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError } from '../config.ts';
import { isKnownKey, type LiveKey, PLUGIN_SETTINGS, pluginSetting, readPluginValue } from './plugin-settings.ts';

/** Values as text by name; null resets. */
export type Changes = ReadonlyMap<string, string | null>;

export interface PluginSettings {
  /** The settings of the server, with what has been changed since; to be asked anew for each request. */
  readonly config: Config;
  change(transient: Changes, persistent: Changes): void;
}

const FILE = 'plugin-settings.json';

export function openPluginSettings(base: Config): PluginSettings {
  const path = join(base.dataDir, FILE);
  const persistent = readKept(path);
  const transient = new Map<string, string>();
  const live = new Map<LiveKey, Config[LiveKey]>();

  function refresh(): void {
    live.clear();
    for (const values of [persistent, transient]) {
      for (const [name, text] of values) {
        const key = pluginSetting(name)?.applies?.key;
        const read = readPluginValue(name, text);
        if (key !== undefined && 'value' in read) live.set(key, read.value as Config[LiveKey]);
      }
    }
  }
  refresh();

  const keys = PLUGIN_SETTINGS.flatMap(({ applies }) => (applies ? [applies.key] : []));
  const config: Config = Object.defineProperties(
    { ...base },
    Object.fromEntries(keys.map((key) => [key, { enumerable: true, get: () => live.get(key) ?? base[key] }])),
  );
  return {
    config,
    change(newTransient, newPersistent) {
      if (newPersistent.size > 0) {
        const next = new Map(persistent);
        apply(next, newPersistent);
        keep(path, base.dataDir, next);
        apply(persistent, newPersistent);
      }
      apply(transient, newTransient);
      refresh();
    },
  };
}

/** A setting has one value, under whichever of its names it was given. */
function apply(values: Map<string, string>, changes: Changes): void {
  for (const [name, value] of changes) {
    const setting = pluginSetting(name);
    for (const one of setting ? [setting.name, ...(setting.former ?? [])] : [name]) values.delete(one);
    if (value !== null) values.set(name, value);
  }
}

function readKept(path: string): Map<string, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
  let kept: object;
  try {
    kept = Object(JSON.parse(text)) as object;
  } catch {
    throw new ConfigError([`${path} holds no JSON; mend or delete it`]);
  }
  const pairs = Object.entries(kept).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return new Map(pairs.filter(([name]) => isKnownKey(name)));
}

/** Whole or not at all: a server that ends while it writes leaves the old file. */
function keep(path: string, folder: string, values: ReadonlyMap<string, string>): void {
  mkdirSync(folder, { recursive: true });
  if (values.size === 0) {
    rmSync(path, { force: true });
    return;
  }
  const next = `${path}.${process.pid}.tmp`;
  writeFileSync(next, `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`, { mode: 0o600 });
  renameSync(next, path);
}
