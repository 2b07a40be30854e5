/** Finds the Java installations of this machine and their major versions. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { RunCommand } from './command.ts';
import { runCommand } from './command.ts';
import type { Engine } from './engines.ts';

export interface Java {
  readonly home: string;
  readonly executable: string;
  readonly major: number;
}

const executableName = process.platform === 'win32' ? 'java.exe' : 'java';

/** `17.0.15`, `25`, `1.8.0_402` or the output of `java -version` → 17, 25, 8. */
export function majorVersion(text: string): number | undefined {
  const match = /(?:version "|^)(\d+)(?:\.(\d+))?/m.exec(text);
  if (!match) return undefined;
  const first = Number(match[1]);
  return first === 1 ? Number(match[2]) : first;
}

function childrenOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function candidateHomes(env: NodeJS.ProcessEnv, home: string): string[] {
  const named = Object.entries(env).flatMap(([name, value]) =>
    value && /^(JAVA_HOME|JDK_HOME|JAVA_HOME_\d+.*)$/.test(name) ? [value] : [],
  );
  const onPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => {
    try {
      return folder ? [dirname(dirname(realpathSync(join(folder, executableName))))] : [];
    } catch {
      return [];
    }
  });
  const folders = [
    '/usr/lib/jvm',
    '/usr/java',
    '/opt/java',
    '/opt/jdk',
    '/Library/Java/JavaVirtualMachines',
    join(home, 'Library/Java/JavaVirtualMachines'),
    join(home, '.sdkman/candidates/java'),
    join(home, '.jdks'),
    join(home, '.asdf/installs/java'),
    join(home, '.local/share/mise/installs/java'),
    'C:\\Program Files\\Java',
    'C:\\Program Files\\Eclipse Adoptium',
    'C:\\Program Files\\Microsoft',
    'C:\\Program Files\\Amazon Corretto',
  ].flatMap(childrenOf);
  const brewed = ['/opt/homebrew/opt', '/usr/local/opt', '/home/linuxbrew/.linuxbrew/opt']
    .flatMap(childrenOf)
    .filter((path) => /openjdk/.test(path));
  return [...named, ...onPath, ...folders, ...brewed];
}

function releaseVersion(home: string): number | undefined {
  try {
    const version = /^JAVA_VERSION="([^"]+)"/m.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1];
    return version ? majorVersion(version) : undefined;
  } catch {
    return undefined;
  }
}

/** All Java installations found, the newest first. */
export async function findJavas(
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
  run: RunCommand = runCommand,
): Promise<readonly Java[]> {
  const found = new Map<string, Java>();
  for (const candidate of candidateHomes(env, home)) {
    for (const path of [
      candidate,
      join(candidate, 'Contents/Home'),
      join(candidate, 'libexec/openjdk.jdk/Contents/Home'),
    ]) {
      const executable = join(path, 'bin', executableName);
      if (!existsSync(executable)) continue;
      const real = realpathSync(path);
      if (found.has(real)) continue;
      const major =
        releaseVersion(path) ?? majorVersion((await run(executable, ['-version'], { timeoutMs: 10_000 })).output);
      if (major) found.set(real, { home: path, executable, major });
    }
  }
  return [...found.values()].sort((a, b) => b.major - a.major);
}

/** The Java that an engine is to be run on, of those found (newest first). */
export function javaFor(engine: Engine, javas: readonly Java[]): Java | undefined {
  const fitting = javas.filter((java) => java.major >= engine.minimumJava);
  return engine.preferredJava === 'newest' ? fitting[0] : fitting.at(-1);
}
