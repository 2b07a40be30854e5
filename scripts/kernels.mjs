/** Compiles the kernels, which are AssemblyScript, to the WebAssembly that the server carries with it: `npm run kernels`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const NAMES = ['hit', 'csv'];
const OPTIONS = ['-O3', '--converge', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--initialMemory', '1'];

const sourceOf = (name) => `kernels/${name}-kernel.ts`;

/** The code of a kernel in base64. */
export async function compiled(name) {
  const files = new Map();
  const { error, stderr } = await asc.main([sourceOf(name), '--outFile', 'kernel.wasm', ...OPTIONS], {
    writeFile: (file, contents) => void files.set(file, contents),
    baseDir: ROOT,
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return Buffer.from(files.get('kernel.wasm')).toString('base64');
}

const fileOf = (
  name,
  code,
) => `/** WebAssembly of ${sourceOf(name)}, in base64; \`npm run kernels\` writes this file. */
export const ${name}Code: string = [
${code
  .match(/.{1,110}/g)
  .map((line) => `  '${line}',`)
  .join('\n')}
].join('');
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of NAMES)
    writeFileSync(join(ROOT, `src/kernels/${name}-code.ts`), fileOf(name, await compiled(name)));
}
