/** Spooled results: exact, bounded, and gone when nobody needs them. */
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdPages } from '../../../src/cursor/held-pages.ts';
import { Spools } from '../../../src/cursor/spool.ts';
import type { OutputColumn, Page, Row } from '../../../src/rows/page.ts';

const COLUMNS: readonly OutputColumn[] = [{ name: 'a', type: 'long' }];
let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cursor-spool-')), 'cursors');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const spools = (limit = 1e9, keepAlive = 60_000): Spools =>
  new Spools({ folder, limit: () => limit, keepAlive: () => keepAlive });

async function* pagesOf(rows: readonly Row[], size: number): AsyncGenerator<Page> {
  for (let i = 0; i < rows.length; i += size) yield rows.slice(i, i + size);
}

const numbers = (count: number): Row[] => Array.from({ length: count }, (_, i) => [i]);

async function readAll(kept: Spools, id: string, first: number, rows: number, pageRows: number): Promise<Row[][]> {
  const pages: Row[][] = [];
  let offset = first;
  for (let left = rows; left > 0; left -= pageRows) {
    const file = (await kept.open(id))!;
    const page: Row[] = [];
    for await (const piece of file.rows(offset, Math.min(left, pageRows))) page.push(...piece);
    ({ offset } = file);
    await file.close();
    pages.push(page);
  }
  return pages;
}

describe('a spool', () => {
  it('gives back every kind of value as it was', async () => {
    const row: Row = [
      9007199254740993n,
      -0,
      1.5,
      null,
      true,
      'ünï 🦊',
      [1, [2n]],
      { lat: 1, lon: 2 },
      { months: 1, nanos: 5n },
    ];
    const kept = spools();
    const { id, rows, offset } = await kept.write(COLUMNS, pagesOf([row], 1), 10);
    const file = (await kept.open(id))!;
    expect(file.columns).toEqual(COLUMNS);
    for await (const page of file.rows(offset, rows)) expect(page).toEqual([row]);
    await file.close();
  });

  it.each([
    [1, 7, 3],
    [100, 2_500, 700],
    [1_000, 5_000, 2_000],
    [3_000, 7_001, 999],
  ])('is read in pages of %i from %i rows that came by %i', async (pageRows, count, came) => {
    const kept = spools();
    const { id, rows, offset } = await kept.write(COLUMNS, pagesOf(numbers(count), came), pageRows);
    expect(rows).toBe(count);
    const pages = await readAll(kept, id, offset, rows, pageRows);
    expect(pages.map((page) => page.length)).toEqual(
      Array.from({ length: Math.ceil(count / pageRows) }, (_, i) => Math.min(pageRows, count - i * pageRows)),
    );
    expect(pages.flat()).toEqual(numbers(count));
  });

  it('is for its owner only, survives the server, and goes when it is removed', async () => {
    const { id } = await spools().write(COLUMNS, pagesOf(numbers(3), 3), 1);
    const [file] = readdirSync(folder);
    expect(statSync(join(folder, file!)).mode & 0o777).toBe(0o600);
    const later = spools();
    await (await later.open(id))!.close();
    await later.remove(id);
    expect(await later.open(id)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
    expect(await later.open('../../etc/passwd')).toBeUndefined();
  });

  it('has a limit over all files, and leaves nothing of what was too much', async () => {
    const kept = spools(20_000);
    const { id } = await kept.write(COLUMNS, pagesOf(numbers(1_000), 100), 100);
    const before = kept.bytes;
    await expect(kept.write(COLUMNS, pagesOf(numbers(9_000), 100), 100)).rejects.toMatchObject({
      code: 'resourceLimit',
      message: expect.stringContaining('SPOOL_LIMIT'),
    });
    expect([kept.bytes, readdirSync(folder)]).toEqual([before, [`${id}.rows`]]);
  });

  it('leaves nothing when its rows fail', async () => {
    const kept = spools();
    const failing = async function* (): AsyncGenerator<Page> {
      yield numbers(5_000);
      throw new Error('broken');
    };
    await expect(kept.write(COLUMNS, failing(), 10)).rejects.toThrow('broken');
    expect([kept.bytes, readdirSync(folder)]).toEqual([0, []]);
  });

  it('is swept when nobody has read it for its time, also by a server that did not make it', async () => {
    const kept = spools();
    const old = await kept.write(COLUMNS, pagesOf(numbers(3), 3), 1);
    const read = await kept.write(COLUMNS, pagesOf(numbers(3), 3), 1);
    const past = new Date(Date.now() - 120_000);
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), past, past);
    writeFileSync(join(folder, 'not-ours.txt'), '');
    await (await kept.open(read.id))!.close();
    const other = spools();
    await other.sweep();
    expect(await other.open(old.id)).toBeUndefined();
    await (await other.open(read.id))!.close();
    expect(readdirSync(folder).sort()).toEqual([`${read.id}.rows`, 'not-ours.txt'].sort());
    await kept.sweep();
    expect(kept.bytes).toBe(statSync(join(folder, `${read.id}.rows`)).size);
  });
});

describe('the beginning of a result', () => {
  it.each([
    [4, 5, true],
    [5, 5, true],
    [6, 5, false],
  ])('of %i rows is all of it or not, for pages of %i: %s', async (rows, page, complete) => {
    const held = await holdPages(pagesOf(numbers(rows), 2), page);
    expect(held.complete).toBe(complete);
    const all: Row[] = [];
    for await (const one of held.all()) all.push(...one);
    expect(all).toEqual(numbers(rows));
  });

  it('ends what it reads when it is left', async () => {
    let ended = false;
    const source = async function* (): AsyncGenerator<Page> {
      try {
        for (;;) yield numbers(10);
      } finally {
        ended = true;
      }
    };
    const held = await holdPages(source(), 5);
    for await (const _ of held.all()) break;
    expect(ended).toBe(true);
  });
});
