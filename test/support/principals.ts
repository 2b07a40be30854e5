/** Principals for tests of routes and services that stand behind authentication. */
import type { Principal } from '../../src/auth/principal.ts';

/** Who asks a server without `AUTH_FILE`, with no credentials of the cluster. */
export const ANYBODY: Principal = {
  keyId: undefined,
  user: 'anonymous',
  project: undefined,
  identity: {},
  rawIdentity: false,
  may: () => true,
};
