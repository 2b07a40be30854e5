/** Labels of columns, made distinct for formats whose readers would keep one of two that are equal: a second `a` is `a_2`. */

/** `fold`: labels that the reader takes for the same. */
export function distinctLabels(
  labels: readonly string[],
  fold: (label: string) => string = (label) => label,
): readonly string[] {
  const taken = new Set(labels.map(fold));
  const used = new Set<string>();
  return labels.map((label) => {
    let name = label;
    for (let n = 2; used.has(fold(name)) || (name !== label && taken.has(fold(name))); n++) name = `${label}_${n}`;
    used.add(fold(name));
    return name;
  });
}

/** What stands before each value of an object: a comma but for the first, and the key. */
export const memberKeys = (labels: readonly string[]): readonly string[] =>
  distinctLabels(labels).map((name, i) => `${i === 0 ? '' : ','}${JSON.stringify(name)}:`);
