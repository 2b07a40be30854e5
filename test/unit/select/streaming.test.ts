/** Objects far larger than memory would like: the answer begins early, and stopping stops everything. */
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../src/objects/store.ts';
import { blockOptions } from '../../../src/select/blocks.ts';
import { createSelectEngine } from '../../../src/select/engine.ts';
import { CSV, requestOf } from './kit.ts';

const line = (i: number): string => `${i},name ${i % 1000},${i % 100},"quoted, ${i % 7}",2024-01-01T00:00:00Z\n`;

/** An endless reader of the lines, and whether it was let go. */
function source(megabytes: number): { readonly bytes: () => AsyncGenerator<Buffer>; read: number; closed: boolean } {
  const state = {
    read: 0,
    closed: false,
    async *bytes(): AsyncGenerator<Buffer> {
      try {
        for (let i = 0; state.read < megabytes * 1e6; ) {
          let text = '';
          for (const stop = i + 2_000; i < stop; i++) text += line(i);
          state.read += text.length;
          yield Buffer.from(text);
        }
      } finally {
        state.closed = true;
      }
    },
  };
  return state;
}

const directory = join(tmpdir(), `select-streaming-${process.pid}`);

function open(bytes: () => AsyncIterable<Buffer>, sql: string, signal: AbortSignal) {
  const info = { key: 'k', size: 0, lastModified: new Date(0), etag: '' };
  const store: Pick<ObjectStore, 'read'> = { read: async () => ({ info, bytes: bytes() }) };
  const engine = createSelectEngine({
    store: store as ObjectStore,
    expansion: { ratio: 0, bytes: 0 },
    blocks: blockOptions({ directory, memoryLimit: 128 << 20, threads: 2, spill: 0 }),
    parquetBytes: 0,
  });
  return engine.open(requestOf({ sql, input: CSV }), signal);
}

const leftOver = (): string[] =>
  existsSync(directory) ? readdirSync(directory).filter((name) => !name.startsWith('.')) : [];

describe('streams', () => {
  it('give the first records before the object is read', async () => {
    const plain = source(1_000);
    const run = await open(plain.bytes, 'SELECT * FROM S3Object', new AbortController().signal);
    const records = run.records[Symbol.asyncIterator]();
    expect((await records.next()).done).toBe(false);
    expect(plain.read).toBeLessThan(2e6);
    await records.return?.();
    expect(plain.closed).toBe(true);
  });

  it('end with their LIMIT', async () => {
    const plain = source(1_000);
    const run = await open(plain.bytes, 'SELECT _1 FROM S3Object WHERE _3 = 50 LIMIT 30', new AbortController().signal);
    let records = 0;
    for await (const chunk of run.records) records += chunk.records;
    expect(records).toBe(30);
    expect(plain.read).toBeLessThan(2e6);
    expect(plain.closed).toBe(true);
  });

  it('read no further than they are drawn from', async () => {
    const plain = source(1_000);
    const run = await open(plain.bytes, 'SELECT * FROM S3Object', new AbortController().signal);
    const records = run.records[Symbol.asyncIterator]();
    for (let i = 0; i < 5; i++) await records.next();
    const read = plain.read;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(plain.read).toBe(read);
    await records.return?.();
  });

  it.each([
    ['walk through bytes', 'SELECT COUNT(*) FROM S3Object WHERE _3 > 5', false],
    ['scan with the engine', 'SELECT SUM(CAST(_1 AS INT)) FROM S3Object', true],
  ])(
    'that %s stop when the client is gone, and leave nothing',
    async (_, sql, scanned) => {
      const plain = source(2_000);
      const controller = new AbortController();
      const run = await open(plain.bytes, sql, controller.signal);
      const reading = (async () => {
        for await (const _ of run.records);
      })();
      while (plain.read < 60e6) await new Promise((resolve) => setTimeout(resolve, 10));
      if (scanned) expect(leftOver().length).toBeGreaterThan(0);
      controller.abort();
      await expect(reading).rejects.toThrow();
      expect(plain.closed).toBe(true);
      expect(plain.read).toBeLessThan(500e6);
      expect(leftOver()).toEqual([]);
    },
    120_000,
  );
});
