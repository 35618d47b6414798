import { domainOf, networkOf, scriptOf, traitsOf, whySimilar } from './traits';

describe('traits', () => {
  it.each([['203.0.113.7', '203.0.113.0/24'], ['2001:db8:1:2:3::9', '2001:db8:1:2::/64'], ['::ffff:203.0.113.7', '203.0.113.0/24'], ['nonsense', null]])('%s lies in %s', (ip, network) => expect(networkOf(ip)).toBe(network));
  it.each([['Shop <a@Shop.Example>', 'shop.example'], ['a@shop.example.', 'shop.example'], ['a@b.example, c@d.example', null], ['a@localhost', null], ['nobody', null], [null, null]])('%s is of %s', (from, domain) => expect(domainOf(from)).toBe(domain));
  it.each([
    ['X-PHP-Originating-Script: 1002:mailer.php\r\nFrom: a@b.example', 'mailer.php'], ['From: a\nx-php-script: shop.example/wp/mail.php for 203.0.113.9', 'shop.example/wp/mail.php'],
    ['Subject: X-PHP-Script: no', null], ['X-PHP-Originating-Script: ', null], ['', null],
  ])('%j names %s', (headers, script) => expect(scriptOf(headers)).toBe(script));
  it('are those of a ticket, each once', () => {
    expect(traitsOf({ ip: '203.0.113.7', accountId: 'A-1', rules: ['R', 'R'], from: 'a@b.example', headers: 'X-PHP-Script: b.example/x.php' })).toEqual([
      { trait: 'address', value: '203.0.113.7' }, { trait: 'account', value: 'A-1' }, { trait: 'network', value: '203.0.113.0/24' }, { trait: 'rule', value: 'R' }, { trait: 'domain', value: 'b.example' }, { trait: 'script', value: 'b.example/x.php' },
    ]);
  });
  it('say why tickets are alike, the strongest first', () => {
    expect(whySimilar([{ trait: 'account', value: 'A-1' }, { trait: 'rule', value: 'BULK_7' }, { trait: 'script', value: 'mailer.php' }])).toBe('same script mailer.php, same filter rule BULK_7, same account');
  });
});
