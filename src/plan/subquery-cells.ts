/** What a subquery inside an expression answered: the first cells of its rows. */
import type { Value } from '../../translators/algebra/index.ts';
import { type Cells, MAX_LISTED, type Subquery } from '../../translators/index.ts';
import type { Page } from '../rows/page.ts';

export async function cellsOf(mode: Subquery['mode'], pages: AsyncIterable<Page>): Promise<Cells> {
  if (mode === 'in') return differentCells(pages);
  const cells: Value[] = [];
  for await (const page of pages) {
    for (const row of page) cells.push(row[0] ?? null);
    // The second one says that there is no single value.
    if (cells.length > 1) break;
  }
  return cells;
}

async function differentCells(pages: AsyncIterable<Page>): Promise<Cells> {
  const values = new Set<Value>();
  for await (const page of pages) {
    for (const row of page) values.add(row[0] ?? null);
    if (values.size > MAX_LISTED) return undefined;
  }
  return [...values];
}
