/** The kernel at its borders: more lines than a run makes, wide lines, names that share places, formats in turn, answers that are cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellKind } from '../../../../src/write/direct/cell-kinds.ts';
import { type HitLines, type Hole, hitLines } from '../../../../src/write/direct/hit-lines.ts';
import type { LineFormat } from '../../../../src/write/direct/line-format.ts';
import { asAnswer } from '../../../support/search-answer.ts';

function linesOf(...format: Parameters<typeof hitLines>): (answer: Buffer) => HitLines {
  const lines = hitLines(...format);
  return (answer) => lines(asAnswer(answer));
}

const answerOf = (sources: readonly string[]): Buffer =>
  Buffer.from(
    `{"hits":{"hits":[${sources.map((source, i) => `{"_id":"${i}","_source":${source},"sort":[${i}]}`).join(',')}]}}`,
  );

function csvOf(keys: readonly string[], kinds: readonly CellKind[] = keys.map(() => 'text')): LineFormat {
  const sourceKeys = [...new Set(keys)];
  return {
    csv: { separator: ',', record: '\n', quote: '"', escape: '"', empty: 'quoted', guard: false },
    hitKeys: [],
    sourcePaths: sourceKeys.map((key) => [key]),
    columns: keys.map((key, i) => ({
      head: Buffer.from(i === 0 ? '' : ','),
      kind: kinds[i]!,
      slot: sourceKeys.indexOf(key),
    })),
    tail: Buffer.from('\n'),
  };
}

const copied = (answer: Buffer, { start, end, whole }: Hole): string =>
  whole ? '<source>' : start < 0 ? '<none>' : `<${answer.toString('utf8', start, end)}>`;
const none = (): string => {
  throw new Error('nothing is left to be filled');
};

describe('the lines of an answer', () => {
  it('are all there where they are more than one run makes, and where each end is told', () => {
    const count = 30_000;
    const lines = linesOf(csvOf(['k']), none);
    const { bytes, ends } = lines(answerOf(Array.from({ length: count }, (_, i) => `{"k":"v${i}"}`)));
    expect(ends.length).toBe(count + 1);
    for (const i of [0, 1, 8_191, 8_192, 8_193, 16_384, count - 1])
      expect(bytes.toString('utf8', ends[i], ends[i + 1])).toBe(`v${i}\n`);
    expect(bytes.length).toBe(ends.at(-1));
  });

  it('may be as wide as a document', () => {
    const wide = 'long, text '.repeat(300_000);
    const lines = linesOf(csvOf(['a', 'b', 'a', 'a', 'a']), none);
    const { bytes } = lines(answerOf(['{"a":"x","b":"y"}', `{"a":"${wide}","b":"z"}`, '{"a":"x","b":"y"}']));
    expect(bytes.toString()).toBe(`x,y,x,x,x\n"${wide}",z,"${wide}","${wide}","${wide}"\nx,y,x,x,x\n`);
  });

  it('hold what the host fills in, in its place, over more holes than a run leaves', () => {
    const lines = linesOf(csvOf(['a', 'b', 'c'], ['hole', 'text', 'holeAlways']), copied);
    const count = 5_000;
    const { bytes, ends } = lines(
      answerOf(
        Array.from({ length: count }, (_, i) => (i % 3 === 0 ? `{"b":"b${i}"}` : `{"c":[${i}],"b":"b","a":{}}`)),
      ),
    );
    const expected = Array.from({ length: count }, (_, i) => (i % 3 === 0 ? `,b${i},<none>\n` : `<{}>,b,<[${i}]>\n`));
    expect(bytes.toString()).toBe(expected.join(''));
    expect(bytes.toString('utf8', ends[4_998], ends[5_000])).toBe(expected.slice(4_998).join(''));
  });

  it('are the whole source to the host where a name has escapes, or a dot beside objects', () => {
    const plain = linesOf(csvOf(['a']), copied);
    expect(plain(answerOf(['{"\\u0061":1,"b":2}', '{"a.b":1,"a":"x"}'])).bytes.toString()).toBe('<source>\nx\n');
    const objects = linesOf(csvOf(['a'], ['holeAlways']), copied);
    expect(objects(answerOf(['{"a.b":1}', '{"a":{"b":1}}'])).bytes.toString()).toBe('<source>\n<{"b":1}>\n');
  });

  it('find their members among hundreds of names', () => {
    const keys = Array.from({ length: 700 }, (_, i) => `field_${i}${'x'.repeat(i % 40)}`);
    const source = `{${keys.map((key, i) => `"${key}":"${i}","${key}_":"no","x${key}":"no"`).join(',')}}`;
    const { bytes } = linesOf(csvOf(keys), none)(answerOf([source]));
    expect(bytes.toString()).toBe(`${keys.map((_, i) => i).join(',')}\n`);
  });

  it('are those of their format, whatever others are made in between', () => {
    const [one, two] = [linesOf(csvOf(['a', 'b']), none), linesOf(csvOf(['b']), none)];
    const answer = answerOf(['{"a":"1","b":"2"}']);
    for (let i = 0; i < 3; i++) {
      expect(one(answer).bytes.toString()).toBe('1,2\n');
      expect(two(answer).bytes.toString()).toBe('2\n');
    }
  });

  it('take the last of members of one name, as a parser does', () => {
    expect(linesOf(csvOf(['a']), none)(answerOf(['{"a":"1","a":"2"}'])).bytes.toString()).toBe('2\n');
  });

  it('end in an error wherever the answer is cut', () => {
    const lines = linesOf(csvOf(['a', 'b'], ['text', 'holeAlways']), copied);
    const answer = answerOf(['{"a":"text \\" é","n":{"x":["}"]},"b":{"c":1.5}}', '{"a":"x","b":true}']);
    const text = answer.toString('latin1');
    const [from, to] = [text.indexOf('[{') + 2, text.lastIndexOf(']}}') + 1];
    for (let length = from; length < to; length++)
      expect(() => lines(answer.subarray(0, length)), text.slice(0, length)).toThrow('ends in the middle');
    expect(lines(answer).ends.length).toBe(3);
  });
});

it('reads strings right wherever quotes, escapes and ends fall among sixteen bytes', () => {
  const lines = linesOf(csvOf(['k', 'x', 'k']), none);
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ',', '"', '\\', '\n', 'é', '😀', '/'), maxLength: 70 });
  const cell = (value: string): string =>
    value === '' || /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 }), (pairs) => {
      const answer = answerOf(pairs.map(([k, x]) => JSON.stringify({ x, [`o${x.length}`]: k, k })));
      expect(lines(answer).bytes.toString()).toBe(pairs.map(([k, x]) => `${cell(k)},${cell(x)},${cell(k)}\n`).join(''));
    }),
    { numRuns: process.env.TEST_FULL ? 50_000 : 3_000 },
  );
});
