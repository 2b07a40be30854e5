/** What a caller should know of the names in a statement: types that disagree across indices, values that nothing keeps, text in double quotes. */

import { everyNode, type Field, type LogicalPlan, SQL_TYPES } from '../../translators/algebra/index.ts';
import { holderOf } from '../../translators/execution.ts';
import { type QuotedName, sentence } from '../../translators/index.ts';

/** Clients refuse headers of more than some kilobytes. */
const MAX_SENTENCES = 20;

/** Sentences for the header; empty for nearly every statement. */
export function warningsOf(plan: LogicalPlan, quoted: readonly QuotedName[]): readonly string[] {
  const found = new Set(quoted.map(({ text }) => plain(sentence(text))));
  for (const node of everyNode(plan)) {
    if (node.kind !== 'scan') continue;
    for (const { field } of node.columns) if (field) warn(field, found);
  }
  const all = [...found];
  if (all.length <= MAX_SENTENCES) return all;
  return [...all.slice(0, MAX_SENTENCES), `and ${all.length - MAX_SENTENCES} more`];
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
