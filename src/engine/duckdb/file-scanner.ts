/** Runs statements of ours over small files in a directory of its own, several beside each other, and gives their rows as texts. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { textLiteral } from '../../../translators/execution.ts';
import { storing } from '../../run/storage-error.ts';
import { type Engine, openEngine } from './engine.ts';

interface ScannerLimits {
  readonly memoryLimit: number;
  /** Statements that run at the same time, each on a thread. */
  readonly lanes: number;
  readonly tempDirectory: string;
  /** Most bytes that may be spilled; absent: as many as there is room for. */
  readonly tempLimit?: number;
}

/** Rows as DuckDB's client gives them: texts, numbers, NULL. */
export type ScannedRow = readonly unknown[];

export class FileScanner {
  private readonly idle: number[];
  private readonly waiting: ((lane: number) => void)[] = [];
  private running = 0;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly engine: Engine,
    private readonly connections: readonly DuckDBConnection[],
    readonly directory: string,
  ) {
    this.idle = connections.map((_, lane) => lane);
  }

  static async open({ lanes, ...limits }: ScannerLimits): Promise<FileScanner> {
    const directory = await storing(async () => {
      await mkdir(limits.tempDirectory, { recursive: true });
      return mkdtemp(join(limits.tempDirectory, 'select-'));
    });
    try {
      const engine = await openEngine({ ...limits, threads: 1, directory });
      const connections = [engine.connection];
      while (connections.length < lanes) connections.push(await engine.connect());
      return new FileScanner(engine, connections, directory);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Writes the bytes to a file and asks about it; `sql` is given the file as a literal. */
  async scan(bytes: Uint8Array, sql: (file: string) => string): Promise<readonly ScannedRow[]> {
    const lane = await this.take();
    try {
      const path = join(this.directory, `lane-${lane}`);
      await storing(() => writeFile(path, bytes));
      return await this.rows(lane, sql(textLiteral(path)));
    } finally {
      this.release(lane);
    }
  }

  /** A statement that needs no file, or one that is in the directory already. */
  async query(sql: string): Promise<readonly ScannedRow[]> {
    const lane = await this.take();
    try {
      return await this.rows(lane, sql);
    } finally {
      this.release(lane);
    }
  }

  /** The first column of each row, as text, as it comes. A result that fails late may end early: count its rows. */
  async *stream(sql: string): AsyncGenerator<readonly string[], void, undefined> {
    const lane = await this.take();
    try {
      const result = await this.connections[lane]!.stream(sql);
      for (;;) {
        if (this.closing !== undefined) throw new Error('the scanner is closed');
        const chunk = await result.fetchChunk();
        if (!chunk || chunk.rowCount === 0) return;
        yield chunk.getColumnValues(0) as readonly string[];
      }
    } finally {
      this.release(lane);
    }
  }

  /** Stops what runs, and removes the directory. */
  close(): Promise<void> {
    this.closing ??= this.shut();
    return this.closing;
  }

  private async rows(lane: number, sql: string): Promise<readonly ScannedRow[]> {
    if (this.closing !== undefined) throw new Error('the scanner is closed');
    const reader = await this.connections[lane]!.runAndReadAll(sql);
    return reader.getRows() as readonly ScannedRow[];
  }

  private async take(): Promise<number> {
    this.running++;
    const lane = this.idle.pop();
    return lane ?? new Promise((resolve) => this.waiting.push(resolve));
  }

  private release(lane: number): void {
    this.running--;
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(lane);
    else next(lane);
  }

  private async shut(): Promise<void> {
    // Must not close under a running statement: each ends within milliseconds of the call.
    while (this.running > 0) {
      for (const connection of this.connections) connection.interrupt();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await this.engine.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
