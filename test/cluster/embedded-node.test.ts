/** The embedded node, really started: data that stays, one owner for a folder, and no orphan when its server is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../src/node/process-info.ts';
import { type EmbeddedNode, startEmbeddedNode } from '../../src/node/start.ts';
import { FULL, startEngine } from '../support/engine.ts';
import { JAR_CACHE, TEST_PORTS } from '../support/start-engine.ts';

const RUN_NODE = fileURLToPath(new URL('../support/run-node.ts', import.meta.url));

async function send(url: string, method = 'GET', body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

async function until(condition: () => boolean, limitMs = 60_000): Promise<boolean> {
  for (let waited = 0; waited < limitMs; waited += 100) {
    if (condition()) return true;
    await sleep(100);
  }
  return condition();
}

describe('the embedded node', () => {
  let dataDir: string;
  const children: ChildProcess[] = [];
  const nodes: EmbeddedNode[] = [];

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'sql-proxy-node-'));
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(nodes.map((node) => node.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async (extra: { onDeath?: (what: string) => void } = {}): Promise<EmbeddedNode> => {
    const node = await startEmbeddedNode({
      dataDir,
      cacheDir: JAR_CACHE,
      runtime: 'maven',
      ports: TEST_PORTS,
      ...extra,
    });
    nodes.push(node);
    return node;
  };

  it('answers, keeps its folder for one server, and keeps its data over a restart', async () => {
    const first = await start();
    expect(await send(first.url)).toMatchObject({ version: { number: first.version } });
    await send(`${first.url}/kept/_doc/1`, 'PUT', { a: 1 });

    await expect(start()).rejects.toThrow(
      /in use by another server \(process \d+\): stop that one, or set another DATA_DIR\.$/,
    );
    expect(await send(first.url)).toMatchObject({ version: { number: first.version } });

    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start();
    expect(await send(`${second.url}/kept/_doc/1`)).toMatchObject({ found: true, _source: { a: 1 } });
    await second.stop();
  }, 300_000);

  it('does not outlive a server that was killed, and says when it dies itself', async () => {
    const server = spawn(process.execPath, ['--import', 'tsx', RUN_NODE, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(server);
    const line = await new Promise<string>((resolve, reject) => {
      server.stdout.setEncoding('utf8').once('data', resolve);
      server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const { pid } = JSON.parse(line) as { pid: number };
    expect(isAlive(pid)).toBe(true);
    server.kill('SIGKILL');
    expect(await until(() => !isAlive(pid))).toBe(true);

    let death: string | undefined;
    const node = await start({
      onDeath: (what) => {
        death = what;
      },
    });
    process.kill(node.pid, 'SIGKILL');
    expect(await until(() => death !== undefined)).toBe(true);
    expect(death).toMatch(/ended unexpectedly \(signal SIGKILL\)/);
    await node.stop();
  }, 300_000);

  it('shows the end of the log when the engine does not start', async () => {
    const starting = startEmbeddedNode({
      dataDir,
      cacheDir: JAR_CACHE,
      runtime: 'maven',
      ports: TEST_PORTS,
      heap: { initial: '2g', maximum: '1g' },
    });
    await expect(starting).rejects.toThrow(/ended while starting[\s\S]*heap size/);
    // The folder is free again.
    await (await start()).stop();
  }, 300_000);
});

describe.runIf(FULL)('older engines', () => {
  it.each([
    ['opensearch-2', '2.19.1'],
    ['elasticsearch-7', '7.10.2'],
  ] as const)(
    '%s starts',
    async (engine, version) => {
      const node = await startEngine(engine);
      try {
        expect(await send(node.url)).toMatchObject({ version: { number: version } });
      } finally {
        await node.stop();
      }
    },
    300_000,
  );
});
