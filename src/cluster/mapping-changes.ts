/** Tells which requests that pass through may change a mapping, an alias or the set of indices. */

const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** APIs that are called by POST, PUT or DELETE and leave every mapping as it is; whatever is not here is taken to change one. */
const HARMLESS = new Set([
  '_search',
  '_msearch',
  '_count',
  '_mget',
  '_mtermvectors',
  '_termvectors',
  '_field_caps',
  '_explain',
  '_validate',
  '_analyze',
  '_rank_eval',
  '_render',
  '_pit',
  '_scripts',
  '_refresh',
  '_flush',
  '_forcemerge',
  '_cache',
  '_tasks',
  '_cat',
  '_nodes',
  '_sql',
]);

export function mayChangeMappings(method: string, path: string): boolean {
  if (READING_METHODS.has(method)) return false;
  const [first = '', second = ''] = path
    .split('?', 1)[0]!
    .split('/')
    .filter((part) => part !== '');
  // The API is the first part that begins with an underscore, after at most one index expression.
  const api = first.startsWith('_') ? first : second;
  return !HARMLESS.has(api);
}
