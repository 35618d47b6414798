import { findAddresses } from './find-addresses';

describe('findAddresses', () => {
  it.each([
    ['one', 'Our address 203.0.113.5 is blocked.', ['203.0.113.5']],
    ['at the end of a sentence', 'Please unblock 203.0.113.5.', ['203.0.113.5']],
    ['defanged', 'IP 203[.]0[.]113[.]5 and 198.51.100[.]7, 192(dot)0(dot)2(dot)33', ['203.0.113.5', '198.51.100.7', '192.0.2.33']],
    ['in a defanged link', 'hxxp://203[.]0[.]113[.]9/abuse', ['203.0.113.9']],
    ['with a port and a prefix', '203.0.113.5:25 and 203.0.113.6/32', ['203.0.113.5', '203.0.113.6']],
    ['in brackets', 'unknown [203.0.113.5]', ['203.0.113.5']],
    ['each once, in order', '203.0.113.6, 203.0.113.5 and again 203.0.113.6', ['203.0.113.6', '203.0.113.5']],
    ['IPv6 in RFC 5952 form', '2001:0DB8:0041:0008:0000:0000:0000:0025', ['2001:db8:41:8::25']],
    ['IPv6 with prefix, brackets, label', 'the net 2001:db8:41:8::/64, host [2001:db8::1], [IPv6:2001:db8::2]', ['2001:db8:41:8::', '2001:db8::1', '2001:db8::2']],
    ['IPv4 inside IPv6', '::ffff:203.0.113.5', ['203.0.113.5']],
    ['IPv6 after "IP:"', 'IP: 2001:db8::25', ['2001:db8::25']],
    ['IPv6 at the end of a sentence', 'It is 2001:db8::25.', ['2001:db8::25']],
    ['with blanks about the dots', 'Please unblock 203 . 0 . 113 . 5, and 198  .  51 . 100 . 7 .', ['203.0.113.5', '198.51.100.7']],
    ['with words for the dots', '203 dot 0 dot 113 dot 5; 203 punkt 0 punkt 113 punkt 6; 203 DOT 0 DOT 113 DOT 7.', ['203.0.113.5', '203.0.113.6', '203.0.113.7']],
    ['defanged with blanks', '203 [.] 0 [.] 113 [.] 5 or 203 (dot) 0 (dot) 113 (dot) 6 or 203(.)0(.)113(.)7 or 203[dot]0[dot]113[dot]8', ['203.0.113.5', '203.0.113.6', '203.0.113.7', '203.0.113.8']],
    ['short numbers with blanks after a word for an address', 'our IP: 8 . 8 . 4 . 4 and the address is 9 . 9 . 9 . 9', ['8.8.4.4', '9.9.9.9']],
    ['no version with blanks or words', 'version 1 . 2 . 3 . 4, v. 203 . 0 . 113 . 5, release 1 dot 2 dot 3 dot 4, build 203 . 0 . 113 . 5, we run Exchange 15 . 20 . 113 . 5', []],
    ['no list, score or section', '1 . 2 . 3 . 4, see 4 . 3 . 2 . 1; 1. 2. 3. 4.; 203. 0. 113. 5', []],
    ['no longer row with blanks or words', '203 . 0 . 113 . 5 . 6 and 203 dot 0 dot 113 dot 5 dot 6', []],
    ['no impossible octets with blanks', '203 . 0 . 113 . 256, 203 dot 0 dot 113 dot 05', []],
    ['no times and dates with blanks', '20 . 11 . 2026 . 09 and 09 . 41 . 07', []],
    ['no version', 'Exim 4.96, nginx/1.24.0.1, version 1.2.3.4, v10.0.19041.1, OpenSSL-1.0.2.5', []],
    ['no Exchange id', 'with Microsoft SMTP Server id 15.20.1234.5; id 15.20.113.5', []],
    ['no date, time or MAC', '20.11.2026 09:41:07, 2026.11.20.09, 00:1a:2b:3c:4d:5e', []],
    ['no part of a longer number', '1.2.3.4.5 and 1203.0.113.5', []],
    ['no impossible octets', '203.0.113.256, 203.0.113.05', []],
    ['nobody’s addresses', '127.0.0.1, 10.1.2.3, 192.168.1.1, ::1, fe80::1, 0.0.0.0', []],
    ['no code', 'std::vector, Foo::Bar, DB::', []],
  ])('%s', (_, text, expected) => {
    expect(findAddresses(text)).toEqual(expected);
  });

  it.each(['1.'.repeat(500_000), ':'.repeat(1_000_000), '203.0.113.5 '.repeat(80_000), '[.]'.repeat(300_000), 'a:'.repeat(400_000), '1 . '.repeat(200_000), '1 dot '.repeat(150_000), '1 [dot] '.repeat(100_000), ' '.repeat(1_000_000), '1'.repeat(1_000_000)])('survives garbage', (text) => {
    expect(findAddresses(text).length).toBeLessThan(2);
  });
});
