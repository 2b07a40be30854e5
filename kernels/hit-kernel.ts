/**
 * AssemblyScript: search answers as lines of csv or JSON. Steps over a hit sixteen bytes at a time, remembers where the wanted values are, and
 * writes the cells whose text is the text in the document or a rearrangement of it. A cell of which it is not sure it leaves as a hole, which the
 * host fills. `src/write/direct/hit-lines.ts` is the host: it lays out the memory and says there what is where; `npm run kernels` compiles.
 *
 * Sixteen bytes are read past the end of what is looked at, and written past the end of what is written: both areas have that room.
 */

import {
  CELL_BOOLEAN,
  CELL_CONSTANT,
  CELL_DOUBLE,
  CELL_FLOAT,
  CELL_HOLE_ALWAYS,
  CELL_INTEGER,
  CELL_TEXT,
  CELL_TIMESTAMP,
  COLUMN_BYTES,
  HOLE_WORDS,
  NAME_BYTES,
  RUN_CUT,
  RUN_DONE,
  RUN_MORE,
  RUN_WIDE,
  SLOT_NOT_WANTED,
  SLOT_SOURCE,
  SPAN_BYTES,
} from './layout';

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const SLASH: u8 = 0x2f;
const ZERO: u8 = 0x30;
const NINE: u8 = 0x39;
const COLON: u8 = 0x3a;
const OPEN_ARRAY: u8 = 0x5b;
const BACKSLASH: u8 = 0x5c;
const CLOSE_ARRAY: u8 = 0x5d;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;

/** Addresses of what the host writes. */
let hitNames: usize = 0;
let sourceNames: usize = 0;
let lastPlace: u32 = 0;
let columns: usize = 0;
let columnCount: i32 = 0;
let spans: usize = 0;
let spansLength: usize = 0;
/** Slots below are of members of the hit, others of members of its source. */
let hitSlots: i32 = 0;
let tail: usize = 0;
let tailLength: i32 = 0;
let overhead: usize = 0;
let repeats: usize = 1;
let json: bool = false;
let backslashEscapes: bool = false;
let dotsMatter: bool = false;
let separator: u8 = COMMA;
let emptyQuoted: bool = true;
let guarded: bool = false;
/** Bytes of a table of names; where the marks of objects that have been met begin. */
let tableBytes: usize = 0;
let marks: usize = 0;

/** What a run leaves: where the next one begins, or what closes the list of hits, the hit of its last line, and how much it wrote. */
let next: usize = 0;
let lastHit: usize = 0;
let written: usize = 0;
let lines: i32 = 0;
let holes: i32 = 0;

/** Of the hit at hand: its source, and whether a name in it is one that only the host can read. */
let sourceStart: usize = 0;
let sourceEnd: usize = 0;
let strange: bool = false;

export function nextAt(): usize {
  return next;
}
export function lastHitAt(): usize {
  return lastHit;
}
export function bytesWritten(): usize {
  return written;
}
export function linesWritten(): i32 {
  return lines;
}
export function holesLeft(): i32 {
  return holes;
}

export function configure(
  hitNamesAt: usize,
  sourceNamesAt: usize,
  placesLessOne: u32,
  columnsAt: usize,
  count: i32,
  spansAt: usize,
  slots: i32,
  slotsOfHit: i32,
  tailAt: usize,
  tailBytes: i32,
  overheadBytes: usize,
  mostRepeats: usize,
  isJson: bool,
  escapes: bool,
  dottedNames: bool,
  separatorByte: i32,
  quotesEmpty: bool,
  guards: bool,
  firstMark: i32,
): void {
  hitNames = hitNamesAt;
  sourceNames = sourceNamesAt;
  lastPlace = placesLessOne;
  columns = columnsAt;
  columnCount = count;
  spans = spansAt;
  spansLength = <usize>slots * SPAN_BYTES;
  hitSlots = slotsOfHit;
  tail = tailAt;
  tailLength = tailBytes;
  overhead = overheadBytes;
  repeats = mostRepeats;
  json = isJson;
  backslashEscapes = escapes;
  dotsMatter = dottedNames;
  separator = <u8>separatorByte;
  emptyQuoted = quotesEmpty;
  guarded = guards;
  tableBytes = (<usize>placesLessOne + 1) * NAME_BYTES;
  marks = spansAt + <usize>firstMark * SPAN_BYTES;
}

/** Reads hits from `at`, where one begins; the answer ends before `end`, and zeros follow it. */
export function run(
  at: usize,
  end: usize,
  out: usize,
  outEnd: usize,
  ends: usize,
  mostLines: i32,
  holesAt: usize,
  mostHoles: i32,
): i32 {
  const first = out;
  let i = at;
  lines = 0;
  holes = 0;
  while (true) {
    next = i;
    written = out - first;
    if (lines === mostLines || holes + columnCount > mostHoles) return RUN_MORE;
    memory.fill(spans, 0, spansLength);
    strange = false;
    const after = readObject(i, end, hitNames, true);
    if (after === 0) return RUN_CUT;
    let behind = after;
    while (behind < end && load<u8>(behind) !== OPEN_OBJECT && load<u8>(behind) !== CLOSE_ARRAY) behind++;
    if (behind >= end) return RUN_CUT;
    const room = (behind - i) * repeats + overhead;
    if (out + room > outEnd) return lines === 0 ? RUN_WIDE : RUN_MORE;
    for (let c = 0; c < columnCount; c++) {
      const column = columns + <usize>c * COLUMN_BYTES;
      const head = <usize>load<u32>(column);
      out = copy(out, head, head + <usize>load<u32>(column, 4));
      out = writeCell(out, c, column, first, holesAt);
    }
    out = copy(out, tail, tail + tailLength);
    store<u32>(ends + <usize>lines * 4, <u32>(out - first));
    lines++;
    lastHit = i;
    if (load<u8>(behind) === CLOSE_ARRAY) {
      next = behind;
      written = out - first;
      return RUN_DONE;
    }
    i = behind;
  }
}

/** The place after the object that begins at `at`; 0 where it cannot be read. */
function readObject(at: usize, end: usize, names: usize, hit: bool): usize {
  let i = at + 1;
  while (true) {
    i = skipBlanks(i);
    const c = load<u8>(i);
    if (c === CLOSE_OBJECT) return i + 1;
    if (c === COMMA) {
      i++;
      continue;
    }
    if (i >= end || c !== QUOTE) return 0;
    const name = i;
    i = endOfString(i, end);
    if (i === 0) return 0;
    const slot = slotOf(name + 1, i - 1 - (name + 1), names, hit);
    while (load<u8>(i) !== COLON) {
      if (i >= end) return 0;
      i++;
    }
    const start = skipBlanks(i + 1);
    const inner = slot <= SLOT_SOURCE && load<u8>(start) === OPEN_OBJECT;
    const table = <usize>(SLOT_SOURCE - slot);
    i = inner ? readObject(start, end, sourceNames + table * tableBytes, false) : endOfValue(start, end);
    if (i === 0) return 0;
    if (slot < SLOT_SOURCE) {
      // Objects in an array, a name that comes twice: what they mean only the host knows.
      const mark = marks + (table - 1) * SPAN_BYTES;
      if ((!inner && load<u8>(start) !== 0x6e) || load<u32>(mark) !== 0) strange = true;
      store<u32>(mark, <u32>start);
    } else if (inner) {
      sourceStart = start;
      sourceEnd = i;
    } else if (slot >= 0) {
      store<u32>(spans + <usize>slot * SPAN_BYTES, <u32>start);
      store<u32>(spans + <usize>slot * SPAN_BYTES + 4, <u32>i);
    }
  }
}

/** A table of entries of 16 bytes: address and length of the name, its slot, whether there is one. */
function slotOf(name: usize, length: usize, names: usize, hit: bool): i32 {
  if (length === 0) return SLOT_NOT_WANTED;
  const middle = <u32>load<u8>(name + (length >> 1));
  const last = <u32>load<u8>(name + length - 1);
  let place = (<u32>length * 37 + <u32>load<u8>(name) * 5 + middle * 59 + last * 101) & lastPlace;
  while (true) {
    const entry = names + <usize>place * NAME_BYTES;
    if (load<u32>(entry, 12) === 0) break;
    if (load<u32>(entry, 4) === <u32>length && sameBytes(name, <usize>load<u32>(entry), length))
      return load<i32>(entry, 8);
    place = (place + 1) & lastPlace;
  }
  if (!hit && isOdd(name, length, names)) strange = true;
  return SLOT_NOT_WANTED;
}

/** A name with an escape may be any; one with a dot may be of a member of the object that stands before it. */
function isOdd(name: usize, length: usize, names: usize): bool {
  let dot: usize = 0;
  for (let i: usize = 0; i < length; i++) {
    const c = load<u8>(name + i);
    if (c === BACKSLASH) return true;
    if (c === POINT && dot === 0) dot = i;
  }
  return dotsMatter && dot > 0 && slotOf(name, dot, names, true) !== SLOT_NOT_WANTED;
}

function sameBytes(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 16 <= length; i += 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(a + i), v128.load(b + i))) !== 0xffff) return false;
  }
  if (i === length) return true;
  const wanted = (1 << i32(length - i)) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(a + i), v128.load(b + i))) & wanted) === wanted;
}

/** Documents may be written with blanks, which `_source` keeps. */
function skipBlanks(at: usize): usize {
  let i = at;
  while (true) {
    const c = load<u8>(i);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return i;
    i++;
  }
}

/** The place after the closing quote of the string that begins at `at`; 0 where there is none. */
function endOfString(at: usize, end: usize): usize {
  let i = at + 1;
  while (i < end) {
    const bytes = v128.load(i);
    const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH))));
    if (found === 0) {
      i += 16;
      continue;
    }
    i += ctz(found);
    if (load<u8>(i) === QUOTE) return i + 1;
    i += 2;
  }
  return 0;
}

function endOfValue(at: usize, end: usize): usize {
  const c = load<u8>(at);
  if (c === QUOTE) return endOfString(at, end);
  if (c === OPEN_OBJECT || c === OPEN_ARRAY) return endOfNest(at, end);
  for (let i = at; i < end; i++) {
    const d = load<u8>(i);
    if (d === COMMA || d === CLOSE_OBJECT || d === CLOSE_ARRAY) return i;
  }
  return 0;
}

function endOfNest(at: usize, end: usize): usize {
  let depth = 0;
  let i = at;
  while (i < end) {
    const c = load<u8>(i);
    if (c === QUOTE) {
      i = endOfString(i, end);
      if (i === 0) return 0;
      continue;
    }
    i++;
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) depth++;
    else if (c === CLOSE_OBJECT || c === CLOSE_ARRAY) {
      if (--depth === 0) return i;
    }
  }
  return 0;
}

function copy(out: usize, from: usize, to: usize): usize {
  let o = out;
  for (let i = from; i < to; i += 16, o += 16) v128.store(o, v128.load(i));
  return out + (to - from);
}

function byte(out: usize, c: u8): usize {
  store<u8>(out, c);
  return out + 1;
}

/** Cells that are copied answer with the place after them, others with 0. */
function writeCell(out: usize, index: i32, column: usize, first: usize, holesAt: usize): usize {
  const kind = load<i32>(column, 12);
  if (kind === CELL_CONSTANT) return out;
  const slot = load<i32>(column, 8);
  if (strange && slot >= hitSlots) {
    leave(out, index, sourceStart, sourceEnd, first, holesAt, true);
    return out;
  }
  const span = spans + <usize>slot * SPAN_BYTES;
  const start = <usize>load<u32>(span);
  const end = <usize>load<u32>(span, 4);
  if (kind !== CELL_HOLE_ALWAYS && (start === 0 || load<u8>(start) === 0x6e)) {
    if (!json) return out;
    store<u32>(out, 0x6c6c756e);
    return out + 4;
  }
  let after: usize = 0;
  if (guarded && mayBeFormula(load<u8>(kind === CELL_TEXT ? start + 1 : start))) {
    leave(out, index, start, end, first, holesAt, false);
    return out;
  }
  switch (kind) {
    case CELL_TEXT:
      after = json ? jsonText(start, end, out) : csvText(start, end, out);
      break;
    case CELL_INTEGER:
      after = integer(start, end, out);
      break;
    case CELL_DOUBLE:
      after = decimal(start, end, out, 15);
      break;
    case CELL_FLOAT:
      after = decimal(start, end, out, 6);
      break;
    case CELL_BOOLEAN:
      after = boolean(start, end, out);
      break;
    case CELL_TIMESTAMP:
      after = timestamp(start, end, out);
      break;
  }
  if (after !== 0) return after;
  leave(out, index, start, end, first, holesAt, false);
  return out;
}

/** What a spreadsheet takes for the beginning of a formula, or an escape, which may be one. */
function mayBeFormula(c: u8): bool {
  return c === 0x3d || c === 0x2b || c === MINUS || c === 0x40 || c === BACKSLASH;
}

/** A hole to be filled from the value in the document, or from the whole source. */
function leave(out: usize, index: i32, start: usize, end: usize, first: usize, holesAt: usize, whole: bool): void {
  const hole = holesAt + <usize>holes * (4 * HOLE_WORDS);
  store<u32>(hole, <u32>(out - first));
  store<u32>(hole, <u32>index, 4);
  store<u32>(hole, <u32>start, 8);
  store<u32>(hole, <u32>end, 12);
  store<u32>(hole, <u32>lines, 16);
  store<u32>(hole, <u32>whole, 20);
  holes++;
}

/** The character that a short escape stands for; 0 for an escape of four digits. */
function unescaped(letter: u8): u8 {
  switch (letter) {
    case QUOTE:
    case BACKSLASH:
    case SLASH:
      return letter;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
  }
  return 0;
}

/** Short escapes are what the printer of JSON writes too, but for the one of a slash. */
function jsonText(start: usize, end: usize, out: usize): usize {
  if (load<u8>(start) !== QUOTE) return 0;
  for (let i = start; i < end; ) {
    const bytes = v128.load(i);
    const found = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(BACKSLASH)));
    v128.store(out + (i - start), bytes);
    if (found === 0) {
      i += 16;
      continue;
    }
    i += ctz(found);
    if (i >= end) break;
    const letter = load<u8>(i + 1);
    if (letter === SLASH || unescaped(letter) === 0) return 0;
    v128.store(out + (i - start), v128.load(i));
    i += 2;
  }
  return out + (end - start);
}

/** Most text has neither a separator nor an escape: it is copied while it is looked at. */
function csvText(start: usize, end: usize, out: usize): usize {
  if (load<u8>(start) !== QUOTE) return 0;
  const from = start + 1;
  const last = end - 1;
  // Where empty text is to be told from NULL.
  if (from === last) return emptyQuoted ? byte(byte(out, QUOTE), QUOTE) : out;
  let o = out;
  for (let i = from; i < last; i += 16, o += 16) {
    const bytes = v128.load(i);
    let found = i8x16.bitmask(
      v128.or(i8x16.eq(bytes, i8x16.splat(separator)), i8x16.eq(bytes, i8x16.splat(BACKSLASH))),
    );
    if (last - i < 16) found &= (1 << i32(last - i)) - 1;
    if (found !== 0) return specialCsvText(from, last, out);
    v128.store(o, bytes);
  }
  return out + (last - from);
}

function specialCsvText(from: usize, last: usize, out: usize): usize {
  let quoted = false;
  for (let i = from; i < last; i++) {
    const c = load<u8>(i);
    if (c === separator) quoted = true;
    else if (c === BACKSLASH) {
      const plain = unescaped(load<u8>(++i));
      if (plain === 0) return 0;
      if (plain === QUOTE || plain === 0x0a || plain === 0x0d || (plain === BACKSLASH && backslashEscapes))
        quoted = true;
    }
  }
  const before = backslashEscapes ? BACKSLASH : QUOTE;
  let o = quoted ? byte(out, QUOTE) : out;
  for (let i = from; i < last; i++) {
    let c = load<u8>(i);
    if (c === BACKSLASH) {
      c = unescaped(load<u8>(++i));
      if (c === QUOTE || (c === BACKSLASH && backslashEscapes)) o = byte(o, before);
    }
    o = byte(o, c);
  }
  return quoted ? byte(o, QUOTE) : o;
}

function isDigit(c: u8): bool {
  return c >= ZERO && c <= NINE;
}

/** Up to 15 digits: a number that JavaScript holds and prints as it stands. */
function integer(start: usize, end: usize, out: usize): usize {
  const digits = load<u8>(start) === MINUS ? start + 1 : start;
  if (end === digits || end - digits > 15) return 0;
  for (let i = digits; i < end; i++) if (!isDigit(load<u8>(i))) return 0;
  // -0 prints as 0.
  if (digits > start && load<u8>(digits) === ZERO) return 0;
  return copy(out, start, end);
}

/** Up to so many significant digits a decimal is the shortest text of its number; Java prints it so between 0.001 and 10,000,000. */
function decimal(start: usize, end: usize, out: usize, mostDigits: usize): usize {
  const from = load<u8>(start) === MINUS ? start + 1 : start;
  let i = from;
  while (i < end && isDigit(load<u8>(i))) i++;
  const whole = i - from;
  if (whole === 0 || whole > 7) return 0;
  const belowOne = load<u8>(from) === ZERO;
  if (i === end) {
    // Of seven digits not all are exact floats, nor is -0.
    if (whole >= mostDigits || (belowOne && from > start)) return 0;
    return byte(byte(copy(out, start, end), POINT), ZERO);
  }
  if (load<u8>(i) !== POINT) return 0;
  const fraction = i + 1;
  for (i = fraction; i < end; i++) if (!isDigit(load<u8>(i))) return 0;
  const digits = end - fraction;
  if (digits === 0 || whole + digits > mostDigits) return 0;
  // A trailing zero is not printed, but for the only digit.
  if (load<u8>(end - 1) === ZERO && (digits > 1 || belowOne)) return 0;
  if (belowOne) {
    let zeros: usize = 0;
    while (zeros < digits && load<u8>(fraction + zeros) === ZERO) zeros++;
    if (zeros >= 3 || zeros === digits) return 0;
  }
  return copy(out, start, end);
}

function boolean(start: usize, end: usize, out: usize): usize {
  const isTrue = end - start === 4 && load<u32>(start) === 0x65757274;
  const isFalse = end - start === 5 && load<u32>(start) === 0x736c6166 && load<u8>(start, 4) === 0x65;
  return isTrue || isFalse ? copy(out, start, end) : 0;
}

/** −1 where one of the two is no digit. */
function twoDigits(at: usize): i32 {
  const high = load<u8>(at);
  const low = load<u8>(at, 1);
  return isDigit(high) && isDigit(low) ? (<i32>high - 48) * 10 + (<i32>low - 48) : -1;
}

function within(value: i32, low: i32, high: i32): bool {
  return value >= low && value <= high;
}

/** `"2024-01-02T03:04:05.678Z"` → `2024-01-02 03:04:05.678`; other spellings, and days that not every month has, are left. */
function timestamp(start: usize, end: usize, out: usize): usize {
  const length = end - start;
  if (length < 22 || length > 26 || load<u8>(start) !== QUOTE || load<u8>(end - 2) !== 0x5a) return 0;
  if (load<u8>(start, 5) !== MINUS || load<u8>(start, 8) !== MINUS || load<u8>(start, 11) !== 0x54) return 0;
  if (load<u8>(start, 14) !== COLON || load<u8>(start, 17) !== COLON || load<u8>(start, 1) === ZERO) return 0;
  if (twoDigits(start + 1) < 0 || twoDigits(start + 3) < 0) return 0;
  if (!within(twoDigits(start + 6), 1, 12) || !within(twoDigits(start + 9), 1, 28)) return 0;
  if (!within(twoDigits(start + 12), 0, 23) || !within(twoDigits(start + 15), 0, 59)) return 0;
  if (!within(twoDigits(start + 18), 0, 59)) return 0;
  let last = start + 20;
  if (length > 22) {
    if (load<u8>(last) !== POINT || length === 23) return 0;
    for (let i = last + 1; i < end - 2; i++) if (!isDigit(load<u8>(i))) return 0;
    last = end - 2;
    while (load<u8>(last - 1) === ZERO) last--;
    if (load<u8>(last - 1) === POINT) last--;
  }
  let o = json ? byte(out, QUOTE) : out;
  o = copy(o, start + 1, last);
  store<u8>(o - (last - start - 11), 0x20);
  return json ? byte(o, QUOTE) : o;
}
