/** A small server's worth of process: starts the embedded node in the folder given, says so, and stays; to be killed by a test. */
import { startEmbeddedNode } from '../../src/node/start.ts';
import { JAR_CACHE, TEST_PORTS } from './start-engine.ts';

const dataDir = process.argv[2];
if (!dataDir) throw new Error('usage: run-node DATA_DIR');
startEmbeddedNode({ dataDir, cacheDir: JAR_CACHE, runtime: 'maven', ports: TEST_PORTS }).then(
  (node) => {
    process.stdout.write(`${JSON.stringify({ url: node.url, pid: node.pid })}\n`);
    setInterval(() => undefined, 60_000);
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
