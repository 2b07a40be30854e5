/** Tells whether work done with a session looked at its clock, or at who asks: what is made of it then serves one request only. */
import type { Session } from '../../translators/algebra/index.ts';

interface WatchedSession {
  /** The same session; what reads `now`, `today`, `utc` or `server` of it is noticed. Neither the zone nor the longest text is a matter of time. */
  readonly session: Session;
  used(): boolean;
}

export function watchSession(session: Session): WatchedSession {
  let used = false;
  return {
    session: {
      get now() {
        used = true;
        return session.now;
      },
      get today() {
        used = true;
        return session.today;
      },
      get utc() {
        used = true;
        return session.utc;
      },
      get server() {
        used = true;
        return session.server;
      },
      zone: session.zone,
      maxText: session.maxText,
    },
    used: () => used,
  };
}
