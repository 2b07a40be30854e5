import { expect, it } from 'vitest';
import { ipKey } from '../../../../translators/functions/ip.ts';

it('orders addresses by number', () => {
  const ordered = [
    '::',
    '::1',
    '::fffe:ffff:ffff',
    '1.2.3.4',
    '9.0.0.0',
    '10.0.0.2',
    '10.0.0.10',
    '255.255.255.255',
    '1::',
    '2001:db8::1',
    'fe80::1',
    'not an address',
  ];
  const keys = ordered.map(ipKey);
  expect([...keys].sort()).toEqual(keys);
});

it.each([
  ['1.2.3.4', '::ffff:1.2.3.4'],
  ['::FFFF:102:304', '1.2.3.4'],
  ['2001:db8:0:0:0:0:0:1', '2001:DB8::1'],
  ['fe80::1%eth0', 'fe80::1'],
])('%s is %s', (a, b) => {
  expect(ipKey(a)).toBe(ipKey(b));
});

it.each(['1.2.3', '1.2.3.256', '1:2', '1::2::3', '1:2:3:4:5:6:7:8:9', 'g::1', '1:2:3:4:5:6:7::8:9'])(
  '%s is no address',
  (text) => {
    expect(ipKey(text)).toBe(`~${text}`);
  },
);
