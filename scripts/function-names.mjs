/**
 * The names of functions that a catalogue in Markdown lists, one section a line, in its order:
 * `node scripts/function-names.mjs CATALOGUE > test/unit/functions/names.txt`; with `--check` it compares instead.
 * A name is a word that opens a call in the first two cells of a row, or in a paragraph of a section without a table.
 */
import { readFileSync } from 'node:fs';

const LIST = 'test/unit/functions/names.txt';
/** Sections of what exists elsewhere, of options and of examples name other things. */
const OTHER = /^(9\.[23]|12|5\.1)\b/;
/** Words before a parenthesis that are no functions: placeholders, geometries, clauses. */
const WORDS = new Set(['A', 'D', 'F', 'Q', 'AGG', '_ID', 'IS', 'POLYGON', 'SELECT', 'WHERE', 'RANDOM']);

export function namesOf(text) {
  const sections = new Map();
  const seen = new Set(WORDS);
  let title = '';
  for (const line of text.split('\n')) {
    const heading = /^#{2,3} (\d+(?:\.\d+)?)\.? (.*)/.exec(line);
    if (heading) title = `${heading[1]} ${heading[2]}`;
    if (title === '' || OTHER.test(title) || /\b(do not exist|No `)/.test(line)) continue;
    const isRow = line.startsWith('|');
    const cells = isRow ? line.split(/(?<!\\)\|/).slice(1, 3) : [line];
    for (const [i, cell] of cells.entries())
      for (const [, code] of cell.matchAll(/`([^`]+)`/g)) {
        const calls = [...code.matchAll(/(?<![\w.'])([A-Za-z_]\w*)\s*\(/g)].map(([, name]) => name);
        const alone = isRow && i === 0 ? [...code.matchAll(/^([A-Za-z_]\w*)(?: …)?$/g)].map(([, name]) => name) : [];
        for (const name of [...calls, ...alone].map((each) => each.toUpperCase())) {
          if (seen.has(name)) continue;
          seen.add(name);
          sections.set(title, [...(sections.get(title) ?? []), name]);
        }
      }
  }
  return [...sections].map(([section, names]) => `# ${section}\n${names.join(' ')}\n`).join('');
}

const [path, mode] = process.argv.slice(2);
if (!path) throw new Error('usage: function-names CATALOGUE [--check]');
const made = namesOf(readFileSync(path, 'utf8'));
if (mode !== '--check') process.stdout.write(made);
else if (made !== readFileSync(LIST, 'utf8')) {
  process.stderr.write(`${LIST} is not what ${path} lists\n`);
  process.exitCode = 1;
}
