/** Finds environment variables that look like misspelt settings of ours; an environment holds much that is not ours. */
import { editDistance } from '../../translators/errors.ts';

/** Variables that other programs, containers and service links set under names that begin like ours. */
const FOREIGN = [
  /^OPENSEARCH_(HOME|PATH_CONF|JAVA_HOME|JAVA_OPTS|TMPDIR|CLASSPATH|DISTRIBUTION_TYPE|BUNDLED_JDK|VERSION|INITIAL_ADMIN_PASSWORD)$/,
  /^OPENSEARCH_DASHBOARDS_/,
  /^OPENSEARCH_(.+_)?SERVICE_(HOST|PORT)(_.*)?$/,
  /^OPENSEARCH_(.+_)?PORT(_\d+_(TCP|UDP).*)?$/,
];

interface UnknownName {
  readonly name: string;
  readonly nearest: string;
}

export function findUnknownNames(present: readonly string[], known: readonly string[]): readonly UnknownName[] {
  const ours = new Set(known);
  const found: UnknownName[] = [];
  for (const name of present) {
    if (ours.has(name) || FOREIGN.some((pattern) => pattern.test(name))) continue;
    const [nearest, distance] = closest(name.toUpperCase(), known);
    const near = distance <= (name.length >= 10 ? 2 : name.length >= 6 ? 1 : 0);
    // A lower-case `host` or `port` is somebody else's; a long name of ours in lower case is a slip.
    const slip = near && (name === name.toUpperCase() || name.length >= 10);
    if (slip || name.startsWith('OPENSEARCH_')) found.push({ name, nearest });
  }
  return found;
}

function closest(name: string, known: readonly string[]): readonly [string, number] {
  let best: readonly [string, number] = ['', Number.POSITIVE_INFINITY];
  for (const candidate of known) {
    // Half a name, such as OPENSEARCH_USER, means the whole one.
    const cut = name.length >= 10 && candidate.startsWith(name);
    const distance = cut ? 1 : editDistance(name, candidate);
    if (distance < best[1]) best = [candidate, distance];
  }
  return best;
}
