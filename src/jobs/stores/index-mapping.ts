/** The index of jobs: its fixed mapping, and the document of a job. */
import type { JobRecord } from '../domain/record.ts';
import { folded, type SearchFields, searchFields } from './store.ts';

const keyword = { type: 'keyword' } as const;
const date = { type: 'date', format: 'epoch_millis' } as const;
const flag = { type: 'boolean' } as const;

/** The version stands in `_meta`, so that a later server knows what it finds. */
export const MAPPING_VERSION = 2;

export const INDEX_BODY = {
  settings: {
    index: {
      number_of_shards: 1,
      auto_expand_replicas: '0-1',
      hidden: true,
      // A write is on the disk when it is answered: a job that was accepted is never lost.
      'translog.durability': 'request',
      max_result_window: 1_000_000,
    },
  },
  mappings: {
    _meta: { version: MAPPING_VERSION },
    dynamic: 'strict',
    properties: {
      id: keyword,
      project: keyword,
      submitter: keyword,
      owner: keyword,
      queue: keyword,
      type: keyword,
      status: keyword,
      submitted: date,
      started: date,
      ended: date,
      database: keyword,
      table: keyword,
      tags: keyword,
      source: keyword,
      server: keyword,
      leaseUntil: date,
      cancelRequested: flag,
      uncleaned: flag,
      resultExpires: date,
      /** Queue, project and owner: what fairness goes by. */
      share: keyword,
      /** The statement in overlapping pieces: a term may not be longer, and every part that one may look for is whole in one. */
      pieces: { type: 'keyword', doc_values: false },
      record: { type: 'object', enabled: false },
    },
  },
} as const;

/** What a later version added to an index of an earlier one, by the version that it had. */
export const MAPPING_UPGRADES: Readonly<Record<number, object>> = {
  1: { _meta: { version: MAPPING_VERSION }, properties: { submitter: keyword } },
};

export type JobDocument = SearchFields & {
  readonly id: string;
  readonly share: string;
  readonly pieces: readonly string[];
  readonly record: JobRecord;
};

export function jobDocument(record: JobRecord): JobDocument {
  const fields = searchFields(record);
  const share = JSON.stringify([fields.queue, fields.project, fields.owner]);
  return { ...fields, id: record.job.id, share, pieces: piecesOf(record.job.statement), record };
}

/** Lucene takes terms of 32,766 bytes; a UTF-16 unit is three bytes at most. */
const PIECE = 10_000;
/** A part to look for has at most 1,024 characters; folding may lengthen some of them. */
const OVERLAP = 3 * 1_024;

function piecesOf(statement: string): string[] {
  const text = folded(statement);
  const pieces: string[] = [];
  for (let start = 0; start === 0 || start + OVERLAP < text.length; start += PIECE - OVERLAP) {
    pieces.push(text.slice(start, start + PIECE));
  }
  return pieces;
}
