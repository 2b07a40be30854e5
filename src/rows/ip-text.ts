/** The canonical text of an address (spec data-types 1, RFC 5952); an IPv4 address inside IPv6 is written as IPv4. */
import { isIPv4, isIPv6 } from 'node:net';

const MAPPED = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;

export function ipText(text: string): string | null {
  if (isIPv4(text)) return text;
  if (!isIPv6(text) || text.includes('%')) return null;
  // The URL parser compresses and lowers hosts as the RFC says.
  const host = new URL(`http://[${text}]/`).hostname;
  const mapped = MAPPED.exec(host);
  if (mapped === null) return host.slice(1, -1);
  const high = Number.parseInt(mapped[1]!, 16);
  const low = Number.parseInt(mapped[2]!, 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}
