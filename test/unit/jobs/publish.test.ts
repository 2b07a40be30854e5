/** Exports in a directory store: what is visible when, what is left after faults, and two exports of one folder. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import type { ExportJob, ExportJournal, ExportOutcome, JobControl } from '../../../src/jobs/domain/model.ts';
import type { ExportRows } from '../../../src/jobs/export/export-rows.ts';
import {
  complete,
  finish,
  removeLeftovers,
  requireFolder,
  resume,
  takeBack,
} from '../../../src/jobs/export/publish.ts';
import { exportOnce } from '../../../src/jobs/schedule/run-export.ts';
import { openDirectoryStore } from '../../../src/objects/directory.ts';
import { type ObjectStore, ObjectStoreError, type UploadRef } from '../../../src/objects/store.ts';
import type { OutputColumn, Page } from '../../../src/rows/page.ts';
import { control, exportJob, exportRequest } from '../../support/export-jobs.ts';

let folder: string;
let store: ObjectStore;
const config = loadConfig({});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-'));
  store = await openDirectoryStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const COLUMNS: OutputColumn[] = [
  { name: 'id', type: 'integer' },
  { name: 'text', type: 'keyword' },
];
const page = (from: number, count: number): Page =>
  Array.from({ length: count }, (_, i) => [from + i, `row ${from + i}`]);

async function* pages(...given: (Page | Error)[]): AsyncGenerator<Page> {
  for (const one of given) {
    if (one instanceof Error) throw one;
    yield one;
  }
}

const rows = (...lanes: AsyncIterable<Page>[]): (() => Promise<ExportRows>) => {
  return async () => ({ kind: 'pages', columns: COLUMNS, lanes, close: async () => undefined });
};

it('tells the first fault, also where its uploads cannot be taken back', async () => {
  const stuck: ObjectStore = {
    ...store,
    startUpload: async (...args) => {
      const upload = await store.startUpload(...args);
      return {
        ref: upload.ref,
        write: (some) => upload.write(some),
        seal: () => upload.seal(),
        abort: () => Promise.reject(new ObjectStoreError('denied', 'no abort')),
      };
    },
  };
  const job = exportJob(exportRequest());
  await expect(run(job, rows(pages(page(0, 10), new Error('the first'))), {}, stuck)).rejects.toThrow('the first');
});

function run(
  job: ExportJob,
  given: () => Promise<ExportRows>,
  more: Partial<JobControl> = {},
  through: ObjectStore = store,
): Promise<ExportOutcome> {
  return exportOnce({ config, store: through }, job, () => given(), control(more));
}

/** Names under the bucket, and uploads that nobody finished. */
async function seen(): Promise<string[]> {
  if (!(await store.bucketExists('bucket'))) return [];
  const { objects } = await store.list('bucket');
  return objects.map(({ key }) => key);
}
const unfinished = async (): Promise<number> => (await store.uploads('bucket', '')).length;
const content = (key: string): Buffer => readFileSync(join(folder, 'bucket', key));

/** A store whose named calls fail from the nth on, as often as told. */
function failing(
  call: 'publish' | 'startUpload' | 'put' | 'delete',
  after: number,
  times = Number.POSITIVE_INFINITY,
): ObjectStore {
  let calls = 0;
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      const bound = (value as (...args: unknown[]) => unknown).bind(target);
      if (name !== call) return bound;
      return async (...args: unknown[]) => {
        calls++;
        if (calls > after && calls <= after + times) throw new ObjectStoreError('unreachable', 'the store is gone');
        return bound(...args);
      };
    },
  });
}

describe('an export', () => {
  it('writes parts and then _SUCCESS, and tells them', async () => {
    const job = exportJob(exportRequest({ withColumnHeader: true }));
    const outcome = await run(job, rows(pages(page(0, 3), page(3, 2)), pages(page(10, 1))));
    const [first, second] = [0, 1].map((n) => `folder/part-0000${n}-${job.id}-c000.csv`);
    expect(await seen()).toEqual(['folder/_SUCCESS', first, second]);
    const texts = [first!, second!].map((key) => content(key).toString()).sort();
    expect(texts).toEqual(['id,text\n0,row 0\n1,row 1\n2,row 2\n3,row 3\n4,row 4\n', 'id,text\n10,row 10\n']);
    expect(outcome.rows).toBe(6);
    expect(outcome.files.map(({ key }) => key)).toEqual([first, second]);
    expect(outcome.bytes).toBe(texts.join('').length);
    expect(await unfinished()).toBe(0);
  });

  it('cuts files at the number of records, across pages', async () => {
    const job = exportJob(exportRequest({ maxRecordsPerFile: 4 }));
    const outcome = await run(job, rows(pages(page(0, 10), page(10, 1))));
    expect(outcome.files.map((file) => file.rows)).toEqual([4, 4, 3]);
    expect(outcome.files.map(({ key }) => content(key).toString().split('\n').length - 1)).toEqual([4, 4, 3]);
  });

  it('has no more rows than asked for, over all lanes', async () => {
    const job = exportJob(exportRequest({ limitNum: 5 }));
    const outcome = await run(job, rows(pages(page(0, 3), page(3, 3)), pages(page(10, 3), page(13, 3))));
    expect(outcome.rows).toBe(5);
  });

  it.each([
    ['gzip', '.csv.gz', gunzipSync],
    ['deflate', '.csv.deflate', inflateSync],
  ] as const)('compresses with %s', async (compress, ending, read) => {
    const { files } = await run(
      exportJob(exportRequest({ compress })),
      rows(pages(page(0, 1_000), page(1_000, 1_000))),
    );
    expect(files[0]!.key.endsWith(ending)).toBe(true);
    const text = read(content(files[0]!.key)).toString();
    expect(text.split('\n').length).toBe(2_001);
    expect(text.endsWith('1999,row 1999\n')).toBe(true);
  });

  it('of no rows is one file that has the header', async () => {
    const { files } = await run(exportJob(exportRequest({ withColumnHeader: true })), rows(pages()));
    expect(files.map(({ key }) => content(key).toString())).toEqual(['id,text\n']);
  });

  it('stores each upload before its first byte, and the publication before it begins', async () => {
    const states: ExportJournal[] = [];
    const visible: string[][] = [];
    await run(exportJob(exportRequest({ maxRecordsPerFile: 2 })), rows(pages(page(0, 4))), {
      journal: async (state) => {
        states.push(state);
        visible.push((await seen()).filter((key) => !key.includes('_publishing')));
      },
    });
    expect(states.map(({ phase, open, sealed }) => [phase, open.length, sealed.length])).toEqual([
      ['uploading', 1, 0],
      ['uploading', 0, 1],
      ['uploading', 1, 1],
      ['uploading', 0, 2],
      ['publishing', 0, 2],
      ['published', 0, 2],
    ]);
    expect(visible.slice(0, -1).flat()).toEqual([]);
    expect(visible.at(-1)).toHaveLength(2);
  });
});

describe('what fails leaves nothing', () => {
  it.each([
    ['the rows', rows(pages(page(0, 5), new Error('the cluster is gone'))), undefined],
    ['one of several lanes', rows(pages(page(0, 5)), pages(page(5, 5), new Error('the cluster is gone'))), undefined],
    ['the start of a second part', rows(pages(page(0, 5))), ['startUpload', 1]],
    ['the claim', rows(pages(page(0, 5))), ['put', 0]],
    ['the publication, at its second part', rows(pages(page(0, 5))), ['publish', 1]],
  ] as const)('%s', async (_, given, fault) => {
    const job = exportJob(exportRequest({ maxRecordsPerFile: 2 }));
    const through = fault === undefined ? store : failing(fault[0], fault[1]);
    await expect(run(job, given, {}, through)).rejects.toThrow(/is gone/);
    expect(await seen()).toEqual([]);
    expect(await unfinished()).toBe(0);
  });

  it('cancelled in the middle', async () => {
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<Page> {
      for (let n = 0; ; n += 10) {
        if (n === 50) stop.abort(new Error('cancelled'));
        yield page(n, 10);
      }
    }
    const job = exportJob(exportRequest({ maxRecordsPerFile: 20 }));
    await expect(run(job, rows(endless()), { signal: stop.signal })).rejects.toThrow('cancelled');
    expect(await seen()).toEqual([]);
    expect(await unfinished()).toBe(0);
  });

  it('a view that gave fewer rows than it holds', async () => {
    const given = async (): Promise<ExportRows> => ({ ...(await rows(pages(page(0, 5)))()), exactRows: 6 });
    await expect(run(exportJob(exportRequest()), given)).rejects.toThrow('held 5 rows of the 6');
    expect(await seen()).toEqual([]);
  });
});

describe('a folder that exists', () => {
  const first = exportJob(exportRequest());
  const again = (mode: 'ErrorIfExists' | 'Overwrite') => exportJob(exportRequest({ mode }));

  it('need not have a bucket before it in a directory', async () => {
    await requireFolder(store, first, control().signal);
    expect(await seen()).toEqual([]);
  });

  it('is refused, before and after the rows are written', async () => {
    await run(first, rows(pages(page(0, 2))));
    const before = await seen();
    const second = again('ErrorIfExists');
    await expect(requireFolder(store, second, control().signal)).rejects.toMatchObject({ fault: 'folderExists' });
    await expect(run(second, rows(pages(page(0, 2))))).rejects.toMatchObject({ fault: 'folderExists' });
    expect(await seen()).toEqual(before);
    expect(await unfinished()).toBe(0);
  });

  it('is replaced by Overwrite, with all that was in it', async () => {
    await run(first, rows(pages(page(0, 2))));
    await store.put('bucket', 'folder/deeper/other', Buffer.from('x'));
    await store.put('bucket', 'folder2', Buffer.from('not under it'));
    const second = again('Overwrite');
    await run(second, rows(pages(page(5, 1))));
    expect(await seen()).toEqual(['folder/_SUCCESS', `folder/part-00000-${second.id}-c000.csv`, 'folder2']);
  });

  it('keeps what it held when Overwrite fails', async () => {
    await run(first, rows(pages(page(0, 2))));
    const before = await seen();
    const fault = failing('publish', 1);
    const second = exportJob(exportRequest({ mode: 'Overwrite', maxRecordsPerFile: 1 }));
    await expect(run(second, rows(pages(page(5, 3))), {}, fault)).rejects.toThrow('the store is gone');
    expect(await seen()).toEqual(before);
  });

  it('takes one of two exports at the same time, or none, and never both', async () => {
    for (let round = 0; round < 20; round++) {
      const jobs = [again('ErrorIfExists'), again('Overwrite')];
      const ends = await Promise.allSettled(jobs.map((job) => run(job, rows(pages(page(0, 3))))));
      const keys = await seen();
      const owners = new Set(keys.flatMap((key) => /part-\d+-(.*)-c000/.exec(key)?.[1] ?? []));
      expect(owners.size).toBeLessThanOrEqual(1);
      if (ends.some(({ status }) => status === 'fulfilled')) expect(keys).toContain('folder/_SUCCESS');
      else expect(keys).toEqual([]);
      await store.delete('bucket', keys);
    }
  });
});

describe('after a restart', () => {
  class Killed extends Error {}
  const unheard = async (): Promise<void> => undefined;

  /** Runs until the journal has been written so many times; what would come after a kill is not done. */
  async function killedAfter(job: ExportJob, writes: number): Promise<ExportJob> {
    let journal: ExportJournal | undefined;
    let left = writes;
    const dead = new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          if (left <= 0) throw new Killed();
          return (value as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    await run(
      job,
      rows(pages(page(0, 4))),
      {
        journal: async (state) => {
          journal = state;
          left--;
          if (left <= 0) throw new Killed();
        },
      },
      dead,
    ).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    return { ...job, ...(journal === undefined ? {} : { journal }) };
  }

  it.each([1, 2, 3, 4])('an export killed at step %i is aborted without a trace', async (step) => {
    const killed = await killedAfter(exportJob(exportRequest({ maxRecordsPerFile: 2 })), step);
    expect(killed.journal?.phase).toBe('uploading');
    await removeLeftovers(store, killed);
    expect(await seen()).toEqual([]);
    expect(await unfinished()).toBe(0);
  });

  it('an upload that no journal knows is found by its name', async () => {
    const job = exportJob(exportRequest());
    const upload = await store.startUpload('bucket', `folder/part-00000-${job.id}-c000.csv`);
    const other = await store.startUpload('bucket', 'folder/part-00000-other-c000.csv');
    await removeLeftovers(store, job);
    expect((await store.uploads('bucket', '')).map(({ id }) => id)).toEqual([other.ref.id]);
    await other.abort();
    await upload.abort();
  });

  it('marks that were being written go with the claim; those of others stay', async () => {
    const stray = async (key: string): Promise<UploadRef> => (await store.startUpload('bucket', key)).seal();
    const left = async (): Promise<string[]> => (await store.uploads('bucket', '')).map(({ id }) => id).sort();
    const others = await stray('folder/_publishing-other');
    const early = exportJob(exportRequest());
    await stray(`folder/_publishing-${early.id}`);
    const success = await stray('folder/_SUCCESS');
    await removeLeftovers(store, early);
    expect(await left()).toEqual([others.id, success.id].sort());
    const killed = await killedAfter(exportJob(exportRequest({ maxRecordsPerFile: 2 })), 5);
    await stray(`folder/_publishing-${killed.id}`);
    expect((await resume(store, killed, unheard))?.rows).toBe(4);
    expect(await left()).toEqual([others.id]);
  });

  it('what cannot be removed keeps nothing else from being removed, and is tried again', async () => {
    const killed = await killedAfter(exportJob(exportRequest({ maxRecordsPerFile: 1 })), 6);
    const { sealed } = killed.journal!;
    expect(sealed).toHaveLength(3);
    const stubborn = new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          const [upload] = args as [{ readonly id?: string }];
          if (name === 'abort' && upload.id === sealed[0]!.id) throw new ObjectStoreError('denied', 'not this one');
          return value.apply(target, args);
        };
      },
    });
    await expect(removeLeftovers(stubborn, killed)).rejects.toThrow('not this one');
    expect((await store.uploads('bucket', '')).map(({ id }) => id)).toEqual([sealed[0]!.id]);
    await removeLeftovers(store, killed);
    expect(await unfinished()).toBe(0);
  });

  it('a publication that had begun is finished, however far it came', async () => {
    for (let published = 0; published <= 2; published++) {
      const killed = await killedAfter(exportJob(exportRequest({ mode: 'Overwrite', maxRecordsPerFile: 2 })), 5);
      const journal = killed.journal!;
      expect(journal.phase).toBe('publishing');
      for (const part of journal.sealed.slice(0, published)) await store.publish(part);
      const states: ExportJournal[] = [];
      const keep = async (state: ExportJournal): Promise<void> => void states.push(state);
      const outcome = await resume(store, killed, keep);
      expect(outcome?.rows).toBe(4);
      const keys = await seen();
      expect(keys).toEqual(['folder/_SUCCESS', ...journal.sealed.map(({ key }) => key)]);
      expect(await resume(store, { ...killed, journal: states[0]! }, keep)).toEqual(outcome);
      expect(states.map(({ phase }) => phase)).toEqual(['published']);
      await store.delete('bucket', keys);
    }
  });

  it.each([
    ['the deletion of what it replaces', 'delete', 1],
    ['the writing of _SUCCESS', 'put', 0],
  ] as const)('a publication whose parts are visible is completed, when %s failed', async (_, call, after) => {
    await run(exportJob(exportRequest()), rows(pages(page(0, 2))));
    const killed = await killedAfter(exportJob(exportRequest({ mode: 'Overwrite', maxRecordsPerFile: 2 })), 5);
    const { sealed, replaced } = killed.journal!;
    const states: ExportJournal[] = [];
    const keep = async (state: ExportJournal): Promise<void> => void states.push(state);
    await expect(finish(failing(call, after), killed, sealed, replaced, keep)).rejects.toThrow('the store is gone');
    // Not taken back: something old may be gone.
    expect(await seen()).toEqual(expect.arrayContaining(sealed.map(({ key }) => key)));
    const outcome = await resume(store, { ...killed, journal: states.at(-1)! }, unheard);
    expect(outcome?.rows).toBe(4);
    expect(await seen()).toEqual(['folder/_SUCCESS', ...sealed.map(({ key }) => key)]);
  });

  it('a publication whose files somebody deleted is not called a success', async () => {
    const killed = await killedAfter(exportJob(exportRequest({ maxRecordsPerFile: 2 })), 5);
    const { sealed, replaced } = killed.journal!;
    for (const part of sealed) await store.publish(part);
    await store.delete('bucket', [sealed[0]!.key]);
    await expect(complete(store, killed, sealed, replaced)).rejects.toMatchObject({ fault: 'resultGone' });
    expect(await seen()).toEqual([]);
  });

  it('a publication that was taken back, or whose folder another has by now, is begun anew and touches nothing', async () => {
    const killed = await killedAfter(exportJob(exportRequest({ mode: 'Overwrite', maxRecordsPerFile: 2 })), 5);
    const { sealed, replaced } = killed.journal!;
    await takeBack(store, killed, sealed, replaced);
    await run(exportJob(exportRequest()), rows(pages(page(0, 2))));
    const before = await seen();
    expect(await resume(store, killed, unheard)).toBeUndefined();
    await takeBack(store, killed, sealed, ['folder/_SUCCESS']);
    expect(await seen()).toEqual(before);
  });

  it('or taken back, when the job has ended', async () => {
    const killed = await killedAfter(exportJob(exportRequest({ maxRecordsPerFile: 2 })), 5);
    const { sealed, replaced } = killed.journal!;
    await store.publish(sealed[0]!);
    await takeBack(store, killed, sealed, replaced);
    expect(await seen()).toEqual([]);
    expect(await unfinished()).toBe(0);
    expect(readdirSync(join(folder)).length).toBeGreaterThan(0);
  });
});
