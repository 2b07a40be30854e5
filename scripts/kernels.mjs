/** Compiles the kernels, which are AssemblyScript, to the WebAssembly that the server carries with it: `npm run kernels`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SOURCE = 'kernels/hit-kernel.ts';
const TARGET = join(ROOT, 'src/jobs/export/hits/kernel-code.ts');

/** The code of the kernel in base64. */
export async function compiledKernel() {
  const options = ['-O3', '--converge', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--initialMemory', '1'];
  const files = new Map();
  const { error, stderr } = await asc.main([SOURCE, '--outFile', 'kernel.wasm', ...options], {
    writeFile: (name, contents) => void files.set(name, contents),
    baseDir: ROOT,
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return Buffer.from(files.get('kernel.wasm')).toString('base64');
}

const fileOf = (code) => `/** WebAssembly of ${SOURCE}, in base64; \`npm run kernels\` writes this file. */
export const kernelCode: string = [
${code
  .match(/.{1,110}/g)
  .map((line) => `  '${line}',`)
  .join('\n')}
].join('');
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, fileOf(await compiledKernel()));
