import { readAddresses } from './read-addresses';

test.each<[string, string[][]]>([
  ['bob@Example.NET', [['', 'bob@example.net']]],
  ['Bob <bob@example.net>', [['Bob', 'bob@example.net']]],
  ['"Smith, Bob \\"B\\"" <bob@example.net>', [['Smith, Bob "B"', 'bob@example.net']]],
  ['bob@example.net (Bob (the) Smith)', [['Bob (the) Smith', 'bob@example.net']]],
  [
    '=?utf-8?q?J=C3=BCrgen?= <j@example.net>, "=?utf-8?b?w4Q=?=" <a@example.net>',
    [
      ['Jürgen', 'j@example.net'],
      ['Ä', 'a@example.net'],
    ],
  ],
  [
    'Friends: a@x.example, B <b@x.example>;, c@x.example',
    [
      ['', 'a@x.example'],
      ['B', 'b@x.example'],
      ['', 'c@x.example'],
    ],
  ],
  ['undisclosed-recipients:;', []],
  ['"bank@bank.example" <evil@x.example>', [['bank@bank.example', 'evil@x.example']]],
  ['<@relay.example:bob@example.net>', [['', 'bob@example.net']]],
  ['"a,b"@example.net', [['', '"a,b"@example.net']]],
  ['<>', []],
  ['MAILER-DAEMON', []],
  ['Bob bob@example.net', [['', 'bob@example.net']]],
  ['<bob@example.net', [['', 'bob@example.net']]],
  ['Bob <bob @ example.net.>', [['Bob', 'bob@example.net']]],
])('%s', (value, expected) => {
  expect(readAddresses(value).map(({ name, address }) => [name, address])).toEqual(expected);
});
