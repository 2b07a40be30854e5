/** Prints docs/sql.md from the sections and the answers of their examples. */
import type { JdbcAnswer } from '../cluster/sql-proxy.ts';
import type { Section } from './sections.ts';
import { TABLES } from './tables.ts';

export type Answer = Pick<JdbcAnswer, 'schema' | 'datarows'> | { readonly error: string };

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return 'NULL';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
};

const table = (head: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`).join('\n');

function answered(answer: Answer): string {
  if ('error' in answer) return `Refused: ${answer.error}`;
  if (answer.datarows.length === 0) return 'No row.';
  return table(
    answer.schema.map(({ name, alias }) => alias ?? name),
    answer.datarows,
  );
}

/** `answers` by statement. */
export function dialectMarkdown(sections: readonly Section[], answers: ReadonlyMap<string, Answer>): string {
  const parts = sections.map(({ title, text, examples }) => {
    const shown = examples.map((sql) => `\`\`\`sql\n${sql}\n\`\`\`\n\n${answered(answers.get(sql)!)}`);
    return `## ${title}\n\n${[text, ...shown].join('\n\n')}`;
  });
  const tables = Object.entries(TABLES).map(([name, { properties, docs }]) => {
    const columns = Object.keys(properties);
    const rows = docs.map((doc) => columns.map((column) => (doc as Readonly<Record<string, unknown>>)[column]));
    return `\`${name}\`\n\n${table(columns, rows)}`;
  });
  return `# The dialect

<!-- Written by test/reference/dialect.test.ts from the answers of a node: UPDATE_DOCS=1 writes it anew. Change test/reference/sections.ts instead. -->

Every clause with an example and its result. The functions are in [functions.md](functions.md), the types in [types.md](types.md), what
differs from the plugin in [differences.md](differences.md), and what has a bound in [limits.md](limits.md). Keywords and names of functions
match in any case, names of indices and fields exactly. The examples ask these two indices:

${tables.join('\n\n')}

${parts.join('\n\n')}
`;
}
