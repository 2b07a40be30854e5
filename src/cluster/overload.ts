/** Statuses of a cluster, or of a gateway before it, that is overloaded or away for a while: what was asked for may be asked for again. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export const isPassing = (status: number): boolean => PASSING.has(status);
