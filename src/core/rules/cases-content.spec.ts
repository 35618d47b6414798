import { check, headers, read, type Case } from '../../../test/fixtures/cases';

const signed = (h: string): string => `v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=m1; h=${h}; bh=AAAA; b=AAAA`;
const list = (over: Record<string, string>): string => headers({ 'List-Id': '<news.shop.example>', ...over });
const HTTPS = '<https://shop.example/u/1>, <mailto:u@shop.example>';
const ONE_CLICK = 'List-Unsubscribe=One-Click';

/** A message of two parts, the second one HTML in this encoding. */
const encoded = (encoding: string, body: string, disposition = 'inline'): string =>
  `${headers({ 'Content-Type': 'multipart/alternative; boundary=q' })}\r\n\r\n--q\r\nContent-Type: text/plain\r\n\r\nhi\r\n--q\r\nContent-Type: text/html\r\nContent-Disposition: ${disposition}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n--q--\r\n`;

const CASES: Case[] = [
  { id: 'H058', what: 'two From fields', text: headers({ 'From#2': 'boss@bank.example' }), expected: ['from-multiple', 'hdr-duplicate'] },
  { id: 'H058b', what: 'authors of two houses in one From', text: headers({ From: 'orders@shop.example, service@bank.example' }), expected: ['from-multiple'] },
  { id: 'H058c', what: 'two authors of one house', text: headers({ From: 'orders@shop.example, news@mail.shop.example' }), expected: [], forbidden: ['from-multiple'] },
  ...['AW: Ihre Bestellung', 'SV: din order', 'Antw: bestelling', '=?utf-8?Q?Re:_invoice?='].map((subject): Case => ({ id: 'H075c', what: subject, text: headers({ Subject: subject }), expected: ['subject-fake-reply'] })),
  { id: 'H075d', what: 'a word that begins alike', text: headers({ Subject: 'Reminder: your invoice' }), expected: [], forbidden: ['subject-fake-reply'] },
  { id: 'H072', what: 'capitals', text: headers({ Subject: 'BUY NOW, ONLY TODAY' }), expected: ['subject-caps'] },
  { id: 'H073', what: 'capitals in an encoded word', text: headers({ Subject: '=?utf-8?B?QkVTVEVMTFVORyBCRVNUw4RUSUdU?=' }), expected: ['subject-caps'] },
  { id: 'H074', what: 'Japanese', text: headers({ Subject: '=?utf-8?B?44GU5rOo5paH44GC44KK44GM44Go44GG44GU44GW44GE44G+44GZ?=' }), expected: ['trace-parsed'], forbidden: ['subject-caps'] },
  { id: 'H074b', what: 'a short code', text: headers({ Subject: 'TX-4711-AB' }), expected: ['trace-parsed'], forbidden: ['subject-caps'] },
  { id: 'H075', what: 'Re: to nothing', text: headers({ Subject: 'Re: your invoice' }), expected: ['subject-fake-reply'] },
  { id: 'H075b', what: 'Re: to something', text: headers({ Subject: 'Re: your invoice', 'In-Reply-To': '<a@b.example>' }), expected: [], forbidden: ['subject-fake-reply'] },
  { id: 'H076', what: 'another house\'s address as name', text: headers({ From: '"service@bank.example" <orders@shop.example>' }), expected: ['from-display-spoof'] },
  { id: 'H076b', what: 'the own address as name', text: headers({ From: '"orders@shop.example" <orders@shop.example>' }), expected: [], forbidden: ['from-display-spoof'] },
  { id: 'H077', what: 'answers to a free mailbox', text: headers({ 'Reply-To': 'boss <ceo1234@gmail.com>' }), expected: ['replyto-freemail'] },
  { id: 'H077b', what: 'free mailbox writes itself', text: headers({ From: 'a@gmail.com', 'Reply-To': 'b@gmail.com' }), expected: [], forbidden: ['replyto-freemail'] },
  { id: 'H078', what: 'bulk without a way out', text: headers({ Precedence: 'bulk' }), expected: ['unsub-missing'] },
  { id: 'H079', what: 'mailto only', text: list({ 'List-Unsubscribe': '<mailto:u@shop.example>' }), expected: ['unsub-no-one-click'], forbidden: ['unsub-missing', 'unsub-one-click-ok'] },
  { id: 'H080', what: 'http', text: list({ 'List-Unsubscribe': '<http://shop.example/u/1>', 'List-Unsubscribe-Post': ONE_CLICK }), expected: ['unsub-not-https'], forbidden: ['unsub-one-click-ok'] },
  { id: 'H081', what: 'a wrong value', text: list({ 'List-Unsubscribe': HTTPS, 'List-Unsubscribe-Post': 'List-Unsubscribe=Not-One-Click', 'DKIM-Signature': signed('from:list-unsubscribe:list-unsubscribe-post') }), expected: ['unsub-post-malformed'], forbidden: ['unsub-one-click-ok'] },
  { id: 'H082', what: 'not signed', text: list({ 'List-Unsubscribe': HTTPS, 'List-Unsubscribe-Post': ONE_CLICK, 'DKIM-Signature': signed('from:list-unsubscribe') }), expected: ['unsub-not-signed'], forbidden: ['unsub-one-click-ok'] },
  { id: 'H083', what: 'one click', text: list({ 'List-Unsubscribe': HTTPS, 'List-Unsubscribe-Post': ONE_CLICK, 'DKIM-Signature': signed('From : List-Unsubscribe: list-unsubscribe-post') }), expected: ['unsub-one-click-ok'], forbidden: ['unsub-missing', 'unsub-no-one-click', 'unsub-not-signed'] },
  { id: 'H084', what: 'a single message', text: headers(), expected: ['trace-parsed'], forbidden: ['unsub-missing'] },
  { id: 'H085', what: 'auto-replied', text: headers({ 'Auto-Submitted': 'auto-replied', Precedence: 'bulk' }), expected: ['auto-reply'], forbidden: ['unsub-missing'] },
  { id: 'H086', what: 'a bounce', text: headers({ 'Return-Path': '<>', From: 'MAILER-DAEMON@mail.shop.example' }), expected: ['backscatter-suspect'] },
  { id: 'H086b', what: 'a bounce of a bare daemon', text: headers({ 'Return-Path': '<>', From: 'MAILER-DAEMON (Mail Delivery System)' }), expected: ['backscatter-suspect'] },
  { id: 'H087', what: 'no Message-ID, no Date', text: headers({ 'Message-ID': null, Date: null }), expected: ['hdr-missing-required'] },
  { id: 'H087b', what: 'both there and empty', text: headers({ 'Message-ID': '', Date: '' }), expected: ['hdr-missing-required'], forbidden: ['message-id-malformed'] },
  { id: 'H088', what: 'two days ahead', text: headers({ Date: 'Sun, 22 Nov 2026 03:12:31 +0100' }), expected: ['date-future'] },
  { id: 'H090', what: '1 MB, 20,000 fields, NULs, a 500 kB line', text: `${headers()}\r\nX-Long: ${'a'.repeat(500_000)}\r\n${Array.from({ length: 20_000 }, (_, i) => `X-${i}: ${'\u0000'.repeat(20)}`).join('\r\n')}`, expected: ['input-limit'] },
  { id: 'H091', what: 'HTML in Subject and From', text: headers({ Subject: '<script>alert(1)</script>', From: '"<img src=x onerror=alert(1)>" <orders@shop.example>' }), expected: ['trace-parsed'], forbidden: ['html-executed'] },
  { id: 'X01', what: 'a malformed Message-ID', text: headers({ 'Message-ID': '<no at sign>' }), expected: ['message-id-malformed'] },
  { id: 'X02b', what: 'a script in a base64 part', text: encoded('base64', Buffer.from('<p onclick="x()">hi</p>').toString('base64')), expected: ['content-script'] },
  { id: 'X02c', what: 'links in a quoted-printable part', text: encoded('quoted-printable', '<a href=3D"https:=\r\n//a.example">x</a> <a href=3D"https://b.example">y</a> http=\r\ns://c.example'), expected: ['content-link-heavy'], forbidden: ['content-script'] },
  { id: 'X02e', what: 'data in JSON is no program', text: `${headers({ 'Content-Type': 'text/html' })}\r\n\r\n<script type="application/ld+json">[]</script>`, expected: [], forbidden: ['content-script'] },
  { id: 'X02d', what: 'a script in an attachment is not the text', text: encoded('base64', Buffer.from('<script>x()</script>').toString('base64'), 'attachment'), expected: [], forbidden: ['content-script'] },
  { id: 'X02', what: 'a script in the text', text: `${headers({ 'Content-Type': 'text/html' })}\r\n\r\n<script>x()</script>`, expected: ['content-script'], forbidden: ['body-not-assessed'] },
  { id: 'X03', what: 'somebody\'s filter said spam', text: headers({ 'X-Spam-Flag': 'YES' }), expected: ['filter-header-spam'] },
];

describe('what the message says of itself', () => {
  it.each(CASES.map((each) => [each.id, each.what, each] as const))('%s: %s', (_id, _what, each) => check(each));

  it('shows pasted markup as the text that it is', () => {
    const { message } = read(headers({ Subject: '<b>x</b>' }));
    expect(message.subject).toBe('<b>x</b>');
  });
});
