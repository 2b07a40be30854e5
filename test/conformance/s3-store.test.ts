/** The S3 store: the promises of every store, over a real server. */
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { describe, it } from 'vitest';
import { openS3Store } from '../../src/objects/s3.ts';
import { findMoto, startMoto } from '../support/moto.ts';
import { describeStore } from '../unit/objects/store-suite.ts';

const moto = await findMoto();

if ('missing' in moto) {
  describe.skip(`the S3 store (skipped: ${moto.missing})`, () => it('needs moto', () => undefined));
} else {
  describeStore('the S3 store', async () => {
    const server = await startMoto(moto.path);
    return {
      store: await openS3Store(server.settings),
      makeBucket: (name) => server.makeBucket(name),
      reopen: () => openS3Store(server.settings),
      leftovers: async (Bucket) => {
        const { Uploads = [] } = await server.client.send(new ListMultipartUploadsCommand({ Bucket }));
        return Uploads.map((upload) => `${upload.Key} ${upload.UploadId}`);
      },
      stop: () => server.stop(),
    };
  });
}
