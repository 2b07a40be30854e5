/** Where the requests of a scan go. Made of the scan alone, so that no reader can name the indices and forget what their hints ask for. */
import type { SearchHints } from '../../algebra/scan-options.ts';

/** Holds no value: only `targetOf` makes what has it. */
declare const ofScan: unique symbol;

export type SearchParameters = Readonly<Record<string, string | boolean>>;

/**
 * An index expression, and the parameters of every request that reads from it. A point in time is opened with them and
 * keeps them: searches in it take none (the cluster refuses a routing or preference there).
 */
export interface ScanTarget {
  readonly expression: string;
  readonly parameters: SearchParameters;
  readonly [ofScan]: true;
}

interface Targeted {
  readonly schema: { readonly expression: string };
  readonly hints?: SearchHints;
}

export const targetOf = ({ schema, hints }: Targeted): ScanTarget =>
  ({ expression: schema.expression, parameters: parametersOf(hints) }) as ScanTarget;

const parametersOf = ({ routing, preference, ignoreUnavailable }: SearchHints = {}): SearchParameters => ({
  ...(routing === undefined ? {} : { routing }),
  ...(preference === undefined ? {} : { preference }),
  ...(ignoreUnavailable ? { ignore_unavailable: true } : {}),
});
