/** What a caller should know of the fields that a statement uses: types that disagree across indices, values that nothing keeps. */
import type { Field } from '../../translators/catalog/schema.ts';
import { holderOf } from '../../translators/catalog/source-holds.ts';
import { SQL_TYPES } from '../../translators/catalog/types.ts';
import type { LogicalPlan } from '../../translators/plan/nodes.ts';

/** Clients refuse headers of more than some kilobytes. */
const MAX_SENTENCES = 20;

/** Sentences for the header; empty for nearly every statement. */
export function warningsOf(plan: LogicalPlan): readonly string[] {
  const found = new Set<string>();
  collect(plan, found);
  const all = [...found];
  if (all.length <= MAX_SENTENCES) return all;
  return [...all.slice(0, MAX_SENTENCES), `and ${all.length - MAX_SENTENCES} more fields`];
}

function collect(plan: LogicalPlan, found: Set<string>): void {
  if (plan.kind === 'scan') {
    for (const { field } of plan.columns) if (field) warn(field, found);
  } else if ('left' in plan) {
    collect(plan.left, found);
    collect(plan.right, found);
  } else if ('input' in plan) {
    collect(plan.input, found);
  }
}

function warn(field: Field, found: Set<string>): void {
  if (field.conflict) {
    const types = field.conflict.map(plain).sort().join(', ');
    found.add(
      `Field [${plain(field.path)}] is ${types} in different indices and read as ${SQL_TYPES[field.type].shown}`,
    );
  }
  if (holderOf(field) === 'nothing') {
    found.add(`Field [${plain(field.path)}] is kept neither in _source nor in doc values and reads as NULL`);
  }
}

/** Headers hold printable ASCII. */
const plain = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
