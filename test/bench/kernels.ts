/**
 * What each kernel saves: the same bytes with it and without it, in turn, in one process and without a cluster. Processor time, so that what else
 * the machine does matters little; a ratio is the time without the kernel over the time with it. `npm run bench:kernels`.
 */

import type { ExportRequest } from '../../src/jobs/domain/model.ts';
import { exportCsv } from '../../src/jobs/export/export-csv.ts';
import { hitFormat } from '../../src/jobs/export/hits/hit-format.ts';
import { compileHitDecoder, type DecodeOptions, decodePage } from '../../src/rows/decode.ts';
import type { Hit } from '../../src/rows/hit.ts';
import { parseJson } from '../../src/rows/longs.ts';
import type { Page } from '../../src/rows/page.ts';
import { CsvRecords } from '../../src/select/csv/csv-records.ts';
import { CsvSplitter } from '../../src/select/csv/csv-splitter.ts';
import { type CsvInput, SELECT_LIMITS } from '../../src/select/requests/request.ts';
import { compileRowEncoder } from '../../src/write/direct/row-encoder.ts';
import { createWriter } from '../../src/write/index.ts';
import type { Column } from '../../translators/algebra/expr.ts';
import { buildSchema } from '../../translators/catalog/build-schema.ts';
import { asAnswer } from '../support/search-answer.ts';
import { BENCH_MAPPING, benchDocuments } from './data.ts';

const ROWS = 10_000;
const ROUNDS = 15;

const documents = benchDocuments(ROWS);
const answer = Buffer.from(
  `{"took":3,"hits":{"total":{"value":${ROWS},"relation":"eq"},"hits":[${documents
    .map((source, i) => `{"_index":"t","_id":"${i}","_score":1.0,"_source":${source}}`)
    .join(',')}]}}`,
);
const searched = asAnswer(answer);
const schema = buildSchema('t', { t: { mappings: { properties: BENCH_MAPPING } } });
const columns = Object.keys(BENCH_MAPPING).map((name, id): Column => {
  const field = schema.lookup(name)!;
  return { id, name, type: field.type, field };
});
const output = columns.map(({ name, type }) => ({ name, type }));
const decoding: DecodeOptions = { tolerance: true };

const parsed = (): Page => {
  const { hits } = (parseJson(answer.toString('utf8')) as { hits: { hits: Hit[] } }).hits;
  return decodePage(hits, compileHitDecoder(columns, decoding));
};

const request = {
  dataType: 'csv',
  encoding: 'utf-8',
  quoteChar: '"',
  escapeChar: '"',
  sanitize: false,
  withColumnHeader: false,
} as ExportRequest;

interface Pair {
  readonly name: string;
  readonly bytes: number;
  with(): number;
  without(): number;
}

function jdbcRows(): Pair {
  const writer = createWriter('jdbc', { columns: output });
  const encode = compileRowEncoder(columns, writer.rowText!, decoding)!;
  return {
    name: 'rows of jdbc from a search answer',
    bytes: answer.length,
    with: () => encode(searched)!.count,
    without: () => {
      const page = parsed();
      writer.page(page);
      return page.length;
    },
  };
}

function csvOfHits(): Pair {
  const kernel = hitFormat(columns, output, request, decoding)!;
  const lines = exportCsv(output, request);
  return {
    name: 'lines of csv from a search answer',
    bytes: answer.length,
    with: () => kernel(searched).rows,
    without: () => {
      const page = parsed();
      Buffer.from(lines.rows(page, 0, page.length));
      return page.length;
    },
  };
}

function csvRecords(name: string, text: string, plain: boolean): Pair {
  const bytes = Buffer.from(text);
  const input: CsvInput = {
    kind: 'csv',
    fileHeaderInfo: 'NONE',
    recordDelimiter: '\n',
    fieldDelimiter: ',',
    quote: '"',
    quoteEscape: '"',
    comment: undefined,
    allowQuotedRecordDelimiter: false,
  } as CsvInput;
  const records = new CsvRecords({ field: 44, quote: 34, columns: Int32Array.of(1, 4), mostColumns: 100 });
  return {
    name,
    bytes: bytes.length,
    with: () => {
      let count = 0;
      for (let at = 0; at < bytes.length; at = records.end) {
        records.batch(bytes, at, plain, false);
        for (let i = 0; i < records.count; i++) records.read(i);
        count += records.count;
      }
      return count;
    },
    without: () => {
      const splitter = new CsvSplitter(input, SELECT_LIMITS.bos);
      const out: string[][] = [];
      splitter.push(bytes.toString('utf8'), out);
      splitter.end(out);
      return out.length;
    },
  };
}

const cpu = (f: () => number): number => {
  const before = process.cpuUsage();
  if (f() !== ROWS) throw new Error('a way of doing it gave another number of rows');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

const median = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;

function measure({ name, bytes, with: kernel, without }: Pair): string {
  const times = { kernel: [] as number[], without: [] as number[] };
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const [a, b] = round % 2 === 0 ? [cpu(kernel), cpu(without)] : [cpu(without), cpu(kernel)].reverse();
    // The first half warms up.
    if (round < ROUNDS) continue;
    times.kernel.push(a!);
    times.without.push(b!);
  }
  const [a, b] = [median(times.kernel), median(times.without)];
  return `| ${name} | ${(bytes / 1_048_576).toFixed(1)} | ${a.toFixed(1)} | ${b.toFixed(1)} | ${(b / a).toFixed(2)} |`;
}

const cells = documents.map((source) => Object.values(JSON.parse(source) as Record<string, unknown>).map(String));
const plain = cells.map((row) => `${row.join(',')}\n`).join('');
const quoted = cells.map((row) => `${row.map((cell) => `"${cell}"`).join(',')}\n`).join('');

console.log('| what | MB | with, ms | without, ms | ratio |\n| --- | --- | --- | --- | --- |');
for (const pair of [
  jdbcRows(),
  csvOfHits(),
  csvRecords('records of csv without quotes', plain, true),
  csvRecords('records of csv in quotes', quoted, false),
])
  console.log(measure(pair));
