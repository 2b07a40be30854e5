/** Tells whether a process lives and what it is, so that a reused process id is never taken for ours. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface ProcessInfo {
  /** Opaque; equal only for the very same process. */
  readonly started: string;
  readonly command: string;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // A killed child that nobody has waited for yet still has an entry in the table.
  return processInfo(pid) !== undefined || process.platform === 'win32';
}

/** `undefined` where there is no such process, or this system has no way to ask. */
export function processInfo(pid: number): ProcessInfo | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // After the bracketed name: field 3 (state) is first, field 22 (start time) twentieth.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return {
        started: fields[19] ?? '',
        command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
      };
    }
    if (process.platform === 'win32') return undefined;
    const ps = (column: string): string =>
      execFileSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
    if (ps('state').startsWith('Z')) return undefined;
    return { started: ps('lstart'), command: ps('command') };
  } catch {
    return undefined;
  }
}
