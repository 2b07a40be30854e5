/**
 * What the kernels and their hosts must agree on. Both read this file, as AssemblyScript and as TypeScript, so it holds whole numbers
 * and nothing else. `docs/kernels.md` has a picture of the memory.
 */

/** Below this address is the kernel's own; hosts lay out the memory from here on. */
export const FREE_AT = 65536;
/** Sixteen bytes are read and written at a time, so much room is behind whatever a kernel looks at or writes. */
export const SLACK = 64;

// The hit kernel.

/** How a run ended: all hits are lines. */
export const RUN_DONE = 0;
/** The room for lines, their ends or holes is used up; the next run goes on. */
export const RUN_MORE = 1;
/** A line alone needs more room than there is. */
export const RUN_WIDE = 2;
/** The answer ends in the middle. */
export const RUN_CUT = 3;

/** Slots of names that hold no value of a column. */
export const SLOT_NOT_WANTED = -1;
/** The source of a hit, whose members have a table of names; below it, one number a table, objects in it that have tables of their own. */
export const SLOT_SOURCE = -2;

/** An entry of a table of names: address and length of the name, its slot, and 1 where there is one. */
export const NAME_BYTES = 16;
/** A column: address and length of what stands before the cell, the slot of its value, its kind. */
export const COLUMN_BYTES = 16;
/** Where a member's value begins and ends. */
export const SPAN_BYTES = 8;
/** A hole: its place in the lines, its column, where its value begins and ends, its line, and 1 where the value is the whole source. */
export const HOLE_WORDS = 6;

/** How a cell is made of its value. */
export const CELL_TEXT = 0;
export const CELL_INTEGER = 1;
/** Decimals of up to 15 and up to 6 significant digits are printed as they stand. */
export const CELL_DOUBLE = 2;
export const CELL_FLOAT = 3;
export const CELL_BOOLEAN = 4;
export const CELL_TIMESTAMP = 5;
/** Always a hole; of the second kind also where the document has no such member. */
export const CELL_HOLE = 6;
export const CELL_HOLE_ALWAYS = 7;
/** What stands before the cell is all of it. */
export const CELL_CONSTANT = 8;

// The csv kernel.

/** A record without quotes: where it begins, where it ends, where the next one begins. */
export const PLAIN_RECORD_WORDS = 3;
/** A cell in it: where it begins, 0 for none, and where it ends. */
export const PLAIN_CELL_WORDS = 2;
/** A record with quotes has two words more: 1 where a cell that is looked at has a quote in it, and how many needless quotes there are. */
export const QUOTED_RECORD_WORDS = 5;
/** A cell in it has one more: how it stands in its record. */
export const QUOTED_CELL_WORDS = 3;

export const STANDS_BARE = 0;
/** In quotes that it does not need. */
export const STANDS_QUOTED = 1;
/** In quotes that it needs. */
export const STANDS_NEEDING_QUOTES = 2;
/** With a quote in it, which is written twice. */
export const STANDS_DOUBLED = 3;

/** How bytes with quotes end: outside of quotes, in quotes, or as no two readers are sure to read them alike. */
export const ENDS_OUTSIDE = 0;
export const ENDS_INSIDE = 1;
export const ENDS_ODD = 2;
