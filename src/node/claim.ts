/** Holds a node's folder for one process, and ends what a process that died without cleaning up has left running. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedNodeError } from './error.ts';
import { isAlive, processInfo } from './process-info.ts';

interface RecordedProcess {
  readonly pid: number;
  readonly started: string;
}

interface ClaimRecord {
  readonly owner: RecordedProcess;
  readonly node?: RecordedProcess;
}

interface Claim {
  /** Notes the node's process, so that the next start can end it if this one is killed. */
  recordNode(pid: number): void;
  release(): void;
}

const STOP_LIMIT_MS = 15_000;

function recorded(pid: number): RecordedProcess {
  return { pid, started: processInfo(pid)?.started ?? '' };
}

/** Without a known start time (Windows) a living process id must be taken for the recorded process. */
function stillRuns(record: RecordedProcess): boolean {
  return isAlive(record.pid) && (record.started === '' || processInfo(record.pid)?.started === record.started);
}

export async function terminate(pid: number, limitMs = STOP_LIMIT_MS): Promise<void> {
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself in between.
    }
  };
  send('SIGTERM');
  for (let waited = 0; waited < limitMs && isAlive(pid); waited += 50) await sleep(50);
  if (!isAlive(pid)) return;
  send('SIGKILL');
  for (let waited = 0; waited < 5_000 && isAlive(pid); waited += 50) await sleep(50);
}

function read(file: string): ClaimRecord | undefined {
  try {
    const record: ClaimRecord = JSON.parse(readFileSync(file, 'utf8'));
    return Number.isInteger(record.owner?.pid) ? record : undefined;
  } catch {
    return undefined;
  }
}

async function endStaleNode(record: ClaimRecord, folder: string, onProgress: (line: string) => void): Promise<void> {
  const { node } = record;
  if (!node || node.started === '' || !stillRuns(node)) return;
  // Only what names this very folder on its command line is ours to end.
  if (!processInfo(node.pid)?.command.includes(folder)) return;
  onProgress(`Ending a node that an earlier run left behind (process ${node.pid})`);
  await terminate(node.pid);
}

export async function claimFolder(folder: string, onProgress: (line: string) => void): Promise<Claim> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'node.json');
  const owner = recorded(process.pid);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      writeFileSync(file, JSON.stringify({ owner }), { flag: 'wx' });
      return {
        recordNode: (pid) => writeFileSync(file, JSON.stringify({ owner, node: recorded(pid) })),
        release: () => rmSync(file, { force: true }),
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const record = read(file);
    if (record && stillRuns(record.owner)) {
      throw new EmbeddedNodeError(
        `The embedded node in ${folder} is in use by another server (process ${record.owner.pid}): stop that one, or set another DATA_DIR.`,
      );
    }
    if (record) await endStaleNode(record, folder, onProgress);
    else if (existsSync(file)) await sleep(100);
    rmSync(file, { force: true });
  }
  throw new EmbeddedNodeError(
    `The embedded node in ${folder} could not be claimed: other servers are starting in the same DATA_DIR.`,
  );
}
