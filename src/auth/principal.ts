/** Who a request of the job, object and select routes comes from, and what they may do (architecture, decision 7). */
import type { Identity } from '../cluster/context.ts';

export type Right = 'read' | 'write';

export interface Principal {
  /** Of the key or token in AUTH_FILE; undefined without authentication. Stored with jobs, never the secret. */
  readonly keyId: string | undefined;
  /** Shown as a job's owner. */
  readonly user: string;
  /** The project whose jobs are seen; undefined: any. */
  readonly project: string | undefined;
  /** Headers of the cluster's calls: those of the service account declared with the key, or the caller's own. */
  readonly identity: Identity;
  /** The identity came with the request and is nowhere declared: it is kept in memory only. */
  readonly rawIdentity: boolean;
  may(right: Right, bucket: string): boolean;
}

export type AuthFault =
  | 'missing'
  | 'unreadable'
  | 'unknownKey'
  | 'badSignature'
  | 'expired'
  | 'badToken'
  | 'wrongProject'
  | 'bodyMismatch';

/** Each protocol renders it with its own code and status. */
export class AuthError extends Error {
  constructor(
    readonly fault: AuthFault,
    message: string,
  ) {
    super(message);
    this.name = 'AuthError';
  }
}
