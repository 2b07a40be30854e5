/** The columns of SHOW TABLES and DESCRIBE TABLES: their order is a contract with the JDBC driver (spec sql-grammar 9). */
import type { SqlType } from '../algebra/types.ts';

type MetadataColumn = readonly [name: string, type: SqlType];

export const SHOW_COLUMNS: readonly MetadataColumn[] = [
  ['TABLE_CAT', 'keyword'],
  ['TABLE_SCHEM', 'keyword'],
  ['TABLE_NAME', 'keyword'],
  ['TABLE_TYPE', 'keyword'],
  ['REMARKS', 'keyword'],
  ['TYPE_CAT', 'keyword'],
  ['TYPE_SCHEM', 'keyword'],
  ['TYPE_NAME', 'keyword'],
  ['SELF_REFERENCING_COL_NAME', 'keyword'],
  ['REF_GENERATION', 'keyword'],
];

export const DESCRIBE_COLUMNS: readonly MetadataColumn[] = [
  ['TABLE_CAT', 'keyword'],
  ['TABLE_SCHEM', 'keyword'],
  ['TABLE_NAME', 'keyword'],
  ['COLUMN_NAME', 'keyword'],
  ['DATA_TYPE', 'integer'],
  ['TYPE_NAME', 'keyword'],
  ['COLUMN_SIZE', 'integer'],
  ['BUFFER_LENGTH', 'integer'],
  ['DECIMAL_DIGITS', 'integer'],
  ['NUM_PREC_RADIX', 'integer'],
  ['NULLABLE', 'integer'],
  ['REMARKS', 'keyword'],
  ['COLUMN_DEF', 'keyword'],
  ['SQL_DATA_TYPE', 'integer'],
  ['SQL_DATETIME_SUB', 'integer'],
  ['CHAR_OCTET_LENGTH', 'integer'],
  ['ORDINAL_POSITION', 'integer'],
  ['IS_NULLABLE', 'keyword'],
  ['SCOPE_CATALOG', 'keyword'],
  ['SCOPE_SCHEMA', 'keyword'],
  ['SCOPE_TABLE', 'keyword'],
  ['SOURCE_DATA_TYPE', 'short'],
  ['IS_AUTOINCREMENT', 'keyword'],
  ['IS_GENERATEDCOLUMN', 'keyword'],
];
