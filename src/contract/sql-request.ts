/** A request for rows, as the routes have read it. */

export interface Common {
  readonly format: SqlFormat;
  /** csv: cells that a spreadsheet would take for a formula are guarded. */
  readonly sanitize: boolean;
  readonly pretty: boolean;
  /** The client said by `Accept` that it takes text/csv. */
  readonly acceptsCsv: boolean;
}

export interface QueryRequest extends Common {
  readonly kind: 'query';
  readonly query: string;
  /** 0: no paging. */
  readonly fetchSize: number;
  readonly parameters: readonly Parameter[];
  /** Query DSL that is ANDed with WHERE; undefined when absent or empty. */
  readonly filter: Readonly<Record<string, unknown>> | undefined;
  /** IANA name or offset; undefined for UTC. */
  readonly timeZone: string | undefined;
}

export interface CursorRequest extends Common {
  readonly kind: 'cursor';
  readonly cursor: string;
}

export type SqlRequest = QueryRequest | CursorRequest;

export type SqlFormat = 'jdbc' | 'json' | 'csv' | 'raw';

export type Parameter =
  | { readonly type: 'byte' | 'short' | 'integer' | 'long'; readonly value: number | bigint | null }
  | { readonly type: 'float' | 'double'; readonly value: number | null }
  | { readonly type: 'boolean'; readonly value: boolean | null }
  | {
      readonly type: 'keyword' | 'text' | 'string' | 'date' | 'time' | 'timestamp' | 'ip';
      readonly value: string | null;
    }
  | { readonly type: 'null'; readonly value: null };
