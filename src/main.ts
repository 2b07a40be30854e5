/** The command: reads its settings, starts what is needed, serves, and stops all of it again. */
import { readFileSync } from 'node:fs';
import { type CommandName, commandsSummary, isCommand } from './cli/options.ts';
import { type Config, loadConfig, settingsHelp, settingsMarkdown } from './config.ts';
import { limitHeapGrowth } from './heap-growth.ts';
import { type Listening, listen } from './http/listen.ts';
import type { Log } from './log.ts';

const USAGE = `opensearch-sql-proxy: SQL in front of OpenSearch and Elasticsearch

Usage: opensearch-sql-proxy                starts the server (in its folder: npm start)
       opensearch-sql-proxy COMMAND …      asks a running one; COMMAND --help tells the options

${commandsSummary()}

Options: --help, --version, --settings-markdown

Settings are read from the environment:

`;

/** package.json lies one folder up in the sources, two in the built package. */
function ownVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Record<
        string,
        string
      >;
      if (name === 'opensearch-sql-proxy' && version !== undefined) return version;
    } catch {
      // The other place has it.
    }
  }
  return '0.0.0';
}

/** Answers an option that needs no server; undefined: serve. */
function answerOption(argument: string | undefined): number | undefined {
  switch (argument) {
    case undefined:
      return undefined;
    case '--help':
    case '-h':
      console.log(USAGE + settingsHelp());
      return 0;
    case '--version':
      console.log(ownVersion());
      return 0;
    case '--settings-markdown':
      console.log(settingsMarkdown().trimEnd());
      return 0;
    default:
      console.error(`Unknown option ${argument}; --help lists what there is.`);
      return 2;
  }
}

const HOLDS_DATA_DIR =
  'STORAGE_URL holds DATA_DIR: whoever may read objects can read the jobs, rows and keys that this server keeps there.';

type Cleanup = () => Promise<void>;

/** What has been started, ended in reverse order; a second signal does not wait. */
class Running {
  readonly #cleanups: Cleanup[] = [];
  readonly #controller = new AbortController();
  #stopping: Promise<void> | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  add(cleanup: Cleanup): void {
    this.#cleanups.push(cleanup);
  }

  /** For what the others still use while they end. */
  addLast(cleanup: Cleanup): void {
    this.#cleanups.unshift(cleanup);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    this.#controller.abort();
    for (const cleanup of this.#cleanups.reverse()) {
      await cleanup().catch((error: unknown) => console.error(sentenceOf(error)));
    }
  }
}

async function serve(given: Config, running: Running): Promise<void> {
  limitHeapGrowth();
  const { keepPrivate } = await import('./config/private-folder.ts');
  const { warnings: openFolder, umask } = keepPrivate(given.dataDir);
  for (const warning of openFolder) console.warn(warning);
  const { openPluginSettings } = await import('./config/plugin-settings-store.ts');
  const settings = openPluginSettings(given);
  const { config } = settings;
  const { openAuth } = await import('./auth/open-auth.ts');
  const { auth, warnings } = openAuth(config);
  for (const warning of warnings) console.warn(warning);
  const { readTlsFiles } = await import('./config/tls-files.ts');
  const server = await listen(config.host, config.port, readTlsFiles(config));
  running.add(() => server.close(config.shutdownGrace));
  const embedded = config.opensearchUrl.length === 0;
  const urls = embedded ? [await startEmbedded(config, running)] : config.opensearchUrl;
  running.signal.throwIfAborted();

  const [{ createPools }, { createCluster }, { createMappingCache }, { createMetrics }, { createLog }] =
    await Promise.all([
      import('./cluster/pool.ts'),
      import('./cluster/cluster.ts'),
      import('./cluster/mapping-cache.ts'),
      import('./metrics.ts'),
      import('./log.ts'),
    ]);
  const [{ serviceIdentity }, { checkCluster }] = await Promise.all([
    import('./cluster/credentials.ts'),
    import('./cluster/startup-check.ts'),
  ]);
  const log = createLog(config.logLevel);
  const metrics = createMetrics();
  const pools = createPools(config, urls);
  running.add(() => pools.close());
  const cluster = createCluster(config, pools, metrics);
  const found = await checkCluster({
    cluster,
    identity: serviceIdentity(config),
    urls: pools.nodes.map((node) => node.url),
    wait: config.clusterWait,
    onWaiting: (reason) => console.log(`${reason} Waiting for it.`),
    signal: running.signal,
  });
  const { accessWarnings } = await import('./cluster/access-warnings.ts');
  for (const warning of await accessWarnings(config, cluster)) console.warn(warning);
  if (embedded) await loadSamples(urls[0]!);

  const useTls = (): readonly string[] => {
    server.useTls(readTlsFiles(config)!);
    return [];
  };
  reloadOnHangup(
    [
      ...(config.authFile === undefined ? [] : [{ what: 'AUTH_FILE', reload: () => auth.reload() }]),
      ...(config.tlsCert === undefined ? [] : [{ what: 'TLS_CERT', reload: () => useTls() }]),
    ],
    log,
  );
  const { holdsDataDir, openStore } = await import('./objects/open-store.ts');
  if (holdsDataDir(config)) console.warn(HOLDS_DATA_DIR);
  const objects = await openStore(config, umask);
  running.add(() => objects.close());

  const [{ createApp }, { createSqlService }] = await Promise.all([import('./app.ts'), import('./run/service.ts')]);
  const mappings = createMappingCache(config, cluster);
  const service = createSqlService({ config, cluster, mappings, metrics, log });
  running.addLast(() => service.end());
  const { openJobs } = await import('./jobs/open-jobs.ts');
  const { jobs, store } = await openJobs({ config, cluster, service, objects, auth, log, metrics });
  running.addLast(() => store.close());
  running.add(() => jobs.stop(config.shutdownGrace));
  running.signal.throwIfAborted();
  jobs.start();
  const shared = { config, log, metrics, pools, cluster, mappings, service, settings, objects, auth };
  server.serve(createApp({ ...shared, jobs: { jobs, statements: service }, version: ownVersion() }));
  await greet(server, found.title, pools.nodes.map((node) => node.url).join(', '), embedded);
}

interface Reloadable {
  readonly what: string;
  /** Throws, and keeps what it had. Answers warnings. */
  readonly reload: () => readonly string[];
}

/** A file with problems changes nothing, and keeps no other from being read: what was there before stays. */
function reloadOnHangup(files: readonly Reloadable[], log: Log): void {
  // Without such files a hangup ends the server, as it ends any program.
  if (files.length === 0) return;
  process.on('SIGHUP', () => {
    for (const { what, reload } of files) {
      try {
        for (const warning of reload() ?? []) log.warn(warning);
        log.info(`${what} was read again`);
      } catch (error) {
        log.error(sentenceOf(error));
      }
    }
  });
}

async function startEmbedded(config: Config, running: Running): Promise<string> {
  const { startEmbeddedNode } = await import('./node/start.ts');
  const node = await startEmbeddedNode({
    dataDir: config.dataDir,
    runtime: config.embeddedNode,
    onProgress: (line) => console.log(line),
    onDeath: (what) => {
      console.error(what);
      void running.stop().then(() => process.exit(1));
    },
    signal: running.signal,
  });
  running.add(() => node.stop());
  return node.url;
}

async function loadSamples(url: string): Promise<void> {
  const { loadSampleData } = await import('./sample-data/load.ts');
  const created = (await loadSampleData(url)).filter((index) => index.created > 0);
  for (const { name, created: documents } of created)
    console.log(`Loaded sample data: ${name}, ${documents} documents`);
}

async function examplesFor(url: string, embedded: boolean): Promise<readonly string[]> {
  if (embedded) return (await import('./sample-data/examples.ts')).exampleCommands(url);
  const post = `curl -s -H 'Content-Type: application/json' '${url}/_plugins/_sql`;
  return [
    `${post}' -d '{"query": "SHOW TABLES LIKE \\"%\\""}'`,
    `${post}?format=csv' -d '{"query": "SELECT * FROM my-index LIMIT 10"}'`,
    `curl -s '${url}/_cat/indices?v'`,
  ];
}

async function greet(server: Listening, title: string, cluster: string, embedded: boolean): Promise<void> {
  const { url } = server;
  const examples = await examplesFor(url, embedded);
  console.log(`
${title} at ${cluster}
SQL     ${url}/_plugins/_sql
health  ${url}/_proxy/health
metrics ${url}/_proxy/metrics
All other requests go to the cluster.

Try:
  ${examples.join('\n  ')}
`);
}

const EXPECTED = new Set([
  'ConfigError',
  'ListenError',
  'StartupError',
  'EmbeddedNodeError',
  'AuthConfigError',
  'AuthFileError',
  'ObjectStoreError',
  'JobStoreError',
]);

/** A sentence for what was foreseen; the whole error for what was not. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return EXPECTED.has(error.name) ? error.message : (error.stack ?? error.message);
}

/** Client commands need no settings of the server. */
async function runClient(command: CommandName): Promise<void> {
  const { runCommand } = await import('./cli/run.ts');
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  process.once('SIGTERM', () => controller.abort());
  process.exitCode = await runCommand(command, process.argv.slice(3), process.env, controller.signal);
}

async function main(): Promise<void> {
  const [, , first] = process.argv;
  if (isCommand(first)) return runClient(first);
  const answered = answerOption(process.argv[2]);
  if (answered !== undefined) {
    process.exitCode = answered;
    return;
  }
  const running = new Running();
  let signals = 0;
  const onSignal = (): void => {
    if (++signals > 1) process.exit(130);
    console.log('Stopping.');
    void running.stop().then(() => process.exit(0));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    await serve(loadConfig(process.env), running);
  } catch (error) {
    if (running.signal.aborted) return;
    console.error(sentenceOf(error));
    await running.stop();
    process.exit(1);
  }
}

await main();
