/** Every document that is printed from a table of the code: its path and its text. */
import { readFileSync } from 'node:fs';
import { settingsMarkdown } from '../../src/config.ts';
import { DLI_ERRORS } from '../../src/jobs/domain/errors.ts';
import { createMetrics } from '../../src/metrics.ts';
import { SELECT_ERRORS } from '../../src/select/errors.ts';
import { MAPPING_TYPES, SQL_TYPES } from '../../translators/algebra/types.ts';
import { ERRORS } from '../../translators/errors.ts';
import { castTarget, castTargets } from '../../translators/functions/cast.ts';
import { code, table } from '../../translators/functions/reference.ts';
import { functionsDocument } from './functions.ts';
import { selectSqlDocument } from './select-sql.ts';

export interface GeneratedDocument {
  readonly path: string;
  readonly text: string;
}

export async function documents(): Promise<readonly GeneratedDocument[]> {
  return [
    { path: 'docs/functions.md', text: functionsDocument() },
    { path: 'docs/errors.md', text: errorsDocument() },
    { path: 'docs/settings.md', text: settingsDocument(readFileSync('docs/settings.md', 'utf8')) },
    { path: 'docs/types.md', text: typesDocument() },
    { path: 'docs/jobs.md', text: withJobErrors(readFileSync('docs/jobs.md', 'utf8')) },
    { path: 'docs/select.md', text: withSelectErrors(readFileSync('docs/select.md', 'utf8')) },
    { path: 'docs/select-sql.md', text: selectSqlDocument() },
    { path: 'README.md', text: withSettings(readFileSync('README.md', 'utf8')) },
    { path: 'docs/metrics.md', text: metricsDocument(await createMetrics().text()) },
  ];
}

/** What one sets first; docs/settings.md has all. */
const FIRST_SETTINGS = [
  'OPENSEARCH_URL',
  'HOST',
  'PORT',
  'DATA_DIR',
  'AUTH_FILE',
  'TLS_CERT',
  'TLS_KEY',
  'ALLOWED_HOSTS',
  'STORAGE_URL',
  'QUERY_SIZE_LIMIT',
  'QUERY_TIMEOUT',
  'MAX_CONCURRENT_QUERIES',
  'DUCKDB_MEMORY_LIMIT',
];

/** The README is written by hand but for the table of the first settings between its marks. */
const withSettings = (readme: string): string =>
  readme.replace(
    /<!-- settings -->[\s\S]*<!-- \/settings -->/,
    () => `<!-- settings -->\n\n${settingsMarkdown(FIRST_SETTINGS)}\n<!-- /settings -->`,
  );

/** The page about jobs likewise. */
const withJobErrors = (page: string): string =>
  page.replace(/<!-- errors -->[\s\S]*<!-- \/errors -->/, () => {
    const rows = Object.entries(DLI_ERRORS).map(([name, { status, meaning, when }]) => [
      code(name),
      String(status),
      meaning,
      when,
    ]);
    return `<!-- errors -->\n\n${table(['code', 'status', 'meaning', 'when'], rows)}\n<!-- /errors -->`;
  });

/** The page about select is written by hand but for its codes. */
const withSelectErrors = (page: string): string =>
  page.replace(/<!-- errors -->[\s\S]*<!-- \/errors -->/, () => {
    const rows = Object.entries(SELECT_ERRORS).map(([name, { status, meaning }]) => [
      code(name),
      String(status),
      meaning,
    ]);
    return `<!-- errors -->\n\n${table(['code', 'status', 'meaning'], rows)}\n<!-- /errors -->`;
  });

const GENERATED = '<!-- Written by `npm run docs`; change the table in the code instead. -->';

function errorsDocument(): string {
  const rows = Object.entries(ERRORS).map(([name, { status, type, when }]) => [
    code(name),
    String(status),
    code(type),
    when,
  ]);
  return `# Errors

${GENERATED}

Every failure of a SQL request has this body, and the HTTP status is the one in it:

\`\`\`json
{
  "error": {
    "reason": "Invalid SQL query",
    "details": "Field [agee] cannot be found or used here. Did you mean [age]? (line 1, column 8: 'agee')",
    "type": "SemanticAnalysisException"
  },
  "status": 400
}
\`\`\`

\`type\` is meant for programs and keeps the names that clients of the plugin test. \`details\` is meant for people: it may be
reworded, and tells the line, the column and the text where that is known. An error of the cluster comes with the cluster's own
status and type, so the statuses 401, 403, 404, 429 and 503 are passed on. A failure after the first bytes of an answer
closes the connection, so that a cut answer is never taken for a whole one.

${table(['code', 'status', 'type', 'when'], rows)}`;
}

/** The settings page has text of its own around its table: only the table is replaced. */
function settingsDocument(page: string): string {
  return page.replace(/^\| variable \|.*\n(?:\|.*\n)*/m, () => settingsMarkdown());
}

function typesDocument(): string {
  const mapped = new Map<string, string[]>();
  for (const [name, { sql }] of Object.entries(MAPPING_TYPES)) mapped.set(sql, [...(mapped.get(sql) ?? []), name]);
  const cast = (sql: string): readonly string[] => castTargets.filter((name) => castTarget(name) === sql);
  const types = Object.entries(SQL_TYPES).map(([name, { family, shown }]) => [
    code(name),
    family,
    code(shown),
    (mapped.get(name) ?? []).map(code).join(', '),
    cast(name).map(code).join(', '),
  ]);
  const fields = Object.entries(MAPPING_TYPES).map(([name, { sql, docValues }]) => [
    code(name),
    code(sql),
    docValues ? 'yes' : 'no',
  ]);
  return `# Types

${GENERATED}

## SQL types

\`shown\` is the name in the schema of an answer. A \`date\` or \`date_nanos\` field is a \`date\` or \`time\` where all formats of
its mapping are only dates or only times. A type that is not listed is read from the document as text.
Whole numbers of 64 bits, signed and unsigned, are exact everywhere.

${table(['type', 'family', 'shown', 'from mappings', 'CAST names'], types)}
Numbers widen in the order ${widening()}. Text is converted where a date, time, timestamp, boolean or address is
wanted; a date becomes a timestamp at midnight, a time one of today.

## Mapping types

Doc values let the cluster sort, group and compute with a field unless its mapping turns them off; a field without them is
read from the document instead.

${table(['mapping', 'SQL type', 'doc values'], fields)}
An \`alias\` field has the type of its target.
`;
}

const widening = (): string =>
  Object.entries(SQL_TYPES)
    .filter(([, { width }]) => width > 0)
    .sort(([, a], [, b]) => a.width - b.width)
    .map(([name]) => name)
    .join(' → ');

function metricsDocument(text: string): string {
  const help = [...text.matchAll(/^# HELP (sqlproxy_\w+) (.*)\n# TYPE \w+ (\w+)$/gm)];
  return `# Metrics

${GENERATED}

\`GET /_proxy/metrics\` answers in the text form of Prometheus. Besides these there are the usual figures of the process
and of Node (\`process_*\`, \`nodejs_*\`).

${table(
  ['metric', 'kind', 'meaning'],
  help.map(([, name, meaning, kind]) => [code(name!), kind!, meaning!]),
)}`;
}
