/** The part of the test server's interface that the tests use; the package has no types. */
declare module 's3rver' {
  import type { RequestListener } from 'node:http';

  export default class S3rver {
    constructor(options: {
      readonly directory: string;
      readonly silent: boolean;
      readonly vhostBuckets: boolean;
      readonly configureBuckets?: readonly { readonly name: string }[];
    });
    callback(): RequestListener;
    configureBuckets(): Promise<void>;
  }
}
