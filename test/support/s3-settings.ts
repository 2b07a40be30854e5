/** What tests need of an S3 server, whichever it is. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '../../src/objects/s3-client.ts';

export interface MotoServer {
  readonly settings: S3Settings;
  /** For what the tests do by other means than the store. */
  readonly client: S3Client;
  makeBucket(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** The only keys that s3rver knows. */
const KEYS = { accessKey: 'S3RVER', secretKey: 'S3RVER' };

export async function listenOn(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

export function s3Settings(endpoint: string, changes: Partial<S3Settings> = {}): S3Settings {
  return {
    endpoint,
    region: 'us-east-1',
    ...KEYS,
    sessionToken: undefined,
    pathStyle: undefined,
    timeout: 20_000,
    attempts: 3,
    ...changes,
  };
}
