/** Registers the catalogue's JavaScript closures as functions of a DuckDB connection. */
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import type { DuckFunction, Value } from '../../../translators/algebra/index.ts';
import { duckType, isStructured, parameterType } from '../../../translators/execution.ts';
import { carriedWriter, cellReader, scalarWriter, vectorType } from './cells.ts';
import type { Engine } from './engine.ts';

/** Where a closure's own error waits until DuckDB has reported that the statement failed. */
export interface Failure {
  error?: unknown;
}

export function registerFunction(engine: Engine, fn: DuckFunction, failure: Failure): void {
  const { duckdb, connection } = engine;
  const parameterTypes = fn.argTypes.map((type) => vectorType(parameterType(type), duckdb));
  const evaluate = evaluator(fn, engine);
  const registered = duckdb.DuckDBScalarFunction.create({
    name: fn.name,
    parameterTypes,
    returnType: vectorType(duckType(fn.resultType), duckdb),
    volatile: fn.volatile,
    // NULLs come to us: only strict functions answer them with NULL.
    specialHandling: true,
    mainFunction(info, input, output) {
      try {
        evaluate(input, output);
      } catch (error) {
        failure.error ??= error;
        info.setError('a function failed');
      }
    },
  });
  connection.registerScalarFunction(registered);
}

/** Called on this thread with up to 2,048 rows, while DuckDB's own thread waits. */
function evaluator(fn: DuckFunction, { duckdb }: Engine): (input: DuckDBDataChunk, output: DuckDBVector) => void {
  const call = fn.js as (...args: readonly Value[]) => Value | undefined;
  const readers = fn.argTypes.map((type) =>
    cellReader(vectorType(parameterType(type), duckdb), type, isStructured(type), duckdb),
  );
  const write = isStructured(fn.resultType) ? carriedWriter : scalarWriter(duckType(fn.resultType));
  return (input, output) => {
    const rows = input.rowCount;
    const vectors = readers.map((_, i) => input.getColumnVector(i));
    const args: Value[] = new Array(readers.length).fill(null);
    for (let r = 0; r < rows; r++) {
      let hasNull = false;
      for (let a = 0; a < vectors.length; a++) {
        const item = vectors[a]!.getItem(r);
        if (item === null) hasNull = true;
        args[a] = item === null ? null : readers[a]!(item);
      }
      const value = hasNull && fn.strict ? null : call(...args);
      output.setItem(r, value === null || value === undefined ? null : write(value));
    }
    output.flush();
  };
}
