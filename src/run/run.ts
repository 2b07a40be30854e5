/** Runs a physical plan: each node turns the pages of its input into its own. */

import { columnsOfPhysical, type LimitNode, type Physical, type Several } from '../../translators/algebra/index.ts';
import { compileCondition, compileExpr } from '../../translators/execution.ts';
import { runSearch } from '../read/search.ts';
import type { Page, Row } from '../rows/page.ts';
import { runAggregation } from './aggregation.ts';
import { runApart } from './apart.ts';
import type { Execution } from './context.ts';
import { runCount } from './count.ts';
import { runDelete } from './delete.ts';
import { runMetadata } from './metadata.ts';
import { runResidualQuery } from './residual-node.ts';
import { orApart } from './several.ts';
import { runTop } from './top.ts';
import { runUnnest } from './unnest.ts';

export function run(node: Physical, execution: Execution): AsyncIterable<Page> {
  switch (node.kind) {
    case 'search':
      return runSearch(node, execution);
    case 'count':
      return runCount(node, execution);
    case 'aggregation':
      return orApart(runAggregation(node, execution), instead(node.several, execution));
    case 'values':
      return values(node, execution);
    case 'where':
      return mapPages(run(node.input, execution), filtering(node, execution));
    case 'project':
      return mapPages(run(node.input, execution), projecting(node, execution));
    case 'limit':
      return limited(node, run(node.input, execution), execution);
    case 'top':
      return runTop(node, run(node.input, execution), execution);
    case 'unnest':
      return mapPages(run(node.input, execution), runUnnest(node));
    case 'apart':
      return mapPages(run(node.input, execution), runApart(node, execution.session));
    case 'concat':
      return concatenated(node.inputs, execution);
    case 'residual': {
      const inputs = node.inputs.map(({ name, plan }) => ({
        name,
        columns: columnsOfPhysical(plan),
        pages: lazily(() => run(plan, execution)),
      }));
      return orApart(runResidualQuery(node.query, inputs, execution), instead(node.several, execution));
    }
    case 'delete':
      return runDelete(node, execution);
    case 'metadata':
      return runMetadata(node, execution);
  }
}

const instead = (several: Several | undefined, execution: Execution) =>
  several &&
  async function* () {
    yield* run(await several.physical(), execution);
  };

/** Nothing is asked of the cluster before the first page is wanted. */
function lazily(start: () => AsyncIterable<Page>): AsyncIterable<Page> {
  return { [Symbol.asyncIterator]: () => start()[Symbol.asyncIterator]() };
}

async function* mapPages(pages: AsyncIterable<Page>, f: (page: Page) => Page): AsyncGenerator<Page> {
  for await (const page of pages) {
    const next = f(page);
    if (next.length > 0) yield next;
  }
}

function filtering(node: Extract<Physical, { kind: 'where' }>, { session }: Execution): (page: Page) => Page {
  const test = compileCondition(node.predicate, columnsOfPhysical(node.input), session);
  return (page) => page.filter(test);
}

export function projecting(node: Extract<Physical, { kind: 'project' }>, { session }: Execution): (page: Page) => Page {
  const columns = columnsOfPhysical(node.input);
  const positions = node.items.map((item) => (item.expr.kind === 'column' ? columns.indexOf(item.expr.column) : -1));
  if (positions.length === columns.length && positions.every((p, i) => p === i)) return (page) => page;
  const cells = node.items.map((item) => compileExpr(item.expr, columns, session));
  const width = cells.length;
  return (page) => {
    const out: Page = new Array(page.length);
    for (let r = 0; r < page.length; r++) {
      const row = page[r]!;
      const next: Row = new Array(width);
      for (let i = 0; i < width; i++) next[i] = cells[i]!(row);
      out[r] = next;
    }
    return out;
  };
}

async function* values(node: Extract<Physical, { kind: 'values' }>, { session }: Execution): AsyncGenerator<Page> {
  if (node.rows.length === 0) return;
  yield node.rows.map((row) => row.map((cell) => compileExpr(cell, [], session)([])));
}

async function* limited(node: LimitNode, pages: AsyncIterable<Page>, { info }: Execution): AsyncGenerator<Page> {
  let skip = node.offset;
  let left = node.count;
  for await (const page of pages) {
    let rows = page;
    if (skip > 0) {
      const dropped = Math.min(skip, rows.length);
      skip -= dropped;
      rows = rows.slice(dropped);
    }
    if (rows.length > left) {
      if (node.implicit) info.truncated = true;
      rows = rows.slice(0, left);
    }
    left -= rows.length;
    if (rows.length > 0) yield rows;
    // An implicit limit reads on for one more page, to know whether it cut anything.
    if (left <= 0 && (!node.implicit || info.truncated)) return;
  }
}

async function* concatenated(inputs: readonly Physical[], execution: Execution): AsyncGenerator<Page> {
  for (const input of inputs) yield* run(input, execution);
}
