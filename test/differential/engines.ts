/** DuckDB engines that serve many statements: opening one costs more than what most statements do. */
import { type Engine, type EngineLimits, openEngine } from '../../src/execute/duckdb/engine.ts';
import { quoteName } from '../../translators/lower/duckdb/print.ts';

export interface Engines {
  open(limits: EngineLimits): Promise<Engine>;
  close(): Promise<void>;
}

const MOST_RUNS = 500;

export function keepEngines(): Engines {
  const idle: { readonly engine: Engine; readonly runs: number }[] = [];
  return {
    async open(limits) {
      const { engine, runs } = idle.pop() ?? { engine: await openEngine(limits), runs: 0 };
      return {
        ...engine,
        async close() {
          const tables = await engine.connection.runAndReadAll('SELECT table_name FROM duckdb_tables()');
          for (const [name] of tables.getRows()) await engine.connection.run(`DROP TABLE ${quoteName(String(name))}`);
          // What statements have registered stays, so that an engine is let go at times.
          if (runs < MOST_RUNS) idle.push({ engine, runs: runs + 1 });
          else await engine.close();
        },
      };
    },
    async close() {
      for (const { engine } of idle) await engine.close();
    },
  };
}
