/** Runs bzip2 on blocks in threads of its own: a block takes a tenth of a second. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

export class Bzip2Error extends Error {
  constructor(
    readonly kind: 'damaged' | 'truncated',
    message: string,
  ) {
    super(message);
    this.name = 'Bzip2Error';
  }
}

/** Bytes of one block before compression, at bzip2's largest setting. */
export const BLOCK = 900_000;

interface Task {
  readonly kind: 'compress' | 'decompress';
  readonly bytes: Uint8Array;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly bytes?: Uint8Array;
  readonly message?: string;
}

/**
 * Plain JavaScript, so that the thread is the same from the sources, in tests and from the built package.
 * The library puts globals in place, which stay in the thread. `-8` is BZ_OUTBUFF_FULL: runs of one byte grow 51-fold.
 */
const SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const ready = import(workerData).then(async ({ default: BZip2 }) => {
  const bzip2 = new BZip2();
  await bzip2.init();
  return bzip2;
});
const decompress = (bzip2, bytes) => {
  for (let room = 1 << 20; ; room *= 4) {
    try {
      return bzip2.decompress(bytes, room);
    } catch (error) {
      if (!error.message.startsWith('BZ_OUTBUFF_FULL') || room > 1 << 25) throw error;
    }
  }
};
parentPort.on('message', async ({ kind, bytes }) => {
  try {
    const bzip2 = await ready;
    const room = Math.ceil(bytes.length * 1.01) + 600;
    const out = kind === 'compress' ? bzip2.compress(bytes, 9, room) : decompress(bzip2, bytes);
    parentPort.postMessage({ bytes: out }, [out.buffer]);
  } catch (error) {
    parentPort.postMessage({ message: error.message });
  }
});
`;

const MAX_THREADS = Math.min(2, availableParallelism());
const waiting: Task[] = [];
const idle: Thread[] = [];
let threads = 0;

/** `bytes` are handed over: the caller must not use them again. */
export function compressBlock(bytes: Uint8Array): Promise<Uint8Array> {
  return run('compress', bytes);
}

/** A whole bzip2 stream of one block. */
export function decompressBlock(bytes: Uint8Array): Promise<Uint8Array> {
  return run('decompress', bytes);
}

function run(kind: Task['kind'], bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    waiting.push({ kind, bytes, resolve, reject });
    assign();
  });
}

function assign(): void {
  while (waiting.length > 0) {
    const thread = idle.pop() ?? newThread();
    if (thread === undefined) return;
    thread.perform(waiting.shift()!);
  }
}

function newThread(): Thread | undefined {
  if (threads === MAX_THREADS) return undefined;
  threads += 1;
  return new Thread();
}

class Thread {
  readonly #worker: Worker;
  #task: Task | undefined;
  #dead = false;

  constructor() {
    const module = pathToFileURL(createRequire(import.meta.url).resolve('bzip2-wasm')).href;
    this.#worker = new Worker(SOURCE, { eval: true, workerData: module, execArgv: [] });
    this.#worker.on('message', (answer: Answer) => this.#answered(answer));
    this.#worker.on('error', (error) => this.#died(error));
    this.#worker.on('exit', (code) => this.#died(new Error(`The bzip2 thread ended with ${code}`)));
    // An idle thread keeps no process alive.
    this.#worker.unref();
  }

  perform(task: Task): void {
    this.#task = task;
    this.#worker.ref();
    const { kind, bytes } = task;
    const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
    this.#worker.postMessage({ kind, bytes: own }, [own.buffer as ArrayBuffer]);
  }

  #answered({ bytes, message }: Answer): void {
    const task = this.#task;
    this.#task = undefined;
    this.#worker.unref();
    idle.push(this);
    if (bytes !== undefined) task?.resolve(bytes);
    else task?.reject(new Bzip2Error('damaged', `bzip2: ${message}`));
    assign();
  }

  /** Told twice, by its error and its end. */
  #died(error: Error): void {
    const at = idle.indexOf(this);
    if (at >= 0) idle.splice(at, 1);
    if (this.#dead) return;
    this.#dead = true;
    threads -= 1;
    this.#task?.reject(error);
    assign();
  }
}
