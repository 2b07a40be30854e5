/** Who a request of the job, object and select routes comes from, and what they may do (architecture, decision 7). */
import type { Identity } from '../cluster/context.ts';

export type Right = 'read' | 'write';

/** What the signature of a request leaves open; nothing of a token, which is only as safe as its connection. */
export interface Proof {
  /** It stands in the query: whoever is given the URL may send it, with any body. */
  readonly link: boolean;
  /** The client could have covered the body and did not. Not said of `bce-auth-v1` in a header, whose SDKs never do. */
  readonly openBody: boolean;
}

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
  /** Of a signed request only. */
  readonly proof?: Proof;
}

export type AuthFault =
  | 'missing'
  | 'unreadable'
  | 'unknownKey'
  | 'badSignature'
  | 'expired'
  | 'badToken'
  | 'wrongProject'
  | 'bodyMismatch'
  | 'notCovered';

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

/** Before a request runs a statement on the cluster, or says where something is to be written. */
export function demandProof({ proof }: Principal): void {
  if (proof?.link === true) {
    throw new AuthError(
      'notCovered',
      'A link runs no statement on the cluster and writes nothing: sign the request in its headers',
    );
  }
  if (proof?.openBody === true) {
    throw new AuthError(
      'notCovered',
      'The body says what runs on the cluster or where something is written, so the signature must cover it: it may not be UNSIGNED-PAYLOAD',
    );
  }
}
