/** The WebAssembly that is in the sources, held to what it is compiled from. */
import { expect, it } from 'vitest';
import { compiled } from '../../../scripts/kernels.mjs';
import { csvCode } from '../../../src/kernels/csv-code.ts';
import { hitCode } from '../../../src/kernels/hit-code.ts';

it.each([
  ['hit', hitCode],
  ['csv', csvCode],
])(
  'the kernel %s is what its source compiles to',
  async (name, code) => {
    expect(await compiled(name)).toBe(code);
  },
  60_000,
);
