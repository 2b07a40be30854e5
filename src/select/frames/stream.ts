/** Sends a run as the messages of a protocol: records put together, progress told on time, the client's pace kept. */
import { CHUNK_BYTES, type SelectProgress, type SelectRun } from '../requests/request.ts';

/** One protocol's messages for one answer. */
export interface SelectFrames {
  /** Whole records, with the line of names where the protocol wants it. */
  records(payload: Buffer): readonly Buffer[];
  /** At every beat; none where the protocol or the request wants none. */
  beat(progress: SelectProgress): readonly Buffer[];
  end(progress: SelectProgress): readonly Buffer[];
  /** The last message of an answer that failed after its start. */
  failure(code: string, message: string): Buffer;
  readonly returned: number;
}

export interface SelectSink {
  /** The head of the answer; after it errors are messages. Calling it again is no error. */
  start(): void;
  /** Resolves when the client has taken the bytes, or a buffer has room for them; rejects when it is gone. */
  write(messages: readonly Buffer[]): Promise<void>;
}

/** Milliseconds: how long records wait for company, and how often progress is told (bos-select 4). */
export interface StreamTiming {
  readonly flush: number;
  readonly beat: number;
}

export const STREAM_TIMING: StreamTiming = { flush: 500, beat: 3_000 };

const LATE = Symbol('late');

/** Resolves when End is written. Throws what the run throws, or the sink; the run is closed then. */
export async function streamSelect(
  run: SelectRun,
  frames: SelectFrames,
  sink: SelectSink,
  signal: AbortSignal,
  timing: StreamTiming,
): Promise<{ readonly records: number }> {
  const chunks = run.records[Symbol.asyncIterator]();
  let waiting: Buffer[] = [];
  let size = 0;
  let records = 0;
  let flushAt = Number.POSITIVE_INFINITY;
  let beatAt = performance.now() + timing.beat;

  const flush = async (): Promise<void> => {
    flushAt = Number.POSITIVE_INFINITY;
    if (waiting.length === 0) return;
    const payload = waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting, size);
    waiting = [];
    size = 0;
    await sink.write(frames.records(payload));
  };
  const next = (): Promise<IteratorResult<{ readonly bytes: Buffer; readonly records: number }>> => {
    const step = chunks.next();
    // It is awaited later, perhaps after a write that takes a while.
    step.catch(() => undefined);
    return step;
  };

  let pending = next();
  try {
    for (;;) {
      const step = await orLate(pending, Math.min(flushAt, beatAt) - performance.now(), signal);
      const now = performance.now();
      if (step !== LATE) {
        if (step.done === true) break;
        const { bytes } = step.value;
        records += step.value.records;
        if (size + bytes.length > CHUNK_BYTES) await flush();
        if (waiting.length === 0) flushAt = now + timing.flush;
        waiting.push(bytes);
        size += bytes.length;
        pending = next();
      }
      if (size >= CHUNK_BYTES || now >= flushAt) await flush();
      if (now >= beatAt) {
        sink.start();
        await sink.write(frames.beat(run.progress()));
        beatAt = performance.now() + timing.beat;
      }
    }
    await flush();
    await sink.write(frames.end(run.progress()));
    return { records };
  } finally {
    // A source that does not stop at once must not hold up the answer's end.
    const closing = chunks.return?.().catch(() => undefined);
    if (!signal.aborted) await closing;
  }
}

/** The promise, unless it takes longer; rejects as soon as the request is over. */
function orLate<T>(promise: Promise<T>, milliseconds: number, signal: AbortSignal): Promise<T | typeof LATE> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      act();
    };
    const stop = (): void => settle(() => reject(signal.reason));
    const timer = setTimeout(() => settle(() => resolve(LATE)), Math.max(0, milliseconds));
    signal.addEventListener('abort', stop, { once: true });
    promise.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
    if (signal.aborted) stop();
  });
}
