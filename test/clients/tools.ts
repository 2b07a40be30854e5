/** The client libraries of other languages, each fetched once into a cache folder, or the reason why it cannot be had here. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../src/node/command.ts';

const CACHE = fileURLToPath(new URL('../../data/clients', import.meta.url));
const MINUTES = 60_000;

export type Tool = { readonly path: string } | { readonly missing: string };

async function answers(command: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await runCommand(command, args, { timeoutMs: 20_000 })).code === 0;
  } catch {
    return false;
  }
}

/** Made under another name, so that an interrupted download is never taken for the whole. */
async function once(name: string, make: (folder: string) => Promise<string | undefined>): Promise<Tool> {
  const path = join(CACHE, name);
  if (existsSync(path)) return { path };
  mkdirSync(CACHE, { recursive: true });
  const partial = `${path}.${process.pid}`;
  try {
    const failure = await make(partial);
    if (failure !== undefined) return { missing: failure };
    renameSync(partial, path);
    return { path };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function failureOf(command: string, args: readonly string[], what: string): Promise<string | undefined> {
  const { code, output } = await runCommand(command, args, { timeoutMs: 5 * MINUTES });
  return code === 0 ? undefined : `${what}: ${output.trim().slice(-300)}`;
}

/** A folder of Python packages for PYTHONPATH, with opensearch-py. */
export async function pythonPackages(version: string): Promise<Tool> {
  if (!(await answers('python3', ['-m', 'pip', '--version']))) return { missing: 'python3 with pip is missing' };
  return once(`python-opensearch-py-${version}`, (folder) =>
    failureOf(
      'python3',
      ['-m', 'pip', 'install', '--quiet', '--target', folder, `opensearch-py==${version}`],
      'opensearch-py cannot be installed',
    ),
  );
}

/** A folder of jars for the class path, with the artifact and what it needs. */
export async function jars(group: string, artifact: string, version: string): Promise<Tool> {
  if (!(await answers('java', ['-version']))) return { missing: 'java is missing' };
  const name = `${artifact}-${version}`;
  if (existsSync(join(CACHE, name))) return { path: join(CACHE, name) };
  if (!(await answers('mvn', ['--version']))) return { missing: 'mvn is missing' };
  return once(name, async (folder) => {
    mkdirSync(folder, { recursive: true });
    const pom = join(folder, 'pom.xml');
    writeFileSync(
      pom,
      `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>client-test</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>
  </dependencies>
</project>
`,
    );
    const args = [
      '--batch-mode',
      '--quiet',
      '--file',
      pom,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${folder}`,
    ];
    return failureOf('mvn', args, `${name} cannot be fetched`);
  });
}
