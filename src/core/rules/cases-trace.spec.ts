import { AT, check, codes, facts, headers, ID, IP, read, type Case } from '../../../test/fixtures/cases';

const TIME = 'Fri, 20 Nov 2026 03:12:33 +0100';
const trusted = { authservIds: ['mx1.example.net'], hosts: ['edge.provider.example'], networks: [] };
const known = facts({ trusted });
const AR = 'mx1.example.net; spf=pass smtp.mailfrom=orders@shop.example; dkim=pass header.d=shop.example; dmarc=pass header.from=shop.example';
const relayedFrom = (peer: string, protocol: string): string => `from ${peer} by mail.shop.example (Postfix) with ${protocol} id 8C41 for <victim@third.example>; Fri, 20 Nov 2026 03:12:31 +0100`;
const toThird = `from mail.shop.example (mail.shop.example [${IP}]) by mx1.third.example (Postfix) with ESMTPS id 4F2A for <victim@third.example>; ${TIME}`;
const foreign = { 'Return-Path': '<promo@spam.example>', From: 'promo@spam.example', To: 'victim@third.example', Received: toThird };

const CASES: Case[] = [
  {
    id: 'H016', what: 'Exchange build number in the id', expected: ['trace-parsed'],
    text: headers({ 'Received#2': 'from AM0PR01MB1.eurprd01.prod.exchangelabs.com (2603:10a6:20b:1::5) by VI1PR01MB2.eurprd01.prod.exchangelabs.com (2603:10a6:800:1::7) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.7091.28; Fri, 20 Nov 2026 02:12:31 +0000' }),
  },
  { id: 'H017', what: 'Gmail id that holds a date', expected: ['trace-parsed'], text: headers({ 'Received#2': 'by mx.google.com with ESMTPS id a1-20020a05.2026.11.20.02.12.31 for <anna@example.net> (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256 bits=128/128); Thu, 19 Nov 2026 18:12:31 -0800 (PST)' }) },
  { id: 'H018', what: 'SendGrid, no semicolon, Go time', expected: ['trace-parsed'], forbidden: ['hop-unparseable', 'hop-no-date'], text: headers({ 'Received#2': 'by filter0123p1las1.sendgrid.net with SMTP id filter0123p1las1-1234-5F96C1E0-1 2026-11-20 02:12:31.123456789 +0000 UTC m=+123456.789' }) },
  { id: 'H019', what: 'Yahoo, the address in the second comment', expected: ['claim-ip-in-chain'], text: headers({ Received: `from 127.0.0.1  (EHLO mail.shop.example) (${IP})\r\n  by mta1234.mail.example.net with SMTPs; Fri, 20 Nov 2026 02:12:33 +0000` }) },
  { id: 'H020', what: 'envelope-from behind the date', expected: ['trace-parsed'], forbidden: ['hop-no-date'], text: headers({ 'Received#2': 'from web01 ([10.0.4.11]) by mail.shop.example with esmtp id 1abc-0001-Xy for anna@example.net; Fri, 20 Nov 2026 03:12:31 +0100 (envelope-from <orders@shop.example>)' }) },
  { id: 'H021', what: 'lower hop 20 minutes later', expected: ['hop-clock-skew'], forbidden: ['hop-forged'], text: headers({ 'Received#2': 'from web01 (web01.shop.example [10.0.4.11]) by mail.shop.example (Postfix) with ESMTPSA id 8C41; Fri, 20 Nov 2026 03:32:33 +0100' }) },
  { id: 'H021b', what: 'four minutes are noise', expected: ['trace-parsed'], forbidden: ['hop-clock-skew'], text: headers({ 'Received#2': 'from web01 (web01.shop.example [10.0.4.11]) by mail.shop.example (Postfix) with ESMTPSA id 8C41; Fri, 20 Nov 2026 03:16:33 +0100' }) },
  { id: 'H022', what: 'a gap between by and from', expected: ['trace-parsed'], forbidden: ['hop-forged', 'hop-forged-provider-name'], facts: known, text: headers({ 'Received#2': 'from web01 (unknown [10.0.4.11]) by inner-relay.internal (Postfix) with ESMTP id 8C41; Fri, 20 Nov 2026 03:12:31 +0100' }) },
  { id: 'H023', what: 'octet above 255', expected: ['hop-illegal-ip'], text: headers({ 'Received#2': 'from web01 (web01.example [300.1.2.3]) by mail.shop.example (Postfix) with ESMTP id 8C41; Fri, 20 Nov 2026 03:12:31 +0100' }) },
  { id: 'H024', what: 'a hop in the provider\'s name below a foreign one', expected: ['hop-forged-provider-name'], facts: known, text: headers({ Received: `from edge.provider.example (unknown [${IP}]) by mx1.else.example (Postfix) with ESMTP id 4F; ${TIME}`, 'Received#2': `from mail.shop.example (mail.shop.example [${IP}]) by edge.provider.example (Postfix) with ESMTP id 9; ${TIME}` }) },
  { id: 'H024b', what: 'the provider\'s edge did pass it on', expected: ['trace-parsed'], forbidden: ['hop-forged-provider-name'], facts: known, text: headers({ Received: `from edge.provider.example (edge.provider.example [198.51.100.20]) by mx1.else.example (Postfix) with ESMTP id 4F; ${TIME}`, 'Received#2': `from mail.shop.example (mail.shop.example [${IP}]) by edge.provider.example (Postfix) with ESMTP id 9; ${TIME}` }) },
  { id: 'H025', what: 'more than 100 hops', expected: ['hop-loop-suspect'], text: `${Array.from({ length: 101 }, (_, i) => `Received: from a (a.example [192.0.2.${i}]) by b.example with SMTP id ${i}; ${TIME}`).join('\r\n')}\r\n${headers()}` },
  { id: 'H026', what: 'results of a receiver that nobody configured', expected: ['ar-untrusted'], forbidden: ['auth-proven', 'ar-trusted'], text: headers({ 'Authentication-Results': AR }) },
  { id: 'H027', what: 'results of a known receiver, on top, in the record', expected: ['ar-trusted', 'auth-proven', 'ar-dmarc-pass'], facts: known, text: headers({ 'Authentication-Results': AR }) },
  { id: 'H027b', what: 'the same on a message that the filter did not see', expected: ['ar-unconfirmed'], forbidden: ['ar-trusted', 'auth-proven'], facts: known, text: headers({ 'Authentication-Results': AR, 'Message-ID': '<else@shop.example>' }) },
  { id: 'H028', what: 'a trusted name below a foreign hop', expected: ['ar-forged-trusted-id'], forbidden: ['ar-trusted', 'auth-proven'], facts: known, text: `Received: from mail.shop.example (mail.shop.example [${IP}]) by mx9.else.example with ESMTP id 1; ${TIME}\r\nAuthentication-Results: ${AR}\r\n${headers({ Received: null })}` },
  { id: 'H029', what: 'the Outlook form', expected: ['ar-no-authserv-id', 'ar-untrusted'], text: headers({ 'Authentication-Results': 'spf=pass (sender IP is 203.0.113.45) smtp.mailfrom=shop.example; dkim=none (message not signed) header.d=none;dmarc=bestguesspass action=none header.from=shop.example;' }) },
  { id: 'H030', what: 'dmarc=pass in a comment', expected: ['ar-untrusted'], forbidden: ['ar-dmarc-pass'], text: headers({ 'Authentication-Results': 'mx9.example.net; spf=fail (dmarc=pass; dmarc=pass) smtp.mailfrom=x@y.example' }) },
  { id: 'H030b', what: 'dmarc=pass in a quoted local part', expected: ['ar-untrusted'], forbidden: ['ar-dmarc-pass'], text: headers({ 'Authentication-Results': 'mx9.example.net; spf=fail smtp.mailfrom="a; dmarc=pass"@y.example' }) },
  { id: 'H031', what: 'two results of one method', expected: ['ar-conflicting'], forbidden: ['ar-dmarc-pass'], text: headers({ 'Authentication-Results': 'mx9.example.net; dmarc=pass header.from=shop.example; dmarc=fail header.from=shop.example' }) },
  { id: 'H034', what: 'ARC instance 2 is missing', expected: ['arc-broken'], text: `${[3, 1].map((i) => `ARC-Seal: i=${i}; a=rsa-sha256; d=arc.example; s=a; cv=${i === 1 ? 'none' : 'pass'}; b=AAAA\r\nARC-Message-Signature: i=${i}; a=rsa-sha256; d=arc.example; s=a; h=from; bh=AAAA; b=AAAA\r\nARC-Authentication-Results: i=${i}; mx; spf=pass`).join('\r\n')}\r\n${headers()}` },
  { id: 'H063', what: 'ESMTPSA at the customer\'s server', expected: ['submission-authenticated'], forbidden: ['open-relay-suspect'], text: headers({ ...foreign, 'Received#2': relayedFrom('pc (dsl.isp.example [198.51.100.99])', 'ESMTPSA') }) },
  { id: 'H064', what: 'ESMTPA without TLS', expected: ['submission-authenticated', 'submission-no-tls'], text: headers({ 'Received#2': 'from pc (dsl.isp.example [198.51.100.99]) by mail.shop.example (Postfix) with ESMTPA id 8C41; Fri, 20 Nov 2026 03:12:31 +0100' }) },
  { id: 'H065', what: 'Authenticated sender, plain ESMTP', expected: ['submission-authenticated'], forbidden: ['open-relay-suspect'], text: headers({ ...foreign, 'Received#2': 'from pc (dsl.isp.example [198.51.100.99]) (Authenticated sender: joe@shop.example) by mail.shop.example (Postfix) with ESMTP id 8C41 for <victim@third.example>; Fri, 20 Nov 2026 03:12:31 +0100' }) },
  { id: 'H066', what: 'strangers to strangers', expected: ['open-relay-suspect'], text: headers({ ...foreign, 'Received#2': relayedFrom('spam.example (unknown [198.51.100.99])', 'ESMTP') }) },
  {
    id: 'H067', what: 'a forward', expected: ['forwarded'], forbidden: ['open-relay-suspect'],
    text: headers({ ...foreign, 'Received#2': 'from out.sender.example (out.sender.example [198.51.100.99]) by mail.shop.example (Postfix) with ESMTP id 8C41 for <info@shop.example>; Fri, 20 Nov 2026 03:12:31 +0100', To: 'info@shop.example' }),
  },
  { id: 'H066b', what: 'the recipient stands in To only', expected: ['open-relay-suspect'], text: headers({ ...foreign, Received: toThird.replace(' for <victim@third.example>', ''), 'Received#2': relayedFrom('x (unknown [198.51.100.99])', 'ESMTP').replace(' for <victim@third.example>', '') }) },
  {
    id: 'H067c', what: 'a forward of a domain that is called otherwise than the server', expected: ['forwarded'], forbidden: ['open-relay-suspect'],
    text: headers({ ...foreign, To: 'info@customer.example', 'Received#2': 'from out.sender.example (out.sender.example [198.51.100.99]) by mail.shop.example (Postfix) with ESMTP id 8C41 for <info@customer.example>; Fri, 20 Nov 2026 03:12:31 +0100' }),
  },
  {
    id: 'H066c', what: 'strangers to strangers through a content filter on the server', expected: ['open-relay-suspect'],
    text: `${headers({ ...foreign, 'Received#2': `from localhost (localhost [127.0.0.1]) by mail.shop.example (Postfix) with ESMTP id 2 for <victim@third.example>; ${TIME}` })}\r\nReceived: ${relayedFrom('spam.example (unknown [198.51.100.99])', 'ESMTP')}`,
  },
  ...['(Sender authenticated as joe@shop.example)', '(SMTP-AUTH username joe@shop.example, mechanism plain)', '(AUTH: LOGIN joe@shop.example, TLS: TLSv1.2,256bits)', '(authenticated bits=0)'].map((says): Case => ({
    id: 'H065b', what: says, expected: ['submission-authenticated'], forbidden: ['open-relay-suspect'], text: headers({ ...foreign, 'Received#2': relayedFrom(`pc (dsl.isp.example [198.51.100.99]) ${says}`, 'ESMTP') }),
  })),
  { id: 'H067b', what: 'a list', expected: ['trace-parsed'], forbidden: ['open-relay-suspect', 'forwarded'], text: headers({ ...foreign, 'List-Id': '<talk.lists.example>', 'Received#2': relayedFrom('out.sender.example (out.sender.example [198.51.100.99])', 'ESMTP') }) },
  { id: 'H068', what: 'a usual mailer file', expected: ['script-origin'], forbidden: ['script-compromised-suspect'], text: headers({ 'X-PHP-Originating-Script': '1000:PHPMailer.php' }) },
  { id: 'H069', what: 'eval()\'d code', expected: ['script-origin', 'script-compromised-suspect'], text: headers({ 'X-PHP-Originating-Script': "33:index.php(12) : eval()'d code" }) },
  { id: 'H069b', what: 'a script among uploads', expected: ['script-origin', 'script-compromised-suspect'], text: headers({ 'X-PHP-Script': 'shop.example/wp-content/uploads/2026/11/x.php for 198.51.100.7' }) },
  { id: 'H069c', what: 'a hidden folder', expected: ['script-origin', 'script-compromised-suspect'], text: headers({ 'X-PHP-Originating-Script': '33:/var/www/.cache9/x.php' }) },
  { id: 'H069d', what: 'a theme, a name with dots', expected: ['script-origin'], forbidden: ['script-compromised-suspect'], text: headers({ 'X-PHP-Script': 'www.shop.example/wp-content/plugins/contact.form.7/send.php for 198.51.100.7' }) },
  { id: 'H070', what: 'a mailbox writes for another house', expected: ['mailbox-identified', 'mailbox-compromise-suspect'], text: headers({ 'X-Get-Message-Sender-Via': 'host.shop.example: authenticated_id: info@shop.example', From: 'service@bank.example' }) },
  { id: 'H070c', what: 'the sign-in stands in Received', expected: ['mailbox-identified', 'mailbox-compromise-suspect'], text: headers({ From: 'service@bank.example', 'Received#2': 'from pc (dsl.isp.example [198.51.100.99]) (Authenticated sender: info@shop.example) by mail.shop.example (Postfix) with ESMTPSA id 8C41; Fri, 20 Nov 2026 03:12:31 +0100' }) },
  { id: 'H070d', what: 'the sign-in of its own house in Received', expected: ['mailbox-identified'], forbidden: ['mailbox-compromise-suspect'], text: headers({ 'Received#2': 'from pc (dsl.isp.example [198.51.100.99]) (Authenticated sender: info@mail.shop.example) by mail.shop.example (Postfix) with ESMTPSA id 8C41; Fri, 20 Nov 2026 03:12:31 +0100' }) },
  { id: 'H014c', what: 'sSMTP', expected: ['trace-local-injection'], forbidden: ['hop-unparseable'], text: headers({ 'Received#2': 'by mail.shop.example (sSMTP sendmail emulation); Fri, 20 Nov 2026 03:12:31 +0100' }) },
  { id: 'H070b', what: 'a mailbox writes for its own', expected: ['mailbox-identified'], forbidden: ['mailbox-compromise-suspect'], text: headers({ 'X-Get-Message-Sender-Via': 'host.shop.example: authenticated_id: info@mail.shop.example' }) },
  { id: 'H071', what: 'a service account', expected: ['service-account-sender'], text: headers({ 'Return-Path': '<www-data@web01.shop.example>' }) },
];

describe('the way, what receivers wrote, how it was handed in', () => {
  it.each(CASES.map((each) => [each.id, each.what, each] as const))('%s: %s', (_id, _what, each) => check(each));

  it('H016, H017: takes no address from an id', () => {
    for (const each of CASES.filter(({ id }) => id === 'H016' || id === 'H017')) {
      const addresses = read(each.text).path.map((hop) => hop.ip ?? '');
      expect(addresses).not.toEqual(expect.arrayContaining([expect.stringMatching(/^15\.20\.|^2026\.11\./)]));
    }
  });

  it('a forged field is for the reviewer alone', () => {
    const forged = read(CASES.find(({ id }) => id === 'H028')?.text ?? '', known).findings.find((finding) => finding.code === 'ar-forged-trusted-id');
    expect(forged).toMatchObject({ internal: true, trust: 'contradicted' });
    expect(codes(read(headers(), facts({ block: { detections: [{ messageId: ID, at: AT }] } })))).not.toContain('ar-untrusted');
  });
});
