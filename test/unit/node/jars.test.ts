import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunCommand } from '../../../src/node/command.ts';
import { ENGINES } from '../../../src/node/engines.ts';
import { fetchJars, jarsComplete, jarsFolder } from '../../../src/node/jars.ts';

const engine = ENGINES['opensearch-3'];
const java = { home: '/jdk', executable: '/jdk/bin/java', major: 25 };
let cacheDir: string;

beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'jars-'));
});
afterEach(() => rmSync(cacheDir, { recursive: true, force: true }));

/** Stands for Maven: puts one jar where the command says. */
const maven =
  (code: number | undefined, output = ''): RunCommand =>
  async (_command, args) => {
    const target = args.find((arg) => arg.startsWith('-DoutputDirectory='))!.split('=')[1]!;
    writeFileSync(join(target, 'a.jar'), 'jar');
    return { code, output, timedOut: false };
  };
const fetchWith = (run: RunCommand) => fetchJars(engine, { cacheDir, java, onProgress: () => undefined, run });

it('downloads once', async () => {
  const lib = await fetchWith(maven(0));
  expect(readdirSync(lib)).toEqual(['a.jar']);
  await fetchWith(async () => {
    throw new Error('not again');
  });
});

it('downloads again what is incomplete, and leaves nothing half done behind', async () => {
  const folder = jarsFolder(engine, cacheDir);
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, 'lib/a.jar'), 'ja');
  expect(jarsComplete(folder)).toBe(false);
  await fetchWith(maven(0));
  expect(jarsComplete(folder)).toBe(true);
  writeFileSync(join(folder, 'lib/a.jar'), 'truncated');
  expect(jarsComplete(folder)).toBe(false);
  await fetchWith(maven(0));
  expect(jarsComplete(folder)).toBe(true);

  rmSync(folder, { recursive: true });
  mkdirSync(`${folder}.partial-999999999`);
  await expect(fetchWith(maven(1, '[INFO] x\n[ERROR] Could not resolve\n'))).rejects.toThrow(
    'Maven could not download OpenSearch 3.8.0: Could not resolve',
  );
  expect(existsSync(folder)).toBe(false);
  expect(readdirSync(cacheDir)).toEqual([]);
});

it('says when Maven is missing', async () => {
  await expect(fetchWith(maven(undefined))).rejects.toThrow('Maven (the command mvn) was not found');
});
