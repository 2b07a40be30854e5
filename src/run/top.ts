/** The first rows of an order, kept in a bounded heap while pages go by; more rows than it may hold go to DuckDB. */
import { columnsOfPhysical, type TopNode } from '../../translators/algebra/index.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from './context.ts';
import { HEAP_ROWS } from './heap-rows.ts';
import { type Keyed, keyedComparator, keyReader } from './order.ts';
import { runResidualQuery } from './residual-node.ts';

export async function* runTop(node: TopNode, pages: AsyncIterable<Page>, execution: Execution): AsyncGenerator<Page> {
  const compare = keyedComparator(node.keys);
  const read = keyReader(node.keys, columnsOfPhysical(node.input), execution.session);
  const wanted = node.offset + node.count;
  const capacity = Math.min(wanted, node.spill ? HEAP_ROWS : wanted);
  const heap = new Heap(capacity, compare);
  const iterator = pages[Symbol.asyncIterator]();
  let seen = 0;
  try {
    for (;;) {
      const { value: page, done } = await iterator.next();
      if (done) break;
      if (node.spill && capacity < wanted && seen + page.length > capacity) {
        const before = heap.sorted().map((keyed) => keyed.row);
        const input = chain([before, page], iterator);
        yield* runResidualQuery(
          node.spill.query,
          [{ name: node.spill.name, columns: columnsOfPhysical(node.input), pages: input }],
          execution,
        );
        return;
      }
      seen += page.length;
      for (const row of page) heap.offer(read(row));
    }
  } finally {
    await iterator.return?.();
  }
  if (node.implicit && seen > wanted) execution.info.truncated = true;
  const rows = heap
    .sorted()
    .slice(node.offset)
    .map((keyed) => keyed.row);
  if (rows.length > 0) yield rows;
}

async function* chain(first: readonly Page[], rest: AsyncIterator<Page>): AsyncGenerator<Page> {
  yield* first;
  for (;;) {
    const { value, done } = await rest.next();
    if (done) return;
    yield value;
  }
}

/** Keeps the least `capacity` rows; the greatest of them is at the root. Equal rows stay in the order of their coming. */
class Heap {
  private readonly items: { keyed: Keyed; index: number }[] = [];
  private count = 0;

  constructor(
    private readonly capacity: number,
    private readonly order: (a: Keyed, b: Keyed) => number,
  ) {}

  offer(keyed: Keyed): void {
    const item = { keyed, index: this.count++ };
    if (this.items.length < this.capacity) {
      this.items.push(item);
      this.up(this.items.length - 1);
    } else if (this.capacity > 0 && this.after(this.items[0]!, item)) {
      this.items[0] = item;
      this.down(0);
    }
  }

  sorted(): Keyed[] {
    return [...this.items].sort((a, b) => this.order(a.keyed, b.keyed) || a.index - b.index).map((item) => item.keyed);
  }

  private after(a: { keyed: Keyed; index: number }, b: { keyed: Keyed; index: number }): boolean {
    const order = this.order(a.keyed, b.keyed);
    return order > 0 || (order === 0 && a.index > b.index);
  }

  private up(start: number): void {
    let i = start;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.after(this.items[i]!, this.items[parent]!)) return;
      this.swap(i, parent);
      i = parent;
    }
  }

  private down(start: number): void {
    let i = start;
    for (;;) {
      const left = 2 * i + 1;
      const right = left + 1;
      let greatest = i;
      if (left < this.items.length && this.after(this.items[left]!, this.items[greatest]!)) greatest = left;
      if (right < this.items.length && this.after(this.items[right]!, this.items[greatest]!)) greatest = right;
      if (greatest === i) return;
      this.swap(i, greatest);
      i = greatest;
    }
  }

  private swap(i: number, j: number): void {
    const item = this.items[i]!;
    this.items[i] = this.items[j]!;
    this.items[j] = item;
  }
}
