/** Schemas and explained plans as text to be read beside the statement: one line a column, JSON broken only where it is long. */
import type { ExplainNode } from '../../../src/plan/explain.ts';
import type { OutputItem } from '../../../translators/bind/context.ts';

const WIDTH = 110;

/** `name [as alias]: type`, in the order of the answer. */
export const printSchema = (columns: readonly OutputItem[]): string =>
  columns
    .map(({ name, alias, column }) => `${name}${alias === undefined ? '' : ` as ${alias}`}: ${column.type}`)
    .join('\n');

/** A node, then its inputs further in; the DSL of a scan last. */
export function printPlan(node: ExplainNode, indent = ''): string {
  const { index, request, ...others } = node.description;
  const facts = Object.entries(others).map(([name, value]) => `${name}=${printFact(value)}`);
  const head = [`${indent}-> ${node.name}`, ...(typeof index === 'string' ? [index] : []), ...facts].join(' ');
  const inner = `${indent}   `;
  const body = typeof request === 'object' && request !== null ? [inner + printJson(request, inner)] : [];
  return [head, ...body, ...node.children.map((child) => printPlan(child, inner))].join('\n');
}

const printFact = (value: unknown): string =>
  typeof value === 'string' ? value.replace(/\s+/g, ' ') : printJson(value, '');

function printJson(value: unknown, indent: string): string {
  const flat = printFlat(value);
  if (indent.length + flat.length <= WIDTH || typeof value !== 'object' || value === null) return flat;
  const deeper = `${indent}  `;
  const array = Array.isArray(value);
  const members = array
    ? value.map((item) => deeper + printJson(item, deeper))
    : Object.entries(value).map(([name, item]) => `${deeper}${JSON.stringify(name)}: ${printJson(item, deeper)}`);
  const [open, close] = array ? '[]' : '{}';
  return `${open}\n${members.join(',\n')}\n${indent}${close}`;
}

function printFlat(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(printFlat).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${printFlat(item)}`);
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
  return JSON.stringify(value) ?? 'undefined';
}
