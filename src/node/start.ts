/** Starts a real search node of our own, kept under the data directory, for those who have no cluster at hand. */
import { join, resolve } from 'node:path';
import { type Choice, chooseRuntime, RUNTIMES, type Runtime } from './choose.ts';
import { claimFolder } from './claim.ts';
import { type RunCommand, runCommand } from './command.ts';
import { startDockerNode } from './docker-node.ts';
import type { EngineName, NodeSettings } from './engines.ts';
import { EmbeddedNodeError } from './error.ts';
import { fetchJars, jarsComplete, jarsFolder } from './jars.ts';
import { findJavas, type Java } from './java.ts';
import { startJavaNode } from './java-node.ts';
import { NODE_PORTS, type PortRange } from './ports.ts';
import { type RunningNode, waitUntilReady } from './running.ts';

export interface EmbeddedNodeOptions {
  /** Jars go to `<dataDir>/node/cache`, the node's own files to `<dataDir>/node/<engine>`. */
  readonly dataDir: string;
  /** A folder of jars to share with others, instead of the one in the data directory. */
  readonly cacheDir?: string;
  readonly engine?: EngineName;
  /** Default: EMBEDDED_NODE of the environment, else `auto`. */
  readonly runtime?: Runtime;
  readonly ports?: PortRange;
  readonly heap?: { readonly initial: string; readonly maximum: string };
  /** Extra engine settings, as in its configuration file. */
  readonly settings?: NodeSettings;
  readonly startLimitMs?: number;
  readonly onProgress?: (line: string) => void;
  /** Called once if the node ends without having been stopped. */
  readonly onDeath?: (what: string) => void;
  readonly signal?: AbortSignal;
  readonly run?: RunCommand;
}

export interface EmbeddedNode {
  readonly url: string;
  readonly version: string;
  readonly engine: EngineName;
  readonly runtime: 'docker' | 'maven';
  readonly pid: number;
  stop(): Promise<void>;
}

const DEFAULT_HEAP = { initial: '512m', maximum: '1g' } as const;

function runtimeOf(options: EmbeddedNodeOptions): Runtime {
  const wanted = options.runtime ?? process.env.EMBEDDED_NODE ?? 'auto';
  const known = RUNTIMES.find((name) => name === wanted);
  if (!known) throw new EmbeddedNodeError(`EMBEDDED_NODE is "${wanted}": it must be one of ${RUNTIMES.join(', ')}.`);
  return known;
}

export async function startEmbeddedNode(options: EmbeddedNodeOptions): Promise<EmbeddedNode> {
  const { signal, ports = NODE_PORTS, heap = DEFAULT_HEAP, settings = {}, run = runCommand } = options;
  const onProgress = options.onProgress ?? (() => undefined);
  const limitMs = options.startLimitMs ?? 180_000;
  const dataDir = resolve(options.dataDir);
  const cacheDir = resolve(options.cacheDir ?? join(dataDir, 'node/cache'));

  let javas: Promise<readonly Java[]> | undefined;
  const choice: Choice = await chooseRuntime({
    runtime: runtimeOf(options),
    engine: options.engine,
    findJavas: () => {
      javas ??= findJavas();
      return javas;
    },
    hasJars: (engine) => jarsComplete(jarsFolder(engine, cacheDir)),
    run,
    onProgress,
    signal,
  });
  const { engine } = choice;
  const folder = join(dataDir, 'node', engine.name);
  const claim = await claimFolder(folder, onProgress);
  let node: RunningNode | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (node?.stop() ?? Promise.resolve()).finally(() => claim.release());
    return stopping;
  };
  try {
    const shared = { engine, folder, ports, heap, settings, onProgress, onSpawn: claim.recordNode };
    if (choice.kind === 'docker') {
      node = await startDockerNode({ ...shared, run });
    } else {
      const lib = await fetchJars(engine, { cacheDir, java: choice.java, onProgress, signal, run });
      node = await startJavaNode({ ...shared, java: choice.java, lib, limitMs, signal });
    }
    const { url, pid, exited } = node;
    const log = join(folder, 'node.log');
    const info = await waitUntilReady(url, { title: engine.title, log, limitMs, exited, signal });
    void exited.then((what) => {
      if (stopping) return;
      void stop();
      options.onDeath?.(`${engine.title} ended unexpectedly (${what}); its log is ${log}.`);
    });
    return { url, version: info.version.number, engine: engine.name, runtime: choice.kind, pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
