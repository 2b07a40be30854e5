/** Compiles the sources into dist/ when they have changed since the last time. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ROOT } from './install.mjs';

const DIST = join(ROOT, 'dist');
const MARKER = join(DIST, '.built-from');

function sources() {
  const folders = ['translators', 'src'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return [
    ...folders.sort(),
    ...['kernels/layout.ts', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) =>
      join(ROOT, name),
    ),
  ];
}

function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

export function build() {
  const files = sources();
  const built = existsSync(MARKER) ? JSON.parse(readFileSync(MARKER, 'utf8')) : undefined;
  const wanted = fingerprint(files);
  if (built?.fingerprint === wanted) return;
  console.log('Building');
  // The compiler leaves the output of a removed source in place.
  if (!built || built.files.some((file) => !existsSync(file))) rmSync(DIST, { recursive: true, force: true });
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const result = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
  if (result.status !== 0) fail('The sources could not be compiled (see above).');
  writeFileSync(MARKER, JSON.stringify({ fingerprint: wanted, files }));
}
