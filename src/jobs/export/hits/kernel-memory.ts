/** The memory that the kernel and its host share, and what is where in it. */
import { kernelCode } from './kernel-code.ts';

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

/** Addresses are of bytes; the page of the answer and the lines follow the tables. */
export interface KernelExports {
  readonly memory: Memory;
  configure(...values: number[]): void;
  run(
    at: number,
    end: number,
    out: number,
    outEnd: number,
    ends: number,
    mostLines: number,
    holes: number,
    mostHoles: number,
  ): number;
  nextAt(): number;
  bytesWritten(): number;
  linesWritten(): number;
  holesLeft(): number;
}

const PAGE = 65_536;
/** Above, an instance is dropped after its use: memory of WebAssembly never shrinks. */
const MOST_KEPT = 24 * 1_048_576;

export interface Kernel {
  readonly exports: KernelExports;
  /** All of the memory: to be asked for again after `reserve`. */
  bytes(): Uint8Array;
  words(): Uint32Array;
  /** Room up to this address. */
  reserve(end: number): void;
  /** Of which format the tables are. */
  format: object | undefined;
}

let module: object | undefined;
let kept: Kernel | undefined;

/** One for all exports: a run is never interrupted. */
export function kernel(): Kernel {
  kept ??= instantiate();
  return kept;
}

/** After each use. */
export function release({ exports }: Kernel): void {
  if (exports.memory.buffer.byteLength > MOST_KEPT) kept = undefined;
}

function instantiate(): Kernel {
  module ??= new Module(Buffer.from(kernelCode, 'base64'));
  const exports = new Instance(module).exports as KernelExports;
  const { memory } = exports;
  let bytes = new Uint8Array(memory.buffer);
  let words = new Uint32Array(memory.buffer);
  return {
    exports,
    bytes: () => bytes,
    words: () => words,
    reserve(end) {
      const pages = Math.ceil(end / PAGE) - memory.buffer.byteLength / PAGE;
      if (pages <= 0) return;
      memory.grow(pages);
      bytes = new Uint8Array(memory.buffer);
      words = new Uint32Array(memory.buffer);
    },
    format: undefined,
  };
}
