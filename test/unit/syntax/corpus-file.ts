/** Reads the statement corpus: blocks of a title, a statement and what becomes of it, parted by blank lines. */
import { readdirSync, readFileSync } from 'node:fs';

export interface CorpusEntry {
  readonly file: string;
  readonly title: string;
  readonly sql: string;
  /** The shape of the tree, or the message of the error. */
  readonly shape?: string;
  readonly error?: string;
}

const FOLDER = new URL('../../corpus/statements/', import.meta.url);

export function readCorpus(): CorpusEntry[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.spec'));
  return files.flatMap((file) => {
    const blocks = readFileSync(new URL(file, FOLDER), 'utf8')
      .trim()
      .split(/\n{2,}/);
    return blocks.map((block) => readBlock(file, block));
  });
}

function readBlock(file: string, block: string): CorpusEntry {
  const match = /^-- (?<title>.*)\n(?<sql>[\s\S]*)\n(?<mark>=>|!!) (?<wanted>.*)$/.exec(block);
  if (match?.groups === undefined) throw new Error(`${file}: not an entry:\n${block}`);
  const { title = '', sql = '', mark, wanted } = match.groups;
  return { file, title, sql, ...(mark === '=>' ? { shape: wanted } : { error: wanted }) };
}
