/** What a call of the cluster is made with: whose identity, until when, and where it is counted. */
export interface CallContext {
  /** Headers that carry the caller's identity, and nothing else (see credentials). */
  readonly identity: Identity;
  readonly signal?: AbortSignal;
  /** The kinds of the calls made, in order; retries are not repeated here. */
  readonly calls: string[];
  /** Hears of the size of each answer. */
  readonly received?: (bytes: number) => void;
}

export type Identity = Readonly<Record<string, string>>;
