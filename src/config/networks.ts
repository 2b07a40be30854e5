/** Networks as settings name them: `10.0.0.0/8`, `2001:db8::/32`, or one address. */
import { isIP } from 'node:net';

export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Comma separated; undefined where one of them is none. */
export function parseNetworks(text: string): readonly Network[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  const networks = parts.filter((part) => part !== '').map(parseNetwork);
  return networks.every((network) => network !== undefined) ? networks : undefined;
}

function parseNetwork(text: string): Network | undefined {
  const [, address = '', digits] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return undefined;
  const longest = version === 6 ? 128 : 32;
  const prefix = digits === undefined ? longest : Number(digits);
  return prefix > longest ? undefined : { address, prefix, family: version === 6 ? 'ipv6' : 'ipv4' };
}
