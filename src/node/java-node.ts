/** Runs an engine's jars as a Java process of its own. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { terminate } from './claim.ts';
import type { Engine, NodeSettings } from './engines.ts';
import { EmbeddedNodeError } from './error.ts';
import { guardProcess } from './guard.ts';
import type { Java } from './java.ts';
import { freePort, isFree, type PortRange } from './ports.ts';
import { openLog, type RunningNode, waitFor } from './running.ts';

interface JavaNodeOptions {
  readonly engine: Engine;
  readonly java: Java;
  /** The folder with the jars. */
  readonly lib: string;
  /** The node's folder: configuration, data and logs. Its path must be absolute. */
  readonly folder: string;
  readonly ports: PortRange;
  readonly heap: { readonly initial: string; readonly maximum: string };
  /** Extra lines of the engine's configuration file. */
  readonly settings: NodeSettings;
  readonly limitMs: number;
  readonly onProgress: (line: string) => void;
  readonly onSpawn: (pid: number) => void;
  readonly signal?: AbortSignal;
}

const HTTP_ADDRESS = /HttpServerTransport[^\n]*publish_address \{[^}\n]*:(\d+)\}/;

function writeConfiguration(options: JavaNodeOptions): string {
  const conf = join(options.folder, 'config');
  rmSync(conf, { recursive: true, force: true });
  mkdirSync(conf, { recursive: true });
  const settings = {
    'network.host': '127.0.0.1',
    // Nodes of one machine must not find each other.
    'discovery.type': 'single-node',
    // On a nearly full disk the engine would otherwise make every index read-only.
    'cluster.routing.allocation.disk.threshold_enabled': false,
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
  writeFileSync(join(conf, options.engine.configFile), lines.join(''));
  return conf;
}

function javaArguments(options: JavaNodeOptions, conf: string, port: number): string[] {
  const { engine, lib, folder, heap } = options;
  return [
    `-Xms${heap.initial}`,
    `-Xmx${heap.maximum}`,
    '-Dfile.encoding=UTF-8',
    '-XX:-UsePerfData',
    ...engine.jvmArguments,
    '-cp',
    join(lib, '*'),
    engine.mainClass,
    ...['-basePath', join(folder, 'data')],
    ...['-confPath', conf],
    ...['-numOfNode', '1'],
    // The runner takes the first free port after this one.
    ...['-baseHttpPort', String(port - 1)],
    ...['-clusterName', `embedded-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`],
  ];
}

async function startOnce(options: JavaNodeOptions, port: number): Promise<RunningNode> {
  const { engine, folder, signal } = options;
  const log = join(folder, 'node.log');
  const descriptor = openLog(log);
  const child = spawn(options.java.executable, javaArguments(options, writeConfiguration(options), port), {
    cwd: folder,
    stdio: ['ignore', descriptor, descriptor],
    // A group of its own: on Ctrl-C the server stops first, then its node.
    detached: true,
  });
  closeSync(descriptor);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, name) => resolve(name ? `signal ${name}` : `exit code ${code}`));
  });
  const { pid } = child;
  if (pid === undefined) {
    throw new EmbeddedNodeError(`Java could not be started (${options.java.executable}): ${await exited}`);
  }
  const guard = guardProcess(pid);
  let ended = false;
  void exited.then(() => {
    ended = true;
    guard.dismiss();
  });
  options.onSpawn(pid);
  const stop = async (): Promise<void> => {
    // The id of a process that has ended may be another's by now.
    if (!ended) await terminate(pid);
    await exited;
  };
  try {
    // The log tells the port that was really taken: another process may have been quicker.
    const bound = await waitFor(async () => HTTP_ADDRESS.exec(readFileSync(log, 'utf8'))?.[1], {
      title: engine.title,
      log,
      limitMs: options.limitMs,
      exited,
      signal,
    });
    return { url: `http://127.0.0.1:${bound}`, pid, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export async function startJavaNode(options: JavaNodeOptions): Promise<RunningNode> {
  const { engine, ports, onProgress } = options;
  onProgress(`Starting ${engine.title} on Java ${options.java.major}`);
  let first = ports[0];
  for (;;) {
    const port = await freePort([first, ports[1]]);
    try {
      return await startOnce(options, port);
    } catch (error) {
      // The runner keeps the reason to itself; a port that is no longer free is one that we lost to another process.
      if (!(error instanceof EmbeddedNodeError) || (await isFree(port)) || port >= ports[1]) throw error;
      first = port + 1;
    }
  }
}
