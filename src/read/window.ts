/** How many hits one search gives at most: `index.max_result_window`, which an index may have made smaller. */
import { ClusterError } from '../cluster/cluster-error.ts';

/** Its default. */
export const RESULT_WINDOW = 10_000;

const TOO_LARGE = /Result window is too large, from \+ size must be less than or equal to: \[(\d+)\]/;

/** What the cluster says that the window of the index is; undefined for another failure. */
export function smallerWindow(error: unknown): number | undefined {
  const found = error instanceof ClusterError ? TOO_LARGE.exec(error.message) : null;
  return found === null ? undefined : Number(found[1]);
}
