/** IP addresses: reading, the canonical text, and a key whose order is the numeric one (spec data-types 6). */

/** The eight 16-bit groups of an address, IPv4 inside the IPv6-mapped space; undefined for what is no address. */
function parseIp(text: string): readonly number[] | undefined {
  const address = text.trim();
  if (!address.includes(':')) {
    const pair = ipv4(address);
    return pair && [0, 0, 0, 0, 0, 0xffff, ...pair];
  }
  const halves = address.replace(/%.*$/, '').split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]!);
  const tail = halves.length === 2 ? groupsOf(halves[1]!) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const out: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes('.')) {
      const pair = ipv4(part);
      if (!pair) return undefined;
      out.push(...pair);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) out.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return out;
}

function ipv4(text: string): readonly [number, number] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  const [a, b, c, d] = parts.map(Number) as [number, number, number, number];
  return [a * 256 + b, c * 256 + d];
}

/** A text whose binary order is the numeric order of addresses; what is no address sorts behind all of them, by its own text. */
export function ipKey(address: string): string {
  const groups = parseIp(address);
  return groups ? groups.map((group) => group.toString(16).padStart(4, '0')).join('') : `~${address}`;
}

/** The address as OpenSearch prints it: dotted IPv4, compressed lower-case IPv6. */
export function canonicalIp(text: string): string | undefined {
  const groups = parseIp(text);
  if (!groups) return undefined;
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) {
    return [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join('.');
  }
  const gap = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((g) => g.toString(16)).join(':');
  if (gap.length < 2) return hex(groups);
  return `${hex(groups.slice(0, gap.start))}::${hex(groups.slice(gap.start + gap.length))}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
