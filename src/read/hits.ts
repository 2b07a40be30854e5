/** The hits of one answer, read as far as somebody wants them: as rows of values, or in another form. */
import type { Column, SearchNode, Value } from '../../translators/algebra/index.ts';
import { fetchOf } from '../../translators/execution.ts';
import type { SearchAnswer, SearchResponse } from '../cluster/search-answer.ts';
import { compileHitDecoder, decodePage, type HitDecoder } from '../rows/decode.ts';
import type { Hit } from '../rows/hit.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from '../run/context.ts';

export interface Hits<T> {
  readonly count: number;
  lastSort(): unknown;
  /** Those from one to before another. */
  page(from: number, to: number): T;
}
export type ReadHits<T> = (answer: SearchAnswer) => Hits<T>;

export function parsedHits(decode: Decode, execution: Execution): ReadHits<Page> {
  return ({ json }) => {
    const hits = hitsOf(json);
    return {
      count: hits.length,
      lastSort: () => hits.at(-1)?.sort,
      page: (from, to) => decode(from === 0 && to === hits.length ? hits : hits.slice(from, to), json, execution),
    };
  };
}

type Decode = (hits: readonly Hit[], answer: SearchResponse, execution: Execution) => Page;

export function decoderOf(node: SearchNode, execution: Execution): Decode {
  const { viaFields, viaDocValues } = fetchOf(node);
  const highlights = node.scan.highlights ?? [];
  const stored = node.columns.filter((column) => !highlights.some((h) => h.column === column));
  const decodeStored = compileHitDecoder(stored, {
    tolerance: execution.config.fieldTypeTolerance,
    viaFields,
    viaDocValues,
  });
  const decodeHit = highlights.length === 0 ? decodeStored : withHighlights(node, stored, decodeStored);
  return (hits, answer, { request }) => {
    const started = performance.now();
    const page = decodePage(hits, decodeHit, { maxScore: answer.hits?.max_score ?? null });
    request.stage('decode', performance.now() - started);
    return page;
  };
}

/** highlight() columns: the fragments of a field, null where nothing matched in it; a pattern gives an object of fields. */
function withHighlights(node: SearchNode, stored: readonly Column[], decode: HitDecoder): HitDecoder {
  const fields = new Map((node.scan.highlights ?? []).map((h) => [h.column, h.field]));
  return (hit, context) => {
    const row = decode(hit, context);
    return node.columns.map((column) => {
      const field = fields.get(column);
      if (field === undefined) return row[stored.indexOf(column)]!;
      const fragments = hit.highlight;
      if (!fragments) return null;
      return field.includes('*') ? (fragments as Value) : ((fragments[field] as Value | undefined) ?? null);
    });
  };
}

export const hitsOf = (answer: SearchResponse): readonly Hit[] => (answer.hits?.hits ?? []) as readonly Hit[];
