import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimFolder } from '../../../src/node/claim.ts';
import { isAlive, processInfo } from '../../../src/node/process-info.ts';

let folder: string;
const lines: string[] = [];
const claim = () => claimFolder(folder, (line) => lines.push(line));
const DEAD = { pid: 999_999_999, started: '1' };

beforeEach(() => {
  lines.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'claim-'));
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a claimed folder', () => {
  it('is refused until it is released', async () => {
    const first = await claim();
    await expect(claim()).rejects.toThrow(`in use by another server (process ${process.pid})`);
    first.release();
    (await claim()).release();
  });

  it('of a dead owner is taken over, and its node ended', async () => {
    // Names the folder on its command line, as the Java of a node does.
    const node = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', folder]);
    const pid = node.pid!;
    const record = { owner: DEAD, node: { pid, started: processInfo(pid)!.started } };
    writeFileSync(join(folder, 'node.json'), JSON.stringify(record));
    const taken = await claim();
    expect(isAlive(pid)).toBe(false);
    expect(lines).toEqual([`Ending a node that an earlier run left behind (process ${pid})`]);
    expect(JSON.parse(readFileSync(join(folder, 'node.json'), 'utf8')).owner.pid).toBe(process.pid);
    taken.release();
  });

  it('never ends a process that only has the same id', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', folder]);
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      const reused = { owner: DEAD, node: { pid: stranger.pid, started: 'another time' } };
      writeFileSync(join(folder, 'node.json'), JSON.stringify(reused));
      (await claim()).release();
      expect(isAlive(stranger.pid!)).toBe(true);

      const foreign = { owner: DEAD, node: { pid: other.pid, started: processInfo(other.pid!)!.started } };
      writeFileSync(join(folder, 'node.json'), JSON.stringify(foreign));
      (await claim()).release();
      expect(isAlive(other.pid!)).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
      other.kill('SIGKILL');
    }
  });

  it('with an unreadable record is taken over', async () => {
    writeFileSync(join(folder, 'node.json'), '{"own');
    (await claim()).release();
  });
});
