import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findJavas, majorVersion } from '../../../src/node/java.ts';

let home: string;
const install = (path: string, release?: string): void => {
  mkdirSync(join(home, path, 'bin'), { recursive: true });
  writeFileSync(join(home, path, 'bin', process.platform === 'win32' ? 'java.exe' : 'java'), '');
  if (release) writeFileSync(join(home, path, 'release'), release);
};

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'javas-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

it.each([
  ['17.0.15', 17],
  ['25', 25],
  ['1.8.0_402', 8],
  ['openjdk version "21.0.3" 2024-04-16', 21],
  ['java version "1.8.0_402"', 8],
  ['command not found', undefined],
])('%s is version %s', (text, major) => {
  expect(majorVersion(text)).toBe(major);
});

it('finds installations by the environment and in the folders of version managers, the newest first', async () => {
  install('.sdkman/candidates/java/99-tem', 'IMPLEMENTOR="x"\nJAVA_VERSION="99.0.1"\n');
  install('own');
  const found = await findJavas({ JAVA_HOME: join(home, 'own'), PATH: '' }, home, async () => ({
    code: 0,
    output: 'openjdk version "98" 2026-03-01',
    timedOut: false,
  }));
  const ours = found.filter((java) => java.home.startsWith(home)).map(({ major }) => major);
  expect(ours).toEqual([99, 98]);
  expect(found.map(({ major }) => major)).toEqual(found.map(({ major }) => major).sort((a, b) => b - a));
});
