/** What a statement takes from its time: the clock, bound once. */

/** Values bound once a statement, so that an answer is consistent and bodies are cacheable. */
export interface Session {
  /** Start of the statement on the session's clock: canonical timestamp with whole seconds. */
  readonly now: string;
  /** Canonical date of `now`. */
  readonly today: string;
  /** The clock that dates are read by, by name or offset; absent for UTC. */
  readonly zone?: string;
  /** Longest text that a function may make, in bytes; absent for the default. */
  readonly maxText?: number;
  /** `now` in UTC, where the clock is another. */
  readonly utc?: string;
  /** Of the cluster, where the statement asks for it: its version, and the user that it knows the caller as. */
  readonly server?: { readonly version: string | null; readonly user: string };
}
