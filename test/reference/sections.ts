/** The clauses of the dialect, each with examples; what they answer is asked of a node. */
export interface Section {
  readonly title: string;
  /** Markdown, in whole sentences. */
  readonly text: string;
  readonly examples: readonly string[];
}

export const SECTIONS: readonly Section[] = [
  {
    title: 'Statements',
    text: `\`\`\`
[WITH [RECURSIVE] name [(columns)] AS (query), …]
SELECT [DISTINCT | ALL] items
[FROM relations] [WHERE condition]
[GROUP BY keys] [HAVING condition] [WINDOW name AS (…), …] [QUALIFY condition]
[UNION | INTERSECT | EXCEPT | MINUS [ALL | DISTINCT] query]
[ORDER BY keys] [LIMIT n [OFFSET m] | OFFSET m ROWS FETCH FIRST n ROWS {ONLY | WITH TIES}]
\`\`\`

There are also \`VALUES\`, \`EXPLAIN\`, \`SHOW TABLES\`, \`DESCRIBE TABLES\`, and \`DELETE\` where \`SQL_DELETE_ENABLED\` allows it. A statement may
end with a semicolon. Comments are \`-- to the end of the line\`, \`# to the end of the line\` and \`/* … */\`; \`/*! … */\` holds hints. A query without
LIMIT gives \`QUERY_SIZE_LIMIT\` rows, which the answer says where it cuts; with \`fetch_size\` a cursor gives all rows.`,
    examples: ['SELECT 1 + 1 AS two'],
  },
  {
    title: 'Names and literals',
    text: `A name stands bare, or in back-quotes where it has blanks or is a keyword. Double quotes and single quotes are both texts, as in MySQL; a quote
within is written twice. With \`quotes=ansi\` in the URL or body, or the setting \`SQL_QUOTES=ansi\`, double quotes are for names. Numbers are \`12\`, \`1.5\` and \`2e3\`. Dates are \`DATE '2024-01-31'\`, \`TIME '10:20:30'\`, \`TIMESTAMP '2024-01-31 10:20:30'\`,
also as \`{d '…'}\`, \`{t '…'}\`, \`{ts '…'}\`. \`TRUE\`, \`FALSE\` and \`NULL\` are what they say.`,
    examples: [
      "SELECT 'it''s' AS text, 1.5 AS number, DATE '2024-01-31' AS day, TRUE AS yes, NULL AS nothing",
      'SELECT `name` AS `full name` FROM customers WHERE id = 1',
    ],
  },
  {
    title: 'SELECT',
    text: `An item is an expression with a name behind \`AS\`, or without \`AS\`. \`*\` gives all fields, \`t.*\` those of one relation. \`DISTINCT\` leaves out rows
that are equal to another one.`,
    examples: [
      'SELECT id, total * 2 AS doubled FROM orders WHERE id < 12 ORDER BY id',
      'SELECT DISTINCT status FROM orders ORDER BY status',
      'SELECT o.id, c.* FROM orders o JOIN customers c ON c.id = o.customer WHERE o.id = 13',
    ],
  },
  {
    title: 'FROM',
    text: `A relation is an index, an alias, a data stream or a pattern (\`logs-*\`), a query in parentheses, a \`VALUES\` list, or a name of \`WITH\`. A relation with
an alias answers to the alias alone. Behind the alias may stand names for its columns.`,
    examples: [
      'SELECT c.name FROM customers AS c WHERE c.city IS NULL',
      'SELECT t.city, t.n FROM (SELECT city, COUNT(*) AS n FROM customers GROUP BY city) AS t WHERE t.n > 1',
      "SELECT k, label FROM (VALUES (1, 'one'), (2, 'two')) AS v (k, label)",
    ],
  },
  {
    title: 'Joins',
    text: `\`[INNER] JOIN\`, \`LEFT\`, \`RIGHT\` and \`FULL [OUTER] JOIN\` take \`ON condition\` or \`USING (columns)\`; \`CROSS JOIN\` and the comma take neither.
\`NATURAL JOIN\` joins by all columns of the same names. \`SEMI JOIN\` keeps the rows of the left side that have a partner, \`ANTI JOIN\` those that have none. A query behind \`LATERAL\` sees the columns of the relations before it, and is made anew for each of their rows.
The order in which tables are written does not matter for speed: a table waits until an equality binds it to those before it.`,
    examples: [
      'SELECT c.name, o.id, o.total FROM customers c JOIN orders o ON o.customer = c.id WHERE o.total > 30',
      'SELECT c.name, o.id FROM customers c LEFT JOIN orders o ON o.customer = c.id AND o.total > 30 ORDER BY c.name',
      'SELECT c.name, o.id FROM customers c FULL JOIN orders o ON o.customer = c.id WHERE c.id IS NULL OR o.id IS NULL ORDER BY o.id',
      'SELECT id, name, total FROM customers JOIN (SELECT customer AS id, total FROM orders) AS o USING (id) WHERE total < 10',
      "SELECT name FROM customers c SEMI JOIN orders o ON o.customer = c.id AND o.status = 'open' ORDER BY name",
      'SELECT name FROM customers c ANTI JOIN orders o ON o.customer = c.id',
      'SELECT c.name, t.total FROM customers c CROSS JOIN LATERAL (SELECT total FROM orders o WHERE o.customer = c.id ORDER BY total DESC LIMIT 1) AS t ORDER BY c.name',
    ],
  },
  {
    title: 'WHERE and conditions',
    text: `A condition is true, false or unknown; a row stays where it is true. A comparison with NULL is unknown, but \`<=>\` and \`IS [NOT] DISTINCT FROM\` know
NULL. \`AND\` binds tighter than \`OR\`, \`NOT\` tighter than both. Operators are \`=\`, \`<>\`, \`!=\`, \`<\`, \`<=\`, \`>\`, \`>=\`, \`BETWEEN\`, \`IN\`, \`LIKE\`, \`REGEXP\`,
\`IS [NOT] NULL\`, \`TRUE\`, \`FALSE\`, \`UNKNOWN\`. In \`LIKE\`, \`%\` is any text and \`_\` one character; case does not matter, as in the plugin. \`REGEXP\` takes a pattern of Java that matches the whole text. Rows of values are compared item by item. A
field of several values meets a condition where one of its values does.`,
    examples: [
      "SELECT name FROM customers WHERE city = 'Rome' AND NOT name LIKE 'a%'",
      'SELECT id FROM orders WHERE total BETWEEN 10 AND 40 AND customer IN (1, 2) ORDER BY id',
      "SELECT name FROM customers WHERE city IS DISTINCT FROM 'Rome' ORDER BY name",
      "SELECT id FROM orders WHERE (customer, status) IN ((1, 'open'), (2, 'sent')) ORDER BY id",
      "SELECT id FROM orders WHERE tags = 'blue' ORDER BY id",
      "SELECT name FROM customers WHERE name REGEXP '[A-C].*' ORDER BY name",
    ],
  },
  {
    title: 'Full text',
    text: `\`MATCH\`, \`MATCH_PHRASE\`, \`MATCH_PHRASE_PREFIX\`, \`MULTI_MATCH\`, \`QUERY_STRING\`, \`SIMPLE_QUERY_STRING\`, \`MATCH_BOOL_PREFIX\` and others search as
the cluster does; their options are named. They stand in \`WHERE\`, also of joins, and \`_score\` is the score.`,
    examples: [
      "SELECT name FROM customers WHERE MATCH(note, 'calls') ORDER BY name",
      "SELECT name FROM customers WHERE MATCH(note, 'calls morning', operator='and')",
    ],
  },
  {
    title: 'Expressions',
    text: `Arithmetic is \`+\`, \`-\`, \`*\`, \`/\`, \`%\` (also \`MOD\`, \`DIV\`); whole numbers divide to whole numbers, and what is divided by zero is NULL. \`CASE\`, \`COALESCE\`,
\`IF\`, \`IFNULL\` and \`NULLIF\` choose. \`CAST(x AS type)\` and \`x::type\` convert; \`TRY_CAST\` gives NULL where the conversion is refused. What leaves the range of its type is an error with its place, never another number.`,
    examples: [
      "SELECT id, CASE WHEN total >= 50 THEN 'large' WHEN total >= 20 THEN 'medium' ELSE 'small' END AS size FROM orders ORDER BY id",
      "SELECT 7 / 2 AS whole, 7 / 2.0 AS exact, 7 % 4 AS rest, 1 / 0 AS nothing, '12'::INTEGER + 1 AS thirteen",
      "SELECT COALESCE(city, 'nowhere') AS city, UPPER(name) AS name FROM customers WHERE id = 4",
    ],
  },
  {
    title: 'Dates and times',
    text: `\`NOW()\` is the same in a whole statement. \`INTERVAL n unit\` is added and taken away; months are cut to the length of the month. \`EXTRACT(unit FROM d)\`
and functions such as \`YEAR\`, \`DATE_FORMAT\`, \`DATEDIFF\` are in the catalogue. The zone is UTC, or the one of the request
([time-zone.md](time-zone.md)).`,
    examples: [
      "SELECT DATE '2024-01-31' + INTERVAL 1 MONTH AS later, EXTRACT(YEAR FROM DATE '2024-01-31') AS year",
      "SELECT DATE_FORMAT(placed, '%Y-%m') AS month, COUNT(*) AS n FROM orders GROUP BY DATE_FORMAT(placed, '%Y-%m') ORDER BY month",
    ],
  },
  {
    title: 'GROUP BY and aggregates',
    text: `A key is an expression, the name or the position of an item. Rows whose key is NULL make a group. Aggregates are \`COUNT\`, \`SUM\`, \`AVG\`, \`MIN\`,
\`MAX\`, \`STDDEV\`, \`VARIANCE\`, \`PERCENTILE\` and others; \`DISTINCT\` counts equal values once, \`FILTER (WHERE …)\` takes some of the rows. Counts are exact. Without \`GROUP BY\`,
aggregates give one row, over no rows too.

\`GROUPING SETS ((a, b), (a), ())\` groups by each of the sets; \`ROLLUP (a, b)\`, also written \`GROUP BY a, b WITH ROLLUP\`, stands for those three sets, and \`CUBE (a, b)\` for all
sets of the keys. A key that a set has not is NULL; \`GROUPING(a, b)\` has a bit for each key that is 1 in such groups. Beside plain keys, and beside one another, sets
are joined each with each, up to 256.`,
    examples: [
      'SELECT status, COUNT(*) AS n, SUM(total) AS sum FROM orders GROUP BY status ORDER BY status',
      "SELECT COUNT(DISTINCT customer) AS customers, SUM(total) FILTER (WHERE status = 'open') AS open FROM orders",
      'SELECT customer, MAX(total) - MIN(total) AS spread FROM orders GROUP BY 1 ORDER BY 1',
      'SELECT status, customer, GROUPING(status, customer) AS level, SUM(total) AS sum FROM orders WHERE customer < 3 GROUP BY ROLLUP (status, customer) ORDER BY level, status, customer',
      'SELECT status, customer, COUNT(*) AS n FROM orders GROUP BY GROUPING SETS ((status), (customer)) ORDER BY status, customer',
    ],
  },
  {
    title: 'HAVING',
    text: `It keeps groups. In it a name outside of an aggregate is that of an item first. Without groups and aggregates it keeps rows.`,
    examples: [
      'SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer HAVING n > 1 ORDER BY customer',
      'SELECT status FROM orders GROUP BY status HAVING SUM(total) > 40 ORDER BY status',
    ],
  },
  {
    title: 'Windows',
    text: `\`function(…) OVER ([name] [PARTITION BY …] [ORDER BY …] [frame])\` computes over rows beside the row. \`ROW_NUMBER\`, \`RANK\`, \`DENSE_RANK\`, \`NTILE\`,
\`PERCENT_RANK\`, \`CUME_DIST\`, \`LAG\`, \`LEAD\`, \`FIRST_VALUE\`, \`LAST_VALUE\`, \`NTH_VALUE\` and all aggregates are there. A frame is \`ROWS\` or \`RANGE\` with \`BETWEEN … AND …\`. \`WINDOW\` gives names.
\`QUALIFY\` keeps rows by the values of windows, of the select list by their names, too.`,
    examples: [
      'SELECT id, customer, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY placed) AS nth FROM orders WHERE customer < 3 ORDER BY id',
      'SELECT id, SUM(total) OVER w AS so_far FROM orders WINDOW w AS (ORDER BY id ROWS UNBOUNDED PRECEDING) ORDER BY id',
      'SELECT id, total - LAG(total) OVER (ORDER BY id) AS change FROM orders ORDER BY id LIMIT 3',
      'SELECT customer, id, total FROM orders QUALIFY ROW_NUMBER() OVER (PARTITION BY customer ORDER BY total DESC) = 1 ORDER BY customer',
    ],
  },
  {
    title: 'ORDER BY, LIMIT, OFFSET, FETCH',
    text: `A key is an expression, or the name or the position of an item. NULL comes first in ascending order and last in descending order; \`NULLS FIRST\` and
\`NULLS LAST\` change it. \`LIMIT m, n\` is \`LIMIT n OFFSET m\`, and \`FETCH FIRST n ROWS ONLY\` is \`LIMIT n\`.
\`WITH TIES\` adds the rows that the order does not tell from the last one.`,
    examples: [
      'SELECT name, city FROM customers ORDER BY city DESC NULLS FIRST, name LIMIT 3',
      'SELECT id FROM orders ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY',
      'SELECT id, status FROM orders ORDER BY status FETCH FIRST 1 ROW WITH TIES',
    ],
  },
  {
    title: 'Sets',
    text: `\`UNION\`, \`INTERSECT\` and \`EXCEPT\` (or \`MINUS\`) go by the position of columns and leave out equal rows; \`ALL\` keeps them. \`INTERSECT\` binds tighter.
\`ORDER BY\` and \`LIMIT\` behind the last query are those of the whole.`,
    examples: [
      'SELECT id FROM customers UNION ALL SELECT customer FROM orders WHERE total > 40 ORDER BY 1',
      'SELECT id FROM customers EXCEPT SELECT customer FROM orders',
    ],
  },
  {
    title: 'WITH',
    text: `It names queries that the statement reads. One that is read more than once is computed once. With \`RECURSIVE\` the second branch of \`UNION [ALL]\` reads the rows that were
made before, until it makes no more.`,
    examples: [
      'WITH spent (customer, sum) AS (SELECT customer, SUM(total) FROM orders GROUP BY customer) SELECT c.name, s.sum FROM spent s JOIN customers c ON c.id = s.customer WHERE s.sum = (SELECT MAX(sum) FROM spent)',
      'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT n.i, COUNT(o.id) AS orders FROM n LEFT JOIN orders o ON o.customer = n.i GROUP BY n.i ORDER BY n.i',
    ],
  },
  {
    title: 'Subqueries',
    text: `A query in parentheses is a value where it gives one row and one column; more rows are an error, no row is NULL. \`EXISTS\`, \`IN\`, \`ANY\` (or \`SOME\`) and
\`ALL\` ask about its rows. A subquery may look at columns of the queries around it; such ones become joins where that is exact, so that each index is read once.`,
    examples: [
      'SELECT id FROM orders WHERE total > (SELECT AVG(total) FROM orders) ORDER BY id',
      'SELECT name, (SELECT COUNT(*) FROM orders o WHERE o.customer = c.id) AS n FROM customers c ORDER BY name',
      "SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id AND o.status = 'open') ORDER BY name",
      'SELECT id FROM orders WHERE total >= ALL (SELECT total FROM orders)',
      'SELECT id, (SELECT COUNT(*) FROM orders p WHERE p.total > o.total) AS greater FROM orders o ORDER BY id LIMIT 3',
    ],
  },
  {
    title: 'Collections',
    text: `\`FROM t, t.items i\` gives a row for each element of a nested collection; \`LEFT JOIN t.items i\` keeps rows without elements. \`NESTED(path, condition)\`
in \`WHERE\` asks whether one element meets a condition. A field of several values is a list in the answer.`,
    examples: [
      'SELECT o.id, i.sku, i.pieces FROM orders o, o.items i ORDER BY o.id, i.sku',
      'SELECT i.sku, SUM(i.pieces) AS pieces FROM orders o, o.items i GROUP BY i.sku ORDER BY i.sku',
      'SELECT id, tags FROM orders WHERE id = 10',
      "SELECT id FROM orders WHERE NESTED(items, items.sku = 'pen' AND items.pieces > 5)",
    ],
  },
  {
    title: 'SHOW, DESCRIBE, EXPLAIN',
    text: `\`SHOW TABLES LIKE pattern\` lists indices, \`DESCRIBE TABLES LIKE pattern [COLUMNS LIKE pattern]\` their fields. \`EXPLAIN statement\` tells the plan, and what is
asked of the cluster. \`POST /_plugins/_sql/_explain\` answers the same.`,
    examples: [],
  },
  {
    title: 'Parameters',
    text: `A \`?\` is a parameter; the request gives values and types in \`parameters\`, in the order of the question marks: \`{"query": "SELECT name FROM customers WHERE id = ?", "parameters": [{"type": "integer",
"value": 1}]}\`.`,
    examples: [],
  },
  {
    title: 'What is refused',
    text: `What the server does not know is refused with the place in the statement and, where there is one, the form that works. Nothing is left out silently.`,
    examples: ['SELECT nme FROM customers', 'SELECT name, FROM customers', 'UPDATE customers SET name = 1'],
  },
];
