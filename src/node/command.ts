/** Runs one short-lived command to its end, with a time limit, and gives its exit code and output. */
import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  /** `undefined` where the command does not exist or could not be started. */
  readonly code: number | undefined;
  readonly output: string;
  readonly timedOut: boolean;
}

export type RunCommand = (command: string, args: readonly string[], options?: CommandOptions) => Promise<CommandResult>;

const OUTPUT_LIMIT = 200_000;

export const runCommand: RunCommand = (command, args, options = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      signal: options.signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm-style launchers (mvn.cmd) are scripts on Windows and need its shell.
      shell: process.platform === 'win32',
    });
    let output = '';
    let rest = '';
    let timedOut = false;
    const collect = (chunk: string): void => {
      output = (output + chunk).slice(-OUTPUT_LIMIT);
      if (!options.onLine) return;
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine(line);
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const timer = options.timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          child.kill('SIGKILL');
        }, options.timeoutMs)
      : undefined;
    const finish = (code: number | undefined): void => {
      clearTimeout(timer);
      resolve({ code, output, timedOut });
    };
    child.once('error', () => finish(undefined));
    child.once('close', (code) => finish(code ?? 1));
  });
