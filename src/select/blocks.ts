/** How blocks are read in this server: how large, how many at a time, and by which engine. */
import { FileScanner } from '../engine/duckdb/file-scanner.ts';
import type { BlockOptions } from './csv/csv-run.ts';

interface ScratchOptions {
  /** Blocks and parquet files are written below it, and removed. */
  readonly directory: string;
  /** Of the engine of one select. */
  readonly memoryLimit: number;
  readonly threads: number;
  /** Most bytes that it may spill; 0 for no limit. */
  readonly spill: number;
}

/** Below it the engine's start costs more than the rows. */
const AFTER_BYTES = 1024 * 1024;
/** Larger ones save little, and each is in memory as often as there are lanes. */
const BLOCK_BYTES = 4 * 1024 * 1024;
const MOST_LANES = 4;

export function blockOptions({ directory, memoryLimit, threads, spill }: ScratchOptions): BlockOptions {
  const lanes = Math.min(threads, MOST_LANES);
  return {
    afterBytes: AFTER_BYTES,
    blockBytes: BLOCK_BYTES,
    lanes,
    openScanner: () =>
      FileScanner.open({ memoryLimit, lanes, tempDirectory: directory, ...(spill === 0 ? {} : { tempLimit: spill }) }),
  };
}
