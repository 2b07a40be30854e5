/** Kernels in WebAssembly, compiled from `kernels/` by `npm run kernels`: their instances, and the memory that they share with their hosts. */
import { SLACK } from '../../kernels/layout.ts';

/** What is used of WebAssembly: the libraries of TypeScript have it only together with those of browsers. */
interface WebAssemblyApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

interface Memory {
  readonly buffer: ArrayBuffer;
  /** By so many pages of 64 KiB. */
  grow(pages: number): number;
}

const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

const PAGE = 65_536;
/** The next address at which a table or a page may begin. */
export const aligned = (at: number): number => Math.ceil(at / SLACK) * SLACK;

/** Above, an instance is dropped after its use: memory of WebAssembly never shrinks. */
const MOST_KEPT = 24 * 1_048_576;

export interface Kernel<Exports> {
  readonly exports: Exports;
  /** All of the memory: to be asked for again after `reserve`. */
  bytes(): Uint8Array;
  words(): Int32Array;
  /** Room up to this address, and for what is read and written past it. */
  reserve(end: number): void;
  /** Puts bytes to be looked at there, with zeros behind them. */
  load(at: number, bytes: Uint8Array): void;
  /** Whose tables are in the memory. */
  owner: object | undefined;
}

/** One instance for all who use the code: a run is never interrupted. */
export class KernelHolder<Exports> {
  #module: object | undefined;
  #kept: Kernel<Exports> | undefined;

  /** `code` is WebAssembly in base64. */
  constructor(private readonly code: string) {}

  get(): Kernel<Exports> {
    this.#module ??= new Module(Buffer.from(this.code, 'base64'));
    this.#kept ??= instantiate<Exports>(this.#module);
    return this.#kept;
  }

  /** After each use. */
  release(kernel: Kernel<Exports>): void {
    if (kernel.bytes().length > MOST_KEPT) this.#kept = undefined;
  }
}

function instantiate<Exports>(module: object): Kernel<Exports> {
  const exports = new Instance(module).exports as Exports & { readonly memory: Memory };
  const { memory } = exports;
  let bytes = new Uint8Array(memory.buffer);
  let words = new Int32Array(memory.buffer);
  const reserve = (end: number): void => {
    const pages = Math.ceil((end + SLACK) / PAGE) - memory.buffer.byteLength / PAGE;
    if (pages <= 0) return;
    memory.grow(pages);
    bytes = new Uint8Array(memory.buffer);
    words = new Int32Array(memory.buffer);
  };
  return {
    exports,
    bytes: () => bytes,
    words: () => words,
    reserve,
    load(at, loaded) {
      const end = at + loaded.length;
      reserve(end);
      bytes.set(loaded, at);
      bytes.fill(0, end, end + SLACK);
    },
    owner: undefined,
  };
}
