/** The imports of the sources, held to the one direction that docs/architecture.md tells. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Import {
  readonly from: string;
  /** A path in the project, or the name of a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const sources = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(root, path));

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s+)?(\*(?:\s+as\s+\w+)?|[\w$]+|(?:[\w$]+\s*,\s*)?\{[^}]*\})\s+from\s+'([^']+)'/gm,
  );
  const bare = text.matchAll(/^import ()()'([^']+)'|\bawait import()()\('([^']+)'\)/gm);
  return [...statements, ...bare].map((match) => {
    const specifier = match[3] ?? match[6]!;
    return {
      from: file,
      to: specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier,
      typeOnly: Boolean(match[1]) || onlyTypes(match[2] ?? ''),
    };
  });
}

/** `import { type A, type B }`. */
function onlyTypes(names: string): boolean {
  const list = /^\{(.*)\}$/s
    .exec(names.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim());
  return list?.every((name) => name === '' || name.startsWith('type ')) ?? false;
}

/** Where `src` may enter the translators; docs/architecture.md says what is behind each. */
const DOORS = [
  'translators/algebra/index.ts',
  'translators/errors.ts',
  'translators/execution.ts',
  'translators/index.ts',
  'translators/object-sql/index.ts',
];

const translators = sources('translators');
const src = sources('src');
const imports = [...translators, ...src].flatMap(importsOf);
const shown = ({ from, to }: Import): string => `${from} -> ${to}`;

describe('reading the imports', () => {
  it('finds them', () => {
    expect(imports.length).toBeGreaterThan(500);
    expect(imports.filter((one) => one.typeOnly).length).toBeGreaterThan(100);
    expect(imports.some((one) => one.to.startsWith('node:'))).toBe(true);
    expect(imports.some((one) => one.to === 'translators/syntax/parser.ts')).toBe(true);
  });

  it('finds every file that they name', () => {
    const files = new Set([...translators, ...src]);
    const local = imports.filter((one) => /^(translators|src)\//.test(one.to));
    expect(local.filter((one) => !files.has(one.to)).map(shown)).toEqual([]);
  });
});

describe('translators', () => {
  /** From the first to the last: a folder may import those before it, types included. */
  const LAYERS = [
    'algebra',
    'temporal',
    'functions',
    'syntax',
    'catalog',
    'bind',
    'rewrite',
    'lower',
    'split',
    'transfer',
    'object-sql',
  ];
  const layerOf = (path: string): number => LAYERS.indexOf(path.split('/')[1] ?? '');
  const inside = imports.filter((one) => one.from.startsWith('translators/') && one.to.startsWith('translators/'));

  it('have no other folders', () => {
    const folders = new Set(translators.map((path) => path.split('/')[1]!).filter((name) => !name.endsWith('.ts')));
    expect([...folders].sort()).toEqual([...LAYERS].sort());
  });

  it('import downward only', () => {
    const upward = inside.filter((one) => layerOf(one.from) >= 0 && layerOf(one.to) > layerOf(one.from));
    expect(upward.map(shown)).toEqual([]);
  });

  it('have an algebra that imports nothing outside itself', () => {
    const outside = inside.filter((one) => layerOf(one.from) === 0 && layerOf(one.to) !== 0);
    expect(outside.map(shown)).toEqual([]);
  });

  it('are entered by five doors, which they do not use themselves', () => {
    const entered = new Set(
      imports.filter((one) => one.from.startsWith('src/') && one.to.startsWith('translators/')).map((one) => one.to),
    );
    expect([...entered].sort()).toEqual([...DOORS].sort());
    // Errors are thrown everywhere; what else is behind a door is imported from where it is.
    const detours = inside.filter((one) => DOORS.includes(one.to) && one.to !== 'translators/errors.ts');
    expect(detours.map(shown)).toEqual([]);
  });

  it('import nothing of the server, of Node, or of packages but the regular expressions', () => {
    const own = imports.filter((one) => one.from.startsWith('translators/') && !one.to.startsWith('translators/'));
    expect(own.filter((one) => one.to !== 're2js').map(shown)).toEqual([]);
  });

  it('read neither clock, nor chance, nor environment', () => {
    const WORLD = /\bDate\.now\b|\bnew Date\(\)|\bprocess\.|\bMath\.random\b|\bperformance\.|\bglobalThis\b/;
    /** Functions of SQL that are just that; their rows say `volatile`. */
    const allowed = ['translators/functions/math.ts: Math.random', 'translators/functions/datetime-clock.ts: Date.now'];
    const found = translators.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
        .flatMap((line) => WORLD.exec(line)?.[0] ?? [])
        .map((word) => `${file}: ${word}`),
    );
    expect(found.filter((one) => !allowed.includes(one))).toEqual([]);
    expect(allowed.filter((one) => !found.includes(one))).toEqual([]);
  });
});

describe('the server', () => {
  it('imports its routes nowhere but where they are wired', () => {
    const users = imports.filter(
      (one) => one.to.startsWith('src/http/') && !/^src\/(http\/|app\.ts$|main\.ts$)/.test(one.from),
    );
    expect(users.map(shown)).toEqual([]);
  });

  it('has formats that know pages only', () => {
    const isFormat = (path: string): boolean => /^src\/write\/[^/]+$/.test(path);
    const VALUES = ['translators/algebra/index.ts', 'translators/errors.ts', 'translators/execution.ts'];
    const wide = imports.filter(
      (one) =>
        isFormat(one.from) &&
        !isFormat(one.to) &&
        !VALUES.includes(one.to) &&
        !(one.typeOnly && one.to === 'src/rows/page.ts'),
    );
    expect(wide.map(shown)).toEqual([]);
  });

  it('talks to the cluster from src/cluster only', () => {
    const CLIENTS = ['undici', '@opensearch-project/opensearch'];
    const users = imports.filter(
      (one) =>
        !one.typeOnly &&
        CLIENTS.includes(one.to) &&
        !/^src\/(cluster|node|sample-data)\/|^src\/http\/passthrough/.test(one.from),
    );
    expect(users.map(shown)).toEqual([]);
  });

  it('runs DuckDB in one folder, and logs through one file', () => {
    const users = (pack: string): string[] =>
      imports.filter((one) => one.to === pack && !one.typeOnly).map((one) => one.from);
    expect(users('@duckdb/node-api').filter((file) => !file.startsWith('src/engine/duckdb/'))).toEqual([]);
    expect(users('winston')).toEqual(['src/log.ts']);
  });
});

describe('files', () => {
  it('have names in kebab-case and one sentence that says their job', () => {
    const all = [...translators, ...src];
    expect(all.filter((file) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.ts$/.test(file.split('/').at(-1)!))).toEqual([]);
    expect(all.filter((file) => !readFileSync(file, 'utf8').startsWith('/**'))).toEqual([]);
    expect(all.filter((file) => file.endsWith('/utils.ts'))).toEqual([]);
  });
});
