/**
 * AssemblyScript: the records of csv bytes, and the places of the cells in them that are looked at. Sixteen bytes at a time; what is read past the end
 * is zeros. The hosts are `src/select/csv/csv-records.ts` and `src/select/csv/csv-block.ts`.
 */

import {
  ENDS_INSIDE,
  ENDS_ODD,
  ENDS_OUTSIDE,
  PLAIN_CELL_WORDS,
  PLAIN_RECORD_WORDS,
  QUOTED_CELL_WORDS,
  QUOTED_RECORD_WORDS,
  STANDS_BARE,
  STANDS_DOUBLED,
  STANDS_NEEDING_QUOTES,
  STANDS_QUOTED,
} from './layout';

/** The same in bytes. */
const PLAIN_RECORD: usize = 4 * PLAIN_RECORD_WORDS;
const PLAIN_CELL: usize = 4 * PLAIN_CELL_WORDS;
const QUOTED_RECORD: usize = 4 * QUOTED_RECORD_WORDS;
const QUOTED_CELL: usize = 4 * QUOTED_CELL_WORDS;

const LF: u8 = 10;
const CR: u8 = 13;

let next: usize = 0;
let needless: i32 = 0;

/** Where the first record begins that a run did not read. */
export function nextAt(): usize {
  return next;
}

/** Places of quotes that a run wrote to its table of them. */
export function needlessFound(): i32 {
  return needless;
}

/**
 * Records of bytes without quotes, from `at`; gives how many. Each is three words: where it begins, where it ends, where the next one begins; and
 * two for each column of the list: where its cell begins, 0 for none, and where it ends. A record that `end` cuts is left, empty ones are skipped.
 */
export function plainRecords(
  at: usize,
  end: usize,
  field: u8,
  crLf: bool,
  columns: usize,
  needed: i32,
  table: usize,
  most: i32,
): i32 {
  const width = <usize>needed * PLAIN_CELL + PLAIN_RECORD;
  let start = at;
  let count = 0;
  while (count < most) {
    next = start;
    const record = table + <usize>count * width;
    let slot = record + PLAIN_RECORD;
    let left = needed;
    let wanted = columns;
    let column = 0;
    let cell = start;
    let i = start;
    let c: u8 = 0;
    while (left > 0) {
      i = next2(i, end, field, LF);
      if (i >= end) return count;
      c = load<u8>(i);
      if (column === load<i32>(wanted)) {
        store<u32>(slot, <u32>cell);
        store<u32>(slot, <u32>(c === LF && crLf && load<u8>(i - 1) === CR ? i - 1 : i), 4);
        slot += PLAIN_CELL;
        wanted += 4;
        left--;
      }
      if (c === LF) break;
      column++;
      cell = ++i;
    }
    for (; left > 0; left--, slot += PLAIN_CELL) store<u64>(slot, 0);
    if (c !== LF) i = next1(i, end, LF);
    if (i >= end) return count;
    const last = crLf && i > start && load<u8>(i - 1) === CR ? i - 1 : i;
    if (last > start) {
      store<u32>(record, <u32>start);
      store<u32>(record, <u32>last, 4);
      store<u32>(record, <u32>(i + 1), 8);
      count++;
    }
    start = i + 1;
  }
  next = start;
  return count;
}

/**
 * The same of bytes that `quotedEnd` has found to be quoted as RFC 4180 has it. Two words more follow the three: whether a cell that is looked at has
 * a quote in it, and how many needless quotes the record has, whose places are in a table of their own; and each cell has one more, how it stands.
 * A record of more columns than `mostColumns` ends the run before it.
 */
export function quotedRecords(
  at: usize,
  end: usize,
  field: u8,
  quote: u8,
  crLf: bool,
  mostColumns: i32,
  columns: usize,
  needed: i32,
  table: usize,
  most: i32,
  quotes: usize,
  mostQuotes: i32,
): i32 {
  const width = <usize>needed * QUOTED_CELL + QUOTED_RECORD;
  let start = at;
  let count = 0;
  needless = 0;
  while (count < most) {
    next = start;
    const before = needless;
    const record = table + <usize>count * width;
    let slot = record + QUOTED_RECORD;
    let left = needed;
    let wanted = columns;
    let doubled = false;
    let i = start;
    for (let column = 0; ; column++, i++) {
      if (column === mostColumns) return cut(count, before);
      let from = i;
      let to: usize;
      let place = STANDS_BARE;
      if (i < end && load<u8>(i) === quote) {
        place = STANDS_QUOTED;
        from = ++i;
        while (true) {
          i = next3(i, end, field, LF, quote);
          if (i >= end) return cut(count, before);
          if (load<u8>(i) === quote) {
            if (load<u8>(i + 1) !== quote) break;
            place = STANDS_DOUBLED;
            i++;
          } else if (place === STANDS_QUOTED) place = STANDS_NEEDING_QUOTES;
          i++;
        }
        to = i++;
        if (crLf && load<u8>(i) === CR) i++;
        if (place === STANDS_QUOTED) {
          if (needless + 2 > mostQuotes) return cut(count, before);
          store<u32>(quotes + <usize>needless * 4, <u32>(from - 1));
          store<u32>(quotes + <usize>needless * 4, <u32>to, 4);
          needless += 2;
        }
      } else {
        i = next2(i, end, field, LF);
        to = crLf && i > from && load<u8>(i) === LF && load<u8>(i - 1) === CR ? i - 1 : i;
      }
      if (i >= end) return cut(count, before);
      if (left > 0 && column === load<i32>(wanted)) {
        store<u32>(slot, <u32>from);
        store<u32>(slot, <u32>to, 4);
        store<u32>(slot, <u32>place, 8);
        if (place === STANDS_DOUBLED) doubled = true;
        slot += QUOTED_CELL;
        wanted += 4;
        left--;
      }
      if (load<u8>(i) === LF) break;
    }
    for (; left > 0; left--, slot += QUOTED_CELL) {
      store<u64>(slot, 0);
      store<u32>(slot, 0, 8);
    }
    const last = crLf && i > start && load<u8>(i - 1) === CR ? i - 1 : i;
    if (last > start) {
      store<u32>(record, <u32>start);
      store<u32>(record, <u32>last, 4);
      store<u32>(record, <u32>(i + 1), 8);
      store<u32>(record, <u32>doubled, 12);
      store<u32>(record, <u32>(needless - before), 16);
      count++;
    } else needless = before;
    start = i + 1;
  }
  next = start;
  return count;
}

function cut(count: i32, quotesBefore: i32): i32 {
  needless = quotesBefore;
  return count;
}

let wholeEnd: usize = 0;
let records: i32 = 0;
let delimiters: i32 = 0;
let open: i32 = 0;

/** Where the last whole record ends, how many there are, and the delimiters between their cells; and those of the record behind. */
export function recordsEnd(): usize {
  return wholeEnd;
}
export function recordsFound(): i32 {
  return records;
}
export function delimitersFound(): i32 {
  return delimiters;
}
export function delimitersOpen(): i32 {
  return open;
}

/** Walks through bytes with quotes: one opens at the start of a field and closes before a delimiter. */
export function quotedEnd(
  at: usize,
  end: usize,
  field: u8,
  quote: u8,
  recordBytes: usize,
  lineFeedsInQuotes: bool,
  final: bool,
): i32 {
  let inside = false;
  let start = at;
  wholeEnd = at;
  records = 0;
  delimiters = 0;
  open = 0;
  let i = at;
  while (true) {
    i = inside && lineFeedsInQuotes ? next1(i, end, quote) : next3(i, end, field, LF, quote);
    if (i >= end) break;
    const c = load<u8>(i);
    if (c === quote) {
      if (!inside) {
        if (i > at && load<u8>(i - 1) !== field && load<u8>(i - 1) !== LF) return ENDS_ODD;
        inside = true;
      } else if (i + 1 >= end) {
        if (!final) break;
        inside = false;
      } else {
        const behind = load<u8>(i + 1);
        if (behind === quote) i++;
        else if (behind === field || behind === LF || behind === CR) inside = false;
        else return ENDS_ODD;
      }
    } else if (c === LF) {
      if (inside) return ENDS_ODD;
      if (i - start > recordBytes) return ENDS_ODD;
      start = i + 1;
      wholeEnd = start;
      records++;
      delimiters += open;
      open = 0;
    } else if (!inside) open++;
    i++;
  }
  return inside ? ENDS_INSIDE : ENDS_OUTSIDE;
}

/** The first of these bytes from `at` on, or `end`. */
function next1(at: usize, end: usize, a: u8): usize {
  for (let i = at; i < end; i += 16) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(i), i8x16.splat(a)));
    if (mask !== 0) return min(i + ctz(mask), end);
  }
  return end;
}

function next2(at: usize, end: usize, a: u8, b: u8): usize {
  for (let i = at; i < end; i += 16) {
    const bytes = v128.load(i);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(a)), i8x16.eq(bytes, i8x16.splat(b))));
    if (mask !== 0) return min(i + ctz(mask), end);
  }
  return end;
}

function next3(at: usize, end: usize, a: u8, b: u8, c: u8): usize {
  for (let i = at; i < end; i += 16) {
    const bytes = v128.load(i);
    const ab = v128.or(i8x16.eq(bytes, i8x16.splat(a)), i8x16.eq(bytes, i8x16.splat(b)));
    const mask = i8x16.bitmask(v128.or(ab, i8x16.eq(bytes, i8x16.splat(c))));
    if (mask !== 0) return min(i + ctz(mask), end);
  }
  return end;
}
