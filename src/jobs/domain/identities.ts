/** Whose rights a job has: those declared with its key, or those that came with its request, which memory alone holds. */
import type { Identity } from '../../cluster/context.ts';
import type { Job } from './model.ts';

export interface Identities {
  /** Of a job whose credentials are nowhere declared. */
  keep(id: string, identity: Identity): void;
  forget(id: string): void;
  kept(): readonly string[];
  of(job: Job): Identity | IdentityGone;
}

/** Why a job cannot be run any more. */
export interface IdentityGone {
  readonly gone: string;
}

export const isGone = (identity: Identity | IdentityGone): identity is IdentityGone =>
  typeof (identity as IdentityGone).gone === 'string';

/** `declared`: what the key stands for now; undefined when it is declared no more. */
export function createIdentities(declared: (keyId: string | undefined) => Identity | undefined): Identities {
  const raw = new Map<string, Identity>();
  return {
    keep: (id, identity) => void raw.set(id, identity),
    forget: (id) => void raw.delete(id),
    kept: () => [...raw.keys()],
    of(job) {
      if (job.rawIdentity) {
        const gone =
          'The credentials of this job were in the memory of a server that has stopped since; submit the job again.';
        return raw.get(job.id) ?? { gone };
      }
      const whose =
        job.keyId === undefined ? 'Requests without a key' : `The key ${job.keyId}, which submitted this job,`;
      const gone = `${whose} may no longer run jobs: see AUTH_FILE.`;
      return declared(job.keyId) ?? { gone };
    },
  };
}
