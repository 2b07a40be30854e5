/** The reference of functions: the catalogue's tables, and the forms that have a syntax of their own. */
import { castTargets } from '../../translators/functions/cast.ts';
import { functionReference } from '../../translators/functions/index.ts';
import { code, table } from '../../translators/functions/reference.ts';
import { indexForm } from './index-form.ts';

interface SpecialForm {
  readonly form: string;
  readonly meaning: string;
  /** A whole statement that has it, over the fields `name`, `n`, `ts`, `body`, the point `at`, the vector `emb` and the nested `items.sku`. */
  readonly example: string;
}

/** What the grammar knows and the catalogue does not. Each example is bound by a test. */
export const SPECIAL_FORMS: readonly SpecialForm[] = [
  {
    form: '`=`, `<>`, `!=`, `<`, `<=`, `>`, `>=`',
    meaning: 'comparison; NULL on either side gives NULL; a field of several values compares if one of them does',
    example: "SELECT n FROM t WHERE n <> 3 AND name >= 'b'",
  },
  {
    form: '`AND`, `OR`, `NOT`, `XOR`',
    meaning: 'three-valued logic; WHERE keeps what is TRUE',
    example: "SELECT n FROM t WHERE NOT (n = 1 OR name = 'a')",
  },
  {
    form: '`a [NOT] IN (…)`, `a [NOT] IN (SELECT …)`, `a = ANY (SELECT …)`, `a <> ALL (SELECT …)`, `[NOT] EXISTS (SELECT …)`',
    meaning: 'membership, with the NULL rules of SQL',
    example: "SELECT n FROM t WHERE name IN ('a', 'b')",
  },
  {
    form: '`a < ALL (SELECT …)`, `a >= ANY (SELECT …)`, with any of = <> < <= > >=',
    meaning:
      'the comparison holds with each value, or with some value, of the query; unknown where NULLs leave it open',
    example: 'SELECT n FROM t WHERE n > ALL (SELECT n FROM t WHERE n < 3)',
  },
  {
    form: '`(a, b) = (c, d)`, `(a, b) < (c, d)`, `(a, b) [NOT] IN ((1, 2), …)`, `(a, b) [NOT] IN (SELECT x, y …)`',
    meaning: 'rows of values, compared value by value; the first that differ decide the order',
    example: "SELECT n FROM t WHERE (n, name) IN ((1, 'a'), (2, 'b'))",
  },
  {
    form: '`a IS [NOT] DISTINCT FROM b`, `condition IS [NOT] UNKNOWN`',
    meaning: 'a comparison for which two NULLs are equal; whether a condition is neither TRUE nor FALSE',
    example: 'SELECT n FROM t WHERE n IS DISTINCT FROM 3',
  },
  {
    form: '`a [NOT] BETWEEN b AND c`',
    meaning: 'both ends included',
    example: 'SELECT n FROM t WHERE n BETWEEN 1 AND 5',
  },
  {
    form: '`a [NOT] LIKE p [ESCAPE c]`',
    meaning: 'the whole value, `%` and `_`, backslash as escape; folds ASCII letters',
    example: "SELECT n FROM t WHERE name LIKE 'a\\_%'",
  },
  {
    form: '`a [NOT] REGEXP p`',
    meaning: 'the whole value against a regular expression of RE2, case-sensitive; also a condition by itself',
    example: "SELECT n FROM t WHERE name NOT REGEXP 'a.*'",
  },
  {
    form: '`a IS [NOT] NULL`, `IS [NOT] MISSING`, `IS [NOT] TRUE`, `IS [NOT] FALSE`',
    meaning: 'never NULL themselves; a missing field is NULL',
    example: 'SELECT n FROM t WHERE name IS NOT NULL',
  },
  {
    form: '`CASE WHEN c THEN a … [ELSE b] END`, `CASE x WHEN v THEN a … END`',
    meaning: 'the first branch whose condition is TRUE, else NULL; branches are widened to one type',
    example: "SELECT CASE WHEN n > 1 THEN 'many' ELSE 'one' END FROM t",
  },
  {
    form: '`CAST(x AS type)`',
    meaning: `types: ${castTargets.map(code).join(', ')}; lengths as in VARCHAR(20) are read and ignored`,
    example: 'SELECT CAST(name AS INT) FROM t',
  },
  {
    form: '`EXTRACT(unit FROM x)`, `POSITION(a IN b)`, `INTERVAL n unit`, `{d …}`, `{t …}`, `{ts …}`, `{fn …}`',
    meaning: 'the spellings of standard SQL and ODBC for functions and literals below',
    example: "SELECT EXTRACT(YEAR FROM ts), POSITION('a' IN name), {fn UPPER(name)} FROM t",
  },
  {
    form: '`agg(x) FILTER (WHERE c)`',
    meaning: 'an aggregate over the rows that satisfy a condition',
    example: "SELECT COUNT(*) FILTER (WHERE name = 'a') FROM t",
  },
  {
    form: '`f(x) OVER (PARTITION BY … ORDER BY … frame)`',
    meaning: 'window functions and aggregates over a window',
    example: 'SELECT SUM(n) OVER (PARTITION BY name ORDER BY ts) FROM t',
  },
  {
    form: '`nested(path)`, `nested(path, root)`, `nested(root, condition)`',
    meaning: 'one row an element in the select list; some element satisfies a condition in WHERE',
    example: "SELECT nested(items.sku) FROM t WHERE nested(items.sku) = 'x'",
  },
  {
    form: '`score(search[, boost])`, `scorequery`, `score_query`',
    meaning: 'a search whose score is kept, for `_score`',
    example: "SELECT _score FROM t WHERE score(match(body, 'x'), 2)",
  },
  {
    form: '`highlight(field[, pre_tags=…, post_tags=…])`',
    meaning: 'fragments of a text that the search has found',
    example: "SELECT highlight(body) FROM t WHERE match(body, 'x')",
  },
  {
    form: "`field = match_query('…')` and its kin",
    meaning: 'the other way to write a search on one field',
    example: "SELECT n FROM t WHERE body = match_query('x')",
  },
  {
    form: "`GROUP BY date_histogram('field'=…, 'interval'=…, 'format'=…, 'time_zone'=…, 'offset'=…)`",
    meaning: 'groups by calendar or fixed intervals of a date',
    example: "SELECT COUNT(*) FROM t GROUP BY date_histogram('field'='ts', 'interval'='1d')",
  },
  {
    form: "`GROUP BY histogram('field'=…, 'interval'=…, 'offset'=…)`",
    meaning: 'groups by intervals of a number',
    example: "SELECT COUNT(*) FROM t GROUP BY histogram('field'='n', 'interval'='10')",
  },
  {
    form: "`GROUP BY range(field, a, b, c)`, `GROUP BY date_range('field'=…, 'format'=…, a, b)`",
    meaning: 'groups between boundaries; other rows are in none; `month(…)` with boundaries is `date_range(…)`',
    example: 'SELECT COUNT(*) FROM t GROUP BY range(n, 20, 25, 30)',
  },
  {
    form: "`GROUP BY terms('field'=…, 'size'=…, 'order'=…, 'min_doc_count'=…, 'alias'=…)`",
    meaning: 'groups by value, the greatest first',
    example: "SELECT COUNT(*) FROM t GROUP BY terms('field'='name', 'size'='100', 'alias'='a')",
  },
  {
    form: "`GROUP BY geohash_grid('field'=…, 'precision'=…)`",
    meaning: 'groups by cells of a geohash',
    example: "SELECT COUNT(*) FROM t GROUP BY geohash_grid(field='at', precision=5)",
  },
  {
    form: "`FROM vectorSearch(table='…', field='…', vector='[…]', option='k=10') AS v`",
    meaning: 'the documents whose vectors are nearest, the nearest first, where the cluster has vector search',
    example: "SELECT v._id, v._score FROM vectorSearch(table='t', field='emb', vector='[1,2]', option='k=10') AS v",
  },
  {
    form: '`children(type, field) = value`',
    meaning: 'documents with a child of that type in which the field has the value',
    example: "SELECT n FROM t WHERE children('child', name) = 'a'",
  },
  {
    form: '`GROUP BY filter(name, condition)`',
    meaning: 'one group of the rows that satisfy the condition, under that name',
    example: 'SELECT COUNT(*) FROM t GROUP BY filter(large, n > 10)',
  },
  {
    form: "`date_format(d, 'yyyy-MM-dd', 'zone')`, `lower(s, 'en')`, `upper(s, 'en')`, `assign(x)`, `field(x)`",
    meaning:
      'the older engine’s spellings: a pattern of Java on the clock of a zone, case by the rules of a language (not those of `tr`, `az` and `lt`), and the value itself',
    example: "SELECT date_format(ts, 'yyyy-MM-dd', 'Europe/Berlin'), lower(name, 'en'), assign(n) FROM t",
  },
  {
    form: "`include('a*', …)`, `exclude('b*', …)`",
    meaning: 'the columns of `*` by their names',
    example: "SELECT include('n*'), exclude('name') FROM t",
  },
];

export function functionsDocument(): string {
  return `# Functions and operators

<!-- Written by \`npm run docs\`; change the table in the code instead. -->

Names may be written in any case. Each row of these tables is a row of the catalogue in \`translators/functions/\`, and each example
is run by the tests, as a closure, in DuckDB and, where there is a script, on a cluster.

**Runs in** says where the value can be computed, best first; which one a statement uses is told by \`_explain\`:

* *index*: a comparison with it becomes a query that the index answers; an example is given in brackets;
* *script*: the cluster computes it by a Painless script with parameters, in WHERE, GROUP BY and inside aggregates;
* *closure*: this server computes it on the rows that come back; every function can run here;
* *DuckDB*: it is plain SQL there, for what is left to that engine (joins, windows, sets); where this is missing, the closure is called.

**NULL in, NULL out** is the rule unless the row says otherwise. An optional argument stands in brackets, \`…\` may repeat.

## Forms with a syntax of their own

${table(
  ['Form', 'Meaning', 'Example'],
  SPECIAL_FORMS.map(({ form, meaning, example }) => [form, meaning, code(example)]),
)}
${functionReference(indexForm)}`;
}
