/** The one interface between the HTTP routes and the execution of statements. */
import type { CallContext } from '../cluster/context.ts';
import type { Stage } from '../metrics.ts';
import type { CursorRequest, QueryRequest } from './sql-request.ts';

export interface SqlService {
  /** Rejects with SqlError or SqlSyntaxError before the first byte; after it the body throws. */
  query(request: QueryRequest | CursorRequest, context: RequestContext): Promise<SqlAnswer>;
  /** The JSON of the explain tree. */
  explain(request: QueryRequest | CursorRequest, context: RequestContext): Promise<unknown>;
  /** Whether the cursor was there to be closed. */
  close(cursor: string, context: RequestContext): Promise<boolean>;
}

export interface SqlAnswer {
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Read once, with backpressure; closed early when the client goes away. */
  readonly body: AsyncIterable<string | Buffer>;
  /** What the body does not say, as headers, as far as it is known: asked for before the first byte and after the last. */
  readonly facts?: () => Readonly<Record<string, string>>;
  /** Names of facts that may be known only after the first byte, and are trailers then. */
  readonly pending?: () => readonly string[];
}

/** A request on its way: its caller, its end, and what the log and the metrics will say of it. */
export interface RequestContext extends CallContext {
  readonly id: string;
  /** Aborted when the client goes away or the time is over; its reason is the SqlError to report. */
  readonly signal: AbortSignal;
  /** Adds time to a stage. */
  stage(stage: Stage, milliseconds: number): void;
  /** Adds rows that were written in a format. */
  rows(format: string, count: number): void;
}
