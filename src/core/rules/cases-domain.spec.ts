import { check, codes, dns, facts, GOOD_DNS, headers, IP, read, txt, type Case } from '../../../test/fixtures/cases';

const spf = (...records: string[]) => facts({ dns: txt({ 'shop.example': records }) });
const dmarc = (record: string, over: Record<string, string[]> = {}) => facts({ dns: txt({ '_dmarc.shop.example': [record], ...over }) });
const ptr = (names: string[], a: Record<string, string[]> = {}) => facts({ dns: { ...GOOD_DNS, ptr: { [IP]: names }, a } });
const listed = (answer?: string[]) => facts({ blocklists: ['bl.example'], dns: { ...GOOD_DNS, a: { ...GOOD_DNS.a, ...(answer ? { '45.113.0.203.bl.example': answer } : {}) } } });
const greets = (helo: string): string => headers({ Received: `from ${helo} (mail.shop.example [${IP}]) by mx1.example.net (Postfix) with ESMTP id 4F; Fri, 20 Nov 2026 03:12:33 +0100` });
const includes = (count: number): string[] => Array.from({ length: count }, (_, i) => `include:i${i}.example`);
const STRANGER = headers({ 'Return-Path': '<b@bounce.service.example>' });

const CASES: Case[] = [
  { id: 'H035', what: 'no SPF record', text: headers(), facts: spf(), expected: ['spf-missing'] },
  { id: 'H035b', what: 'other TXT records only', text: headers(), facts: spf('google-site-verification=x', 'v=spf10 all'), expected: ['spf-missing'] },
  { id: 'H036', what: 'address not named, -all', text: headers(), facts: spf('v=spf1 ip4:198.51.100.0/24 -all'), expected: ['spf-ip-not-authorised'], forbidden: ['spf-authorised'] },
  { id: 'H036b', what: 'named by a, mx, include and redirect', text: headers(), facts: facts({ dns: { ...txt({ 'shop.example': ['v=spf1 redirect=_s.shop.example'], '_s.shop.example': ['v=spf1 include:i.example mx:shop.example -all'], 'i.example': ['v=spf1 ip4:192.0.2.1 -all'] }) } }), expected: ['spf-authorised'], forbidden: ['spf-ip-not-authorised', 'spf-permerror-lookups'] },
  { id: 'H037', what: 'two records', text: headers(), facts: spf(`v=spf1 ip4:${IP} -all`, 'v=spf1 -all'), expected: ['spf-permerror-multiple'], forbidden: ['spf-authorised'] },
  { id: 'H038', what: 'eleven includes', text: headers(), facts: facts({ dns: txt({ 'shop.example': [`v=spf1 ${includes(11).join(' ')} -all`], ...Object.fromEntries(includes(11).map((i) => [i.slice(8), ['v=spf1 ip4:192.0.2.1 ?all']])) }) }), expected: ['spf-permerror-lookups'] },
  { id: 'H038b', what: 'ten are allowed', text: headers(), facts: facts({ dns: txt({ 'shop.example': [`v=spf1 ${includes(10).join(' ')} ip4:${IP} -all`], ...Object.fromEntries(includes(10).map((i) => [i.slice(8), ['v=spf1 ip4:192.0.2.1 ?all']])) }) }), expected: ['spf-authorised'], forbidden: ['spf-permerror-lookups'] },
  { id: 'H039', what: 'three void look-ups', text: headers(), facts: spf('v=spf1 a:x1.example a:x2.example a:x3.example -all'), expected: ['spf-permerror-void'] },
  { id: 'H039b', what: 'two are allowed', text: headers(), facts: spf(`v=spf1 a:x1.example a:x2.example ip4:${IP} -all`), expected: ['spf-authorised'], forbidden: ['spf-permerror-void'] },
  { id: 'H040', what: '+all', text: headers(), facts: spf('v=spf1 mx +all'), expected: ['spf-plus-all'] },
  { id: 'H040b', what: 'a bare all', text: headers(), facts: spf('v=spf1 all'), expected: ['spf-plus-all'] },
  { id: 'H041', what: 'Return-Path elsewhere', text: STRANGER, expected: ['spf-not-aligned'] },
  { id: 'H041b', what: 'Return-Path in a subdomain', text: headers({ 'Return-Path': '<b@bounce.shop.example>' }), expected: [], forbidden: ['spf-not-aligned'] },
  { id: 'H042', what: 'null Return-Path', text: headers({ 'Return-Path': '<>' }), facts: facts({ dns: dns() }), expected: ['spf-helo-identity'], forbidden: ['spf-missing'] },
  { id: 'H042b', what: 'null Return-Path, and no name to greet with', text: headers({ 'Return-Path': '<>', Received: null, 'Received#2': null }), facts: facts({ dns: dns() }), expected: ['spf-helo-identity'], forbidden: ['spf-missing'] },
  { id: 'H053', what: 'no DMARC up the tree', text: headers({ From: 'x@a.b.shop.example' }), facts: facts({ dns: dns() }), expected: ['dmarc-missing'] },
  { id: 'H053b', what: 'found up the tree', text: headers({ From: 'x@a.b.shop.example' }), facts: dmarc('v=DMARC1; p=reject; sp=none'), expected: ['dmarc-published', 'dmarc-monitor-only'], forbidden: ['dmarc-missing', 'dmarc-fail-enforced'] },
  { id: 'H053c', what: 'a name that does not exist takes np', text: headers({ From: 'x@nothing.shop.example', 'Return-Path': '<b@else.example>' }), facts: dmarc('v=DMARC1; p=none; np=reject'), expected: ['dmarc-fail-enforced'], forbidden: ['dmarc-monitor-only'] },
  { id: 'H054', what: 'p=none', text: headers(), facts: dmarc('v=DMARC1; p=none'), expected: ['dmarc-monitor-only'], forbidden: ['dmarc-fail-enforced'] },
  { id: 'H055', what: 'p=reject, nothing aligned', text: STRANGER, facts: dmarc('v=DMARC1; p=reject'), expected: ['dmarc-fail-enforced'] },
  { id: 'H055b', what: 'p=reject, SPF aligned', text: headers(), facts: dmarc('v=DMARC1; p=reject'), expected: ['dmarc-published'], forbidden: ['dmarc-fail-enforced'] },
  { id: 'H055c', what: 'strict alignment', text: headers({ 'Return-Path': '<b@bounce.shop.example>' }), facts: dmarc('v=DMARC1; p=reject; aspf=s', { 'bounce.shop.example': [`v=spf1 ip4:${IP} -all`] }), expected: ['dmarc-fail-enforced', 'spf-not-aligned'] },
  { id: 'H056', what: 't=y', text: headers(), facts: dmarc('v=DMARC1; p=reject; t=y'), expected: ['dmarc-test-mode'] },
  { id: 'H057', what: 'pct', text: headers(), facts: dmarc('v=DMARC1; p=reject; pct=25'), expected: ['dmarc-removed-tag'] },
  ...['ip4:0.0.0.0/0', 'ip4:0.0.0.0/1 ip4:128.0.0.0/1', 'include:open.example'].map((term): Case => ({
    id: 'H040b', what: `everybody by ${term}`, text: headers(), facts: facts({ dns: txt({ 'shop.example': [`v=spf1 ${term} -all`], 'open.example': ['v=spf1 +all'] }) }), expected: ['spf-plus-all'],
  })),
  { id: 'H040c', what: 'everybody is refused by name', text: headers(), facts: facts({ dns: txt({ 'shop.example': [`v=spf1 ip4:${IP} -include:open.example -all`], 'open.example': ['v=spf1 +all'] }) }), expected: ['spf-authorised'], forbidden: ['spf-plus-all'] },
  { id: 'H036c', what: 'a term that is no address', text: headers(), facts: spf('v=spf1 ip4:300.1.1.1 -all'), expected: ['spf-permerror-syntax'] },
  { id: 'H042b', what: 'a bounce kept as MAILER-DAEMON', text: headers({ 'Return-Path': '<MAILER-DAEMON>' }), facts: spf(), expected: ['spf-helo-identity'], forbidden: ['spf-missing'] },
  { id: 'H056b', what: 't=y takes quarantine to none', text: STRANGER, facts: dmarc('v=DMARC1; p=quarantine; t=y'), expected: ['dmarc-test-mode'], forbidden: ['dmarc-fail-enforced'] },
  { id: 'H055b', what: 'psd=n makes a department an organisation of its own', text: headers({ From: 'x@law.shop.example' }), facts: dmarc('v=DMARC1; p=reject', { '_dmarc.law.shop.example': ['v=DMARC1; p=reject; psd=n'] }), expected: ['spf-not-aligned', 'dmarc-fail-enforced'] },
  { id: 'H055c', what: 'psd=u says nothing', text: headers({ From: 'x@a.b.shop.example' }), facts: dmarc('v=DMARC1; p=quarantine', { '_dmarc.b.shop.example': ['v=DMARC1; p=reject; psd=u'] }), expected: ['dmarc-published'], forbidden: ['spf-not-aligned', 'dmarc-fail-enforced'] },
  { id: 'L01', what: 'on a list that the operator has named', text: headers(), facts: listed(['127.0.0.4']), expected: ['blocklist-listed'] },
  { id: 'L01b', what: 'the list refuses to answer', text: headers(), facts: listed(['127.255.255.254']), expected: [], forbidden: ['blocklist-listed'] },
  { id: 'L01c', what: 'not on it', text: headers(), facts: listed(), expected: [], forbidden: ['blocklist-listed'] },
  { id: 'L01d', what: 'IPv6 by nibbles', text: headers(), facts: facts({ claim: { ip: '2001:db8::25' }, blocklists: ['bl.example'], dns: dns({ a: { '5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.example': ['127.0.0.2'] } }) }), expected: ['blocklist-listed'] },
  { id: 'H059', what: 'no PTR', text: headers(), facts: ptr([]), expected: ['ptr-missing'] },
  { id: 'H059b', what: 'no PTR, IPv6', text: headers(), facts: facts({ claim: { ip: '2001:0DB8::25' } }), expected: ['ptr-missing'] },
  { id: 'H060', what: 'PTR leads elsewhere', text: headers(), facts: ptr(['mail.shop.example'], { 'mail.shop.example': ['192.0.2.9'] }), expected: ['fcrdns-fail'], forbidden: ['ptr-confirmed'] },
  { id: 'H061', what: 'the name of the range', text: headers(), facts: ptr(['static-45.pool.provider.example'], { 'static-45.pool.provider.example': [IP] }), expected: ['ptr-generic', 'ptr-confirmed'] },
  ...['203-0-113-45.ip.provider.example', '45.113.0.203.rev.provider.example', 'ns3045.ip-203-0-113.eu', 'cb00712d.dyn.provider.example'].map((name): Case => ({
    id: 'H061b', what: name, text: headers(), facts: ptr([name], { [name]: [IP] }), expected: ['ptr-generic'],
  })),
  ...['vps-7b2d71aa.vps.ovh.net', 'li123-45.members.linode.com', 'vmi123456.contaboserver.net', 'p5b2e3f1a.dip0.t-ipconnect.de', 'ec2-203-0-113-45.compute-1.amazonaws.com'].map((name): Case => ({
    id: 'H061d', what: name, text: headers(), facts: ptr([name], { [name]: [IP] }), expected: ['ptr-generic'],
  })),
  ...['server1.example.org', 'mail-113.shop.example', 'mta203.news.shop.example', 'vps.shop.example'].map((name): Case => ({
    id: 'H061e', what: name, text: headers(), facts: ptr([name], { [name]: [IP] }), expected: ['ptr-confirmed'], forbidden: ['ptr-generic'],
  })),
  { id: 'H061c', what: 'a name of its own', text: headers(), expected: ['ptr-confirmed'], forbidden: ['ptr-generic', 'fcrdns-fail', 'helo-ptr-mismatch', 'helo-not-fqdn'] },
  ...['localhost', IP, 'web01', `[${IP}]`, 'localhost.localdomain', 'mail.internal', 'srv.corp'].map((helo): Case => ({ id: 'H062', what: helo, text: greets(helo), expected: ['helo-not-fqdn'] })),
  { id: 'H062b', what: 'another name than the PTR', text: greets('web.else.example'), expected: ['helo-ptr-mismatch'], forbidden: ['helo-not-fqdn'] },
];

describe('names and policies in DNS', () => {
  it.each(CASES.map((each) => [each.id, each.what, each] as const))('%s: %s', (_id, _what, each) => check(each));

  it('takes a look-up that failed, or was not made, for unknown and never for missing', () => {
    const missing = /-missing$|^fcrdns|^spf-|^dmarc-|^ptr-/;
    const failed = facts({ dns: dns({ failed: [`ptr ${IP}`, 'txt shop.example', 'txt _dmarc.shop.example', 'txt _dmarc.example'] }) });
    for (const given of [facts({ dns: null }), failed, facts({ dns: dns({ asked: [] }) })]) {
      expect(codes(read(headers(), given)).filter((code) => missing.test(code) && code !== 'dkim-missing')).toEqual([]);
      expect(read(headers(), given).findings.filter((finding) => finding.outcome === 'unknown').map((finding) => finding.rule)).toEqual(
        expect.arrayContaining(['address-has-a-name', 'spf-covers-the-address', 'dmarc-is-published']),
      );
    }
  });

  it('lists what the domain lacks, whatever the verdict (rule 5)', () => {
    const analysis = read(headers(), facts({ dns: dns() }));
    expect(analysis.requiredFixes).toEqual(expect.arrayContaining(['set_ptr', 'publish_spf', 'sign_dkim', 'publish_dmarc']));
  });
});
