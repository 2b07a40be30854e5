/** Host and port as headers and settings write them, brought to one spelling so that they can be compared. */

export interface Authority {
  /** Lower case, without the dot that may end a full name; an IPv6 address without brackets. */
  readonly name: string;
  /** Undefined: the scheme's own. */
  readonly port: number | undefined;
}

const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([^\s:@/?#[\]\\,]+))(?::(\d{0,5}))?$/i;

/** Undefined for what is no host, or more than one. */
export function readAuthority(text: string): Authority | undefined {
  const [, address, host, port = ''] = AUTHORITY.exec(text.trim()) ?? [];
  const name = (address ?? host)?.toLowerCase().replace(/\.$/, '');
  if (name === undefined || name === '') return undefined;
  return { name, port: port === '' ? undefined : Number(port) };
}

interface Origin extends Authority {
  readonly scheme: string;
}

const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/i;

/** Undefined for `null` and whatever else is no origin of a page on a host. */
export function readOrigin(text: string): Origin | undefined {
  const [, scheme, rest] = ORIGIN.exec(text.trim()) ?? [];
  const authority = rest === undefined ? undefined : readAuthority(rest);
  return authority && { scheme: scheme!.toLowerCase(), ...authority };
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

export const defaultPort = (scheme: string): number | undefined => DEFAULT_PORTS[scheme];
