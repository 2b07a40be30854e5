/** Words that the grammar treats specially; every other word is a name. What it has to know of a function stands in the function's row. */
import type { CallSyntax } from '../algebra/function-facts.ts';
import { EXTRACTED } from '../functions/datetime-extract.ts';
import { scalarFunction, takesNames } from '../functions/index.ts';

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

/** Words that open a clause only where one of these follows, and are an alias elsewhere: `t semi WHERE …`, but `t SEMI JOIN u`. */
export const CLAUSE_PAIRS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['SEMI', new Set(['JOIN'])],
  ['ANTI', new Set(['JOIN'])],
  ['FETCH', new Set(['FIRST', 'NEXT'])],
]);

/** First words of statements that exist elsewhere but are no queries. */
export const OTHER_STATEMENTS: ReadonlySet<string> = new Set(
  (
    'ALTER ANALYZE BEGIN CALL COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE DO DROP EXEC EXECUTE FLUSH GRANT HANDLER ' +
    'IMPORT INSERT KILL LOAD LOCK MERGE MSCK OPTIMIZE PREPARE PURGE REFRESH RENAME REPAIR REPLACE RESET REVOKE ROLLBACK ' +
    'SAVEPOINT SET START TABLE TRUNCATE UNLOCK UPDATE UPSERT USE VACUUM'
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

/** The word itself where it may stand before FROM in EXTRACT without being a unit. */
export const extractedOf = (word: string): string | undefined => (EXTRACTED.has(word) ? word : undefined);

/** The form of a call's arguments. The dialect has no TIMESTAMP_SUB, but its unit is read, so that the error is about its name. */
export const syntaxOf = (name: string): CallSyntax | undefined =>
  scalarFunction(name)?.syntax ?? (name === 'TIMESTAMP_SUB' ? 'unit' : undefined);

/** Forms with named arguments that are no functions of the catalogue, and spellings that it does not know. */
// biome-ignore format: a list of names
const FORMS_WITH_NAMES: ReadonlySet<string> = new Set([
  'MATCH_PHRASE_QUERY', 'MATCHPHRASEPREFIX', 'MATCHBOOLPREFIX', 'MULTI_MATCH_QUERY', 'SCORE', 'SCOREQUERY',
  'SCORE_QUERY', 'HIGHLIGHT', 'VECTORSEARCH', 'KNN', 'RANGE', 'DATE_RANGE', 'TERMS', 'GEOHASH_GRID', 'CHILDREN',
  'REVERSE_NESTED',
]);
/** Whether `name=value` between the parentheses of this function (upper case) is an argument, not a comparison. */
export const takesNamedArguments = (name: string): boolean => takesNames(name) || FORMS_WITH_NAMES.has(name);

export const TRIM_SIDES: ReadonlySet<string> = new Set(['BOTH', 'LEADING', 'TRAILING']);
export const FORMAT_TYPES: ReadonlySet<string> = new Set(['DATE', 'TIME', 'DATETIME', 'TIMESTAMP']);
