/** Opens the object store that STORAGE_URL names. */
import type { Config } from '../config.ts';
import type { ObjectStore } from './store.ts';

/** Tries of one call: with doubling pauses, some ten seconds of a service that restarts or is busy. */
const ATTEMPTS = 8;

export type StorageSettings = Pick<
  Config,
  's3AccessKey' | 's3PathStyle' | 's3Region' | 's3SecretKey' | 's3SessionToken' | 'storageTimeout' | 'storageUrl'
>;

export async function openStore(config: StorageSettings): Promise<ObjectStore> {
  const at = config.storageUrl.indexOf(':');
  const kind = config.storageUrl.slice(0, at);
  const rest = config.storageUrl.slice(at + 1);
  if (kind === 'file') {
    const { openDirectoryStore } = await import('./directory.ts');
    return openDirectoryStore(rest.replace(/^\/\/(?=\/)/, ''));
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
