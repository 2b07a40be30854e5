/** The image is built from what its context holds: each file that the Dockerfile copies exists, and .dockerignore lets it through. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const words = (text: string, instruction: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.split(/\s+/).slice(1));

/** The sources of COPY instructions that read the context, not an earlier stage. */
const copied = words(readFileSync('docker/Dockerfile', 'utf8'), 'COPY')
  .filter(([first]) => !first!.startsWith('--from='))
  .flatMap((paths) => paths.slice(0, -1));

const allowed = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));

it('copies something', () => {
  expect(copied).toContain('src');
  expect(readFileSync('.dockerignore', 'utf8').startsWith('*\n')).toBe(true);
});

it.each(copied)('%s is in the context', (path) => {
  expect(existsSync(path)).toBe(true);
  expect(allowed).toContain(path);
});

it('starts what the build leaves', () => {
  const command = readFileSync('docker/Dockerfile', 'utf8').match(/^CMD \["node", "(.*)"\]$/m)?.[1];
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> };
  expect(readFileSync(Object.values(bin)[0]!, 'utf8')).toContain(command!);
});
