/** The reference of functions in Markdown, printed from the rows: one table a family. */

import type {
  AggregateFunction,
  ArgFamily,
  ArgSpec,
  OptionKind,
  RelevanceFunction,
  ScalarFunction,
} from '../algebra/function.ts';
import type { SqlType } from '../algebra/types.ts';

const TITLES: Readonly<Record<ScalarFunction['family'], string>> = {
  operator: 'Operators and their function forms',
  math: 'Mathematics',
  text: 'Text',
  datetime: 'Dates and times',
  conditional: 'Conditions',
  cast: 'Conversion',
  json: 'Arrays and JSON',
  geo: 'Geography',
};

interface Catalogue {
  readonly scalars: readonly ScalarFunction[];
  readonly aggregates: readonly AggregateFunction[];
  readonly relevance: readonly RelevanceFunction[];
}

/** A comparison of the function that the cluster's index answers; undefined where there is none. */
export type IndexForm = (fn: ScalarFunction) => string | undefined;

export function printReference({ scalars, aggregates, relevance }: Catalogue, indexForm?: IndexForm): string {
  const sections: string[] = [];
  for (const [family, title] of Object.entries(TITLES)) {
    const rows = scalars.filter((fn) => fn.family === family);
    if (rows.length > 0) {
      const head = ['Function', 'Result', 'What it gives', 'NULL', 'Runs in', 'Examples'];
      sections.push(
        section(
          title,
          head,
          rows.map((fn) => scalarRow(fn, indexForm)),
        ),
      );
    }
  }
  const inGroups = aggregates.filter((fn) => !fn.windowOnly);
  const inWindows = aggregates.filter((fn) => fn.windowOnly);
  sections.push(
    section(
      'Aggregates',
      ['Function', 'Result', 'What it gives', 'Of no value', 'DISTINCT', 'Runs in'],
      inGroups.map(aggregateRow),
    ),
    section(
      'Window functions',
      ['Function', 'Result', 'What it gives'],
      inWindows.map((fn) => aggregateRow(fn).slice(0, 3)),
    ),
    section('Full-text search', ['Function', 'What it finds', 'Options'], relevance.map(relevanceRow)),
  );
  return sections.join('\n');
}

/** A Markdown table; cells may hold anything. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}

const section = (title: string, head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `## ${title}\n\n${table(head, rows)}`;

const escaped = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll('\n', ' ');

function scalarRow(fn: ScalarFunction, indexForm: IndexForm | undefined): readonly string[] {
  return [
    named(fn.name, fn.signatures, fn.aliases),
    resultOf(fn),
    fn.volatile ? `${fn.summary} (evaluated for each row)` : fn.summary,
    constant(fn) ? '' : fn.nulls === 'strict' ? 'NULL in, NULL out' : 'by its own rule',
    placesOf(fn, indexForm?.(fn)),
    fn.examples
      .slice(0, 4)
      .map((example) => `${code(example.sql)} → ${code(shown(example.value))}`)
      .join('<br>'),
  ];
}

const constant = (fn: ScalarFunction): boolean =>
  fn.session !== undefined && fn.signatures.every((signature) => signature.length === 0);

function placesOf(fn: ScalarFunction, indexed: string | undefined): string {
  if (constant(fn)) return 'constant of the statement';
  const places = [
    ...(indexed === undefined ? [] : [`index (${code(indexed)})`]),
    ...(fn.painless === undefined ? [] : ['script']),
    'closure',
    ...(fn.duckdb === undefined ? [] : ['DuckDB']),
  ];
  return places.join(', ');
}

function aggregateRow(fn: AggregateFunction): readonly string[] {
  return [
    named(fn.name, [fn.args], fn.aliases),
    resultOf({ returns: fn.returns, signatures: [fn.args] }),
    fn.summary,
    fn.empty === null ? 'NULL' : String(fn.empty),
    fn.allowsDistinct ? 'yes' : 'no',
    fn.dsl ? 'cluster, DuckDB' : 'DuckDB',
  ];
}

function relevanceRow(fn: RelevanceFunction): readonly string[] {
  const first = fn.takes === 'field' ? 'field, ' : fn.takes === 'fields' ? '[fields], ' : '';
  return [
    withAliases(code(`${fn.name}(${first}query)`), fn.aliases),
    fn.summary,
    Object.entries(fn.options)
      .map(([name, kind]) => `${code(name)} ${kindOf(kind)}`)
      .join(', '),
  ];
}

const kindOf = (kind: OptionKind): string => (typeof kind === 'string' ? kind : kind.join('/'));

export const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

const named = (
  name: string,
  signatures: readonly (readonly ArgSpec[])[],
  aliases: readonly string[] | undefined,
): string => withAliases(signatures.map((signature) => code(call(name, signature))).join(' or '), aliases);

const withAliases = (text: string, aliases: readonly string[] | undefined): string =>
  aliases?.length ? `${text}; also ${aliases.map(code).join(', ')}` : text;

function call(name: string, signature: readonly ArgSpec[]): string {
  if (/^\W+$/.test(name)) return `a ${name} b`;
  const args = signature.map((spec) => {
    const arg = spec.rest ? `${spec.family}…` : spec.family;
    return spec.optional ? `[${arg}]` : arg;
  });
  return `${name}(${args.join(', ')})`;
}

/** Types to try a rule with: enough of each family to tell what the result follows. */
const TRIED: Readonly<Partial<Record<ArgFamily, readonly SqlType[]>>> = {
  number: ['integer', 'long', 'double'],
  integer: ['integer', 'long'],
  string: ['keyword'],
  temporal: ['date', 'time', 'timestamp'],
  geo: ['geo_point'],
  any: ['integer', 'double', 'keyword', 'timestamp'],
};

/** The result type in words, found by asking the rule. */
function resultOf({ returns, signatures }: Pick<ScalarFunction, 'returns' | 'signatures'>): string {
  if (typeof returns === 'string') return returns;
  const each = signatures.map((signature) => resultFor(returns, signature));
  if (new Set(each).size === 1) return each[0]!;
  return signatures.map((signature, i) => `${code(call('', signature))} ${each[i]}`).join('<br>');
}

function resultFor(rule: (args: readonly SqlType[]) => SqlType, signature: readonly ArgSpec[]): string {
  const tried = signature.map(({ family }) => TRIED[family] ?? [family as SqlType]);
  const rounds = Math.max(1, ...tried.map((types) => types.length));
  const outcomes: { readonly given: SqlType | undefined; readonly result: SqlType }[] = [];
  for (let round = 0; round < rounds; round++) {
    const types = tried.map((all) => all[Math.min(round, all.length - 1)]!);
    const result = outcomeOf(rule, types);
    // The argument that varies is the one that the result may follow.
    if (result !== undefined) outcomes.push({ given: types.find((_, i) => tried[i]!.length > 1), result });
  }
  const results = new Set(outcomes.map(({ result }) => result));
  if (results.size === 1) return [...results][0]!;
  if (outcomes.every(({ given, result }) => given === result)) return 'as the argument';
  return outcomes.map(({ given, result }) => `${given} → ${result}`).join('; ');
}

function outcomeOf(rule: (args: readonly SqlType[]) => SqlType, types: readonly SqlType[]): SqlType | undefined {
  try {
    return rule(types);
  } catch {
    // A type that the rule refuses says nothing about its result.
    return undefined;
  }
}

function shown(value: ScalarFunction['examples'][number]['value']): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
