/** The whole server with objects in either store and keys to sign with, for the clients of select. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { getEngine } from '../support/engine.ts';
import { S3_KEY, type S3Server, startS3Server } from '../support/s3-server.ts';
import { EVENTS, PEOPLE } from './select-cases.ts';

export const KEY = { ak: 'select-reader', sk: 'a-secret-of-select' } as const;
/** Whoever holds it may do nothing with the buckets of the tests. */
export const STRANGER = { ak: 'select-stranger', sk: 'another-secret' } as const;

export type Kind = 'directory' | 's3';

export interface SelectProxy extends SqlProxy {
  textOf(bucket: string, key: string): Promise<string>;
}

/** `keys`: requests must be signed; without, everybody is let in. */
export async function startSelectProxy(kind: Kind, keys: boolean): Promise<SelectProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'select-'));
  const s3 = kind === 's3' ? await startS3Server('demo', 'out', 'open-data') : undefined;
  const authFile = join(folder, 'keys.json');
  writeFileSync(authFile, JSON.stringify(AUTH), { mode: 0o600 });
  const proxy = await startSqlProxy(getEngine().url, {
    ...storage(s3, folder),
    ...(keys ? { AUTH_FILE: authFile } : {}),
  });
  const { objects } = proxy;
  await objects.put('demo', 'people.csv', Buffer.from(PEOPLE));
  await objects.put('demo', 'dir/с b+c&d.csv', Buffer.from(PEOPLE));
  await objects.put('demo', 'people.csv.gz', gzipSync(PEOPLE));
  await objects.put('demo', 'events.json', Buffer.from(EVENTS));
  await objects.put('open-data', 'people.csv', Buffer.from(PEOPLE));
  return {
    ...proxy,
    async textOf(bucket, key) {
      const chunks: Buffer[] = [];
      for await (const chunk of (await objects.read(bucket, key)).bytes) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    },
    async close() {
      await proxy.close();
      await s3?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const AUTH = {
  keys: [
    { name: 'reader', accessKey: KEY.ak, secretKey: KEY.sk, buckets: { demo: ['read'], out: ['read', 'write'] } },
    { name: 'stranger', accessKey: STRANGER.ak, secretKey: STRANGER.sk, buckets: { other: ['read'] } },
  ],
  anonymous: { buckets: { 'open-*': ['read'] } },
};

function storage(s3: S3Server | undefined, folder: string): Readonly<Record<string, string>> {
  if (s3 === undefined) return { STORAGE_URL: `file:${join(folder, 'objects')}` };
  return { STORAGE_URL: `s3:${s3.url}`, S3_ACCESS_KEY: S3_KEY, S3_SECRET_KEY: S3_KEY };
}
