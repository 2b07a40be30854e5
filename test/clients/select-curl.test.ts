/** Requests of BOS that nobody signed, by curl: taken where the configuration says so, and nowhere else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/node/command.ts';
import { readBosMessages } from '../unit/select/read-messages.ts';
import { type Kind, type SelectProxy, startSelectProxy } from './select-server.ts';

const hasCurl = await runCommand('curl', ['--version'], { timeoutMs: 10_000 }).then(
  ({ code }) => code === 0,
  () => false,
);
if (!hasCurl) console.log('[curl] skipped: curl is missing');

/** The forms of the four SDKs, each with the content type that its SDK sends. */
const FORMS = [
  ['/v1/', '?select&type=csv', 'application/json; charset=utf-8'],
  ['/v1/', '?select=&type=csv', 'application/octet-stream'],
  ['/', '?select=&type=csv', 'application/json'],
  ['/', '?type=csv&select=', 'application/json;charset=utf-8'],
  ['/', '?select&type=csv', 'application/x-www-form-urlencoded'],
] as const;

const BODY = JSON.stringify({
  selectRequest: {
    expression: Buffer.from('SELECT name FROM BosObject WHERE age > 40').toString('base64'),
    expressionType: 'SQL',
    inputSerialization: { csv: { fileHeaderInfo: 'USE' } },
    outputSerialization: { csv: {} },
  },
});

async function curl(url: string, contentType: string): Promise<{ readonly status: number; readonly bytes: Buffer }> {
  // The frames are bytes, and what a command prints is text.
  const command =
    'curl --silent --show-error --globoff -w "\\n%{http_code}" -H "$TYPE" --data-binary "$BODY" "$URL" | base64 -w0';
  const env = { ...process.env, TYPE: `Content-Type: ${contentType}`, BODY, URL: url };
  const { code, output } = await runCommand('sh', ['-c', command], { timeoutMs: 60_000, env });
  expect(code).toBe(0);
  const printed = Buffer.from(output, 'base64');
  const end = printed.lastIndexOf(10);
  return { status: Number(printed.subarray(end + 1).toString()), bytes: printed.subarray(0, end) };
}

describe.skipIf(!hasCurl).each(['directory', 's3'] as const)('curl without a key, over the %s store', (kind: Kind) => {
  let locked: SelectProxy;
  let open: SelectProxy;
  beforeAll(async () => {
    locked = await startSelectProxy(kind, true);
    open = await startSelectProxy(kind, false);
  });
  afterAll(async () => {
    await locked.close();
    await open.close();
  });

  it.each(FORMS)('%sopen-data/people.csv%s as %s', async (prefix, query, contentType) => {
    for (const { url } of [locked, open]) {
      const { status, bytes } = await curl(`${url}${prefix}open-data/people.csv${query}`, contentType);
      expect(status).toBe(200);
      const messages = readBosMessages(bytes).map(({ type, payload }) => [type, payload.toString()]);
      expect(messages).toEqual([
        ['Records', 'Zoë\n'],
        ['End', ''],
      ]);
    }
    const { status, bytes } = await curl(`${locked.url}${prefix}demo/people.csv${query}`, contentType);
    expect([status, JSON.parse(bytes.toString()).code]).toEqual([403, 'AccessDenied']);
    expect((await curl(`${open.url}${prefix}demo/people.csv${query}`, contentType)).status).toBe(200);
  });
});
