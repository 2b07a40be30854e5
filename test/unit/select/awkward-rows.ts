/** Rows whose texts are hard to write and to read, the same for the same seed, as csv, JSON lines and a JSON array. */

export interface AwkwardRow {
  readonly id: number;
  readonly body: string;
  /** A number as text, or nearly one. */
  readonly num: string;
  readonly tail: string;
  /** Undefined: the row has no such field. */
  readonly note: string | null | undefined;
}
export const COLUMNS = ['id', 'body', 'num', 'tail', 'note'] as const;

const WORDS =
  'alpha Beta gamma_delta "so" "" it\'s \\ \\" \\n %x _ # ; | é ß Ünï 日本語 😀 👩‍👧 e\u0301 \u00a0 \u2028 \ufeff null NULL true \t'.split(
    ' ',
  );
const NUMBERS =
  '0 -0 7 007 +5 5. .5 1e3 1E-3 1_000 1,5 0x10 nan NaN inf -Infinity 1e400 100.5 99.99 9007199254740993 9223372036854775808 12.70 -3'.split(
    ' ',
  );
/** Characters of the longest texts. */
const LONG = 60_000;

export interface RowOptions {
  readonly seed: number;
  readonly count: number;
  /** Line ends that stand inside of texts. */
  readonly newlines: readonly string[];
}

/** mulberry32: small, and the same on every machine. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export function awkwardRows({ seed, count, newlines }: RowOptions): readonly AwkwardRow[] {
  const below = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const pieces = [...WORDS, ...newlines, ',', ',,', '"', ' ', '  '];
  const text = (): string => {
    if (below(5_000) === 0) return `${pick(pieces)}${'long "text", '.repeat(LONG / 13)}${pick(pieces)}`;
    let made = '';
    for (let left = below(5); left > 0; left--) made += pick(pieces) + pick(['', '', ' ']);
    return made;
  };
  const number = (): string =>
    below(3) > 0 ? String(below(40_000) / 100) : pick(['', ' ']) + pick(NUMBERS) + pick(['', '', ' ']);
  return Array.from({ length: count }, (_, id) => ({
    id,
    body: text(),
    num: number(),
    tail: pick(WORDS),
    note: pick([text, () => '', () => null, () => undefined])(),
  }));
}

export interface CsvOptions {
  readonly end: string;
  /** Fields that a row has not are left out: records of other lengths. */
  readonly ragged: boolean;
}

/** RFC 4180, with quotes also where none are needed. */
export function toCsv(rows: readonly AwkwardRow[], { end, ragged }: CsvOptions): Buffer {
  const cell = (value: string, row: number): string =>
    /[",\r\n]/.test(value) || (row + value.length) % 7 === 0 ? `"${value.replaceAll('"', '""')}"` : value;
  const lines = rows.map((row) => {
    const cells = [String(row.id), row.body, row.num, row.tail];
    if (!ragged || row.note !== undefined) cells.push(row.note ?? '');
    return cells.map((each) => cell(each, row.id)).join(',') + end;
  });
  return Buffer.from(COLUMNS.join(',') + end + lines.join(''));
}

/** Characters beyond ASCII as themselves in one row, as escapes in the next. */
function jsonOf(row: AwkwardRow): string {
  const text = JSON.stringify(row);
  if (row.id % 2 === 0) return text;
  return text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export const toLines = (rows: readonly AwkwardRow[]): Buffer =>
  Buffer.from(rows.map((row) => `${jsonOf(row)}\n`).join(''));

export const toArray = (rows: readonly AwkwardRow[]): Buffer =>
  Buffer.from(`[${rows.map(jsonOf).join(' ,\r\n\t')}\n]\n`);
