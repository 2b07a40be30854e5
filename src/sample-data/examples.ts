/** Three commands to try on the sample data. */

function curl(url: string, path: string, query: string): string {
  // Single quotes inside the SQL would end the shell's own.
  const body = JSON.stringify({ query }).replaceAll("'", `'\\''`);
  return `curl -s -H 'Content-Type: application/json' '${url}${path}' -d '${body}'`;
}

/** `url` is where this server listens. */
export function exampleCommands(url: string): readonly [string, string, string] {
  const base = url.replace(/\/+$/, '');
  return [
    curl(
      base,
      '/_plugins/_sql',
      "SELECT firstname, lastname, balance FROM accounts WHERE address.state = 'WA' ORDER BY balance DESC LIMIT 5",
    ),
    curl(
      base,
      '/_plugins/_sql?format=csv',
      'SELECT status, COUNT(*) AS orders, AVG(total) AS average FROM orders GROUP BY status',
    ),
    curl(
      base,
      '/_plugins/_sql?format=raw',
      "SELECT host, path, status FROM weblogs WHERE status >= 500 AND path LIKE '/api/%' LIMIT 5",
    ),
  ];
}
