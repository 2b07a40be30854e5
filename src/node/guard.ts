/** Ends what this process started when this process dies, however it dies: a shell waits for the end of a pipe that only we hold. */
import { spawn } from 'node:child_process';

interface Guard {
  /** Nothing is left to be ended. */
  dismiss(): void;
}

const NO_GUARD: Guard = { dismiss: () => undefined };

function guardBy(script: string, argument: string): Guard {
  // Windows has no such shell; there the claim file alone finds leftovers at the next start.
  if (process.platform === 'win32') return NO_GUARD;
  const shell = spawn('/bin/sh', ['-c', `cat >/dev/null; ${script}`, 'guard', argument], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: Ctrl-C in the terminal reaches the whole group of the parent.
    detached: true,
  });
  shell.on('error', () => undefined);
  shell.unref();
  const pipe = shell.stdin;
  pipe.on('error', () => undefined);
  (pipe as typeof pipe & { unref?: () => void }).unref?.();
  return {
    dismiss: () => {
      shell.kill('SIGKILL');
    },
  };
}

export function guardProcess(pid: number): Guard {
  return guardBy(
    'kill "$1"; n=0; while kill -0 "$1" 2>/dev/null && [ $n -lt 15 ]; do sleep 1; n=$((n+1)); done; kill -9 "$1"',
    String(pid),
  );
}

export function guardContainer(name: string): Guard {
  return guardBy('docker rm -f "$1"', name);
}
