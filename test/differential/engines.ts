/** DuckDB engines that serve many statements: opening one costs more than what most statements do. */
import { type Engine, type EngineLimits, openEngine } from '../../src/engine/duckdb/engine.ts';
import type { DuckQuery } from '../../translators/algebra/duck-query.ts';
import type { Physical } from '../../translators/algebra/physical.ts';
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

/** An engine that serves many statements keeps their functions: each statement's get names of their own. */
let statements = 0;
export function renamed(query: DuckQuery): DuckQuery {
  const own = (text: string): string => text.replace(/\bjs_(\d+)/g, `js_$1_${statements}`);
  statements++;
  return { ...query, sql: own(query.sql), functions: query.functions.map((fn) => ({ ...fn, name: own(fn.name) })) };
}

/** The plan with such names throughout. */
export function withOwnNames(node: Physical): Physical {
  switch (node.kind) {
    case 'where':
    case 'project':
    case 'limit':
    case 'unnest':
      return { ...node, input: withOwnNames(node.input) };
    case 'top': {
      const spill = node.spill && { ...node.spill, query: renamed(node.spill.query) };
      return { ...node, input: withOwnNames(node.input), spill };
    }
    case 'concat':
      return { ...node, inputs: node.inputs.map(withOwnNames) };
    case 'residual': {
      const inputs = node.inputs.map((input) => ({ ...input, plan: withOwnNames(input.plan) }));
      return { ...node, inputs, query: renamed(node.query) };
    }
    default:
      return node;
  }
}
