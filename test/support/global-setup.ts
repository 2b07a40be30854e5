/** Gives the integration tests their node: OPENSEARCH_URL, else a container where Docker answers, else a node of our own. */
import type { TestProject } from 'vitest/node';
import { chooseRuntime, RUNTIMES } from '../../src/node/choose.ts';
import { runCommand } from '../../src/node/command.ts';
import { startEngineContainer } from './container-engine.ts';
import type { TestEngine } from './engine.ts';
import { startEngine } from './start-engine.ts';

interface Started {
  readonly engine: TestEngine;
  stop(): Promise<void>;
}

async function external(url: string): Promise<Started> {
  const base = url.split(',')[0]!.trim().replace(/\/$/, '');
  const response = await fetch(base, { signal: AbortSignal.timeout(10_000) });
  const info = (await response.json()) as { version?: { number?: string } };
  const version = info.version?.number;
  if (!version)
    throw new Error(`OPENSEARCH_URL=${url} does not answer as a search cluster (status ${response.status})`);
  return { engine: { url: base, kind: 'external', version }, stop: async () => undefined };
}

/** TEST_ENGINE is auto (default), docker or maven, with the meaning of EMBEDDED_NODE. */
async function usesDocker(say: (line: string) => void): Promise<boolean> {
  const runtime = RUNTIMES.find((name) => name === (process.env.TEST_ENGINE ?? 'auto'));
  if (!runtime) throw new Error(`TEST_ENGINE must be one of ${RUNTIMES.join(', ')}`);
  if (runtime !== 'auto') return runtime === 'docker';
  const choice = await chooseRuntime({
    runtime: 'docker',
    findJavas: async () => [],
    hasJars: () => false,
    run: runCommand,
    onProgress: say,
    pullLimitMs: 120_000,
  }).catch(() => undefined);
  return choice !== undefined;
}

async function start(say: (line: string) => void): Promise<Started> {
  const url = process.env.OPENSEARCH_URL;
  if (url) return external(url);
  if (await usesDocker(say)) {
    const container = await startEngineContainer();
    return { engine: { url: container.url, kind: 'docker', version: container.version }, stop: container.stop };
  }
  const node = await startEngine(undefined, say);
  return { engine: { url: node.url, kind: 'node', version: node.version }, stop: node.stop };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = await start((line) => console.log(`[engine] ${line}`));
  const { url, kind, version } = started.engine;
  console.log(`[engine] ${version} (${kind}) at ${url}`);
  project.provide('engine', started.engine);
  return () => started.stop();
}
