/** Rows that are held without a LIMIT before DuckDB takes over. */
export const HEAP_ROWS = 10_000;
