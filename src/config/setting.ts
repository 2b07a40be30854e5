/** One row of the table of settings. */
import type { z } from 'zod';

export interface Setting<S extends z.ZodType = z.ZodType> {
  readonly env: string;
  /** As one would write it in the environment; undefined: the setting is optional and empty. */
  readonly default: string | undefined;
  /** Shown in place of the default where that is worked out at start. */
  readonly shownDefault?: string;
  readonly meaning: string;
  readonly schema: S;
  /** Never printed or logged. */
  readonly secret?: boolean;
}

export function setting<S extends z.ZodType<unknown, string>>(
  env: string,
  fallback: string | undefined,
  schema: S,
  meaning: string,
  more: { readonly shownDefault?: string; readonly secret?: boolean } = {},
): Setting<S> {
  return { env, default: fallback, schema, meaning, ...more };
}
