/** `npm run docs`: writes the documents that are printed from tables of the code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { documents } from './docs/documents.ts';

process.chdir(new URL('..', import.meta.url).pathname);
mkdirSync('docs', { recursive: true });
for (const { path, text } of await documents()) {
  writeFileSync(path, text);
  console.log(path);
}
