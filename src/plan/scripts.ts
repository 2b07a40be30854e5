/** Which scripts statements may use: all, until the cluster refuses or fails them; one that refuses is spared for a while. */
import { ClusterError } from '../cluster/cluster-error.ts';

/** all: conditions, sorts, groups and sums; sums: only those that no double holds; none: what needs a script is computed here. */
export type ScriptUse = 'all' | 'sums' | 'none';

/** The cluster's limit of new scripts is counted over minutes; one that is switched off stays so for longer. */
const TOO_MANY_MILLISECONDS = 60_000;
const SWITCHED_OFF_MILLISECONDS = 600_000;

const TOO_MANY = /Too many dynamic script compilations/i;
const SWITCHED_OFF = /cannot execute (\[inline\] scripts|scripts using \[[\w-]+\] context)/i;
/** Scripts on OpenSearch 3 read on behind the last address where a document of the segment holds several (seen on 3.8). */
const PAST_LAST_VALUE = /EOFException: read past EOF/;

interface Scripts {
  /** What a statement starts with. */
  use(): ScriptUse;
  /** Runs `f` again with fewer scripts where the cluster refuses them. */
  within<T>(f: (use: ScriptUse) => Promise<T>): Promise<T>;
  /** The next use to try after an error, or undefined where fewer scripts would not help. */
  after(error: unknown, use: ScriptUse): ScriptUse | undefined;
}

export function createScripts(now: () => number = Date.now): Scripts {
  let sparedUntil = 0;
  const use = (): ScriptUse => (now() < sparedUntil ? 'sums' : 'all');
  const after = (error: unknown, used: ScriptUse): ScriptUse | undefined => {
    if (used === 'none') return undefined;
    // A fault of the statement's fields, so that others may go on with scripts.
    if (readsPastLastValue(error)) return 'none';
    const period = refusalPeriod(error);
    if (period === undefined) return undefined;
    sparedUntil = Math.max(sparedUntil, now() + period);
    return used === 'all' ? 'sums' : 'none';
  };
  return {
    use,
    after,
    async within(f) {
      for (let used = use(); ; ) {
        try {
          return await f(used);
        } catch (error) {
          const next = after(error, used);
          if (next === undefined) throw error;
          used = next;
        }
      }
    },
  };
}

const readsPastLastValue = (error: unknown): boolean =>
  error instanceof ClusterError && error.hasCause('script_exception') && PAST_LAST_VALUE.test(error.details);

function refusalPeriod(error: unknown): number | undefined {
  if (!(error instanceof ClusterError)) return undefined;
  const said = `${error.message} ${error.details}`;
  if (TOO_MANY.test(said)) return TOO_MANY_MILLISECONDS;
  return SWITCHED_OFF.test(said) ? SWITCHED_OFF_MILLISECONDS : undefined;
}
