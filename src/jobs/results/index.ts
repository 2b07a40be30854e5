/** Chooses where the rows of finished QUERY jobs are kept, by the settings. */
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import type { ObjectStore } from '../../objects/store.ts';
import { DiskKeeper } from './disk-keeper.ts';
import type { ResultKeeper } from './keeper.ts';
import { StoreKeeper } from './store-keeper.ts';

export function resultKeeper(config: Config, store: ObjectStore): ResultKeeper {
  const limit = (): number => config.jobResultLimit;
  if (config.jobResultStore === '') return new DiskKeeper({ folder: join(config.dataDir, 'jobs', 'results'), limit });
  const [bucket, ...folders] = config.jobResultStore.split('/');
  return new StoreKeeper({ store, bucket: bucket!, folder: folders.join('/'), limit });
}
