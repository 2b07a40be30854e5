/** Installs the packages when they are missing or the lock file has changed, quietly; shared by start and test. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const MODULES = join(ROOT, 'node_modules');
const LOCK = join(ROOT, 'package-lock.json');
const MARKER = join(MODULES, '.installed-for');
// Written by npm itself at the end of an installation.
const NPM_MARKER = join(MODULES, '.package-lock.json');

/** Ends with one sentence and code 1 on a Node that is too old. */
export function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const needed = engines.node.match(/\d+/g).map(Number);
  const running = process.versions.node.split('.').map(Number);
  const first = needed.findIndex((part, index) => part !== running[index]);
  if (first === -1 || running[first] > needed[first]) return;
  fail(`Node ${needed.join('.')} or newer is needed, this is ${process.versions.node}.`);
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** What an installation depends on: the lock file, and the platform whose binaries were taken. */
function fingerprint() {
  const platform = `${process.platform}-${process.arch}-${process.versions.modules}`;
  return createHash('sha256').update(readFileSync(LOCK)).update(platform).digest('hex');
}

function isInstalled(wanted) {
  if (!existsSync(NPM_MARKER)) return false;
  if (existsSync(MARKER)) return readFileSync(MARKER, 'utf8') === wanted;
  // Installed by hand: good when that was after the lock file's last change.
  return statSync(NPM_MARKER).mtimeMs >= statSync(LOCK).mtimeMs;
}

function runNpm(args) {
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'] };
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return spawnSync(process.execPath, [cli, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** Runs `npm ci` unless what is there is what the lock file asks for. */
export function install() {
  const wanted = fingerprint();
  if (isInstalled(wanted)) {
    if (!existsSync(MARKER)) writeFileSync(MARKER, wanted);
    return;
  }
  console.log('Installing packages');
  const result = runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    const output = `${result.stdout}${result.stderr}`.trim().split('\n').slice(0, 15).join('\n');
    fail(`${output}\nThe packages could not be installed (npm ci failed, see above).`);
  }
  writeFileSync(MARKER, wanted);
}
