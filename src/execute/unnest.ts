/** One row an element of a collection; a parent without elements keeps one row of nulls where the plan says so. */
import type { Value } from '../../translators/catalog/types.ts';
import { columnsOfPhysical, type UnnestNode } from '../../translators/physical/nodes.ts';
import type { Page } from '../rows/page.ts';

export function runUnnest(node: UnnestNode): (page: Page) => Page {
  const source = columnsOfPhysical(node.input).indexOf(node.source);
  const getters = node.columns.map((c) => getter(c.path));
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

function getter(path: string): (element: Value) => Value {
  if (path === '') return (element) => element;
  const steps = path.split('.');
  return (element) => steps.reduce<Value>(step, element);
}

function step(value: Value, name: string): Value {
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => step(item, name)).filter((item) => item !== null);
    return items.length === 0 ? null : items.length === 1 ? items[0]! : items;
  }
  if (value === null || typeof value !== 'object') return null;
  return (value as Readonly<Record<string, Value>>)[name] ?? null;
}
