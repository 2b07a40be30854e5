/** Opens the object store that STORAGE_URL names. */
import { relative, resolve } from 'node:path';
import type { Config } from '../config.ts';
import type { SharedModes } from './directory-moves.ts';
import type { ObjectStore } from './store.ts';

/** Tries of one call: with doubling pauses, some ten seconds of a service that restarts or is busy. */
const ATTEMPTS = 8;

export type StorageSettings = Pick<
  Config,
  | 'dataDir'
  | 's3AccessKey'
  | 's3PathStyle'
  | 's3Region'
  | 's3SecretKey'
  | 's3SessionToken'
  | 'storageTimeout'
  | 'storageUrl'
>;

/** `umask`: what others may do with a directory store outside of DATA_DIR, as the server's user had it at start. */
export async function openStore(config: StorageSettings, umask?: number): Promise<ObjectStore> {
  const at = config.storageUrl.indexOf(':');
  const kind = config.storageUrl.slice(0, at);
  const rest = config.storageUrl.slice(at + 1);
  if (kind === 'file') {
    const { openDirectoryStore } = await import('./directory.ts');
    const folder = folderOf(config.storageUrl);
    return openDirectoryStore(folder, isWithin(config.dataDir, folder) ? undefined : sharedModes(umask));
  }
  const { openS3Store } = await import('./s3.ts');
  return openS3Store({
    endpoint: rest === '' ? undefined : rest,
    region: config.s3Region,
    accessKey: config.s3AccessKey,
    secretKey: config.s3SecretKey,
    sessionToken: config.s3SessionToken,
    pathStyle: config.s3PathStyle === 'auto' ? undefined : config.s3PathStyle === 'true',
    timeout: config.storageTimeout,
    attempts: ATTEMPTS,
  });
}

/** Whether the objects would hold what this server keeps for itself: jobs, spools, its key. */
export const holdsDataDir = ({ dataDir, storageUrl }: Pick<Config, 'dataDir' | 'storageUrl'>): boolean =>
  storageUrl.startsWith('file:') && isWithin(folderOf(storageUrl), dataDir);

const folderOf = (storageUrl: string): string => storageUrl.slice('file:'.length).replace(/^\/\/(?=\/)/, '');

function isWithin(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way !== '..' && !way.startsWith('../');
}

const sharedModes = (umask: number | undefined): SharedModes | undefined =>
  umask === undefined ? undefined : { file: 0o644 & ~umask, folder: 0o777 & ~umask };
