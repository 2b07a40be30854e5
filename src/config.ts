/** Reads the settings from the environment into one typed object, or says everything that is wrong with them. */
import { isAbsolute, resolve } from 'node:path';
import type { z } from 'zod';
import { OPTIONAL, REQUIRED, SETTINGS, type Setting } from './config/settings.ts';
import { findUnknownNames } from './config/unknown-names.ts';

export { settingsHelp, settingsMarkdown } from './config/describe.ts';

type Values<T extends Readonly<Record<string, Setting>>> = { readonly [K in keyof T]: z.output<T[K]['schema']> };

export type Config = Values<typeof REQUIRED> & Partial<Values<typeof OPTIONAL>>;

export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The settings have ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n  ${problems.join('\n  ')}`,
    );
    this.name = 'ConfigError';
  }
}

/** An empty variable counts as absent, as compose files write it. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const read = (table: Readonly<Record<string, Setting>>): Record<string, unknown> => {
    const values: Record<string, unknown> = {};
    for (const [key, setting] of Object.entries(table)) {
      const given = env[setting.env]?.trim();
      const chosen = given === undefined || given === '' ? setting.default : given;
      if (chosen === undefined) continue;
      const result = setting.schema.safeParse(chosen);
      if (result.success) values[key] = result.data;
      else problems.push(...result.error.issues.map((issue) => problem(setting, chosen, issue.message)));
    }
    return values;
  };
  const values = { ...read(REQUIRED), ...read(OPTIONAL) } as Config;
  for (const { name, nearest } of findUnknownNames(
    Object.keys(env),
    SETTINGS.map((setting) => setting.env),
  )) {
    problems.push(`${name} is no setting; did you mean ${nearest}?`);
  }
  if (values.opensearchPassword !== undefined && values.opensearchUsername === undefined) {
    problems.push('OPENSEARCH_PASSWORD is set without OPENSEARCH_USERNAME');
  }
  if ((values.s3AccessKey === undefined) !== (values.s3SecretKey === undefined)) {
    problems.push('S3_ACCESS_KEY and S3_SECRET_KEY go together');
  }
  if ((values.tlsCert === undefined) !== (values.tlsKey === undefined)) {
    problems.push('TLS_CERT and TLS_KEY go together');
  } else if (values.tlsClientCa !== undefined && values.tlsCert === undefined) {
    problems.push('TLS_CLIENT_CA is set without TLS_CERT and TLS_KEY');
  }
  if ((values.opensearchClientCert === undefined) !== (values.opensearchClientKey === undefined)) {
    problems.push('OPENSEARCH_CLIENT_CERT and OPENSEARCH_CLIENT_KEY go together');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...values, storageUrl: values.storageUrl || defaultStorage(values.dataDir) };
}

function problem(setting: Setting, given: string, message: string): string {
  // Values with passwords in them are not repeated on a terminal or in a log.
  const shown = setting.secret || ['OPENSEARCH_URL', 'STORAGE_URL'].includes(setting.env) ? '' : ` (it is '${given}')`;
  return `${setting.env} ${message}${shown}`;
}

function defaultStorage(dataDir: string): string {
  const base = isAbsolute(dataDir) ? dataDir : resolve(dataDir);
  return `file:${base}/objects`;
}
