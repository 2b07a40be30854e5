/** Starts a search engine with an empty data folder; free of vitest, so that global setup and child processes can use it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineName, NodeSettings } from '../../src/node/engines.ts';
import type { PortRange } from '../../src/node/ports.ts';
import { type EmbeddedNode, startEmbeddedNode } from '../../src/node/start.ts';

/** The folder of the engines' jars: that of `npm start`, so that they are downloaded once. */
export const JAR_CACHE = fileURLToPath(new URL('../../data/node/cache', import.meta.url));

/** Away from the first ports, where a developer's own cluster usually is. */
export const TEST_PORTS: PortRange = [9221, 9299];

/** Tests write more scripts than the engines allow by default. */
export const TEST_SETTINGS = { 'script.max_compilations_rate': '100000/1m' } as const;

/** The folder goes when the node is stopped. Without a name: the newest engine that runs here. */
export async function startEngine(
  engine?: EngineName,
  onProgress?: (line: string) => void,
  settings: NodeSettings = TEST_SETTINGS,
): Promise<EmbeddedNode> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sql-proxy-test-'));
  const remove = (): void => rmSync(dataDir, { recursive: true, force: true });
  try {
    const node = await startEmbeddedNode({
      dataDir,
      cacheDir: JAR_CACHE,
      engine,
      runtime: 'maven',
      ports: TEST_PORTS,
      settings,
      onProgress,
    });
    return { ...node, stop: () => node.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
