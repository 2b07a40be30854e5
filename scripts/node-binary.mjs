/** The binary of another version of Node, out of the packages that the npm package `node` is made of; kept under .cache/. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ROOT } from './install.mjs';

/** Versions that the full run tests besides the one that runs it. */
export const NODE_VERSIONS = ['22', '24'];

const PLATFORM = process.platform === 'win32' ? 'win' : process.platform;

export function nodeBinary(version) {
  const name = `node-${PLATFORM}-${process.arch}`;
  const folder = join(ROOT, '.cache', `node-${version}`);
  const binary = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    console.log(`Installing Node ${version}`);
    const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${version}`];
    const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' });
    if (status !== 0) fail(`${stderr.trim()}\nNode ${version} could not be installed for this platform (see above).`);
  }
  return binary;
}
