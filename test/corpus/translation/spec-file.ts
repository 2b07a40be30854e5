/** Reads and writes the translation corpus: blocks of a title, facts that hold, a statement, and what becomes of it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

export interface SpecEntry {
  readonly title: string;
  /** `keyword paths that hide long values`: `hidden: note.keyword`. */
  readonly hidden: readonly string[];
  /** What the subqueries of the statement answer, one after the other. */
  readonly given: readonly (readonly (readonly unknown[])[])[];
  readonly sql: string;
  readonly expected: string;
}

const FOLDER = new URL('./', import.meta.url);

export const specFiles = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.spec'))
    .sort();

export function readSpec(file: string): SpecEntry[] {
  const blocks = readFileSync(new URL(file, FOLDER), 'utf8').split(/^=== /m).slice(1);
  return blocks.map((block) => readBlock(file, block));
}

function readBlock(file: string, block: string): SpecEntry {
  const lines = block.trimEnd().split('\n');
  const title = lines.shift()!;
  const hidden: string[] = [];
  const given: unknown[][][] = [];
  for (let fact = readFact(lines[0]); fact; fact = readFact(lines[0])) {
    if (fact.name === 'hidden') hidden.push(...fact.value.split(/, */));
    else given.push(JSON.parse(fact.value) as unknown[][]);
    lines.shift();
  }
  const rule = lines.indexOf('---');
  const sql = (rule === -1 ? lines : lines.slice(0, rule)).join('\n').trim();
  if (sql === '') throw new Error(`${file}: "${title}" has no statement`);
  return { title, hidden, given, sql, expected: rule === -1 ? '' : lines.slice(rule + 1).join('\n') };
}

function readFact(line: string | undefined): { name: 'hidden' | 'given'; value: string } | undefined {
  const match = /^(hidden|given): (.*)$/.exec(line ?? '');
  return match ? { name: match[1] as 'hidden' | 'given', value: match[2]! } : undefined;
}

export function writeSpec(file: string, entries: readonly SpecEntry[]): void {
  writeFileSync(new URL(file, FOLDER), entries.map(print).join('\n'));
}

function print({ title, hidden, given, sql, expected }: SpecEntry): string {
  const facts = [
    ...(hidden.length > 0 ? [`hidden: ${hidden.join(', ')}`] : []),
    ...given.map((rows) => `given: ${JSON.stringify(rows)}`),
  ];
  return `${[`=== ${title}`, ...facts, sql, '---', expected].join('\n')}\n`;
}
