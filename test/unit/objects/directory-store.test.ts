/** The directory store: the promises of every store, and those of a file system. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDirectoryStore } from '../../../src/objects/directory.ts';
import type { ObjectStore } from '../../../src/objects/store.ts';
import { bytesOf, describeStore, faultOf, pattern } from './store-suite.ts';

const made: string[] = [];
const temporary = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'objects-'));
  made.push(path);
  return path;
};
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

describeStore('the directory store', async () => {
  const root = join(temporary(), 'made', 'by it');
  return {
    store: await openDirectoryStore(root),
    makeBucket: async (name) => void (await mkdir(join(root, name))),
    reopen: () => openDirectoryStore(root),
    leftovers: () => readdir(join(root, '.uploads')),
    stop: async () => {},
  };
});

describe('files of the directory store', () => {
  let root: string;
  let outside: string;
  let store: ObjectStore;
  beforeAll(async () => {
    root = temporary();
    outside = temporary();
    writeFileSync(join(outside, 'secret'), 'secret');
    store = await openDirectoryStore(root);
    await store.put('bucket', 'a/b/c', Buffer.from('abc'));
  });

  it('are plain, in folders of their buckets, which are made when needed', () => {
    expect(readFileSync(join(root, 'bucket/a/b/c'), 'utf8')).toBe('abc');
  });

  it('leave no empty folder behind, but the bucket', async () => {
    await store.put('bucket', 'x/y/z', Buffer.from('1'));
    await store.put('bucket', 'x/other', Buffer.from('2'));
    await store.delete('bucket', ['x/y/z']);
    expect(existsSync(join(root, 'bucket/x/y'))).toBe(false);
    await store.delete('bucket', ['x/other']);
    expect(existsSync(join(root, 'bucket/x'))).toBe(false);
    await store.put('lonely', 'k', Buffer.from('1'));
    await store.delete('lonely', ['k']);
    expect(await store.bucketExists('lonely')).toBe(true);
  });

  it('do not stand where a folder does, nor the other way', async () => {
    expect(await faultOf(store.put('bucket', 'a/b', Buffer.from('x')))).toBe('badName');
    expect(await faultOf(store.startUpload('bucket', 'a/b/c/d'))).toBe('badName');
    expect(await faultOf(store.read('bucket', 'a/b'))).toBe('noSuchKey');
    expect(await faultOf(store.read('bucket', 'a/b/c/d'))).toBe('noSuchKey');
    expect(await store.head('bucket', 'a/b')).toBeUndefined();
    await store.delete('bucket', ['a/b', 'a/b/c/d']);
    expect(await store.head('bucket', 'a/b/c')).toMatchObject({ size: 3 });
  });

  it('take the place of empty folders', async () => {
    mkdirSync(join(root, 'bucket/empty/folder'), { recursive: true });
    expect((await store.list('bucket', { delimiter: '/', prefix: 'empty' })).prefixes).toEqual([]);
    await store.put('bucket', 'empty/folder', Buffer.from('x'));
    expect(await store.head('bucket', 'empty/folder')).toMatchObject({ size: 1 });
  });

  it.each(['/k', 'a//b', 'a/', `${'x'.repeat(256)}`])('have no key %j', async (key) => {
    expect(await faultOf(store.put('bucket', key, Buffer.from('x')))).toBe('badName');
    expect(await faultOf(store.read('bucket', key))).toBe('badName');
    const { objects } = await store.list('bucket', { prefix: key });
    expect(objects.filter((object) => object.key === key || key.includes('//'))).toEqual([]);
  });

  it('are never reached through links', async () => {
    symlinkSync(outside, join(root, 'bucket/link'));
    symlinkSync(join(outside, 'secret'), join(root, 'bucket/file'));
    symlinkSync(join(outside, 'not yet'), join(root, 'bucket/dangling'));
    symlinkSync(outside, join(root, 'linked'));
    for (const [bucket, key] of [
      ['bucket', 'link/secret'],
      ['bucket', 'file'],
      ['linked', 'secret'],
    ] as const) {
      expect(await faultOf(store.read(bucket, key))).toBe('denied');
      expect(await faultOf(store.head(bucket, key))).toBe('denied');
      expect(await faultOf(store.put(bucket, key, Buffer.from('x')))).toBe('denied');
      expect(await faultOf(store.delete(bucket, [key]))).toBe('denied');
    }
    expect(await faultOf(store.put('bucket', 'dangling', Buffer.from('x')))).toBe('denied');
    expect(await faultOf(store.put('bucket', 'link/new/file', Buffer.from('x')))).toBe('denied');
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
    expect(readdirSync(outside)).toEqual(['secret']);
    expect((await store.list('bucket')).objects.map((object) => object.key)).toEqual(['a/b/c', 'empty/folder']);
    expect(await faultOf(store.list('bucket', { prefix: 'link/' }))).toBe('denied');
    expect(await faultOf(store.list('linked'))).toBe('noSuchBucket');
  });

  it('are files: a pipe is no object, and hangs nobody', async () => {
    execFileSync('mkfifo', [join(root, 'bucket/pipe')]);
    expect(await faultOf(store.read('bucket', 'pipe'))).toBe('noSuchKey');
    expect(await faultOf(store.put('bucket', 'pipe', Buffer.from('x')))).toBe('denied');
  });

  it('are not the temporary ones', async () => {
    const upload = await store.startUpload('bucket', 'temporary');
    await upload.write(Buffer.from('x'));
    expect(readdirSync(join(root, '.uploads/bucket/temporary'))).toEqual([upload.ref.id]);
    expect(await faultOf(store.read('.uploads', upload.ref.id))).toBe('badName');
    expect(await faultOf(store.list('.uploads'))).toBe('badName');
    expect(await faultOf(store.abort({ ...upload.ref, id: '../bucket/a/b/c' }))).toBe('badName');
    await upload.abort();
    expect(readFileSync(join(root, 'bucket/a/b/c'), 'utf8')).toBe('abc');
  });

  it('of forgotten uploads are removed at the start, those of running ones are not', async () => {
    const old = await store.startUpload('bucket', 'old');
    const recent = await store.startUpload('bucket', 'recent');
    const week = Date.now() / 1000 - 8 * 24 * 3600;
    utimesSync(join(root, '.uploads/bucket/old', old.ref.id), week, week);
    await openDirectoryStore(root);
    expect(await store.uploads('bucket', '')).toEqual([recent.ref]);
    expect(readdirSync(join(root, '.uploads/bucket'))).toEqual(['recent']);
    await recent.abort();
    await old.abort();
    expect(readdirSync(join(root, '.uploads'))).toEqual([]);
  });

  it('that a killed process had no time to make leave folders, which go at the start', async () => {
    mkdirSync(join(root, '.uploads/bucket/not/yet'), { recursive: true });
    const here = await store.startUpload('bucket', 'not/here');
    expect(await store.uploads('bucket', '')).toEqual([here.ref]);
    await openDirectoryStore(root);
    expect(readdirSync(join(root, '.uploads/bucket/not'))).toEqual(['here']);
    await here.abort();
    expect(readdirSync(join(root, '.uploads'))).toEqual([]);
  });

  it('are made and published while another server sweeps', async () => {
    let done = false;
    const sweeps = (async () => {
      while (!done) await openDirectoryStore(root);
    })();
    const writes = Array.from({ length: 8 }, async (_, lane) => {
      for (let n = 0; n < 30; n++) await store.put('swept', `deep/${lane}/${n % 3}`, Buffer.from(String(n)));
    });
    await Promise.all(writes).finally(() => {
      done = true;
    });
    await sweeps;
    expect((await store.list('swept')).objects).toHaveLength(24);
  });

  it('are listed by the key, also when a put was killed half-way', async () => {
    const killed = await store.startUpload('bucket', 'p/_SUCCESS');
    await store.put('bucket', 'p/_SUCCESS', Buffer.alloc(0));
    expect(await store.uploads('bucket', 'p/')).toEqual([killed.ref]);
    expect(await store.uploads('bucket', 'p/_S')).toEqual([killed.ref]);
    expect(await store.uploads('bucket', 'p/_SUCCESS/')).toEqual([]);
    await killed.abort();
  });

  it('survive writers and deleters of the same folder', async () => {
    const work = Array.from({ length: 40 }, async (_, n) => {
      await store.put('race', `same/folder/${n}`, Buffer.from(String(n)));
      if (n % 2 === 0) await store.delete('race', [`same/folder/${n}`]);
    });
    await Promise.all(work);
    expect((await store.list('race')).objects).toHaveLength(20);
  });

  it('publishes only what was sealed', async () => {
    const upload = await store.startUpload('bucket', 'damaged');
    await upload.write(Buffer.from('whole'));
    const sealed = await upload.seal();
    writeFileSync(join(root, '.uploads/bucket/damaged', sealed.id), 'cut');
    expect(await faultOf(store.publish(sealed))).toBe('failed');
    await store.abort(sealed);
    expect(await store.head('bucket', 'damaged')).toBeUndefined();
  });
});

/** A file system of 1 MiB; undefined where mounting is not allowed. */
function tinyDisk(): string | undefined {
  const path = temporary();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    return undefined;
  }
}

describe('a full disk', () => {
  const disk = tinyDisk();
  afterAll(() => {
    if (disk !== undefined) execFileSync('umount', ['-l', disk]);
  });

  it.skipIf(disk === undefined)(
    'is told as such, leaves the old object and takes no space (needs the right to mount)',
    async () => {
      const store = await openDirectoryStore(disk!);
      await store.put('bucket', 'kept', Buffer.from('old'));
      expect(await faultOf(store.put('bucket', 'kept', pattern(2 * 1024 * 1024)))).toBe('full');
      const upload = await store.startUpload('bucket', 'large');
      expect(await faultOf(upload.write(pattern(2 * 1024 * 1024)))).toBe('full');
      await upload.abort();
      expect(readdirSync(join(disk!, '.uploads'))).toEqual([]);
      await store.put('bucket', 'fits', pattern(512 * 1024));
      expect((await bytesOf(await store.read('bucket', 'kept'))).toString()).toBe('old');
    },
  );
});
