/** The manners of the sources that their syntax trees show: names of functions, exports, lengths. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { aggregateFunction, relevanceFunction, scalarFunction } from '../../translators/functions/index.ts';

interface Source {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

const read = (root: string): Source[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((name) => {
      const path = join(root, name);
      const text = readFileSync(path, 'utf8');
      return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
    });

const translators = read('translators');
const sources = [...translators, ...read('src')];

function walk(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => walk(child, see));
}

const lineOf = ({ tree }: Source, node: ts.Node): number =>
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;

describe('one row a function', () => {
  /** Words of the grammar that are names of functions, too. */
  const WORDS: Readonly<Record<string, readonly string[]>> = {
    'sides of joins': ['LEFT', 'RIGHT'],
    'operators between their operands': ['DIV', 'MOD', 'REGEXP'],
    'types, and literals that begin with their type': ['DATE', 'TIME', 'DATETIME', 'TIMESTAMP'],
    'the beginning of an interval': ['INTERVAL'],
    'units of time': ['MICROSECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'],
  };
  /** Files that speak of other functions, or of letters. */
  const OTHERS: Readonly<Record<string, readonly string[] | 'all'>> = {
    // The catalogue of SQL over objects, one row a function, and the four forms of its grammar.
    'translators/object-sql/functions.ts': 'all',
    'translators/syntax/parse-select-operand.ts': ['EXTRACT', 'DATE_ADD', 'TRIM', 'SUBSTRING'],
    // A letter of date patterns.
    'translators/catalog/date-pattern.ts': ['E'],
  };
  const words = new Set(Object.values(WORDS).flat());
  const isName = (text: string): boolean =>
    /^[A-Z][A-Z0-9_]*$/.test(text) &&
    (scalarFunction(text) ?? aggregateFunction(text) ?? relevanceFunction(text)) !== undefined;

  const named = translators
    .filter(({ path }) => !path.startsWith('translators/functions/'))
    .flatMap((source) => {
      const found: { readonly path: string; readonly line: number; readonly word: string }[] = [];
      walk(source.tree, (node) => {
        const key = ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node) ? node.name : undefined;
        const text = ts.isStringLiteralLike(node) ? node.text : key && ts.isIdentifier(key) ? key.text : '';
        if (isName(text)) found.push({ path: source.path, line: lineOf(source, node), word: text });
      });
      return found;
    });

  it('names no function of the catalogue outside of it', () => {
    const leaks = named.filter(({ path, word }) => {
      const others = OTHERS[path];
      return !words.has(word) && others !== 'all' && !others?.includes(word);
    });
    expect(leaks.map(({ path, line, word }) => `${path}:${line} ${word}`)).toEqual([]);
  });

  it('lists no word that is not there', () => {
    const seen = new Set(named.map(({ word }) => word));
    expect([...words].filter((word) => !seen.has(word))).toEqual([]);
    const listed = Object.entries(OTHERS).flatMap(([path, those]) =>
      those === 'all' ? [] : those.map((word) => `${path} ${word}`),
    );
    const there = new Set(named.map(({ path, word }) => `${path} ${word}`));
    expect(listed.filter((one) => !there.has(one))).toEqual([]);
  });
});

describe('exports', () => {
  /** The doors of the package: what they export is for others. */
  const DOORS = ['translators/index.ts', 'src/main.ts'];
  const EVERYTHING = '*';

  /** The names that are imported from each file; `*` where a whole module is. */
  const imported = new Map<string, Set<string>>();
  const importers = [...sources, ...['test', 'kernels', 'scripts'].flatMap(read)];
  for (const { path, tree } of importers) {
    const add = (specifier: ts.Node | undefined, names: readonly string[]): void => {
      if (!specifier || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return;
      const file = normalize(join(dirname(path), specifier.text));
      const known = imported.get(file) ?? new Set();
      for (const name of names) known.add(name);
      imported.set(file, known);
    };
    const namesOf = (elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[]): readonly string[] =>
      elements.map((element) => (element.propertyName ?? element.name).text);
    walk(tree, (node) => {
      if (ts.isImportDeclaration(node)) {
        const bindings = node.importClause?.namedBindings;
        if (!bindings) return add(node.moduleSpecifier, []);
        add(node.moduleSpecifier, ts.isNamespaceImport(bindings) ? [EVERYTHING] : namesOf(bindings.elements));
      } else if (ts.isExportDeclaration(node)) {
        const clause = node.exportClause;
        add(node.moduleSpecifier, clause && ts.isNamedExports(clause) ? namesOf(clause.elements) : [EVERYTHING]);
      } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
        add(node.arguments[0], [EVERYTHING]);
      } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
        const { qualifier } = node;
        add(node.argument.literal, [qualifier && ts.isIdentifier(qualifier) ? qualifier.text : EVERYTHING]);
      }
    });
  }

  function exportsOf({ tree }: Source): readonly string[] {
    return tree.statements.flatMap((statement) => {
      if (ts.isExportDeclaration(statement)) {
        const clause = statement.exportClause;
        return clause && ts.isNamedExports(clause) ? clause.elements.map(({ name }) => name.text) : [];
      }
      const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
      if (!modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
      if (ts.isVariableStatement(statement)) {
        return statement.declarationList.declarations.map(({ name }) => name.getText(tree));
      }
      return 'name' in statement ? [(statement.name as ts.Identifier).text] : [];
    });
  }

  it('are imported by somebody', () => {
    const exported = sources.filter(({ path }) => !DOORS.includes(path));
    expect(exported.flatMap(exportsOf).length).toBeGreaterThan(1_000);
    const unused = exported.flatMap((source) => {
      const known = imported.get(source.path);
      if (known?.has(EVERYTHING)) return [];
      return exportsOf(source)
        .filter((name) => !known?.has(name))
        .map((name) => `${source.path} ${name}`);
    });
    expect(unused).toEqual([]);
  });

  it('stand in files that the server or the package uses', () => {
    const used = new Set<string>(DOORS);
    for (const { tree, path } of sources) {
      for (const [, specifier] of tree.text.matchAll(/(?:from|import|import\(|new URL\()\s*'(\.[^']+)'/g)) {
        used.add(normalize(join(dirname(path), specifier!)));
      }
    }
    expect(sources.filter(({ path }) => !used.has(path)).map(({ path }) => path)).toEqual([]);
  });
});
describe('lengths', () => {
  const MOST_LINES = 80;
  const MOST_IN_A_FILE = 400;

  /** Functions, methods and closures with a body; a function that is longer says `Long because …` in the comment before it. */
  function longFunctions(source: Source): string[] {
    const found: string[] = [];
    walk(source.tree, (node) => {
      if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return;
      const first = lineOf(source, node);
      const last = source.tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
      if (last - first < MOST_LINES || /\bLong because \S/.test(commentBefore(source, node))) return;
      const name = ts.isVariableDeclaration(node.parent) ? node.parent.name.getText(source.tree) : '';
      found.push(`${source.path}:${first} ${node.name?.getText(source.tree) ?? name} has ${last - first + 1} lines`);
    });
    return found;
  }

  function commentBefore({ text, tree }: Source, node: ts.Node): string {
    let outer = node;
    while (!ts.isStatement(outer) && !ts.isClassElement(outer)) outer = outer.parent;
    return text.slice(outer.getFullStart(), outer.getStart(tree));
  }

  it('keeps functions under eighty lines', () => {
    expect(sources.flatMap(longFunctions)).toEqual([]);
  });

  it('keeps files under four hundred lines', () => {
    // What `npm run kernels` writes has the length that it has.
    const GENERATED = /\/kernels\/[^/]+-code\.ts$/;
    const long = sources.filter(
      ({ path, text }) => !GENERATED.test(path) && text.split('\n').length - 1 > MOST_IN_A_FILE,
    );
    expect(long.map(({ path, text }) => `${path} has ${text.split('\n').length - 1} lines`)).toEqual([]);
  });
});
