/** Decides how the embedded node is run: Docker where an engine answers and the image can be had, else Java and Maven. */
import type { RunCommand } from './command.ts';
import { ENGINES, type Engine, type EngineName } from './engines.ts';
import { EmbeddedNodeError } from './error.ts';
import { type Java, javaFor } from './java.ts';

export const RUNTIMES = ['auto', 'docker', 'maven'] as const;
export type Runtime = (typeof RUNTIMES)[number];

export type Choice =
  | { readonly kind: 'docker'; readonly engine: Engine }
  | { readonly kind: 'maven'; readonly engine: Engine; readonly java: Java };

export interface ChooseOptions {
  readonly runtime: Runtime;
  /** Without it: the newest engine that can be run here. */
  readonly engine?: EngineName;
  readonly findJavas: () => Promise<readonly Java[]>;
  /** Tells whether an engine's jars are in the cache already. */
  readonly hasJars: (engine: Engine) => boolean;
  readonly run: RunCommand;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly pullLimitMs?: number;
}

const PULL_LIMIT_MS = 5 * 60_000;
const WAYS_OUT = 'or set OPENSEARCH_URL to a running cluster';

async function dockerAnswers(run: RunCommand, signal?: AbortSignal): Promise<boolean> {
  const answer = await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000, signal });
  return answer.code === 0 && /^\d/.test(answer.output.trim());
}

async function haveImage(engine: Engine, options: ChooseOptions): Promise<string | undefined> {
  const { run, signal, onProgress, pullLimitMs = PULL_LIMIT_MS } = options;
  const present = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', engine.image], {
    timeoutMs: 10_000,
    signal,
  });
  if (present.code === 0) return undefined;
  onProgress(`Pulling the image ${engine.image} (only once)`);
  const pulled = await run('docker', ['pull', '--quiet', engine.image], { timeoutMs: pullLimitMs, signal });
  if (pulled.code === 0) return undefined;
  if (pulled.timedOut) return `it was not pulled within ${Math.round(pullLimitMs / 1000)} seconds`;
  return pulled.output.trim().split('\n').at(-1)?.slice(0, 300) || 'the pull failed';
}

function mavenChoice(javas: readonly Java[], name?: EngineName): Choice | undefined {
  const engines = name ? [ENGINES[name]] : [ENGINES['opensearch-3'], ENGINES['opensearch-2']];
  for (const engine of engines) {
    const java = javaFor(engine, javas);
    if (java) return { kind: 'maven', engine, java };
  }
  return undefined;
}

function noJava(javas: readonly Java[], name?: EngineName, docker?: string): EmbeddedNodeError {
  const needed = name ? ENGINES[name].minimumJava : ENGINES['opensearch-2'].minimumJava;
  const seen =
    javas.length > 0 ? `only Java ${javas.map((java) => java.major).join(', ')} was found` : 'no Java was found';
  const why = docker ? ` and ${docker}` : '';
  return new EmbeddedNodeError(
    `The embedded node needs Java ${needed} or newer, but ${seen}${why}: install Java and Maven, or Docker, ${WAYS_OUT}.`,
  );
}

export async function chooseRuntime(options: ChooseOptions): Promise<Choice> {
  const { runtime, engine: name, run, signal, onProgress } = options;
  const engine = ENGINES[name ?? 'opensearch-3'];
  let whyNoDocker: string | undefined;

  // What has been downloaded once is used again: a later `npm start` must find the data of the one before.
  if (runtime === 'auto') {
    const cached = mavenChoice(await options.findJavas(), name);
    if (cached && options.hasJars(cached.engine)) return cached;
  }
  if (runtime !== 'maven') {
    if (await dockerAnswers(run, signal)) {
      const problem = await haveImage(engine, options);
      if (problem === undefined) return { kind: 'docker', engine };
      whyNoDocker = `the image ${engine.image} cannot be had: ${problem}`;
    } else {
      whyNoDocker = 'no Docker engine answers';
    }
    signal?.throwIfAborted();
    if (runtime === 'docker') {
      throw new EmbeddedNodeError(
        `EMBEDDED_NODE=docker, but ${whyNoDocker}: start Docker, set EMBEDDED_NODE=maven, ${WAYS_OUT}.`,
      );
    }
    if (whyNoDocker.startsWith('the image')) onProgress(`Docker is not used: ${whyNoDocker}`);
  }
  const javas = await options.findJavas();
  const choice = mavenChoice(javas, name);
  if (!choice) throw noJava(javas, name, whyNoDocker);
  return choice;
}
