/** FROM's path into one value: the rows that it gives, MISSING where it finds nothing (spec s3-select 3). */
import type { FromStep } from './expr.ts';
import { pathReader } from './path.ts';
import { isObject, type SelectValue } from './value.ts';

export function walkSteps(value: SelectValue, steps: readonly FromStep[]): readonly SelectValue[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  const inner = membersOf(value, step);
  return inner.length === 0
    ? [undefined]
    : inner.flatMap((each) => (each === undefined ? [each] : walkSteps(each, rest)));
}

function membersOf(value: SelectValue, step: FromStep): readonly SelectValue[] {
  switch (step.kind) {
    case 'elements':
      return Array.isArray(value) ? value : [];
    case 'members':
      return isObject(value) ? Object.values(value) : [];
    default:
      return [pathReader([step])(value)];
  }
}
