/** Runs a residual node with the limits of the settings, in its turn. */
import path from 'node:path';
import type { DuckQuery } from '../../translators/algebra/index.ts';
import { type Engine, openEngine as openNew } from '../engine/duckdb/engine.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from './context.ts';
import { type ResidualInput, runResidual } from './residual.ts';
import { diskOf, type StatementDisk } from './statement-disk.ts';

export async function* runResidualQuery(
  query: DuckQuery,
  inputs: readonly ResidualInput[],
  { config, request, heavy, openEngine = openNew }: Execution,
): AsyncGenerator<Page> {
  const disk = diskOf(request, config.maxSpoolPerStatement);
  yield* runResidual({
    query,
    inputs,
    open: async (limits) =>
      held(await heavy.enter(request), disk, async () => {
        const tempLimit = await disk.left();
        return openEngine({ ...limits, ...(tempLimit === undefined ? {} : { tempLimit }) });
      }),
    computed: () => disk.measure(),
    signal: request.signal,
    mostProductRows: config.maxJoinRows,
    limits: {
      memoryLimit: `${Math.floor(config.duckdbMemoryLimit / 1_048_576)}MiB`,
      threads: config.duckdbThreads,
      tempDirectory: path.join(config.dataDir, 'spool'),
    },
  });
  // The rest of the statement is work like any other.
  if (!heavy.holds(request)) await request.slot?.back();
}

/** A place is held as long as the engine is there. */
async function held(leave: () => void, disk: StatementDisk, open: () => Promise<Engine>): Promise<Engine> {
  try {
    const engine = await open();
    const gone = disk.spills(engine);
    return {
      ...engine,
      async close() {
        await engine.close().finally(leave);
        await gone();
      },
    };
  } catch (error) {
    leave();
    throw error;
  }
}
