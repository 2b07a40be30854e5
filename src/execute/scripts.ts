/** Which scripts statements may use: all, until the cluster refuses more of them; then it is spared for a while. */
import { ClusterError } from '../cluster/cluster-error.ts';

/** all: conditions, sorts, groups and sums; sums: only those that no double holds; none: what needs a script is computed here. */
export type ScriptUse = 'all' | 'sums' | 'none';

/** The cluster's limit of new scripts is counted over minutes; one that is switched off stays so for longer. */
const TOO_MANY_MILLISECONDS = 60_000;
const SWITCHED_OFF_MILLISECONDS = 600_000;

const TOO_MANY = /Too many dynamic script compilations/i;
const SWITCHED_OFF = /cannot execute (\[inline\] scripts|scripts using \[[\w-]+\] context)/i;

export interface Scripts {
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
    const period = used === 'none' ? undefined : refusalPeriod(error);
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

function refusalPeriod(error: unknown): number | undefined {
  if (!(error instanceof ClusterError)) return undefined;
  const said = `${error.message} ${error.details}`;
  if (TOO_MANY.test(said)) return TOO_MANY_MILLISECONDS;
  return SWITCHED_OFF.test(said) ? SWITCHED_OFF_MILLISECONDS : undefined;
}
