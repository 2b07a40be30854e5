/** The reference of functions in Markdown, printed from the rows: one table a family. */
import type { AggregateFunction, ArgSpec, RelevanceFunction, ScalarFunction } from './row.ts';

const TITLES: Readonly<Record<ScalarFunction['family'], string>> = {
  operator: 'Operators',
  math: 'Mathematics',
  text: 'Text',
  datetime: 'Dates and times',
  conditional: 'Conditions',
  cast: 'Conversion',
  json: 'Arrays and JSON',
  geo: 'Geography',
};

export interface Catalogue {
  readonly scalars: readonly ScalarFunction[];
  readonly aggregates: readonly AggregateFunction[];
  readonly relevance: readonly RelevanceFunction[];
}

export function printReference({ scalars, aggregates, relevance }: Catalogue): string {
  const sections: string[] = [];
  for (const [family, title] of Object.entries(TITLES)) {
    const rows = scalars.filter((fn) => fn.family === family);
    if (rows.length > 0)
      sections.push(section(title, ['Function', 'What it gives', 'Example', 'Runs in'], rows.map(scalarRow)));
  }
  sections.push(
    section('Aggregates and windows', ['Function', 'What it gives', 'On the cluster'], aggregates.map(aggregateRow)),
    section('Full-text search', ['Function', 'What it gives', 'Options'], relevance.map(relevanceRow)),
  );
  return sections.join('\n');
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [`## ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}

function scalarRow(fn: ScalarFunction): readonly string[] {
  const forms = fn.signatures.map((signature) => code(call(fn.name, signature)));
  const [example] = fn.examples;
  const places = [
    'server',
    ...(fn.painless === undefined ? [] : ['script']),
    ...(fn.duckdb === undefined ? [] : ['DuckDB']),
  ];
  return [
    withAliases(forms.join(' or '), fn.aliases),
    fn.summary,
    example ? `${code(example.sql)} → ${code(shown(example.value))}` : '',
    places.join(', '),
  ];
}

function aggregateRow(fn: AggregateFunction): readonly string[] {
  const where = fn.windowOnly ? 'window only' : fn.dsl ? 'yes' : 'no';
  return [withAliases(code(call(fn.name, fn.args)), fn.aliases), fn.summary, where];
}

function relevanceRow(fn: RelevanceFunction): readonly string[] {
  const first = fn.takes === 'field' ? 'field, ' : fn.takes === 'fields' ? '[fields], ' : '';
  return [
    withAliases(code(`${fn.name}(${first}query)`), fn.aliases),
    fn.summary,
    Object.keys(fn.options).map(code).join(', '),
  ];
}

const code = (text: string): string => `\`${text}\``;

const withAliases = (text: string, aliases: readonly string[] | undefined): string =>
  aliases?.length ? `${text}; also ${aliases.map(code).join(', ')}` : text;

function call(name: string, signature: readonly ArgSpec[]): string {
  if (!/^\w+$/.test(name)) return `a ${name} b`;
  const args = signature.map((spec) => {
    const arg = spec.rest ? `${spec.family}…` : spec.family;
    return spec.optional ? `[${arg}]` : arg;
  });
  return `${name}(${args.join(', ')})`;
}

function shown(value: ScalarFunction['examples'][number]['value']): string {
  if (value === null) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
