/** Reads the command line of the client commands: one table of options, the same for all of them. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

interface Option {
  readonly name: string;
  /** Shown for its value; undefined: a flag. */
  readonly value?: string;
  readonly env?: string;
  readonly default?: string;
  readonly meaning: string;
}

/** Where the server is and who asks. */
export const COMMON: readonly Option[] = [
  {
    name: 'server',
    value: 'URL',
    env: 'SQL_PROXY_URL',
    default: 'http://127.0.0.1:9280',
    meaning: 'The running server.',
  },
  { name: 'project', value: 'ID', env: 'SQL_PROXY_PROJECT', default: 'default', meaning: 'Project of the jobs.' },
  { name: 'token', value: 'TOKEN', env: 'SQL_PROXY_TOKEN', meaning: 'Token of AUTH_FILE.' },
  {
    name: 'access-key',
    value: 'KEY',
    env: 'SQL_PROXY_ACCESS_KEY',
    meaning: 'Access key of AUTH_FILE; requests are signed with it.',
  },
  {
    name: 'secret-key',
    value: 'SECRET',
    env: 'SQL_PROXY_SECRET_KEY',
    meaning: 'Its secret key; better given by the variable.',
  },
  {
    name: 'user',
    value: 'USER:PASSWORD',
    env: 'SQL_PROXY_USER',
    meaning: 'User of the cluster, where the server has no AUTH_FILE, and for queries.',
  },
  { name: 'help', meaning: 'This text.' },
];

const QUEUE: Option = { name: 'queue', value: 'NAME', default: 'default', meaning: 'Queue of the job.' };

const COMMANDS = {
  export: {
    usage: 'export "SELECT …" --to s3a://bucket/folder',
    job: 'Runs a statement as a job and writes its result as files into the object store.',
    options: [
      { name: 'to', value: 'PATH', meaning: 'Bucket and folder: obs://, s3a://, s3://, bos:// or file://.' },
      { name: 'format', value: 'NAME', default: 'csv', meaning: 'csv, json or parquet.' },
      { name: 'compress', value: 'NAME', default: 'none', meaning: 'none, gzip, bzip2 or deflate.' },
      { name: 'header', meaning: 'Begin csv files with the names of the columns.' },
      { name: 'overwrite', meaning: 'Replace what is in the folder.' },
      { name: 'limit', value: 'ROWS', default: '0', meaning: 'Most rows; 0 for all.' },
      { name: 'max-records-per-file', value: 'ROWS', default: '0', meaning: 'Most rows of a file; 0 for no limit.' },
      { name: 'encoding', value: 'NAME', default: 'utf-8', meaning: 'utf-8, gb2312 or gbk.' },
      QUEUE,
    ],
  },
  query: {
    usage: 'query "SELECT …"',
    job: 'Runs a statement and prints its rows.',
    options: [{ name: 'format', value: 'NAME', default: 'csv', meaning: 'csv, raw, json or jdbc.' }],
  },
  jobs: {
    usage: 'jobs [list | show ID | cancel ID]',
    job: 'Lists, shows and cancels jobs.',
    options: [
      {
        name: 'status',
        value: 'NAME',
        meaning: 'Only jobs of this status: LAUNCHING, RUNNING, FINISHED, FAILED or CANCELLED.',
      },
      { name: 'limit', value: 'COUNT', default: '50', meaning: 'Most jobs that are listed, at most 100.' },
      { name: 'json', meaning: 'As the server answers, in JSON.' },
    ],
  },
} as const satisfies Record<string, { usage: string; job: string; options: readonly Option[] }>;

export type CommandName = keyof typeof COMMANDS;

export interface Given {
  readonly command: CommandName;
  readonly words: readonly string[];
  /** Of an option that has been given, by variable or by its default; undefined: none of them. */
  text(name: string): string | undefined;
  flag(name: string): boolean;
}

export function isCommand(word: string | undefined): word is CommandName {
  return word !== undefined && Object.hasOwn(COMMANDS, word);
}

export function readOptions(command: CommandName, argv: readonly string[], env: NodeJS.ProcessEnv): Given {
  const options = optionsOf(command);
  const config = Object.fromEntries(
    options.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' } as const]),
  );
  const { values, positionals } = parse({ args: [...argv], options: config, allowPositionals: true });
  return {
    command,
    words: positionals,
    text(name) {
      const option = options.find((one) => one.name === name);
      const variable = option?.env === undefined ? undefined : env[option.env];
      const given = values[name] ?? (variable === '' ? undefined : variable) ?? option?.default;
      return typeof given === 'string' ? given : undefined;
    },
    flag: (name) => values[name] === true,
  };
}

function parse(config: ParseArgsConfig): { values: Readonly<Record<string, unknown>>; positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs(config);
    return { values, positionals };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function optionsOf(command: CommandName): readonly Option[] {
  return [...COMMANDS[command].options, ...COMMON];
}

export function commandHelp(command: CommandName): string {
  const { usage, job } = COMMANDS[command];
  const rows = optionsOf(command).map(({ name, value, env, default: fallback, meaning }) => [
    `--${name}${value === undefined ? '' : ` ${value}`}`,
    meaning + (env === undefined ? '' : ` (${env})`) + (fallback === undefined ? '' : ` [${fallback}]`),
  ]);
  const width = Math.max(...rows.map(([option]) => option!.length));
  const lines = rows.map(([option, meaning]) => `  ${option!.padEnd(width)}  ${meaning}`);
  return `Usage: opensearch-sql-proxy ${usage} [options]\n\n${job}\n\n${lines.join('\n')}\n`;
}

export function commandsSummary(): string {
  const width = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length));
  return Object.values(COMMANDS)
    .map(({ usage, job }) => `  ${usage.padEnd(width)}  ${job}`)
    .join('\n');
}
