/** The search node that integration tests talk to, one for all files of a run; `startEngine` gives further ones on demand. */
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';

export { startEngine } from './start-engine.ts';

export interface TestEngine {
  readonly url: string;
  readonly kind: 'external' | 'docker' | 'node';
  readonly version: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly engine: TestEngine;
  }
}

/** Set by `npm run test:full`: what takes long runs too. */
export const FULL = process.env.TEST_FULL === '1';

/** All files share this node: name indices with `uniqueName`. */
export function getEngine(): TestEngine {
  return inject('engine');
}

export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}
