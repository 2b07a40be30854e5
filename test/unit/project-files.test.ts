/** What those who join read first is true: files and commands that the pages name exist, and the checks before a commit refuse what they should. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(path, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'project-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/architecture.md'])('%s', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
  const base = page.startsWith('docs/') ? 'docs' : '.';

  it('links to files that exist', () => {
    expect(links.filter((path) => !existsSync(join(base, path)))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  it('names scripts and tests that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read('CONTRIBUTING.md').matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
    const paths = [...read('CONTRIBUTING.md').matchAll(/\b(?:test|scripts|src|translators)\/[\w./-]+\.\w+/g)].map(
      ([path]) => path,
    );
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('the workflow', () => {
  it('tests the versions of Node that the project supports', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const [, matrix] = /node: \[(.*)\]/.exec(read('.github/workflows/test.yml'))!;
    const [, others] = /NODE_VERSIONS = \[(.*)\]/.exec(read('scripts/node-binary.mjs'))!;
    const oldest = /\d+/.exec(engines.node)![0];
    expect(matrix!.split(', ')).toEqual([oldest, ...others!.replaceAll("'", '').split(', ')]);
  });
});

describe('before a commit', () => {
  const check = (message: string): { status: number | null; stderr: string } => {
    const file = join(folder, 'message');
    writeFileSync(file, message);
    return spawnSync(process.execPath, ['scripts/pre-commit.mjs', file], { encoding: 'utf8' });
  };

  it('takes a subject of 72 characters with a body', () => {
    expect(check(`${'a'.repeat(72)}\n\nbody\n# comment of git`)).toMatchObject({ status: 0, stderr: '' });
  });

  it('refuses a longer one, and a body without an empty line before it', () => {
    expect(check('a'.repeat(73))).toMatchObject({ status: 1, stderr: expect.stringContaining('73 characters') });
    expect(check('subject\nbody')).toMatchObject({ status: 1, stderr: expect.stringContaining('empty line') });
  });
});
