/** Runs a client command and turns its end into an exit code. */
import { once } from 'node:events';
import { createClient, RefusedError, UnreachableError } from './client.ts';
import { exportCommand } from './export-command.ts';
import { JobFailedError } from './jobs-client.ts';
import { jobsCommand } from './jobs-command.ts';
import { type CommandName, commandHelp, readOptions, UsageError } from './options.ts';
import { progressView } from './progress.ts';
import { queryCommand } from './query-command.ts';

/** What a command prints; results go out, everything else is said beside them. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
  /** Waits while the reader is slower. */
  bytes(bytes: Uint8Array): Promise<void>;
}

export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

export async function runCommand(
  command: CommandName,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const output = standardOutput();
  try {
    const given = readOptions(command, argv, env);
    if (given.flag('help')) {
      output.out(commandHelp(command));
      return EXIT.done;
    }
    const client = createClient(given);
    switch (command) {
      case 'export': {
        const { stderr } = process;
        const sink = { write: output.err, isTTY: stderr.isTTY === true, columns: stderr.columns ?? 80 };
        await exportCommand(given, client, output, progressView(sink), signal);
        break;
      }
      case 'query':
        await queryCommand(given, client, output, signal);
        break;
      case 'jobs':
        await jobsCommand(given, client, output);
        break;
    }
    return EXIT.done;
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    output.err(`${(error as Error).message}\n`);
    if (error instanceof UsageError) {
      output.err(`opensearch-sql-proxy ${command} --help tells more.\n`);
      return EXIT.usage;
    }
    if (error instanceof UnreachableError) return EXIT.unreachable;
    if (error instanceof RefusedError || error instanceof JobFailedError) return EXIT.refused;
    throw error;
  }
}

function standardOutput(): Output {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    async bytes(bytes) {
      if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
    },
  };
}
