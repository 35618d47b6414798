import { mistypedNetwork } from './mistyped-network';

describe('an address or network as it was typed', () => {
  it.each([
    ['203.0.113.0/33', '203.0.113.0/33 is no network: after the slash stands how many bits are fixed, 0 to 32, such as 203.0.113.0/24.'],
    [' 203.0.113.0/ ', '203.0.113.0/ is no network: after the slash stands how many bits are fixed, 0 to 32, such as 203.0.113.0/24.'],
    ['203.0.113.0/255.255.255.0', '203.0.113.0/255.255.255.0 is no network: after the slash stands how many bits are fixed, 0 to 32, such as 203.0.113.0/24.'],
    ['203.0.113/24', '203.0.113/24 is no network: an address has four numbers. Did you mean 203.0.113.0/24?'],
    ['203.0.113/33', '203.0.113/33 is no network: an address has four numbers. Did you mean 203.0.113.0/24?'],
    ['203.0.113.', '203.0.113 is no network: an address has four numbers. Did you mean 203.0.113.0/24?'],
    ['10.1/16', '10.1/16 is no network: an address has four numbers. Did you mean 10.1.0.0/16?'],
    ['203.0.113.256', '203.0.113.256 is no address: 256 is more than 255. An address has four numbers from 0 to 255, such as 203.0.113.9.'],
    ['203.0.113.09', '203.0.113.09 is not clear: a number with 0 in front is octal to some. Write it as 203.0.113.9.'],
    ['203.0.113.1.9', '203.0.113.1.9 is no address: it has 5 numbers. An address has four, such as 203.0.113.9.'],
    ['2001:db8:41::/129', '2001:db8:41::/129 is no network: after the slash stands how many bits are fixed, 0 to 128, such as 2001:db8:41::/48.'],
    ['2001:db8::41::/64', '2001:db8::41:: is no address. IPv6 has eight groups of up to four digits and letters a to f, with :: for groups of zeros once, such as 2001:db8:41::25.'],
  ])('%j: %s', (typed, said) => expect(mistypedNetwork(typed)).toBe(said));

  it.each(['', '203.0.113.9', '203.0.113.0/24', '203.0.113.9/24', '2001:db8:41::/48', '2001:db8:41::25', '12:30', '11/28', '1.2', '00:1a:2b:3c:4d:5e', '20418', 'order/17', 'mail.shop.example', 'UB-7K3Q-92X4', 'a::b c', '24/7/365'])('%j is right, or something else', (typed) =>
    expect(mistypedNetwork(typed)).toBeNull());
});
