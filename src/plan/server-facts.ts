/** What a statement asks of the cluster by VERSION() and CURRENT_USER(): fetched with the caller's own credentials, and only where it asks. */
import { asksServer } from '../../translators/index.ts';
import type { Execution } from '../run/context.ts';

export async function withServerFacts(sql: string, execution: Execution): Promise<Execution> {
  if (!asksServer(sql)) return execution;
  const { cluster, request, session } = execution;
  const [info, user] = await Promise.all([cluster.info(request), cluster.user(request)]);
  const { version } = info as { readonly version?: { readonly number?: string } };
  const server = { version: version?.number ?? null, user: user === undefined ? 'anonymous' : nameOf(user) };
  return { ...execution, session: { ...session, server } };
}

/** A user is told by a list of names; that of an API key begins with what it is. */
function nameOf(user: string): string {
  const [first, id] = JSON.parse(user) as readonly string[];
  return first === 'api key' && id !== undefined ? `${first} ${id}` : first!;
}
