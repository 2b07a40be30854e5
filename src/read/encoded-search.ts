/** A search whose rows go out as they come: their text is made from the answer's bytes, without values in between. */
import type { Column, Physical, SearchNode } from '../../translators/algebra/index.ts';
import { fetchOf } from '../../translators/execution.ts';
import { unreadable } from '../cluster/read-answer.ts';
import type { SearchAnswer } from '../cluster/search-answer.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from '../run/context.ts';
import { compileRowEncoder, type RowEncoder } from '../write/direct/row-encoder.ts';
import type { RowText } from '../write/writer.ts';
import { decoderOf, type Hits, parsedHits, type ReadHits } from './hits.ts';
import { searchPages } from './search.ts';

interface EncodedRows {
  /** Each row with what stands between rows before it. */
  readonly text: Buffer;
  readonly rows: number;
}

/** Kept with its plan, as plans are: by the format, and by the setting that decoding depends on. */
const encoders = new WeakMap<Physical, Map<string, Encoder | undefined>>();

interface Encoder {
  readonly node: SearchNode;
  readonly columns: readonly Column[];
  readonly encode: RowEncoder;
}

function encoderOf(plan: Physical, text: RowText, tolerance: boolean): Encoder | undefined {
  const kept = encoders.get(plan) ?? new Map<string, Encoder | undefined>();
  encoders.set(plan, kept);
  const key = `${tolerance} ${text.name}`;
  if (!kept.has(key)) kept.set(key, makeEncoder(plan, text, tolerance));
  return kept.get(key);
}

function makeEncoder(plan: Physical, text: RowText, tolerance: boolean): Encoder | undefined {
  const found = searchOf(plan);
  if (found === undefined || (found.node.scan.highlights ?? []).length > 0) return undefined;
  const { viaFields, viaDocValues } = fetchOf(found.node);
  if (viaFields.size > 0 || viaDocValues.size > 0) return undefined;
  const encode = compileRowEncoder(found.columns, text, { tolerance });
  return encode === undefined ? undefined : { ...found, encode };
}

/** undefined: the plan does more than to read documents, or some column is not simply read from their source. */
export function encodedSearch(
  plan: Physical,
  text: RowText,
  execution: Execution,
): AsyncIterable<EncodedRows> | undefined {
  const encoder = encoderOf(plan, text, execution.config.fieldTypeTolerance);
  if (encoder === undefined) return undefined;
  const { node, columns, encode } = encoder;
  const read: ReadHits<EncodedRows> = (answer) => {
    const started = performance.now();
    const encoded = encodedAnswer(encode, answer);
    execution.request.stage('decode', performance.now() - started);
    if (encoded === undefined)
      return printed(
        parsedHits(decoderOf(node, execution), execution)(answer),
        columns.map((column) => node.columns.indexOf(column)),
        text,
      );
    return {
      count: encoded.count,
      lastSort: () => encoded.lastHit()?.sort,
      page: (from, to) => ({ text: encoded.rows(from, to), rows: to - from }),
    };
  };
  return searchPages(node, execution, read);
}

/** Values are parsed where they are not copied: what is no JSON shows there. */
function encodedAnswer(encode: RowEncoder, answer: SearchAnswer): ReturnType<RowEncoder> {
  try {
    return encode(answer);
  } catch (error) {
    throw error instanceof SyntaxError ? unreadable(answer.text) : error;
  }
}

/** The search below projections that only choose and order its columns. */
function searchOf(plan: Physical): { readonly node: SearchNode; readonly columns: readonly Column[] } | undefined {
  if (plan.kind === 'search') return { node: plan, columns: plan.columns };
  if (plan.kind !== 'project' || plan.input.kind !== 'search') return undefined;
  const columns = plan.items.map(({ expr }) => (expr.kind === 'column' ? expr.column : undefined));
  const known = columns.filter(
    (column) => column !== undefined && plan.input.kind === 'search' && plan.input.columns.includes(column),
  );
  return known.length < columns.length ? undefined : { node: plan.input, columns: known as readonly Column[] };
}

function printed(hits: Hits<Page>, order: readonly number[], text: RowText): Hits<EncodedRows> {
  const rowText = (row: Page[number]): string =>
    text.between + text.open + order.map((from, i) => text.printers[i]!(row[from]!)).join(text.separator) + text.close;
  return {
    ...hits,
    page: (from, to) => ({ text: Buffer.from(hits.page(from, to).map(rowText).join('')), rows: to - from }),
  };
}
