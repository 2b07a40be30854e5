/** X-Forwarded-For, Forwarded and X-Real-IP: kept of peers that are trusted to tell for whom they ask, with their own address added. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Network } from '../config/networks.ts';

/** A cluster that grants rights by address reads these; whoever may write them may have any address. */
const FORWARDED_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip'] as const;

/** Changes the request before anybody has read it, so that nobody behind this can pass on what a stranger claims. */
export type Forwarding = (request: IncomingMessage) => void;

export function createForwarding(trusted: readonly Network[]): Forwarding {
  const list = new BlockList();
  for (const { address, prefix, family } of trusted) list.addSubnet(address, prefix, family);
  const isTrusted = (address: string): boolean => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  return (request) => {
    const { headers } = request;
    if (!FORWARDED_HEADERS.some((name) => headers[name] !== undefined)) return;
    const peer = plainAddress(request.socket.remoteAddress);
    const kept: Record<string, string | undefined> =
      peer !== undefined && isTrusted(peer) ? withPeer(request, peer) : {};
    const raw = request.rawHeaders;
    const rest: string[] = [];
    for (let i = 0; i < raw.length; i += 2) {
      if (!isForwarded(raw[i]!)) rest.push(raw[i]!, raw[i + 1]!);
    }
    for (const name of FORWARDED_HEADERS) {
      const value = kept[name];
      if (value === undefined) {
        delete headers[name];
        continue;
      }
      headers[name] = value;
      rest.push(name, value);
    }
    request.rawHeaders = rest;
  };
}

function withPeer({ headers }: IncomingMessage, peer: string): Record<string, string | undefined> {
  const { 'x-forwarded-for': chain, forwarded, 'x-real-ip': real } = headers;
  const shown = isIP(peer) === 6 ? `"[${peer}]"` : peer;
  return {
    'x-forwarded-for': chain === undefined ? undefined : `${textOf(chain)}, ${peer}`,
    forwarded: forwarded === undefined ? undefined : `${forwarded}, for=${shown}`,
    'x-real-ip': real === undefined ? undefined : textOf(real),
  };
}

const textOf = (value: string | string[]): string => (typeof value === 'string' ? value : value.join(', '));

const isForwarded = (name: string): boolean => (FORWARDED_HEADERS as readonly string[]).includes(name.toLowerCase());

/** A server on all addresses sees IPv4 clients as `::ffff:10.0.0.1`. Undefined: the connection is no network's, or is gone. */
function plainAddress(address: string | undefined): string | undefined {
  const plain = address?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return plain === undefined || isIP(plain) === 0 ? undefined : plain;
}
