/** Runs an engine's official image as a container, in the foreground of a `docker run`. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, closeSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunCommand } from './command.ts';
import { runCommand } from './command.ts';
import type { Engine, NodeSettings } from './engines.ts';
import { EmbeddedNodeError } from './error.ts';
import { guardContainer } from './guard.ts';
import { freePort, type PortRange } from './ports.ts';
import { openLog, type RunningNode } from './running.ts';

interface DockerNodeOptions {
  readonly engine: Engine;
  readonly folder: string;
  readonly ports: PortRange;
  readonly heap: { readonly initial: string; readonly maximum: string };
  readonly settings: NodeSettings;
  readonly onProgress: (line: string) => void;
  readonly onSpawn: (pid: number) => void;
  readonly run?: RunCommand;
}

/** The user of the official images. */
const IMAGE_USER = 1000;

/** One name for a folder: a container that a killed server has left is found again by it. */
function containerName(folder: string): string {
  return `opensearch-sql-proxy-node-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
}

/** The engine refuses to run as root, so the data must belong to the caller's user, or to the image's where we are root. */
function dataFolder(folder: string): { readonly path: string; readonly user: readonly string[] } {
  const path = join(folder, 'docker-data');
  mkdirSync(path, { recursive: true });
  const uid = process.getuid?.();
  if (uid === 0) {
    chownSync(path, IMAGE_USER, 0);
    chmodSync(path, 0o700);
  }
  const own = process.platform === 'linux' && uid !== undefined && uid !== 0;
  return { path, user: own ? ['--user', `${uid}:0`] : [] };
}

function dockerArguments(options: DockerNodeOptions, name: string, port: number): string[] {
  const { engine, folder, heap } = options;
  const data = dataFolder(folder);
  const environment = {
    'discovery.type': 'single-node',
    'cluster.routing.allocation.disk.threshold_enabled': false,
    [engine.name.startsWith('opensearch') ? 'OPENSEARCH_JAVA_OPTS' : 'ES_JAVA_OPTS']:
      `-Xms${heap.initial} -Xmx${heap.maximum}`,
    ...engine.imageEnvironment,
    ...options.settings,
  };
  return [
    'run',
    '--rm',
    ...['--name', name],
    ...['--publish', `127.0.0.1:${port}:9200`],
    ...['--volume', `${data.path}:${engine.imageHome}/data`],
    ...data.user,
    ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    engine.image,
  ];
}

export async function startDockerNode(options: DockerNodeOptions): Promise<RunningNode> {
  const { engine, folder, onProgress, run = runCommand } = options;
  const name = containerName(folder);
  await run('docker', ['rm', '--force', name], { timeoutMs: 30_000 });
  const port = await freePort(options.ports);
  onProgress(`Starting ${engine.title} in Docker`);
  const descriptor = openLog(join(folder, 'node.log'));
  const child = spawn('docker', dockerArguments(options, name, port), {
    stdio: ['ignore', descriptor, descriptor],
    detached: true,
  });
  closeSync(descriptor);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  const { pid } = child;
  if (pid === undefined) throw new EmbeddedNodeError(`Docker could not be started: ${await exited}`);
  const guard = guardContainer(name);
  void exited.then(() => guard.dismiss());
  options.onSpawn(pid);
  return {
    url: `http://127.0.0.1:${port}`,
    pid,
    exited,
    stop: async () => {
      const stopped = await run('docker', ['stop', '--time', '15', name], { timeoutMs: 40_000 });
      if (stopped.code !== 0) await run('docker', ['rm', '--force', name], { timeoutMs: 30_000 });
      await exited;
    },
  };
}
