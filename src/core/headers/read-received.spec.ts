import type { Hop } from './message';
import { readReceived } from './read-received';
import { splitFields } from './split-fields';

function hop(value: string): Hop {
  const [field] = splitFields(`Received: ${value}`);
  if (!field) {
    throw new Error('the sample is no field');
  }
  return readReceived(field, 0);
}

const at = (text: string): number => Date.parse(text);

// prettier-ignore
const FORMS: [string, string, Partial<Hop>][] = [
  [
    'Postfix, TLS and sign-in',
    'from [192.168.1.20] (dsl-7.isp.example [203.0.113.9])\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n\t key-exchange X25519 server-signature RSA-PSS (4096 bits))\n\t(No client certificate requested)\n\t(Authenticated sender: info@shop.example)\n\tby mail.shop.example (Postfix) with ESMTPSA id 4cGkX21fQyz9sT\n\tfor <bob@example.net>; Fri, 20 Nov 2026 03:12:31 +0100 (CET)',
    {
      from: '[192.168.1.20]', rdns: 'dsl-7.isp.example', ip: '203.0.113.9', by: 'mail.shop.example', with: 'ESMTPSA', id: '4cGkX21fQyz9sT', for: 'bob@example.net',
      at: at('2026-11-20T02:12:31Z'), tls: true, authenticated: true, authenticatedAs: 'info@shop.example', software: 'Postfix', local: false,
    },
  ],
  ['Postfix, sign-in with plain ESMTP', 'from pc (unknown [198.51.100.4]) (Authenticated sender: ann) by mx.example (Postfix) with ESMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000', { ip: '198.51.100.4', rdns: null, authenticated: true, authenticatedAs: 'ann', tls: false }],
  ['Postfix, no PTR', 'from mail.shop.example (unknown [198.51.100.4]) by mx.example (Postfix) with ESMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000', { from: 'mail.shop.example', rdns: null, ip: '198.51.100.4' }],
  ['Postfix, IPv6 with its tag, uncompressed', 'from a.example (a.example [IPv6:2001:0DB8:0000:0000:0000:0000:0000:0025]) by mx.example (Postfix) with ESMTPS id 1; Fri, 20 Nov 2026 02:12:31 +0000', { ip: '2001:db8::25', tls: true }],
  ['Postfix, local by user id', 'by web01.shop.example (Postfix, from userid 33)\n\tid 7C3FD1200B7; Fri, 20 Nov 2026 02:12:29 +0000 (UTC)', { from: null, ip: null, by: 'web01.shop.example', local: true, localUser: '33', id: '7C3FD1200B7' }],
  ['a host called smtp', 'from smtp.shop.example (smtp.shop.example [203.0.113.127]) by mx.example (Postfix) with ESMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000', { rdns: 'smtp.shop.example', ip: '203.0.113.127' }],
  [
    'Exim, cPanel',
    'from host7.isp.example ([203.0.113.7]:51234 helo=laptop)\n\tby server.shop.example with esmtpsa  (TLS1.3) tls TLS_AES_256_GCM_SHA384\n\t(Exim 4.98.1)\n\t(envelope-from <info@shop.example>)\n\tid 1tDfRk-0000000ABCD-2XYZ\n\tfor bob@example.net;\n\tFri, 20 Nov 2026 03:12:31 +0100',
    { from: 'laptop', rdns: 'host7.isp.example', ip: '203.0.113.7', by: 'server.shop.example', with: 'ESMTPSA', tls: true, authenticated: true, id: '1tDfRk-0000000ABCD-2XYZ', for: 'bob@example.net', envelopeFrom: 'info@shop.example', software: 'Exim 4.98.1' },
  ],
  ['Exim, HELO is an address', 'from a198.isp.example ([198.51.100.41] helo=[203.0.113.136]) by mx.example with esmtps (Exim 4.80) id 1d18ZN-0000br-Mp; Thu, 20 Apr 2026 11:40:09 +0200', { ip: '198.51.100.41', from: '[203.0.113.136]', rdns: 'a198.isp.example' }],
  ['Exim, no PTR', 'from [66.92.157.3] (helo=www.shop.example) by mx.example with esmtp (Exim 3.35 #1) id 17eOFH-00028H-00; Mon, 12 Aug 2002 19:05:07 -0400', { ip: '66.92.157.3', from: 'www.shop.example', rdns: null }],
  ['Exim, name and greeting agree', 'from mail.shop.example ([203.0.113.5]) by mx.example with esmtp (Exim 4.96) id 1; Fri, 20 Nov 2026 02:12:31 +0000', { from: 'mail.shop.example', rdns: 'mail.shop.example', ip: '203.0.113.5' }],
  ['Exim, local', 'from shopuser by server.shop.example with local (Exim 4.98) (envelope-from <shopuser@server.shop.example>) id 1tDf-1; Fri, 20 Nov 2026 02:12:31 +0000', { local: true, localUser: 'shopuser', with: 'LOCAL', ip: null }],
  [
    'Sendmail, ident and may be forged',
    'from smtp.shop.example (root@dial7.isp.example [203.0.113.77] (may be forged)) by mx.example.edu (8.17.1/8.14.3) with ESMTP id 4AK2CVxy012345 (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NO) for <bob@example.edu>; Fri, 20 Nov 2026 02:12:31 GMT',
    { rdns: 'dial7.isp.example', ip: '203.0.113.77', mayBeForged: true, software: '8.17.1/8.14.3', tls: true, id: '4AK2CVxy012345' },
  ],
  ['Sendmail, signed in', 'from [172.31.1.2] (p25.isp.example [203.0.113.25]) (authenticated bits=128) by mail.example (V8/cf) with ESMTP id 01SL for <a@b.example>; Thu, 29 Apr 2026 23:34:45 +0900', { ip: '203.0.113.25', authenticated: true, authenticatedAs: null }],
  ['Sendmail, local submission', '(from apache@localhost) by web1.shop.example (8.14.4/8.14.4/Submit) id 4AK2CV; Fri, 20 Nov 2026 02:12:31 +0000', { local: true, localUser: 'apache', by: 'web1.shop.example' }],
  [
    'Exchange, a build number in the id',
    'from AM0PR01MB1234.eurprd01.prod.outlook.com (2603:10a6:208:1c1::21) by DB8PR01MB5678.eurprd01.prod.outlook.com (2603:10a6:10:15a::10) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.7091.28 via Frontend Transport; Fri, 20 Nov 2026 02:12:31 +0000',
    { ip: '2603:10a6:208:1c1::21', byIp: '2603:10a6:10:15a::10', with: 'SMTP', software: 'Microsoft SMTP Server', id: '15.20.7091.28', tls: true },
  ],
  ['Exchange, mapi with a zone index', 'from A.prod.outlook.com ([fe80::1de8:374c:90f8:62f3]) by A.prod.outlook.com ([fe80::1de8:374c:90f8:62f3%4]) with mapi id 15.20.3348.019; Fri, 20 Nov 2026 02:12:31 +0000', { ip: 'fe80::1de8:374c:90f8:62f3', byIp: 'fe80::1de8:374c:90f8:62f3', with: 'MAPI' }],
  [
    'Gmail, a date in the id',
    'from mail.shop.example (mail.shop.example. [203.0.113.5])\n        by mx.google.com with ESMTPS id 5b1f17b1804b1-43b2.94.2026.11.20.02.12.31\n        for <bob@gmail.com>\n        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\n        Thu, 19 Nov 2026 18:12:31 -0800 (PST)',
    { rdns: 'mail.shop.example', ip: '203.0.113.5', by: 'mx.google.com', at: at('2026-11-20T02:12:31Z'), tls: true },
  ],
  ['Gmail, internal', 'by 2002:a05:6358:e483:b0:ed:1eae:60a3 with SMTP id by3csp989960rwb; Fri, 20 Nov 2026 00:11:26 -0800 (PST)', { from: null, ip: null, byIp: '2002:a05:6358:e483:b0:ed:1eae:60a3', by: '2002:a05:6358:e483:b0:ed:1eae:60a3' }],
  ['qmail, by a user', '(qmail 12345 invoked by uid 48); 20 Nov 2026 02:12:31 -0000', { local: true, localUser: '48', readable: true, at: at('2026-11-20T02:12:31Z'), ip: null }],
  ['qmail, from network', '(qmail 12345 invoked from network); 20 Nov 2026 02:12:31 -0000', { local: false, readable: true }],
  ['qmail, with the peer', '(qmail 44943 messnum 433850 invoked from network[203.0.113.77/name.example]); 20 Nov 2026 02:12:31 -0000', { ip: '203.0.113.77' }],
  ['qmail, address in round brackets', 'from dial7.isp.example (HELO mailer) (203.0.113.77) by mx.example with SMTP; 20 Nov 2026 02:12:31 -0000', { from: 'mailer', rdns: 'dial7.isp.example', ip: '203.0.113.77' }],
  ['qmail, name unknown', 'from unknown (HELO mailer) (ann@203.0.113.77 with login) by mx.example with SMTP; 20 Nov 2026 02:12:31 -0000', { rdns: null, ip: '203.0.113.77', authenticated: true, authenticatedAs: 'ann' }],
  ['qmail, IPv4-mapped', 'from a.example (HELO x) (::ffff:203.0.113.7) by mx.example with SMTP; 20 Nov 2026 02:12:31 -0000', { ip: '203.0.113.7' }],
  ['Yahoo', 'from 127.0.0.1 (EHLO mail.shop.example) (203.0.113.5)\n by mta4242.mail.bf1.yahoo.com with SMTPS;\n Fri, 20 Nov 2026 02:12:31 +0000', { from: 'mail.shop.example', rdns: null, ip: '203.0.113.5', tls: true }],
  ['Zimbra', 'from zimbra.example (LHLO zimbra.example) (10.0.0.5) by zimbra.example with LMTP; Fri, 20 Nov 2026 02:12:31 +0000', { ip: '10.0.0.5', with: 'LMTP' }],
  ['amavis', 'from mx.example ([127.0.0.1])\n by localhost (mx.example [127.0.0.1]) (amavisd-new, port 10024)\n with ESMTP id k8UsBTUjeiTe for <a@b.example>; Fri, 20 Nov 2026 02:12:31 +0000', { ip: '127.0.0.1', byIp: '127.0.0.1', software: 'amavisd-new' }],
  [
    'Haraka',
    'from mail.shop.example (mail.shop.example [203.0.113.5]) by mx.example (Haraka/3.0.3) with ESMTPSA id B3C0198B-A390-42E9-9DDC-C57D8D207298.1 envelope-from <news@shop.example> (authenticated bits=0); Fri, 20 Nov 2026 02:12:31 +0000',
    { ip: '203.0.113.5', software: 'Haraka/3.0.3', envelopeFrom: 'news@shop.example', authenticated: true, id: 'B3C0198B-A390-42E9-9DDC-C57D8D207298.1' },
  ],
  ['SES', 'from a27-5.smtp-out.us-west-2.amazonses.com (a27-5.smtp-out.us-west-2.amazonses.com [54.240.27.5]) by inbound-smtp.us-west-2.amazonaws.com with SMTP id k6sbr4gfpakd50 for a@b.example; Fri, 20 Nov 2026 02:12:31 +0000', { ip: '54.240.27.5' }],
  ['SendGrid, no semicolon, Go time stamp', 'by filterdrecv-7d58f4c5c9-x2x5q with SMTP id filterdrecv-7d58f4c5c9-x2x5q-1-6740A1B2-3 2026-11-20 02:12:31.123456789 +0000 UTC m=+1234567.890123456', { at: at('2026-11-20T02:12:31.123Z'), ip: null, by: 'filterdrecv-7d58f4c5c9-x2x5q' }],
  ['SendGrid, HTTP, zone in a comment', 'from MTIzNDU2 (unknown [203.0.113.80]) by geopod-ismtpd-1-0 (SG) with HTTP id qwErTy Fri, 20 Nov 2026 02:12:31.789 (UTC)', { at: at('2026-11-20T02:12:31.789Z'), ip: '203.0.113.80', with: 'HTTP' }],
  ['webmail', 'from [203.0.113.24] by web111.mail.example.com via HTTP; Fri, 20 Nov 2026 02:12:31 GMT', { ip: '203.0.113.24', by: 'web111.mail.example.com' }],
  ['webmail, bare address', 'from 203.0.113.222 by lw2fd.mail.example.com with HTTP;\tFri, 20 Nov 2026 02:12:31 GMT', { ip: '203.0.113.222', with: 'HTTP' }],
  ['NNFMP', 'from [66.218.67.192] by n21.grp.scd.yahoo.com with NNFMP; 12 Aug 2002 13:16:57 -0000', { ip: '66.218.67.192', with: 'NNFMP' }],
  ['CommuniGate', 'from [203.0.113.9] (account ann@shop.example HELO laptop) by mail.shop.example (CommuniGate Pro SMTP 6.3) with ESMTPSA id 123; Fri, 20 Nov 2026 02:12:31 +0000', { ip: '203.0.113.9', from: 'laptop', authenticated: true, authenticatedAs: 'ann@shop.example' }],
  ['OpenSMTPD', 'from laptop (dsl.isp.example [203.0.113.9]) by mail.shop.example (OpenSMTPD) with ESMTPSA id 1f2e (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO) auth=yes user=ann for <b@c.example>; Fri, 20 Nov 2026 02:12:31 +0000', { ip: '203.0.113.9', authenticated: true, authenticatedAs: 'ann', tls: true }],
  ['protocol behind a cipher', 'from a.example ([203.0.113.9]) by mx.example with DHE-RSA-AES256-GCM-SHA384 encrypted SMTP; 20 Nov 2026 02:12:31 +0000', { with: 'SMTP', tls: true }],
  ['envelope sender behind the date', 'from a.example (a.example [203.0.113.9]) by mx.example (Postfix) with SMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000 (UTC) (envelope-from info@shop.example)', { envelopeFrom: 'info@shop.example', at: at('2026-11-20T02:12:31Z') }],
  ['comment that is never closed', 'from a.example (a.example [203.0.113.9]) by mx.example (Postfix with ESMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000', { ip: '203.0.113.9', by: 'mx.example', at: at('2026-11-20T02:12:31Z') }],
  ['upper case keywords', 'FROM mx43.shop.example BY mx8.example WITH local; Thu, 29 Apr 2012 23:34:45 +0900', { from: 'mx43.shop.example', by: 'mx8.example', local: true }],
  ['a domain that begins like an address', 'from 192.0.2.61.mail.example.net (HELO re-2335g.example.net) ([192.0.2.62]) by mx.example with SMTP; 15 Oct 2015 15:22:22 +0900', { ip: '192.0.2.62', rdns: '192.0.2.61.mail.example.net' }],
];

test.each(FORMS)('%s', (_, value, expected) => {
  expect(hop(value)).toMatchObject(expected);
});

test.each([
  [
    'octet above 255',
    'from a.example (unknown [300.1.2.3]) by mx.example (Postfix) with SMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000',
    '300.1.2.3',
  ],
  [
    'five groups',
    'from a.example (a.example [192.0.2.10.105]) by mx.example (Postfix) with SMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000',
    '192.0.2.10.105',
  ],
  [
    'broken IPv6',
    'from a.example (a.example [IPv6:2001:db8::1::2]) by mx.example (Postfix) with SMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000',
    '2001:db8::1::2',
  ],
])('names an address that cannot be one: %s', (_, value, illegal) => {
  expect(hop(value)).toMatchObject({ ip: null, illegalIp: illegal });
});

test.each([
  ['an id', 'by mx.example with SMTP id 10.1.2.3; Fri, 20 Nov 2026 02:12:31 +0000'],
  ['a version', 'from a.example by mx.example (Server 8.12.3.9) with SMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000'],
  ['a date', 'from a.example by mx.example with SMTP id x.2026.11.20.02; Fri, 20 Nov 2026 02:12:31 +0000'],
  ['the writer', 'by 10.231.12.11 with SMTP id v11cs114356ibv; Fri, 10 Dec 2010 09:07:13 -0800 (PST)'],
  ['the greeting', 'from x (HELO [192.0.2.9]) by mx.example with SMTP; Fri, 20 Nov 2026 02:12:31 +0000'],
])('takes no address from %s', (_, value) => {
  expect(hop(value)).toMatchObject({ ip: null, illegalIp: null });
});

test('believes the writer, not the greeting, when both look like a peer', () => {
  expect(
    hop(
      'from a.example (mail.bank.example [192.0.2.1]) (real.isp.example [203.0.113.9]) by mx.example with SMTP; Fri, 20 Nov 2026 02:12:31 +0000',
    ),
  ).toMatchObject({ ip: '203.0.113.9', rdns: 'real.isp.example' });
});

test('says when nothing could be made out', () => {
  expect(hop('apparently')).toMatchObject({ readable: false, at: null, ip: null, by: null });
});
