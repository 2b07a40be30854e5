/** Readers of fields and query parameters of the job routes: a typed value, or DLI.0001 with the field's name. */
import { DliError } from '../../jobs/domain/errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function bad(message: string): DliError {
  return new DliError('DLI.0001', message);
}

export function readJsonObject(text: string): Fields {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw bad(`The body is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw bad('The body must be a JSON object.');
  return body as Fields;
}

/** Unset and null are alike. */
export function optionalText(fields: Fields, name: string, longest: number): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw bad(`${name} must be a string.`);
  if (value.length > longest) throw bad(`${name} may have ${longest} characters, it has ${value.length}.`);
  return value;
}

export function requiredText(fields: Fields, name: string, longest: number): string {
  const value = optionalText(fields, name, longest);
  if (value === undefined || value.trim() === '') throw bad(`${name} is missing.`);
  return value;
}

/** The pattern that the SDK checks for databases, catalogs and queues. */
const NAME = /^(?!_)(?![0-9]+$)[A-Za-z0-9_]*$/;

export function optionalName(fields: Fields, name: string): string | undefined {
  const value = optionalText(fields, name, 128);
  if (value !== undefined && !NAME.test(value)) {
    throw bad(`${name} may hold letters, digits and _, must not begin with _ nor be all digits; it is '${value}'.`);
  }
  return value === '' ? undefined : value;
}

export function oneOf<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T | undefined {
  const value = optionalText(fields, name, 128);
  if (value === undefined || value === '') return undefined;
  const found = allowed.find((one) => one.toLowerCase() === value.toLowerCase());
  if (found === undefined) throw bad(`${name} must be one of ${allowed.join(', ')}; it is '${value}'.`);
  return found;
}

/** Booleans also as text in any case; an empty text is false (spec dli-jobs 8). */
export function flag(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return false;
  const text = typeof value === 'boolean' ? String(value) : typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (text !== 'true' && text !== 'false') throw bad(`${name} must be true or false.`);
  return text === 'true';
}

export function whole(fields: Fields, name: string, least: number, most: number): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
    throw bad(`${name} must be a whole number ${range}.`);
  }
  return number;
}

export function textList(fields: Fields, name: string, most: number, longest: number): readonly string[] {
  const value = fields[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw bad(`${name} must be an array.`);
  if (value.length > most) throw bad(`${name} may have ${most} entries, it has ${value.length}.`);
  return value.map((one, i) => requiredText({ [`${name}[${i}]`]: one }, `${name}[${i}]`, longest));
}

/**
 * Query parameters as fields. Papers spell them with dashes and with underscores (spec dli-jobs 2): both are read as the latter.
 * Of a repeated parameter the last counts, but for those that are lists.
 */
export function queryFields(query: URLSearchParams, lists: readonly string[] = []): Fields {
  const fields: Record<string, unknown> = Object.create(null);
  for (const [key, value] of query) {
    const name = key.replaceAll('-', '_');
    if (lists.includes(name)) fields[name] = [...((fields[name] as string[] | undefined) ?? []), ...value.split(',')];
    else fields[name] = value;
  }
  return fields;
}
