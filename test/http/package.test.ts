/** The package as npm would publish it: packed, installed into an empty folder, imported with its types, and served from. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/node/command.ts';
import { getEngine } from '../support/engine.ts';

const root = new URL('../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'package-'));
const app = join(folder, 'app');
const bin = (name: string): string => join(root, 'node_modules/.bin', name);

/**
 * What the command prints; its whole output stands in the error of one that fails. It runs beside this process, which must go on
 * to answer the test runner: a packing and an installation together take longer than the runner waits for an answer.
 */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const { code, output } = await runCommand(command, args, { cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

let tarball = '';

beforeAll(async () => {
  await run(root, 'npm', 'pack', '--silent', '--pack-destination', folder);
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!);
  await run(folder, 'mkdir', 'app');
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  await run(app, 'npm', 'install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', tarball);
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the tarball', () => {
  it('is what its description promises to those who import it', async () => {
    await run(root, bin('publint'), '--strict', tarball);
    await run(root, bin('attw'), '--profile', 'esm-only', '--no-emoji', tarball);
  }, 120_000);

  it('holds what is run and read, and no sources or tests', async () => {
    const files = (await run(folder, 'tar', '-tzf', tarball)).trim().split('\n');
    expect(files).toContain('package/bin/opensearch-sql-proxy.js');
    expect(files).toContain('package/dist/src/main.js');
    expect(files).toContain('package/CHANGELOG.md');
    expect(files.filter((file) => /\/test\/|\.tsbuildinfo$|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });
});

describe('in an empty folder', () => {
  it('is imported with types', async () => {
    const text = [
      "import { bind, prepare, SchemaNeeded } from 'opensearch-sql-proxy';",
      "import type { BoundStatement } from 'opensearch-sql-proxy';",
      'const bound: BoundStatement | undefined = undefined as ReturnType<typeof bind> | undefined;',
      "console.log(typeof bind, typeof prepare, new SchemaNeeded('accounts').expression, bound);",
    ];
    const compilerOptions = { noEmit: true, strict: true, module: 'nodenext', lib: ['es2023', 'dom'], types: [] };
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mts'] }));
    writeFileSync(join(app, 'use.mts'), `${text.join('\n')}\n`);
    await run(app, bin('tsc'));
    writeFileSync(join(app, 'wrong.mts'), "import { prepare } from 'opensearch-sql-proxy';\nprepare(1);\n");
    await expect(run(app, bin('tsc'))).rejects.toThrow(/wrong\.mts.*TS2554/);
  }, 120_000);

  it('is imported by Node itself', async () => {
    const text = "import * as door from 'opensearch-sql-proxy'; console.log(typeof door.prepare, typeof door.bind);";
    writeFileSync(join(app, 'use.mjs'), text);
    expect((await run(app, process.execPath, 'use.mjs')).trim()).toBe('function function');
  });

  it('serves', async () => {
    const env = { ...process.env, OPENSEARCH_URL: getEngine().url, PORT: '0', DATA_DIR: join(folder, 'data') };
    const server: ChildProcess = spawn('npx', ['--no-install', 'opensearch-sql-proxy'], {
      cwd: app,
      env,
      detached: true,
    });
    try {
      const address = await new Promise<string>((resolve, reject) => {
        let out = '';
        server.stdout!.on('data', (chunk) => {
          out += String(chunk);
          const found = /^SQL +(\S+)$/m.exec(out);
          if (found) resolve(found[1]!);
        });
        server.once('close', (code) => reject(new Error(`ended with ${code}: ${out}`)));
      });
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'SELECT 1 + 1 AS two' }),
      });
      expect(await response.json()).toMatchObject({ datarows: [[2]], status: 200 });
    } finally {
      // The whole group: npx starts the server as a child of its own.
      process.kill(-server.pid!, 'SIGTERM');
      await new Promise((resolve) => server.once('close', resolve));
    }
  }, 120_000);
});
