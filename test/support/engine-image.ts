/** Builds the image of the tests' search engine without any registry of images: debootstrap, `docker import`, the jars. */
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGINES } from '../../src/node/engines.ts';
import { fetchJars } from '../../src/node/jars.ts';
import { findJavas, javaFor } from '../../src/node/java.ts';
import { must } from './docker-daemon.ts';
import { JAR_CACHE, TEST_SETTINGS } from './start-engine.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RELEASE = 'bookworm';
const PACKAGES = 'openjdk-17-jre-headless,curl';
const BASE_IMAGE = `opensearch-sql-proxy-test/base:${RELEASE}`;

/** The engine that runs on the Java of that Debian release. */
const engine = ENGINES['opensearch-2'];

/** The root file system as one archive, made once and kept between runs. */
async function baseArchive(say: (line: string) => void): Promise<string> {
  const folder = join(ROOT, 'data/docker');
  const archive = join(folder, `${RELEASE}-java-17.tar`);
  if (existsSync(archive)) return archive;
  mkdirSync(folder, { recursive: true });
  say('Making a Debian root with debootstrap (about a minute, only once)');
  const work = mkdtempSync(join(tmpdir(), 'sql-proxy-root-'));
  try {
    await must('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, RELEASE, work]);
    // The temporary folder is closed to others, but it becomes the root of the container's ordinary user.
    chmodSync(work, 0o755);
    const partial = `${archive}.${process.pid}`;
    await must('tar', [
      '--create',
      '--file',
      partial,
      '--directory',
      work,
      '--exclude=./var/cache/apt/archives/*.deb',
      '.',
    ]);
    renameSync(partial, archive);
    return archive;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Gives the name of the image, which is then known to the engine at `host`. */
export async function buildEngineImage(host: string, say: (line: string) => void): Promise<string> {
  const java = javaFor(engine, await findJavas());
  if (!java) throw new Error(`Java ${engine.minimumJava} or newer is needed to fetch the jars of ${engine.title}`);
  const lib = await fetchJars(engine, { cacheDir: JAR_CACHE, java, onProgress: say });
  const env = { ...process.env, DOCKER_HOST: host, DOCKER_BUILDKIT: '0' };
  const archive = await baseArchive(say);
  say('Building the image of the search engine');
  await must('docker', ['import', archive, BASE_IMAGE], { env });

  const context = mkdtempSync(join(tmpdir(), 'sql-proxy-image-'));
  const image = `opensearch-sql-proxy-test/opensearch:${engine.version}`;
  try {
    const home = join(context, 'engine');
    cpSync(lib, join(home, 'lib'), { recursive: true });
    for (const name of ['config', 'data']) mkdirSync(join(home, name));
    const settings = {
      'http.host': '0.0.0.0',
      'transport.host': '127.0.0.1',
      'discovery.type': 'single-node',
      'cluster.routing.allocation.disk.threshold_enabled': false,
      ...TEST_SETTINGS,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
    writeFileSync(join(home, 'config', engine.configFile), lines.join(''));
    const dockerfile = join(ROOT, 'docker/test-engine.Dockerfile');
    cpSync(dockerfile, join(context, 'Dockerfile'));
    await must('docker', ['build', '--network', 'none', '--build-arg', `BASE=${BASE_IMAGE}`, '--tag', image, context], {
      env,
    });
    return image;
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
