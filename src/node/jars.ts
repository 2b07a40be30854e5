/** Fetches an engine's jars from Maven Central, once, into a cache that several processes may share. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunCommand } from './command.ts';
import { runCommand } from './command.ts';
import type { Engine } from './engines.ts';
import { EmbeddedNodeError } from './error.ts';
import type { Java } from './java.ts';
import { isAlive } from './process-info.ts';

const MARKER = 'complete.json';
const DOWNLOAD_LIMIT_MS = 20 * 60_000;

interface FetchJarsOptions {
  readonly cacheDir: string;
  readonly java: Java;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly run?: RunCommand;
}

export function jarsFolder(engine: Engine, cacheDir: string): string {
  return join(cacheDir, `${engine.name}-${engine.version}`);
}

/** Complete means: the marker, which is written last, names every jar with its size, and all are there. */
export function jarsComplete(folder: string): boolean {
  try {
    const sizes: Record<string, number> = JSON.parse(readFileSync(join(folder, MARKER), 'utf8'));
    const entries = Object.entries(sizes);
    return entries.length > 0 && entries.every(([name, size]) => statSync(join(folder, 'lib', name)).size === size);
  } catch {
    return false;
  }
}

function pom(engine: Engine): string {
  const { group, id, version } = engine.artifact;
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>embedded-node</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version></dependency>
  </dependencies>
</project>
`;
}

function removeLeftovers(cacheDir: string, prefix: string): void {
  for (const name of readdirSync(cacheDir)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    if (pid > 0 && pid !== process.pid && !isAlive(pid)) rmSync(join(cacheDir, name), { recursive: true, force: true });
  }
}

function mavenFailure(output: string): string {
  const line = output.split('\n').find((text) => text.includes('[ERROR]'));
  return line ? line.replace(/^.*?\[ERROR\]\s*/, '').slice(0, 400) : output.trim().slice(-400);
}

/** Gives the folder whose jars are the engine's class path, fetching them where they are not there yet. */
export async function fetchJars(engine: Engine, options: FetchJarsOptions): Promise<string> {
  const { cacheDir, java, onProgress, signal, run = runCommand } = options;
  const folder = jarsFolder(engine, cacheDir);
  if (jarsComplete(folder)) return join(folder, 'lib');

  mkdirSync(cacheDir, { recursive: true });
  const prefix = `${engine.name}-${engine.version}.partial-`;
  removeLeftovers(cacheDir, prefix);
  // A folder of its own for each process: it becomes the shared one by a rename, so nobody sees half a download.
  const partial = join(cacheDir, `${prefix}${process.pid}`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, 'lib'), { recursive: true });
  try {
    writeFileSync(join(partial, 'pom.xml'), pom(engine));
    onProgress(`Downloading ${engine.title} from Maven Central (about ${engine.megabytes} MB, only once)`);
    let fetched = 0;
    const result = await run(
      'mvn',
      [
        '-B',
        '-Dstyle.color=never',
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${join(partial, 'lib')}`,
      ],
      {
        cwd: partial,
        env: { ...process.env, JAVA_HOME: java.home },
        timeoutMs: DOWNLOAD_LIMIT_MS,
        signal,
        onLine: (line) => {
          if (!/Downloaded from .*\.jar/.test(line)) return;
          fetched += 1;
          if (fetched % 25 === 0) onProgress(`  ${fetched} files`);
        },
      },
    );
    signal?.throwIfAborted();
    if (result.code === undefined) {
      throw new EmbeddedNodeError(
        `Maven (the command mvn) was not found: it downloads ${engine.title}. Install Maven or Docker, or set OPENSEARCH_URL to a running cluster.`,
      );
    }
    if (result.timedOut)
      throw new EmbeddedNodeError(`The download of ${engine.title} from Maven Central did not end within 20 minutes.`);
    if (result.code !== 0) {
      throw new EmbeddedNodeError(`Maven could not download ${engine.title}: ${mavenFailure(result.output)}`);
    }
    const jars = readdirSync(join(partial, 'lib')).filter((name) => name.endsWith('.jar'));
    const sizes = Object.fromEntries(jars.map((name) => [name, statSync(join(partial, 'lib', name)).size]));
    writeFileSync(join(partial, MARKER), JSON.stringify(sizes, undefined, 1));
    if (!jarsComplete(folder)) {
      rmSync(folder, { recursive: true, force: true });
      if (!existsSync(folder)) renameSync(partial, folder);
    }
    return join(folder, 'lib');
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
