/** Runs a residual node with the limits of the settings. */
import path from 'node:path';
import type { DuckQuery } from '../../translators/lower/duckdb/index.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from './context.ts';
import { type ResidualInput, type ResidualRun, runResidual } from './residual.ts';

export function runResidualQuery(
  query: DuckQuery,
  inputs: readonly ResidualInput[],
  { config, request }: Execution,
  open?: ResidualRun['open'],
): AsyncIterable<Page> {
  return runResidual({
    query,
    inputs,
    open,
    signal: request.signal,
    limits: {
      memoryLimit: `${Math.floor(config.duckdbMemoryLimit / 1_048_576)}MiB`,
      threads: config.duckdbThreads,
      tempDirectory: path.join(config.dataDir, 'spool'),
    },
  });
}
