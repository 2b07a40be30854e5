/** Our server as a process of its own, so that a measurement does not share its event loop. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Resident memory now, in bytes. */
  memory(): number;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** What users run, compiled when it is out of date; else the sources, which tests may start side by side. */
  readonly compiled?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
}

export async function startServer(
  cluster: string,
  { compiled = false, env = {}, nodeArgs = [] }: ServerOptions = {},
): Promise<ServerProcess> {
  if (compiled) build();
  const main = compiled ? ['dist/src/main.js'] : ['--import', 'tsx', 'src/main.ts'];
  const child = spawn(process.execPath, [...nodeArgs, ...main], {
    cwd: ROOT,
    env: { ...process.env, LOG_LEVEL: 'error', ...env, OPENSEARCH_URL: cluster, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await greeting(child);
  const pid = child.pid!;
  return {
    url,
    pid,
    memory: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

export function build(): void {
  const script = "import { build } from './scripts/build.mjs'; build();";
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('the sources could not be compiled');
}

/** The server says its URL when it is ready. */
function greeting(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /^SQL +(http:\S+)\/_plugins\/_sql$/m.exec(said)?.[1];
      if (url) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  });
}
