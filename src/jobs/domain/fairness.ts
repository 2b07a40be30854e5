/** Which waiting job is next: fair between projects, and inside a project between owners, whatever each has queued. */
import type { Waiting } from '../stores/store.ts';

interface Served {
  /** Of this server: jobs that run now in the queue. */
  running(queue: string, project: string, owner?: string): number;
  /** When one was begun last, on any scale that grows; 0: never. */
  lastBegun(queue: string, project: string, owner?: string): number;
}

/**
 * In order: who has fewest running, who has waited longest for a turn, who came first.
 * A queue without a free place has no candidate here; the caller leaves those out.
 */
export function fairOrder(waiting: readonly Waiting[], served: Served): readonly Waiting[] {
  const ranked = waiting.map((one) => {
    const { queue, project, owner, submitted } = one;
    const rank = [
      served.running(queue, project),
      served.running(queue, project, owner),
      served.lastBegun(queue, project),
      served.lastBegun(queue, project, owner),
      submitted,
    ];
    return { one, rank };
  });
  ranked.sort((a, b) => compare(a.rank, b.rank));
  return ranked.map(({ one }) => one);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) {
    if (value !== b[i]) return value - b[i]!;
  }
  return 0;
}
