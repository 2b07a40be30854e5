/** A Docker engine of our own for a test run: installed from Debian's packages where missing, in folders and a socket of its own. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { terminate } from '../../src/node/claim.ts';
import { type CommandOptions, runCommand } from '../../src/node/command.ts';
import { guardProcess } from '../../src/node/guard.ts';

export interface DockerDaemon {
  /** For DOCKER_HOST. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Runs a command to its end, or throws with the end of what it said. */
export async function must(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(command, args, { timeoutMs: 10 * 60_000, ...options });
  if (result.code !== 0) {
    const why = result.timedOut ? 'timed out' : `ended with ${result.code}`;
    throw new Error(`${command} ${args.slice(0, 3).join(' ')} ${why}:\n${result.output.trim().slice(-1500)}`);
  }
  return result.output;
}

/** Why this machine cannot have an engine of its own; `undefined` where it can. */
export function whyNoDaemon(): string | undefined {
  if (process.env.TEST_DOCKER !== 'install') return 'no Docker engine answers, and TEST_DOCKER=install is not set';
  if (process.platform !== 'linux') return 'no Docker engine answers, and one can be started on Linux only';
  if (process.getuid?.() !== 0) return 'no Docker engine answers, and only root can start one';
  if (!existsSync('/usr/bin/apt-get')) return 'no Docker engine answers, and without apt-get none can be installed';
  return undefined;
}

async function installPackages(say: (line: string) => void): Promise<void> {
  const missing = [
    ...(existsSync('/usr/sbin/dockerd') ? [] : ['docker.io']),
    ...(existsSync('/usr/sbin/debootstrap') ? [] : ['debootstrap']),
  ];
  if (missing.length === 0) return;
  say(`Installing ${missing.join(' and ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await must('apt-get', ['update'], { env });
  await must('apt-get', ['install', '--yes', '--no-install-recommends', ...missing], { env });
}

/** What a stopped engine has left mounted below its folder keeps that folder from being removed. */
async function unmountBelow(folder: string): Promise<void> {
  const points = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${folder}/`));
  for (const point of points.reverse()) await runCommand('umount', ['--lazy', point], { timeoutMs: 10_000 });
}

export async function startDockerDaemon(say: (line: string) => void): Promise<DockerDaemon> {
  await installPackages(say);
  const folder = mkdtempSync(join(tmpdir(), 'sql-proxy-docker-'));
  for (const name of ['data', 'exec']) mkdirSync(join(folder, name));
  const host = `unix://${folder}/docker.sock`;
  const log = join(folder, 'dockerd.log');
  const descriptor = openSync(log, 'a');
  say('Starting a Docker engine');
  const daemon = spawn(
    '/usr/sbin/dockerd',
    [
      // Neither the firewall nor the file systems of this machine are touched.
      ...['--iptables=false', '--ip6tables=false', '--storage-driver=vfs'],
      ...[
        '--data-root',
        join(folder, 'data'),
        '--exec-root',
        join(folder, 'exec'),
        '--pidfile',
        join(folder, 'dockerd.pid'),
      ],
      ...['--host', host],
    ],
    { stdio: ['ignore', descriptor, descriptor], detached: true },
  );
  closeSync(descriptor);
  let ended: string | undefined;
  daemon.once('error', (error) => {
    ended = error.message;
  });
  daemon.once('exit', (code, signal) => {
    ended = `it ended with ${signal ?? code}`;
  });
  const { pid } = daemon;
  const guard = pid === undefined ? undefined : guardProcess(pid);
  const stop = async (): Promise<void> => {
    if (pid !== undefined && ended === undefined) await terminate(pid, 30_000);
    guard?.dismiss();
    await unmountBelow(folder);
    rmSync(folder, { recursive: true, force: true });
  };
  const env = { ...process.env, DOCKER_HOST: host };
  for (let tries = 0; tries < 60 && ended === undefined; tries += 1) {
    const answer = await runCommand('docker', ['version', '--format', '{{.Server.Version}}'], {
      env,
      timeoutMs: 5_000,
    });
    if (answer.code === 0) return { host, stop };
    await sleep(500);
  }
  const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n');
  await stop();
  throw new Error(`The Docker engine did not start (${ended ?? 'it does not answer'}):\n${tail}`);
}
