/** Runs the conformance checker against a server and reads what it reports of each case. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHECKER = fileURLToPath(new URL('check.mjs', import.meta.url));

export interface CaseReport {
  readonly id: string;
  readonly verdict: 'match' | 'better';
  readonly ok: boolean;
  /** The first difference found. */
  readonly diff?: string;
  readonly sql?: string | null;
}

export interface Report {
  readonly passed: number;
  readonly failed: number;
  /** Cases that are not compared: verdict `free`, or a field type that the engine does not know. */
  readonly free: number;
  readonly cases: readonly CaseReport[];
}

/** Without families: all of them. The data sets are loaded through the server itself, so that pass-through and mapping cache take part. */
export async function runChecker(url: string, families: readonly string[] = []): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'sql-proxy-golden-'));
  const file = join(folder, 'report.json');
  try {
    const output = await run([
      CHECKER,
      url,
      '--quiet',
      '--json',
      file,
      ...families.flatMap((name) => ['--family', name]),
    ]);
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Report;
    } catch {
      throw new Error(`the checker reported nothing:\n${output.slice(-2000)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** It ends with 1 where a case fails, so its exit code says nothing here. */
function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}
