/** The documents agree with the code: the generated ones word for word, the written ones in every case and file that they name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documents } from '../../scripts/docs/documents.ts';
import { SPECIAL_FORMS } from '../../scripts/docs/functions.ts';
import { COMMON } from '../../src/cli/options.ts';
import { EXIT } from '../../src/cli/run.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { buildSchema } from '../../translators/catalog/build-schema.ts';
import { aggregateFunction, relevanceFunction, scalarFunction } from '../../translators/functions/index.ts';
import { bind } from '../../translators/index.ts';
import { parse } from '../../translators/syntax/parser.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

describe('generated documents', async () => {
  it.each(await documents())('$path is what `npm run docs` writes', ({ path, text }) => {
    expect(read(path)).toBe(text);
  });
});

describe('the function reference', () => {
  // Written by `node scripts/function-names.mjs` from the catalogue of the plugin's functions.
  const names = read('test/unit/functions/names.txt')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => line.split(' ').filter((word) => word !== ''));
  const beyond =
    'CHAR_LENGTH COALESCE LPAD RPAD REPEAT REGEXP_REPLACE INSTR SPACE INITCAP GREATEST LEAST NVL IIF'.split(' ');
  /** Not answered, which differences.md has to say. */
  const refused = new Set(['REVERSE_NESTED']);
  const reference = read('docs/functions.md');

  it('has a list of names to be measured by', () => {
    expect(names.length).toBeGreaterThan(190);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name))).toEqual([]);
  });

  it.each([...names, ...beyond].filter((name) => !refused.has(name)))('knows %s', (name) => {
    const known = scalarFunction(name) ?? aggregateFunction(name) ?? relevanceFunction(name);
    const special = SPECIAL_FORMS.some(({ form }) => new RegExp(`\\b${name}\\b`, 'i').test(form));
    expect(known !== undefined || special).toBe(true);
    expect(reference).toMatch(new RegExp(`\`[^\`|]*\\b${name}\\b`, 'i'));
  });

  it.each([...refused])('says that %s is not answered', (name) => {
    expect(names).toContain(name);
    expect(read('docs/differences.md')).toContain(`\`${name.toLowerCase()}()\``);
  });

  it.each(SPECIAL_FORMS)('reads $example', ({ example: sql }) => {
    const nested = { type: 'nested', properties: { sku: { type: 'keyword' } } } as const;
    const properties = {
      name: { type: 'keyword' },
      n: { type: 'integer' },
      ts: { type: 'date' },
      body: { type: 'text' },
      at: { type: 'geo_point' },
      emb: { type: 'knn_vector', dimension: 2 },
      items: nested,
    } as const;
    const schema = buildSchema('t', { t: { mappings: { properties } } });
    const session = { now: '2024-05-17 10:20:30', today: '2024-05-17' };
    const bound = bind(parse(sql), { sql, catalog: { schema: () => schema }, parameters: [], session });
    expect(bound.columns.length).toBeGreaterThan(0);
  });
});

describe('pages of objects, authentication and the command line', () => {
  it('name every option with a variable, every exit code, and settings that there are', () => {
    const page = read('docs/command-line.md');
    for (const { name, env } of COMMON) if (env !== undefined) expect(page).toContain(`\`--${name}\``);
    for (const { env } of COMMON) if (env !== undefined) expect(page).toContain(`\`${env}\``);
    for (const code of Object.values(EXIT)) expect(page).toContain(`| ${code} | `);
    const settings = new Set(SETTINGS.map(({ env }) => env));
    for (const path of ['docs/objects.md', 'docs/authentication.md']) {
      const named = [...read(path).matchAll(/`((?:S3|STORAGE|OBJECTS|AUTH|ALLOW|DATA)_[A-Z_]+)(?:=\w+)?`/g)].map(
        ([, env]) => env!,
      );
      expect(named.length).toBeGreaterThan(2);
      expect(named.filter((env) => !settings.has(env))).toEqual([]);
    }
  });
});

describe('written documents', () => {
  const ids = new Set(
    readdirSync('test/golden/cases')
      .flatMap((file) => read(`test/golden/cases/${file}`).trim().split('\n'))
      .map((line) => (JSON.parse(line) as { readonly id: string }).id),
  );
  const families = [...new Set([...ids].map((id) => id.replace(/-\d+$/, '')))].join('|');

  it.each(['docs/differences.md', 'docs/architecture.md', 'docs/limits.md', 'docs/select.md'])(
    '%s names only cases and files that are there',
    (path) => {
      const text = read(path);
      const cases = text.match(new RegExp(`\\b(?:${families})-\\d{3}\\b`, 'g')) ?? [];
      expect(cases.filter((id) => !ids.has(id))).toEqual([]);
      const files = [...text.matchAll(/`((?:test|src|translators|docs|scripts)\/[\w./-]+)`/g)].map(([, file]) => file!);
      expect(files.filter((file) => !existsSync(file))).toEqual([]);
      const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => `docs/${link!}`);
      expect(links.filter((link) => !existsSync(link))).toEqual([]);
    },
  );

  it('pins every difference by a case or a test', () => {
    const rows = read('docs/differences.md')
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| Difference'));
    expect(rows.length).toBeGreaterThan(40);
    const pinned = new RegExp(`\\b(?:${families})-\\d{3}\\b|\`test/[\\w./-]+\``);
    expect(rows.filter((row) => !pinned.test(row.split(' | ').at(-1)!))).toEqual([]);
  });
});
