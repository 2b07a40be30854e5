/** Baidu's SDKs in four languages, unchanged, against the whole server: objects in both stores, and the cluster. */
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/node/command.ts';
import { uniqueName } from '../support/engine.ts';
import { readBosMessages } from '../unit/select/read-messages.ts';
import { dropClientIndex, loadClientIndex } from './data.ts';
import { type BosCase, bosCases } from './select-cases.ts';
import { KEY, type Kind, type SelectProxy, STRANGER, startSelectProxy } from './select-server.ts';
import { goProgram, jars, javaClasses, pythonPackages, type Tool } from './tools.ts';

interface Seen {
  readonly name: string;
  readonly types: readonly string[];
  readonly records: string;
  readonly error?: string;
}

interface Job {
  readonly endpoint: string;
  readonly ak: string;
  readonly sk: string;
  readonly cases: readonly BosCase[];
}

interface Client {
  readonly name: string;
  readonly tool: Tool;
  /** Members of the request that its types have no room for are left out of its cases. */
  readonly takesLocation: boolean;
  run(job: Job): Promise<readonly Seen[]>;
}

/** Programs of other languages take their time to start. */
const PATIENCE = 120_000;

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

async function printed<T>(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<T> {
  const { code, output } = await runCommand(command, args, { timeoutMs: PATIENCE, env: { ...process.env, ...env } });
  if (code !== 0) throw new Error(output);
  return JSON.parse(output.trim().split('\n').at(-1)!) as T;
}

const [python, go, sdk] = await Promise.all([
  pythonPackages('bce-python-sdk', '0.9.79'),
  goProgram('bos-go', here('bos-go/main.go'), 'github.com/baidubce/bce-sdk-go', 'v0.9.277'),
  // For Hadoop, HBase and MQTT, which the SDK's other services use.
  jars('com.baidubce', 'bce-java-sdk', '0.10.448', [
    'org.apache.hadoop',
    'org.apache.hbase',
    'org.apache.zookeeper',
    'org.apache.curator',
    'org.apache.directory',
    'org.apache.avro',
    'io.netty',
    'com.google.protobuf',
    'com.sun.jersey',
    'org.springframework',
    'org.bouncycastle',
  ]),
]);

const java = await javaClasses(here('BosClientProgram.java'), sdk);

const pathOf = (tool: Tool): string => ('path' in tool ? tool.path : '');

const CLIENTS: readonly Client[] = [
  {
    name: 'bce-python-sdk',
    tool: python,
    takesLocation: true,
    run: (job) =>
      printed('python3', ['-W', 'ignore', here('select_bos.py'), JSON.stringify(job)], { PYTHONPATH: pathOf(python) }),
  },
  {
    name: 'bce-sdk-go',
    tool: go,
    takesLocation: false,
    async run(job) {
      const seen = await printed<readonly { name: string; frames?: string; error?: string }[]>(pathOf(go), [
        JSON.stringify(job),
      ]);
      return seen.map(({ name, frames = '', error }) => ({
        ...ofFrames(name, Buffer.from(frames, 'base64')),
        ...(error && { error }),
      }));
    },
  },
  {
    name: 'bce-java-sdk',
    tool: java,
    takesLocation: false,
    async run(job) {
      const classPath = [pathOf(java), join(pathOf(sdk), '*')].join(delimiter);
      const args = ['-cp', classPath, 'BosClientProgram', JSON.stringify(job)];
      const seen = await printed<readonly (Omit<Seen, 'records'> & { lines: readonly string[] })[]>('java', args);
      return seen.map(({ lines, ...one }) => ({ ...one, records: lines.map((line) => `${line}\n`).join('') }));
    },
  },
  { name: '@baiducloud/sdk', tool: { path: 'node_modules' }, takesLocation: true, run: runJavaScript },
];

function ofFrames(name: string, frames: Buffer): Seen {
  const messages = readBosMessages(frames);
  const code = messages.at(-1)?.headers['error-code'];
  return {
    name,
    types: messages.map(({ type }) => type),
    records: messages
      .filter(({ type }) => type === 'Records')
      .map(({ payload }) => payload.toString())
      .join(''),
    ...(code === undefined || code === 'success' ? {} : { error: code }),
  };
}

interface JavaScriptClient {
  selectObject(bucket: string, key: string, body: object): Promise<{ readonly body: Buffer }>;
}

async function runJavaScript({ endpoint, ak, sk, cases }: Job): Promise<readonly Seen[]> {
  const { BosClient } = createRequire(import.meta.url)('@baiducloud/sdk') as {
    readonly BosClient: new (options: object) => JavaScriptClient;
  };
  const client = new BosClient({ endpoint, credentials: { ak, sk } });
  // As published it reads a variable of this name that is declared nowhere.
  const world = globalThis as { type?: string };
  const before = world.type;
  const seen: Seen[] = [];
  for (const { name, bucket, key, type, sql, input, output, progress = false } of cases) {
    world.type = type;
    const selectRequest = {
      expression: Buffer.from(sql).toString('base64'),
      expressionType: 'SQL',
      inputSerialization: input,
      outputSerialization: output,
      requestProgress: { enabled: progress },
    };
    try {
      const { body } = await client.selectObject(bucket, key, { type, selectRequest });
      seen.push(ofFrames(name, body));
    } catch (error) {
      seen.push({ name, types: [], records: '', error: (error as { readonly code?: string }).code ?? String(error) });
    }
  }
  if (before === undefined) delete world.type;
  else world.type = before;
  return seen;
}

for (const { name, tool } of CLIENTS) if ('missing' in tool) console.log(`[${name}] skipped: ${tool.missing}`);

const index = uniqueName('bos').replace('-', '_');
beforeAll(() => loadClientIndex(index));
afterAll(() => dropClientIndex(index));

describe.each([
  ['directory', true],
  ['s3', true],
  ['directory', false],
] as readonly (readonly [Kind, boolean])[])('over objects in the %s store, signed: %s', (kind, keys) => {
  let proxy: SelectProxy;
  beforeAll(async () => {
    proxy = await startSelectProxy(kind, keys);
  });
  afterAll(() => proxy.close());

  describe.each(CLIENTS.filter(({ tool }) => 'path' in tool))('$name', (client) => {
    it(
      'reads what was asked for, and raises errors by their codes',
      async () => {
        const cases = bosCases(index);
        const seen = await client.run({ endpoint: proxy.url, ...KEY, cases });
        expect(seen.map(({ name }) => name)).toEqual(cases.map(({ name }) => name));
        for (const [i, { name, expected }] of cases.entries()) {
          const { records, error, types } = seen[i]!;
          if (expected.error !== undefined) {
            expect(`${name}: ${error}`).toMatch(new RegExp(`^${name}: (?!undefined)${expected.error}`));
            continue;
          }
          expect({ name, records, error }).toEqual({ name, records: expected.records, error: undefined });
          expect(types.at(-1)).toBe('End');
        }
      },
      PATIENCE,
    );

    it.runIf(client.takesLocation)(
      'leaves a result in the store',
      async () => {
        const key = `${client.name.replace(/\W/g, '')}/${kind}.csv`;
        const one: BosCase = {
          name: 'into the store',
          bucket: 'demo',
          key: 'label',
          type: 'csv',
          sql: `SELECT id, k FROM ${index} ORDER BY id`,
          input: { csv: {} },
          output: { outputHeader: true, csv: {}, location: { bucket: 'out', key } },
        };
        const [first, again] = await client.run({ endpoint: proxy.url, ...KEY, cases: [one, one] });
        expect(JSON.parse(first!.records)).toEqual({ bucket: 'out', key, size: 15, records: 2 });
        expect(await proxy.textOf('out', key)).toBe("id,k\n1,it's\n2,\n");
        expect(again!.error).toBe('PreconditionFailed');
      },
      PATIENCE,
    );

    it.runIf(keys)(
      'is told what is wrong with its key',
      async () => {
        const cases = bosCases(index).slice(0, 1);
        const errorOf = async (key: { readonly ak: string; readonly sk: string }) =>
          (await client.run({ endpoint: proxy.url, ...key, cases }))[0]!.error;
        expect(await errorOf({ ...KEY, sk: 'something else' })).toBe('SignatureDoesNotMatch');
        expect(await errorOf({ ...KEY, ak: 'nobody-here' })).toBe('InvalidAccessKeyId');
        expect(await errorOf(STRANGER)).toBe('AccessDenied');
      },
      PATIENCE,
    );
  });
});
