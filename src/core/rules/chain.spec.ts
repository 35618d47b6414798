import { findBoundary, type Trusted } from '../headers/find-boundary';
import type { Hop } from '../headers/message';
import { readMessage } from '../headers/read-message';
import { walkChain } from './chain';
import { tidyIp } from './dns/dns';

const DATE = 'Fri, 20 Nov 2026 02:12:31 +0000';
const NOBODY = { hosts: [], networks: [] };
const OURS = { hosts: ['edge.hoster.example'], networks: ['192.0.2.0/24'] };

/** Hops of a header, topmost first. */
function hops(...received: string[]): Hop[] {
  return readMessage([...received.map((value) => `Received: ${value}; ${DATE}`), 'Message-ID: <a@b.example>'].join('\n')).hops;
}

const AT_GMAIL =
  'from mail.shop.example (mail.shop.example. [203.0.113.7]) by mx.google.com with ESMTPS id 5b1-43.94.2026.11.20.02.12.31 for <bob@gmail.com>';
const IN_GMAIL = 'by 2002:a05:6358:e483:b0:ed:1eae:60a3 with SMTP id by3csp989960rwb';
const SUBMITTED = 'from laptop (dsl.isp.example [198.51.100.9]) by mail.shop.example (Postfix) with ESMTPSA id 1';
const EXCHANGE = [
  'from AM0PR01MB1.eurprd01.prod.outlook.com (2603:10a6:208:1c1::21) by DB8PR01MB5.eurprd01.prod.outlook.com (2603:10a6:10:15a::10) with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 15.20.7091.28',
  'from AM0EUR01FT1.eop-eur01.prod.protection.outlook.com (2603:10a6:208:3a::49) by AM0PR01MB1.outlook.office365.com (2603:10a6:208:1::37) with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 15.20.7091.28 via Frontend Transport',
  'from mail.shop.example (203.0.113.7) by AM0EUR01FT1.mail.protection.outlook.com (10.13.58.70) with Microsoft SMTP Server (version=TLS1_3, cipher=X) id 15.20.7091.28 via Frontend Transport',
];
const SPOOFED = 'from unknown (HELO mx.bank.example) (198.51.100.66) by mx.victim.example with SMTP';

/** Where the claimed address is the peer in a hop that can be believed, whether it is the sender's copy, and where the boundary is. */
function place(chain: Hop[], ip: string, { hosts, networks }: Trusted) {
  const { peerHop, isSenderCopy, boundary } = walkChain(chain, tidyIp(ip), { now: '', claim: {}, block: null, dns: null, trusted: { authservIds: [], hosts: [...hosts], networks: [...networks] } });
  return { hop: peerHop?.index ?? null, sender: isSenderCopy, boundary: boundary?.index ?? null };
}

const CASES: [string, string, Hop[], Partial<ReturnType<typeof place>>, number | null][] = [
  [
    'in the hop that the recipient wrote',
    '203.0.113.7',
    hops(IN_GMAIL, AT_GMAIL, SUBMITTED),
    { hop: 1, sender: false },
    1,
  ],
  [
    'at the end of a chain inside Exchange',
    '203.0.113.7',
    hops(...EXCHANGE, SUBMITTED),
    { hop: 2, sender: false },
    2,
  ],
  [
    'in another notation of IPv6',
    '2001:0db8:0:0:0:0:0:7',
    hops('from a.shop.example (a.shop.example [IPv6:2001:DB8:0000::0007]) by mx.victim.example (Postfix) with ESMTPS id 1'),
    { hop: 0, sender: false },
    0,
  ],
  [
    'in the second comment of Yahoo',
    '203.0.113.7',
    hops('from 127.0.0.1 (EHLO mail.shop.example) (203.0.113.7) by mta4.mail.bf1.yahoo.com with SMTPS'),
    { hop: 0, sender: false },
    0,
  ],
  [
    'behind amavis and LMTP',
    '203.0.113.7',
    hops(
      'from localhost (localhost [127.0.0.1]) by box.victim.example with LMTP id 1',
      'from box.victim.example ([127.0.0.1]) by localhost (box.victim.example [127.0.0.1]) (amavisd-new, port 10024) with ESMTP id 2',
      'from mail.shop.example (mail.shop.example [203.0.113.7]) by box.victim.example (Postfix) with ESMTPS id 3',
    ),
    { hop: 2, sender: false },
    2,
  ],
  [
    'behind a relay of the recipient that its host looked up',
    '203.0.113.7',
    hops(
      'from mx1.victim.example (mx1.victim.example [198.51.100.20]) by box.victim.example (Postfix) with ESMTPS id 1',
      'from mail.shop.example (mail.shop.example [203.0.113.7]) by mx1.victim.example (Postfix) with ESMTPS id 2',
    ),
    { hop: 1, sender: false },
    1,
  ],
  ['in no hop', '203.0.113.99', hops(AT_GMAIL, SUBMITTED), { hop: null, sender: false }, 0],
  [
    'only in a lower hop, the recipient names another',
    '203.0.113.7',
    hops(SPOOFED, 'from x (x [203.0.113.7]) by mx.bank.example with SMTP'),
    { hop: null, sender: false },
    0,
  ],
  [
    'only in a lower hop, though the sender greeted as one of the recipient',
    '203.0.113.7',
    hops(
      'from mx2.victim.example (unknown [198.51.100.66]) by mx.victim.example (Postfix) with SMTP id 1',
      'from x (x [203.0.113.7]) by mx2.victim.example (Postfix) with SMTP id 2',
    ),
    { hop: null, sender: false },
    0,
  ],
  [
    'passed on by another server',
    '203.0.113.7',
    hops(
      'from fwd.alumni.example (fwd.alumni.example [198.51.100.30]) by mx.google.com with ESMTPS id 1',
      'from mail.shop.example (mail.shop.example [203.0.113.7]) by fwd.alumni.example (Postfix) with ESMTPS id 2',
    ),
    { hop: null, sender: false },
    0,
  ],
  ["in the sender's own copy", '203.0.113.7', hops(SUBMITTED), { hop: null, sender: true }, 0],
  [
    "in the sender's own copy, handed in locally",
    '203.0.113.7',
    hops('by web1.shop.example (Postfix, from userid 33) id 1'),
    { hop: null, sender: true },
    null,
  ],
  ['in a copy without any Received', '203.0.113.7', [], { hop: null, sender: true }, null],
];

test.each(CASES)('%s', (_, ip, chain, expected, boundary) => {
  expect(place(chain, ip, NOBODY)).toEqual({ ...expected, boundary });
});

describe('with hosts of ours', () => {
  const IN_EDGE = 'from mail.shop.example (mail.shop.example [203.0.113.7]) by edge.hoster.example (Postfix) with ESMTPS id 1';

  test('walks from the recipient through our edge', () => {
    const chain = hops('from edge.hoster.example (edge.hoster.example [192.0.2.10]) by mx.google.com with ESMTPS id 1', IN_EDGE, SUBMITTED);
    expect(place(chain, '203.0.113.7', OURS)).toEqual({ hop: 1, sender: false, boundary: 1 });
    expect(findBoundary(chain, OURS)).toMatchObject({ writer: 'ours', ip: '203.0.113.7', forged: [] });
  });

  test('believes only hosts and networks of ours once it is among them', () => {
    const inside = 'from filter2.hoster.example (filter2.hoster.example [192.0.2.11]) by edge.hoster.example (Postfix) with ESMTP id 1';
    expect(findBoundary(hops(inside, IN_EDGE), OURS)).toMatchObject({ index: 1, writer: 'ours' });
    expect(findBoundary(hops(IN_EDGE, SUBMITTED), OURS)).toMatchObject({ index: 0, writer: 'ours', ip: '203.0.113.7' });
  });

  test("does not take a customer's machine in our networks for one of ours", () => {
    const chain = hops(
      'from mail.shop.example (mail.shop.example [192.0.2.77]) by edge.hoster.example (Postfix) with ESMTPS id 1',
      'from x (x [198.51.100.9]) by mail.shop.example (Postfix) with ESMTP id 2',
    );
    expect(place(chain, '192.0.2.77', OURS)).toEqual({ hop: 0, sender: false, boundary: 0 });
  });

  test('names a hop that claims to be ours below a foreign one', () => {
    const chain = hops('from evil.example (unknown [198.51.100.66]) by mx.victim.example (Postfix) with SMTP id 1', IN_EDGE);
    expect(place(chain, '203.0.113.7', OURS)).toEqual({ hop: null, sender: false, boundary: 0 });
    expect(findBoundary(chain, OURS).forged).toEqual([1]);
  });

  test('does not call our hop forged when a list server says it had the message from us', () => {
    const chain = hops(
      'from lists.example (lists.example [198.51.100.40]) by mx.google.com with ESMTPS id 1',
      'from edge.hoster.example (edge.hoster.example [192.0.2.10]) by lists.example (Postfix) with ESMTPS id 2',
      IN_EDGE,
    );
    expect(findBoundary(chain, OURS)).toMatchObject({ index: 0, forged: [] });
  });

  test('a name that only ends like ours is not ours', () => {
    const chain = hops(
      'from evil.example (unknown [198.51.100.66]) by mx.victim.example (Postfix) with SMTP id 1',
      'from a (a [203.0.113.7]) by notedge.hoster.example (Postfix) with SMTP id 2',
    );
    expect(findBoundary(chain, { hosts: ['edge.hoster.example'], networks: [] }).forged).toEqual([]);
  });
});
