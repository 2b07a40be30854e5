/** The client libraries of other languages, each fetched once into a cache folder, or the reason why it cannot be had here. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
    try {
      renameSync(partial, path);
    } catch (error) {
      // Another suite was quicker: what it made is the same.
      if (!existsSync(path)) throw error;
    }
    return { path };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function failureOf(
  command: string,
  args: readonly string[],
  what: string,
  cwd?: string,
  env?: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { code, output } = await runCommand(command, args, { timeoutMs: 10 * MINUTES, cwd, env });
  return code === 0 ? undefined : `${what}: ${output.trim().slice(-300)}`;
}

/** A folder of Python packages for PYTHONPATH, with the package and what it needs. */
export async function pythonPackages(name: string, version: string): Promise<Tool> {
  if (!(await answers('python3', ['-m', 'pip', '--version']))) return { missing: 'python3 with pip is missing' };
  return once(`python-${name}-${version}`, (folder) =>
    failureOf(
      'python3',
      ['-m', 'pip', 'install', '--quiet', '--target', folder, `${name}==${version}`],
      `${name} cannot be installed`,
    ),
  );
}

/** A program in Go, built of one file and the module that it uses. */
export async function goProgram(name: string, source: string, module: string, version: string): Promise<Tool> {
  if (!(await answers('go', ['version']))) return { missing: 'go is missing' };
  const text = readFileSync(source, 'utf8');
  const sum = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return once(`${name}-${version}-${sum}`, async (folder) => {
    const work = `${folder}.src`;
    mkdirSync(work, { recursive: true });
    try {
      writeFileSync(join(work, 'main.go'), text);
      writeFileSync(join(work, 'go.mod'), `module client\n\ngo 1.21\n\nrequire ${module} ${version}\n`);
      const what = `${name} cannot be built`;
      return (
        (await failureOf('go', ['-C', work, 'mod', 'tidy'], what)) ??
        (await failureOf('go', ['-C', work, 'build', '-o', folder, '.'], what))
      );
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}

/** A folder of classes, compiled of one file against jars. */
export async function javaClasses(source: string, library: Tool): Promise<Tool> {
  if ('missing' in library) return library;
  if (!(await answers('javac', ['-version']))) return { missing: 'javac is missing' };
  const sum = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12);
  return once(`java-${sum}`, (folder) =>
    failureOf('javac', ['-cp', join(library.path, '*'), '-d', folder, source], `${source} cannot be compiled`),
  );
}

/** A folder of jars for the class path, with the artifact and what it needs but for `unneeded` groups, given by their beginnings. */
export async function jars(
  group: string,
  artifact: string,
  version: string,
  unneeded: readonly string[] = [],
): Promise<Tool> {
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
      ...(unneeded.length === 0 ? [] : [`-DexcludeGroupIds=${unneeded.join(',')}`]),
    ];
    return failureOf('mvn', args, `${name} cannot be fetched`);
  });
}

/** A folder of an artifact's jar, unpacked: data that is published as a jar. */
export async function archive(group: string, artifact: string, version: string, folder: string): Promise<Tool> {
  const library = await jars(group, artifact, version);
  if ('missing' in library) return library;
  if (!(await answers('jar', ['--version']))) return { missing: 'jar is missing' };
  const unpacked = await once(`${artifact}-${version}-${folder}`, (path) => {
    mkdirSync(path, { recursive: true });
    const file = join(library.path, `${artifact}-${version}.jar`);
    return failureOf('jar', ['-x', '-f', file, folder], `${artifact} cannot be unpacked`, path);
  });
  return 'missing' in unpacked ? unpacked : { path: join(unpacked.path, folder) };
}

/** A folder that a program in Python with a package fills: its arguments are `name` and the folder. */
export async function madeByPython(library: string, version: string, program: string, name: string): Promise<Tool> {
  const sum = createHash('sha256').update(readFileSync(program)).digest('hex').slice(0, 12);
  const made = `${library}-${version}-${name}-${sum}`;
  // What was made needs no packages any more.
  if (existsSync(join(CACHE, made))) return { path: join(CACHE, made) };
  const packages = await pythonPackages(library, version);
  if ('missing' in packages) return packages;
  return once(made, (folder) =>
    failureOf('python3', [program, name, folder], `${name} cannot be made`, undefined, {
      ...process.env,
      PYTHONPATH: packages.path,
    }),
  );
}
