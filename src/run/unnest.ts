/** One row an element of a collection; a parent without elements keeps one row of nulls where the plan says so. */

import { columnsOfPhysical, type UnnestNode, type Value } from '../../translators/algebra/index.ts';
import { elementReader } from '../../translators/execution.ts';
import type { Page } from '../rows/page.ts';

export function runUnnest(node: UnnestNode): (page: Page) => Page {
  const source = columnsOfPhysical(node.input).indexOf(node.source);
  const getters = node.columns.map((c) => elementReader(c.path));
  const empty = node.columns.map(() => null);
  return (page) => {
    const out: Page = [];
    for (const row of page) {
      const elements = elementsOf(row[source] ?? null);
      if (elements.length === 0) {
        if (node.outer) out.push([...row, ...empty]);
        continue;
      }
      for (const element of elements) out.push([...row, ...getters.map((get) => get(element))]);
    }
    return out;
  };
}

/** What a cell holds as a collection: a single object is one of one element, and null in an array is none, as to the index. */
export function elementsOf(cell: Value): readonly Value[] {
  if (cell === null) return [];
  return Array.isArray(cell) ? (cell as readonly Value[]).filter((element) => element !== null) : [cell];
}
