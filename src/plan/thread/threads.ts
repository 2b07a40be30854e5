/** The planning thread as the main one sees it: started at the first need, one question at a time, ended where nobody waits for its answer. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { SqlError } from '../../../translators/errors.ts';
import { throwIfAborted } from '../../cluster/request.ts';
import type { Failure, Question, QuestionName, Questions, Reply } from './messages.ts';

/** A failure of the thread's work, as it came. */
export class TurnFailed extends Error {
  constructor(readonly failure: Failure) {
    super('planning failed on its thread');
  }
}

interface Waiting {
  readonly question: Question;
  readonly signal: AbortSignal | undefined;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** A thread that nobody needs gives its memory back. */
const IDLE_MS = 60_000;
/** As deep as the main thread, so that a statement that is nested too deep is so here and there. */
const STACK_MB = 1.2;

interface ThreadOptions {
  /** What planning one statement may take, in bytes. */
  readonly memory: number;
  readonly idle?: number;
  /** The file that the thread runs. */
  readonly file?: URL;
}

export class PlanningThread {
  private readonly queue: Waiting[] = [];
  private running: Waiting | undefined;
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: ThreadOptions) {}

  ask<N extends QuestionName>(
    name: N,
    ask: Questions[N]['ask'],
    signal?: AbortSignal,
  ): Promise<Questions[N]['answer']> {
    throwIfAborted(signal);
    return new Promise((resolve, reject) => {
      const stop = (): void => this.abandon(waiting);
      const done = (): void => signal?.removeEventListener('abort', stop);
      const waiting: Waiting = {
        question: { name, ask } as Question,
        signal,
        resolve(answer) {
          done();
          resolve(answer as Questions[N]['answer']);
        },
        reject(error) {
          done();
          reject(error);
        },
      };
      signal?.addEventListener('abort', stop, { once: true });
      this.queue.push(waiting);
      this.next();
    });
  }

  /** What runs and what waits fails. */
  async close(): Promise<void> {
    this.closed = true;
    const error = new SqlError('cancelled', 'The server is ending.');
    for (const waiting of this.queue.splice(0)) waiting.reject(error);
    this.running?.reject(error);
    this.running = undefined;
    await this.end();
  }

  private next(): void {
    if (this.running) return;
    const waiting = this.queue.shift();
    clearTimeout(this.idle);
    if (!waiting) {
      this.idle = setTimeout(() => void this.end(), this.options.idle ?? IDLE_MS).unref();
      return;
    }
    if (this.closed) {
      waiting.reject(new SqlError('cancelled', 'The server is ending.'));
      return;
    }
    this.running = waiting;
    try {
      this.worker ??= this.start();
      this.worker.postMessage(waiting.question);
    } catch (error) {
      this.settle((one) => one.reject(error));
    }
  }

  private settle(how: (waiting: Waiting) => void): void {
    const { running } = this;
    this.running = undefined;
    if (running) how(running);
    this.next();
  }

  private start(): Worker {
    const { memory, file = OWN_FILE } = this.options;
    const [source, options] = startOf(file);
    const worker = new Worker(source, {
      ...options,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memory / 1_048_576), stackSizeMb: STACK_MB },
    });
    worker.unref();
    const isCurrent = (): boolean => this.worker === worker;
    worker.on('message', (reply: Reply) => {
      if (!isCurrent()) return;
      this.settle((one) =>
        'failure' in reply ? one.reject(new TurnFailed(reply.failure)) : one.resolve(reply.answer),
      );
    });
    // Both come for a thread that fails; the first one tells why.
    worker.on('error', (error) => {
      if (isCurrent()) this.lost(this.lostBy(error));
    });
    worker.on('exit', (code) => {
      if (isCurrent()) this.lost(new SqlError('internal', `the planning thread ended with ${code}`));
    });
    return worker;
  }

  private lost(error: SqlError): void {
    this.worker = undefined;
    this.settle((one) => one.reject(error));
  }

  private lostBy(error: Error & { readonly code?: string }): SqlError {
    if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY')
      return new SqlError('internal', { details: error.message, cause: error });
    const most = `${Math.ceil(this.options.memory / 1_048_576)}mb`;
    return new SqlError(
      'resourceLimit',
      `Planning the statement takes more memory than ${most}, which is the setting MAX_PLAN_MEMORY`,
    );
  }

  /** Nobody wants the answer any more: work that has begun cannot be stopped but with its thread. */
  private abandon(waiting: Waiting): void {
    const error = reasonOf(waiting.signal);
    const place = this.queue.indexOf(waiting);
    if (place >= 0) {
      this.queue.splice(place, 1);
      waiting.reject(error);
    } else if (this.running === waiting) {
      void this.end();
      this.settle((one) => one.reject(error));
    }
  }

  private async end(): Promise<void> {
    clearTimeout(this.idle);
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }
}

const reasonOf = (signal: AbortSignal | undefined): unknown =>
  signal?.reason instanceof SqlError ? signal.reason : new SqlError('cancelled', 'The request was cancelled.');

/** Beside this file, built or not. */
const OWN_FILE = import.meta.url.endsWith('.ts')
  ? new URL('./main.ts', import.meta.url)
  : new URL('./main.js', import.meta.url);

/** A source is not read by threads themselves, not even where the program was started by what reads sources. */
function startOf(file: URL): readonly [string | URL, WorkerOptions] {
  if (!file.pathname.endsWith('.ts')) return [file, {}];
  const api = pathToFileURL(
    createRequire(import.meta.url)
      .resolve('tsx/esm/api')
      .replace(/\.cjs$/, '.mjs'),
  );
  const text = `import('${api.href}').then(({ register }) => { register(); return import('${file.href}'); });`;
  return [text, { eval: true, execArgv: [] }];
}
