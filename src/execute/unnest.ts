/** One row an element of a collection; a parent without elements keeps one row of nulls where the plan says so. */
import type { Value } from '../../translators/catalog/types.ts';
import { elementReader } from '../../translators/lower/js/element.ts';
import { columnsOfPhysical, type UnnestNode } from '../../translators/physical/nodes.ts';
import type { Page } from '../rows/page.ts';

export function runUnnest(node: UnnestNode): (page: Page) => Page {
  const source = columnsOfPhysical(node.input).indexOf(node.source);
  const getters = node.columns.map((c) => elementReader(c.path));
  const empty = node.columns.map(() => null);
  return (page) => {
    const out: Page = [];
    for (const row of page) {
      const cell = row[source] ?? null;
      const elements = Array.isArray(cell) ? (cell as readonly Value[]) : cell === null ? [] : [cell];
      if (elements.length === 0) {
        if (node.outer) out.push([...row, ...empty]);
        continue;
      }
      for (const element of elements) out.push([...row, ...getters.map((get) => get(element))]);
    }
    return out;
  };
}
