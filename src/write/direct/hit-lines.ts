/** Lines of csv or JSON from the bytes of a search answer, made by the kernel (`kernels/hit-kernel.ts`); the cells that it leaves are filled here. */

import { FREE_AT, HOLE_WORDS, RUN_CUT, RUN_DONE, RUN_WIDE, SLACK } from '../../../kernels/layout.ts';
import { SqlError } from '../../../translators/errors.ts';
import { closesAt } from '../../cluster/envelope.ts';
import type { SearchAnswer } from '../../cluster/search-answer.ts';
import { hitCode } from '../../kernels/hit-code.ts';
import { aligned, type Kernel, KernelHolder } from '../../kernels/kernel.ts';
import { type ByteWriter, createByteWriter } from './byte-writer.ts';
import { kernelTables, type LineFormat } from './line-format.ts';

export interface HitLines {
  readonly bytes: Buffer;
  /** Where each line ends, after the 0 where the first begins. */
  readonly ends: readonly number[];
  /** The place of the last hit in the answer; −1 where it has none. */
  readonly lastHit: number;
}

/** A cell that is not copied. */
export interface Hole {
  readonly column: number;
  /** Of the value in the answer, or of the whole source; `start` is −1 where the document has no such member. */
  readonly start: number;
  readonly end: number;
  readonly whole: boolean;
}

/** Addresses are of bytes; the answer and the lines follow the tables. */
interface HitKernel {
  configure(...settings: number[]): void;
  run(
    at: number,
    end: number,
    out: number,
    outEnd: number,
    ends: number,
    mostLines: number,
    holes: number,
    mostHoles: number,
  ): number;
  /** Of the next hit, or of what closes the list. */
  nextAt(): number;
  /** Of the last line that was made. */
  lastHitAt(): number;
  bytesWritten(): number;
  linesWritten(): number;
  holesLeft(): number;
}

const holder = new KernelHolder<HitKernel>(hitCode);

const MOST_LINES = 8_192;
const LEAST_HOLES = 4_096;
/** Bytes of lines that are made before they are taken: what stays in the cache of a core. */
const OUT = 256 * 1_024;

const OPEN_OBJECT = 0x7b;

const unexpectedEnd = (): SqlError => new SqlError('clusterUnreadable', 'An answer of the cluster ends in the middle.');

/**
 * `fill` gives the text of a cell that is not copied.
 *
 * Long because the kernel's way and the other one share the state of one answer.
 */
export function hitLines(
  format: LineFormat,
  fill: (answer: Buffer, hole: Hole) => string,
): (answer: SearchAnswer) => HitLines {
  const { image, settings } = kernelTables(format);
  const mostHoles = Math.max(LEAST_HOLES, format.columns.length);
  const endsAt = FREE_AT + image.length;
  const holesAt = endsAt + 4 * MOST_LINES;
  const pageAt = aligned(holesAt + 4 * HOLE_WORDS * mostHoles);
  /** The size of the lines over that of the answer; the next answer is much like the last. */
  let share = 0.75;

  function prepared(answer: Buffer, outEnd: number): Kernel<HitKernel> {
    const used = holder.get();
    used.reserve(outEnd);
    if (used.owner !== settings) {
      used.bytes().set(image, FREE_AT);
      used.exports.configure(...settings);
      used.owner = settings;
    }
    used.load(pageAt, answer);
    return used;
  }

  /** Takes the lines of a run, with its holes filled. */
  function take(
    answer: Buffer,
    { exports, bytes, words }: Kernel<HitKernel>,
    outAt: number,
    out: ByteWriter,
    ends: number[],
  ): void {
    const [memory, table] = [bytes(), words()];
    const [written, lines, holes] = [exports.bytesWritten(), exports.linesWritten(), exports.holesLeft()];
    let copied = 0;
    let line = 0;
    let shift = out.length;
    const copyTo = (end: number): void => {
      const count = end - copied;
      out.reserve(count);
      out.bytes.set(memory.subarray(outAt + copied, outAt + end), out.length);
      out.length += count;
      copied = end;
    };
    const endLines = (upTo: number): void => {
      for (; line < upTo; line++) ends.push(table[endsAt / 4 + line]! + shift);
    };
    for (let h = 0; h < holes; h++) {
      const at = holesAt / 4 + h * HOLE_WORDS;
      copyTo(table[at]!);
      endLines(table[at + 4]!);
      const start = table[at + 2]!;
      const before = out.length;
      const hole: Hole = {
        column: table[at + 1]!,
        start: start === 0 ? -1 : start - pageAt,
        end: table[at + 3]! - pageAt,
        whole: table[at + 5] === 1,
      };
      out.text(fill(answer, hole));
      shift += out.length - before;
    }
    copyTo(written);
    endLines(lines);
  }

  return ({ bytes: answer, envelope: { first } }) => {
    const out = createByteWriter(Math.ceil(answer.length * share) + 1_024);
    const ends: number[] = [0];
    if (answer[first] !== OPEN_OBJECT) {
      if (!closesAt(answer, first)) throw unexpectedEnd();
      return { bytes: out.bytes.subarray(0, 0), ends, lastHit: -1 };
    }
    const end = pageAt + answer.length;
    const outAt = aligned(end + SLACK);
    let outEnd = outAt + OUT;
    const used = prepared(answer, outEnd);
    let lastHit = -1;
    try {
      for (let at = pageAt + first; ; at = used.exports.nextAt()) {
        const status = used.exports.run(at, end, outAt, outEnd, endsAt, MOST_LINES, holesAt, mostHoles);
        if (status === RUN_CUT) throw unexpectedEnd();
        if (status === RUN_WIDE) {
          outEnd = outAt + 2 * (outEnd - outAt);
          used.reserve(outEnd);
        } else {
          take(answer, used, outAt, out, ends);
          lastHit = used.exports.lastHitAt() - pageAt;
        }
        if (status === RUN_DONE) break;
      }
      if (!closesAt(answer, used.exports.nextAt() - pageAt)) throw unexpectedEnd();
      share = (1.05 * out.length) / answer.length;
      return { bytes: out.bytes.subarray(0, out.length), ends, lastHit };
    } finally {
      holder.release(used);
    }
  };
}
