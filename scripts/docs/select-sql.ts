/** The reference of SQL over objects: rules written here, tables printed from those of the code. */
import { SELECT_LIMITS } from '../../src/select/requests/request.ts';
import { code, table } from '../../translators/functions/reference.ts';
import { CAST_TYPES } from '../../translators/object-sql/cast.ts';
import { SELECT_FUNCTIONS } from '../../translators/object-sql/functions.ts';
import { PATTERN_SYMBOLS } from '../../translators/object-sql/timestamp-pattern.ts';

const GENERATED =
  '<!-- Written by `npm run docs`; change the tables in the code, or scripts/docs/select-sql.ts, instead. -->';

function castTypes(): string {
  const spellings = new Map<string, string[]>();
  for (const [name, type] of Object.entries(CAST_TYPES)) spellings.set(type, [...(spellings.get(type) ?? []), name]);
  const meanings: Readonly<Record<string, string>> = {
    bool: '`true` and `false` in any case; of a number: not zero',
    int: '64 bits; a text must be whole, a number is cut towards zero',
    float: '64 bits',
    decimal: '38 digits, `DECIMAL(p, s)` rounded half away from zero',
    string: 'text',
    timestamp:
      '`2010T`, `2010-05T`, `2010-05-03`, `2017-01-02T03:04Z`, with seconds, fraction and offset; a blank may stand for `T`',
  };
  return table(
    ['types', 'meaning'],
    [...spellings].map(([type, names]) => [names.map(code).join(' '), meanings[type] ?? '']),
  );
}

export function selectSqlDocument(): string {
  const functions = SELECT_FUNCTIONS.map(({ usage, meaning, examples }) => [
    code(usage),
    meaning,
    examples
      .slice(0, 2)
      .map(([sql, text]) => `${codeOf(sql)} → ${codeOf(text === '' ? ' ' : text)}`)
      .join('<br>'),
  ]);
  const limits = Object.entries(SELECT_LIMITS.bos).map(([name, value]) => [
    name,
    String(value),
    String(SELECT_LIMITS.s3[name as keyof typeof SELECT_LIMITS.s3]),
  ]);
  return `# SQL over objects

${GENERATED}

The dialect of \`FROM BosObject\` and \`FROM S3Object\` in [select](select.md); any other name in FROM is an index, in the full dialect of
\`/_plugins/_sql\`.

\`\`\`
SELECT list FROM BosObject | S3Object[path] [[AS] alias] [WHERE condition] [LIMIT n] [;]
\`\`\`

No ORDER BY, GROUP BY, HAVING, DISTINCT, OFFSET, JOIN, subquery or second source: each is refused with a code of its own.

* **Columns of csv** are \`_1\`, \`_2\` … and, with a header line in use, its names (in BOS then the names only). A record with fewer fields
  has MISSING in the others. Empty lines are no records. Where records end in LF, a CR before it belongs to the end.
* **Names** match in any case, in double quotes exactly. Two columns that match are an error.
* **JSON**: \`a.b\`, \`a[0]\`, \`a['b']\`, after the alias or not. Plain \`S3Object\` is \`S3Object[*]\`: a record for each value of the object. Further
  steps in FROM (\`.name\`, \`['name']\`, \`[0]\`, \`.*\`, \`[*]\`) go into each; a step that finds nothing gives a record of nothing, \`{}\`.
  \`SELECT *\` gives records as they are written, every digit kept.
* **Parquet** rows are JSON objects with the names of the columns; timestamps are texts in UTC, decimals keep their digits.
* **The answer** names a column by its alias, else by the last name of its path, else \`_N\`. What is MISSING is left out of JSON, NULL is
  written; both are empty in csv.
* **In WHERE**, such an alias stands for what it names, where no column has that name.

## Values

| operators, the tightest first |
| --- |
| \`-\` before a value |
| \`*\` \`/\` \`%\` |
| \`+\` \`-\` |
| \`\\|\\|\` |
| \`IN (…)\`, \`IN […]\`, \`IN array\` |
| \`BETWEEN … AND …\` |
| \`LIKE … [ESCAPE …]\`: case-sensitive, \`%\` and \`_\` |
| \`<\` \`<=\` \`>\` \`>=\` |
| \`=\` \`!=\` \`<>\` \`IS [NOT] NULL\`, \`MISSING\`, \`TRUE\`, \`FALSE\` |
| \`NOT\`, \`AND\`, \`OR\` |

* **A csv cell compared with a number is a number**, without CAST; a cell that is none does not match, whatever the operator. Against a
  text it is a text, and two cells are compared as texts. In arithmetic, SUM and AVG a cell must be a number; an empty one is NULL. MIN and MAX
  of cells pass empty ones over, and compare numbers if all are numbers, else texts.
* NULL and MISSING compare as unknown; values of different JSON types are not equal and have no order.
* Whole numbers stay whole (\`1 / 2\` is 0) and fail beyond 64 bits; division by zero fails.
* Literals: \`'it''s'\`, \`12\`, \`1.5\` (FLOAT), \`TRUE\`, \`NULL\`, and timestamps in back-quotes: \`\` \`2017-01-02T03:04Z\` \`\`.
* \`CASE WHEN … THEN … ELSE … END\` and \`CASE x WHEN …\`.
* Aggregates: \`COUNT(*)\`, \`COUNT(x)\`, \`SUM\`, \`AVG\`, \`MIN\`, \`MAX\`; they pass NULL and MISSING over and give one record.

### CAST(x AS type)

${castTypes()}

## Functions

${table(['function', 'meaning', 'examples'], functions)}

Date parts: \`year month day hour minute second\`; for EXTRACT also \`timezone_hour timezone_minute\`.

Symbols of patterns: ${Object.keys(PATTERN_SYMBOLS).map(code).join(' ')}, \`S\` for each digit of the fraction, and text in single quotes.

## Limits

Of a statement and its data; beyond them there is an error, never a cut.

${table(['limit', 'BOS', 'S3'], limits)}

Further: 256 levels of expressions, 512 levels of JSON; for compressed and parquet objects the settings \`SELECT_MAX_EXPANSION\`, \`SELECT_MAX_BYTES\` and
\`SELECT_MAX_PARQUET_BYTES\`.

## How it is run

The first megabyte of a csv object is split and evaluated row by row, so that the answer begins at once. After it, blocks of 4 MB are
answered as a whole wherever that is provably the same: from their own bytes, where cells are only compared with constants, counted and
printed, or else by a DuckDB statement that is printed from the checked tree, in an engine that can open nothing but the block. A block with
anything that readers disagree on (comments, stray quotes, mixed line ends; for DuckDB also records of other lengths and cells that CAST
refuses) is split by row again, which also finds the row to name in an error. JSON is read by row; a line whose members
are only compared with constants is parsed only if it matches. Objects are never held whole, but parquet is spooled to disk, and simple
conditions over its columns are DuckDB's.
`;
}

/** Code that may hold back-quotes. */
function codeOf(text: string): string {
  const safe = text.replaceAll('|', '\\|');
  return safe.includes('`') ? `\`\` ${safe} \`\`` : `\`${safe}\``;
}
