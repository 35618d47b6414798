import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { isInNetworks, isInternalIp, readIp } from './ip';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['[192.0.2.1]', '192.0.2.1'],
  ['[192.0.2.1]:25', '192.0.2.1'],
  ['192.0.2.1:51234', '192.0.2.1'],
  ['192.168.010.001', '192.168.10.1'],
  ['IPv6:2001:DB8:0:0::1', '2001:db8::1'],
  ['[ipv6:2001:db8::1]', '2001:db8::1'],
  ['[fe80::1%eth0]', 'fe80::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['[203.0.113.7/host.example]', '203.0.113.7'],
])('%s is %s', (text, ip) => {
  expect(readIp(text)).toEqual({ ip });
});

test.each([
  ['[256.1.1.1]', '256.1.1.1'],
  ['1.2.3.999', '1.2.3.999'],
  ['[1.2.3.4.5]', '1.2.3.4.5'],
  ['[IPv6:2001:::1]', '2001:::1'],
])('%s cannot be one', (text, illegal) => {
  expect(readIp(text)).toEqual({ illegal });
});

test.each(['', '[]', 'mail.example', '8.12.3', '1.2.3.4.example', '15:41:37', 'deadbeef', '[unavailable]', '1.2.3.4.5', '::'.repeat(40)])(
  '"%s" offers none',
  (text) => {
    expect(readIp(text)).toBeNull();
  },
);

test('knows internal addresses and networks', () => {
  expect(['10.1.1.1', '127.0.0.1', '192.168.0.1', '172.16.0.1', '100.64.0.1', '::1', 'fe80::1', 'fd00::1'].every(isInternalIp)).toBe(true);
  expect(['203.0.113.1', '8.8.8.8', '2001:db8::1'].some(isInternalIp)).toBe(false);
  expect(isInNetworks('203.0.113.9', ['no network', '2001:db8::/32', '203.0.113.0/24'])).toBe(true);
  expect(isInNetworks('2001:db8::9', ['203.0.113.0/24', '2001:DB8::9'])).toBe(true);
  expect(isInNetworks('203.0.114.9', ['203.0.113.0/24', '203.0.114.10'])).toBe(false);
});

test('tells internal IPv4 as ipaddr.js does', () => {
  const ranges = ['private', 'loopback', 'linkLocal', 'carrierGradeNat', 'unspecified'];
  const octet = fc.oneof(fc.constantFrom(0, 9, 10, 11, 100, 126, 127, 128, 168, 169, 172, 192, 254), fc.integer({ min: 0, max: 255 }));
  const second = fc.oneof(fc.constantFrom(15, 16, 31, 32, 63, 64, 127, 128, 167, 168, 253, 254), octet);
  fc.assert(fc.property(octet, second, octet, octet, (...octets) => isInternalIp(octets.join('.')) === ranges.includes(ipaddr.parse(octets.join('.')).range())), { numRuns: 3_000 });
});
