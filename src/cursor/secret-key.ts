/** The key that seals cursors: from SECRET_KEY, else one made at first use and kept under DATA_DIR. */
import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError } from '../config.ts';

const FILE = 'secret-key';
const KEY_BYTES = 32;

export function cursorKey(config: Pick<Config, 'secretKey' | 'dataDir'>): Buffer {
  const secret = config.secretKey ?? keptSecret(config.dataDir);
  return Buffer.from(hkdfSync('sha256', secret, '', 'opensearch-sql-proxy cursor', KEY_BYTES));
}

function keptSecret(dataDir: string): string {
  const path = join(dataDir, FILE);
  const kept = read(path);
  if (kept !== undefined) return kept;
  mkdirSync(dataDir, { recursive: true });
  try {
    // Of several servers that start over one folder, the first one's key is everybody's.
    writeFileSync(path, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  }
  const made = read(path);
  if (made === undefined) throw new ConfigError([`${path} holds no key; delete it and a new one is made`]);
  return made;
}

function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? undefined : text;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
