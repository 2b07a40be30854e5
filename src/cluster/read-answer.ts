/** Reads answers of the cluster: what should be JSON and is not (a gateway's page, a part of an answer) is a fault of the way there, not of this server. */
import { SqlError } from '../../translators/errors.ts';
import { parseJson } from '../rows/longs.ts';

const SHOWN = 200;

/** Integers beyond 2^53 are bigint. */
export function readAnswer<T extends object>(text: string): T {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw unreadable(text);
  }
  if (typeof value !== 'object' || value === null) throw unreadable(text);
  return value as T;
}

export function unreadable(text: string): SqlError {
  const begin = text.slice(0, SHOWN).replace(/\s+/g, ' ').trim();
  const said = begin === '' ? 'It is empty.' : `It begins with: ${begin}`;
  return new SqlError('clusterUnreadable', `The cluster gave an answer that cannot be read. ${said}`);
}
