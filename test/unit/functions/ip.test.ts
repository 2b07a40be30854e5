import { describe, expect, it } from 'vitest';
import { canonicalIp, ipKey } from '../../../translators/functions/ip.ts';

describe('IP addresses', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::', '::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['256.1.1.1', undefined],
    ['1.2.3', undefined],
    ['1::2::3', undefined],
  ])('%s is printed as %s', (text, expected) => {
    expect(canonicalIp(text)).toBe(expected);
  });

  it('sort by number, IPv4 in its place of IPv6, others last', () => {
    const sorted = ['::1', '9.0.0.1', '10.0.0.2', '10.0.0.10', '2001:db8::', 'ff02::1', 'no address'];
    expect([...sorted].reverse().sort((a, b) => (ipKey(a) < ipKey(b) ? -1 : 1))).toEqual(sorted);
  });
});
