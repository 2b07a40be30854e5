/** What a statement may ask of the place where it runs: schema, version and user, constants of the statement. */
import { define, type ScalarFunction } from '../algebra/function.ts';
import type { Session } from '../algebra/session.ts';
import type { Value } from '../algebra/types.ts';

const about = (
  name: string,
  aliases: readonly string[],
  summary: string,
  session: (session: Session) => Value,
): ScalarFunction => ({
  name,
  aliases,
  family: 'conditional',
  summary,
  signatures: [[]],
  returns: 'keyword',
  nulls: 'strict',
  session,
  js: (_args, _result, at) => () => session(at),
  examples: [],
});

const OF_SERVER: readonly ScalarFunction[] = [
  about('VERSION', [], 'Version of the cluster, as it says it itself.', ({ server }) => server?.version ?? null),
  about(
    'CURRENT_USER',
    ['USER', 'SESSION_USER'],
    'User of the cluster whose credentials the request carries; `anonymous` where it names none.',
    ({ server }) => server?.user ?? 'anonymous',
  ),
];

export const server = define([
  about(
    'DATABASE',
    ['SCHEMA', 'CURRENT_SCHEMA'],
    'The one schema that all tables are in: `default`, as in `default.t`.',
    () => 'default',
  ),
  ...OF_SERVER,
]);

const NAMES = OF_SERVER.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
const CALLS = new RegExp(String.raw`\b(?:${NAMES.join('|')})\s*\(`, 'i');

/** Whether the statement may call one of those that only the cluster can answer; a text or a comment may look so too. */
export const asksServer = (sql: string): boolean => CALLS.test(sql);
