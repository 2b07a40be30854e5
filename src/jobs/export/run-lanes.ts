/** Writes lanes side by side, each into parts of its own, up to a number of rows in all. */
import type { PartSink } from './part-sink.ts';

interface Lanes<T extends { readonly rows: number }> {
  readonly lanes: readonly AsyncIterable<T>[];
  sink(): PartSink<T>;
  /** Rows in all; Infinity for no limit. */
  readonly limit: number;
  /** Rows that have been written. */
  wrote(rows: number): void;
}

/** When one lane fails the others stop; the first failure is thrown when all of them have. */
export async function runLanes<T extends { readonly rows: number }>(
  { lanes, sink, limit, wrote }: Lanes<T>,
  stop: AbortController,
): Promise<void> {
  let left = limit;
  let failure: { readonly error: unknown } | undefined;
  const runLane = async (lane: AsyncIterable<T>): Promise<void> => {
    const parts = sink();
    try {
      for await (const batch of lane) {
        stop.signal.throwIfAborted();
        const count = Math.min(batch.rows, left);
        left -= count;
        if (count > 0) {
          await parts.write(batch, count);
          wrote(count);
        }
        if (left === 0) break;
      }
      await parts.end();
    } catch (error) {
      failure ??= { error };
      stop.abort(error);
      await parts.destroy();
    }
  };
  await Promise.all(lanes.map(runLane));
  if (failure !== undefined) throw failure.error;
}
