/** Labels of columns, made distinct for formats whose readers would keep one of two that are equal: `a`, `a_2`. */

import type { OutputColumn } from '../../rows/page.ts';
import { labelOf } from '../../write/writer.ts';

/** `fold`: names that the reader takes for the same. */
export function distinctNames(
  columns: readonly OutputColumn[],
  fold: (name: string) => string = (name) => name,
): readonly string[] {
  const labels = columns.map(labelOf);
  const taken = new Set(labels.map(fold));
  const used = new Set<string>();
  return labels.map((label) => {
    let name = label;
    for (let n = 2; used.has(fold(name)) || (name !== label && taken.has(fold(name))); n++) name = `${label}_${n}`;
    used.add(fold(name));
    return name;
  });
}
