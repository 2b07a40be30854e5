/** Lists of words that the grammar treats specially; every other word is a name. */

/** Words that cannot be a bare column name or alias: no more than the grammar needs (spec sql-grammar 13). */
// biome-ignore format: a list of words
export const RESERVED: ReadonlySet<string> = new Set([
  'ALL', 'AND', 'AS', 'BETWEEN', 'BY', 'CASE', 'DISTINCT', 'ELSE', 'FALSE', 'FROM', 'GROUP', 'HAVING', 'IN', 'INTERSECT',
  'IS', 'JOIN', 'LIKE', 'LIMIT', 'NOT', 'NULL', 'ON', 'OR', 'ORDER', 'SELECT', 'THEN', 'TRUE', 'UNION', 'USING', 'WHEN',
  'WHERE',
]);

/** Words that cannot be an alias of a select item unless AS stands before. */
export const NO_ITEM_ALIAS: ReadonlySet<string> = new Set([...RESERVED, 'OFFSET', 'EXCEPT', 'MINUS']);

/** Words that cannot be an alias of a relation unless AS stands before. */
export const NO_TABLE_ALIAS: ReadonlySet<string> = new Set([
  ...NO_ITEM_ALIAS,
  'INNER',
  'LEFT',
  'RIGHT',
  'FULL',
  'CROSS',
  'NATURAL',
]);

/** Words that are an alias of a relation unless JOIN follows: `t semi WHERE …`, but `t SEMI JOIN u`. */
export const JOIN_PREFIXES: ReadonlySet<string> = new Set(['SEMI', 'ANTI']);

/** Functions that standard SQL writes without parentheses. */
export const BARE_FUNCTIONS: ReadonlySet<string> = new Set([
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'UTC_DATE',
  'UTC_TIME',
  'UTC_TIMESTAMP',
]);

/** First words of statements that exist elsewhere but are no queries. */
export const OTHER_STATEMENTS: ReadonlySet<string> = new Set(
  (
    'ALTER ANALYZE BEGIN CALL COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE DO DROP EXEC EXECUTE FLUSH GRANT HANDLER ' +
    'IMPORT INSERT KILL LOAD LOCK MERGE MSCK OPTIMIZE PREPARE PURGE REFRESH RENAME REPAIR REPLACE RESET REVOKE ROLLBACK ' +
    'SAVEPOINT SET START TABLE TRUNCATE UNLOCK UPDATE UPSERT USE VACUUM VALUES'
  ).split(' '),
);

const SIMPLE_UNITS = ['MICROSECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];
const COMPOUND_UNITS = [
  'SECOND_MICROSECOND',
  'MINUTE_MICROSECOND',
  'MINUTE_SECOND',
  'HOUR_MICROSECOND',
  'HOUR_SECOND',
  'HOUR_MINUTE',
  'DAY_MICROSECOND',
  'DAY_SECOND',
  'DAY_MINUTE',
  'DAY_HOUR',
  'YEAR_MONTH',
];
/** Every accepted spelling of a unit, with the one that the tree holds; the SQL_TSI_ names are ODBC's. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ...[...SIMPLE_UNITS, 'MILLISECOND'].flatMap((unit): [string, string][] => [
    [unit, unit],
    [`${unit}S`, unit],
    [`SQL_TSI_${unit}`, unit],
  ]),
  ...COMPOUND_UNITS.map((unit): [string, string] => [unit, unit]),
  ['SQL_TSI_FRAC_SECOND', 'MICROSECOND'],
]);

/** DAYS, DAY and SQL_TSI_DAY are DAY; undefined for a word that is no unit. */
export function unitOf(word: string): string | undefined {
  return UNITS.get(word);
}

const UNIT_FUNCTIONS: ReadonlySet<string> = new Set([
  'TIMESTAMPADD',
  'TIMESTAMPDIFF',
  'TIMESTAMP_ADD',
  'TIMESTAMP_DIFF',
  'TIMESTAMP_SUB',
]);
/** Functions whose first argument is a unit, written as a bare word: TIMESTAMPADD(DAY, 1, x). */
export function takesUnit(name: string): boolean {
  return UNIT_FUNCTIONS.has(name);
}

// biome-ignore format: a list of names
const NAMED_ARGUMENT_FUNCTIONS: ReadonlySet<string> = new Set([
  // relevance (spec sql-functions 9)
  'MATCH', 'MATCH_QUERY', 'MATCHQUERY', 'MATCH_PHRASE', 'MATCHPHRASE', 'MATCHPHRASEQUERY', 'MATCH_PHRASE_QUERY',
  'MATCH_PHRASE_PREFIX', 'MATCHPHRASEPREFIX', 'MATCH_BOOL_PREFIX', 'MATCHBOOLPREFIX', 'MULTI_MATCH', 'MULTIMATCH',
  'MULTIMATCHQUERY', 'MULTI_MATCH_QUERY', 'SIMPLE_QUERY_STRING', 'QUERY_STRING', 'QUERY', 'WILDCARD_QUERY',
  'WILDCARDQUERY', 'SCORE', 'SCOREQUERY', 'SCORE_QUERY', 'HIGHLIGHT',
  // tables and vectors (10)
  'VECTORSEARCH', 'KNN',
  // buckets and metrics of the older engine (11)
  'DATE_HISTOGRAM', 'HISTOGRAM', 'RANGE', 'DATE_RANGE', 'MONTH', 'TERMS', 'GEOHASH_GRID', 'CHILDREN', 'REVERSE_NESTED',
  'TOPHITS', 'TOP_HITS', 'SCRIPTED_METRIC', 'SCRIPT', 'PERCENTILES', 'STATS', 'EXTENDED_STATS', 'GEO_BOUNDS',
  'REGEXP_QUERY', 'IDS_QUERY', 'TERM', 'TERM_QUERY', 'IN_TERMS', 'HAS_CHILD', 'GEO_INTERSECTS', 'GEO_BOUNDING_BOX',
  'GEO_DISTANCE', 'GEO_DISTANCE_RANGE', 'GEO_POLYGON', 'GEO_CELL', 'GEOHASH_CELL',
]);
/** Whether `name=value` between the parentheses of this function (upper case) is an argument, not a comparison. */
export function takesNamedArguments(name: string): boolean {
  return NAMED_ARGUMENT_FUNCTIONS.has(name);
}

export const TRIM_SIDES: ReadonlySet<string> = new Set(['BOTH', 'LEADING', 'TRAILING']);
export const FORMAT_TYPES: ReadonlySet<string> = new Set(['DATE', 'TIME', 'DATETIME', 'TIMESTAMP']);
