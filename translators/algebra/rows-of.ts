/** How many rows a table has. */

export type RowsOf = (table: string) => number;
