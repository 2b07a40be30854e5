/** AUTH_FILE: who may use the job, object and select routes, and which cluster user each of them is. */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { Right } from './principal.ts';

const right = z.enum(['read', 'write']);
/** A bucket's name, `*`, or a name with `*` at its end. */
const bucketPattern = z
  .string()
  .regex(/^([a-z0-9][a-z0-9._-]*)?\*?$/, 'must be a bucket, the beginning of one with * at its end, or *')
  .min(1);
const headerText = z.string().regex(/^[\x20-\x7e]+$/, 'must be printable ASCII, as in a header');

const cluster = z.union(
  [
    z.strictObject({
      username: z
        .string()
        .min(1)
        .regex(/^[^:]*$/, 'must not hold a colon'),
      password: z.string(),
    }),
    z.strictObject({ authorization: headerText }),
  ],
  { error: 'must be {"username": …, "password": …} or {"authorization": "…"}' },
);

const grants = {
  /** The only project whose jobs it sees; all when absent. */
  project: z
    .string()
    .regex(/^[A-Za-z0-9]{1,64}$/, 'must be 1 to 64 letters and digits')
    .optional(),
  buckets: z.record(bucketPattern, z.array(right)).default({}),
  /** Sent with its searches; none when absent. */
  cluster: cluster.optional(),
};

const key = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/, 'must be 1 to 64 letters, digits and ._@-'),
    user: z.string().min(1).max(128).optional(),
    accessKey: z
      .string()
      .regex(/^[A-Za-z0-9._-]{3,128}$/, 'must be 3 to 128 letters, digits and ._-')
      .optional(),
    secretKey: z.string().min(8, 'must be at least 8 characters long').optional(),
    tokens: z.array(headerText.min(16, 'must be at least 16 characters long')).default([]),
    ...grants,
  })
  .check((context) => {
    const { accessKey, secretKey, tokens } = context.value;
    const say = (message: string): void => void context.issues.push({ code: 'custom', message, input: undefined });
    if ((accessKey === undefined) !== (secretKey === undefined)) say('accessKey and secretKey go together');
    else if (accessKey === undefined && tokens.length === 0) say('has neither accessKey and secretKey nor tokens');
  });

const file = z.strictObject({
  keys: z.array(key),
  /** What requests without a key may do; absent: nothing. */
  anonymous: z.strictObject(grants).optional(),
});

export type DeclaredKey = z.output<typeof key>;
export type Grants = Pick<DeclaredKey, 'project' | 'buckets' | 'cluster'>;
export type AuthFile = z.output<typeof file>;
export type Buckets = Readonly<Record<string, readonly Right[]>>;

export class AuthFileError extends Error {
  constructor(path: string, problems: readonly string[]) {
    super(
      `AUTH_FILE ${path} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n  ${problems.join('\n  ')}`,
    );
    this.name = 'AuthFileError';
  }
}

/** Values are never repeated: they may be secrets. */
export function parseAuthFile(text: string, path: string): AuthFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new AuthFileError(path, ['it is no JSON']);
  }
  const read = file.safeParse(json);
  if (!read.success) {
    throw new AuthFileError(
      path,
      read.error.issues.map((issue) => `${issue.path.length === 0 ? 'the file' : place(issue.path)}: ${issue.message}`),
    );
  }
  const problems = [
    ...twice(read.data, 'name', ({ name }) => [name]),
    ...twice(read.data, 'accessKey', ({ accessKey }) => (accessKey === undefined ? [] : [accessKey])),
    ...twice(read.data, 'tokens', ({ tokens }) => tokens),
  ];
  if (problems.length > 0) throw new AuthFileError(path, problems);
  return read.data;
}

interface LoadedAuthFile {
  readonly file: AuthFile;
  readonly warnings: readonly string[];
}

export function loadAuthFile(path: string): LoadedAuthFile {
  let text: string;
  let mode: number;
  try {
    text = readFileSync(path, 'utf8');
    mode = statSync(path).mode;
  } catch (error) {
    throw new AuthFileError(path, [`it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`]);
  }
  const open = process.platform !== 'win32' && (mode & 0o004) !== 0;
  return {
    file: parseAuthFile(text, path),
    warnings: open ? [`AUTH_FILE ${path} can be read by every user of this machine: chmod 600 keeps its secrets`] : [],
  };
}

function place(path: readonly PropertyKey[]): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${String(step)}`))
    .join('');
}

function twice({ keys }: AuthFile, field: string, valuesOf: (key: DeclaredKey) => readonly string[]): string[] {
  const seen = new Set<string>();
  return keys.flatMap((key, at) => {
    const again = valuesOf(key).some((value) => seen.has(value));
    for (const value of valuesOf(key)) seen.add(value);
    return again ? [`keys[${at}].${field}: another key has the same`] : [];
  });
}
