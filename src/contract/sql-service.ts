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

export interface Pace {
  /** Whether a page may be asked for before the last one was taken. */
  readonly mayReadAhead: boolean;
  /** Counts bytes that wait in memory, until the returned function is called. */
  hold(bytes: number): () => void;
}

export interface Slot {
  leave(): void;
  /** Waits for a place; it is not refused. */
  back(): Promise<void>;
}

/** A request on its way: its caller, its end, and what the log and the metrics will say of it. */
export interface RequestContext extends CallContext {
  readonly id: string;
  /** Aborted when the client goes away or the time is over; its reason is the SqlError to report. */
  readonly signal: AbortSignal;
  /** The answer's way to a client that sets the pace; absent: what is asked for is wanted at once. */
  readonly flow?: Pace;
  /** Its place among the requests that are worked on; absent: it is not counted. */
  readonly slot?: Slot;
  /** Work that is counted elsewhere, and never refused for what else runs: a job. */
  readonly hasOwnQueue?: boolean;
  /** Adds time to a stage. */
  stage(stage: Stage, milliseconds: number): void;
  /** Adds rows that were written in a format. */
  rows(format: string, count: number): void;
}
