import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { launchToken, signIn, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { visitor } from '../support/visitor';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

/** Each would say so in a dialog, in the title, or by a request that leaves the desk. */
const SCRIPTS = [
  '<script>window.hit=1</script>', '<img src=x onerror="window.hit=1">', '<svg onload="window.hit=1">', '"><iframe srcdoc="<script>parent.hit=1</script>">',
  '<a href="javascript:window.hit=1">here</a>', '<div hx-get="/sign-out" hx-trigger="load">x</div>', '<style>@import "http://203.0.113.99/x.css";</style>', '{{constructor.constructor "window.hit=1"}}', '</textarea></pre><script>window.hit=1</script>',
];
const HOSTILE: Someone = { id: '20418', email: 'technik@nordlicht-druck.example', name: `Nordlicht ${SCRIPTS[1]}` };
const BIDI = '\u202egnp.exe';

let desk: Desk;
let the: ReturnType<typeof journey>;
beforeAll(async () => {
  desk = await startDesk();
  the = journey(desk);
}, 180_000);
afterAll(() => desk?.stop());

describe('T18: forms of other sites', () => {
  it.each<[string, Record<string, string>]>([
    ['from another site', { 'sec-fetch-site': 'cross-site' }], ['from a sibling host', { 'sec-fetch-site': 'same-site' }],
    ['with the Origin null', { 'sec-fetch-site': '', origin: 'null' }], ['with another Origin', { 'sec-fetch-site': '', origin: 'https://evil.example' }], ['without a token', {}],
  ])('%s: refused, and nothing happens', async (_what, headers) => {
    const [person] = desk.staff;
    const browser = visitor(desk);
    const token = await browser.enterDesk(person?.email ?? '', person?.password ?? '');
    const refused = await browser.post('/sign-out', Object.keys(headers).length > 0 ? { _csrf: token } : {}, headers);
    expect([refused.status, (await browser.get('/desk')).status]).toEqual([403, 200]);
  });

  it('as plain text, and as JSON that calls itself text: refused', async () => {
    const [person] = desk.staff;
    const browser = visitor(desk);
    const token = await browser.enterDesk(person?.email ?? '', person?.password ?? '');
    for (const type of ['text/plain', 'text/plain;charset=utf-8', 'application/json']) {
      const answer = await fetch(`${desk.url}/sign-out`, { method: 'POST', redirect: 'manual', body: JSON.stringify({ _csrf: token }), headers: { 'content-type': type, 'sec-fetch-site': 'cross-site', cookie: `desk=${browser.cookies.get('desk') ?? ''}` } });
      expect([type, [403, 415].includes(answer.status)]).toEqual([type, true]);
    }
    expect((await browser.get('/desk')).status).toBe(200);
  });
});

describe('T18, T23: what a page lets be done to it', () => {
  it('is framed by nobody, and changes nothing by GET', async () => {
    for (const path of ['/', '/sign-in', '/desk/sign-in', '/s/none']) {
      const { headers } = await visitor(desk).get(path);
      expect([headers.get('x-frame-options'), headers.get('content-security-policy')]).toEqual(['DENY', expect.stringContaining("frame-ancestors 'none'")]);
    }
    const [person] = desk.staff;
    const browser = visitor(desk);
    await browser.enterDesk(person?.email ?? '', person?.password ?? '');
    expect([404, 405]).toContain((await browser.get('/sign-out')).status);
    expect((await browser.get('/desk')).status).toBe(200);
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/%09/evil.example', 'javascript:alert(1)', '/desk\r\nSet-Cookie: x=1'])('T23: "next=%s" leads to a page of ours', async (next) => {
    const [person] = desk.staff;
    const answer = await visitor(desk).post('/desk/sign-in', { email: person?.email ?? '', password: person?.password ?? '', next });
    expect([answer.status, new URL(answer.to ?? '', desk.url).origin, answer.headers.get('set-cookie')?.includes('x=1')]).toEqual([303, desk.url, false]);
  });
});

describeInBrowser('in a real browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  /** A tab that notes dialogs, refusals by the CSP, and every request that leaves the desk. */
  const open = async (): Promise<{ context: BrowserContext; page: Page; left: string[] }> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const left: string[] = [];
    page.on('request', (request) => !request.url().startsWith(desk.url) && !request.url().startsWith('data:') && left.push(request.url()));
    page.on('dialog', (dialog) => {
      left.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    return { context, page, left };
  };
  const inert = async (page: Page, left: string[]): Promise<void> => {
    expect([page.url(), await page.evaluate(() => (globalThis as { hit?: number }).hit ?? 0), left]).toEqual([page.url(), 0, []]);
    expect(await page.locator('[onerror],[onload],iframe[srcdoc],a[href^="javascript:"],main [hx-get="/sign-out"]').count()).toBe(0);
  };
  const hostile = async (ip: string) => {
    const headers = [`From: "${SCRIPTS[0]}" <a@shop.example>`, `Subject: ${SCRIPTS[2]} ${BIDI} =?utf-8?q?=3Cscript=3Ewindow=2Ehit=3D1=3C/script=3E?=`, `Received: from ${SCRIPTS[1]} ([${ip}]) by mx.empfang.example; Tue, 24 Nov 2026 01:00:00 +0000`,
      'Message-ID: <"><script>window.hit=1</script>@shop.example>', `X-Mailer: ${SCRIPTS[5]}`, ''].join('\r\n');
    return the.handOver(await the.blocked(ip, HOSTILE.id), HOSTILE.id, 'mistake', { headers, explanation: SCRIPTS.join('\n'), remediation: SCRIPTS.join('\n') }, SCRIPTS[3]);
  };

  it('T20, T22: scripts, styles, hx-attributes and bidi marks in every field are only text, for the reviewer', async () => {
    const { ref } = await hostile('192.0.2.140');
    await the.take(ref);
    const { context, page, left } = await open();
    const [person] = desk.staff;
    await page.goto(`${desk.url}/desk/sign-in`);
    await page.fill('input[name=email]', person?.email ?? '');
    await page.fill('input[name=password]', person?.password ?? '');
    await page.click('button[type=submit]');
    for (const path of ['/desk', `/desk/tickets/${ref}`, `/desk?q=${encodeURIComponent(SCRIPTS[3] ?? '')}`, '/desk/outgoing-mail']) {
      await page.goto(desk.url + path);
      await inert(page, left);
    }
    await page.goto(`${desk.url}/desk/tickets/${ref}`);
    const text = (await page.textContent('main')) ?? '';
    expect(text).toContain('<script>window.hit=1</script>');
    // A bidi override never reaches the page bare: it would turn the rest of the line round.
    expect(text).not.toContain('\u202e');
    await context.close();
  });

  it('T20, T24: the same for the customer, whose pages leave nothing behind after signing out', async () => {
    const { ref, block } = await hostile('192.0.2.141');
    const { context, page, left } = await open();
    await page.setContent(`<form method="post" action="${desk.url}/launch"><input name="token" value="${await launchToken(desk, HOSTILE, block as never)}"><button>Appeal</button></form>`);
    await page.click('button');
    await inert(page, left);
    await page.click('button:has-text("Continue as")');
    for (const path of ['/tickets', `/tickets/${ref}`, '/appeals/new']) {
      await page.goto(desk.url + path);
      await inert(page, left);
    }
    await page.goto(`${desk.url}/tickets/${ref}`);
    await page.locator('form[action="/sign-out"] button').first().click();
    await page.waitForURL(`${desk.url}/`);
    await page.goBack();
    await page.waitForLoadState();
    expect(await page.textContent('body')).not.toContain(`Spam block on 192.0.2.141`);
    const kept = await page.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
    expect([kept.includes('history-cache'), kept.includes('Spam block'), kept.includes('<')]).toEqual([false, false, false]);
    await context.close();
  });

  it('T21: nothing that a mail names is fetched when a reviewer opens it, nor from a mail that is shown in its frame', async () => {
    let fetched = 0;
    const elsewhere = createServer((_request, response) => response.end(String(++fetched))).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const remote = ['<img src="http://203.0.113.98/pixel.gif">', '<link rel="stylesheet" href="http://203.0.113.98/a.css">', '<link rel="prefetch" href="http://203.0.113.98/p">', '<style>@font-face{font-family:x;src:url(http://203.0.113.98/f.woff2)} body{font-family:x;background:url(http://203.0.113.98/b.png)}</style>', '<iframe src="http://203.0.113.98/"></iframe>', '<video autoplay src="http://203.0.113.98/v.mp4"></video>', '<meta http-equiv="refresh" content="0;url=http://203.0.113.98/">'].join('').replaceAll('203.0.113.98', `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`);
    const letter = `From: a@shop.example\r\nSubject: Order 17\r\nMessage-ID: <a@shop.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>WORDS of the letter</p>${remote}\r\n`;
    const { ref } = await the.handOver(await the.blocked('192.0.2.142', HOSTILE.id), HOSTILE.id, 'mistake', { message: Buffer.from(letter).toString('base64'), explanation: 'Order mail.' });
    await the.take(ref);
    const { context, page } = await open();
    const [person] = desk.staff;
    await page.goto(`${desk.url}/desk/sign-in`);
    await page.fill('input[name=email]', person?.email ?? '');
    await page.fill('input[name=password]', person?.password ?? '');
    await page.click('button[type=submit]');
    await page.goto(`${desk.url}/desk/tickets/${ref}`);
    await page.click('summary:has-text("The message’s own text")');
    expect(await page.innerText('#parts')).toContain('WORDS of the letter');
    const [mail] = await desk.database.query<{ id: string }>(`update mail_delivery set raw = $1 where id = (select id from mail_delivery where raw is not null and template <> 'sign-in-link' limit 1) returning id`, [Buffer.from(letter)]).then(([rows]) => rows as unknown as { id: string }[]).catch(() => []);
    expect(mail?.id).toMatch(/-/);
    await page.goto(`${desk.url}/desk/outgoing-mail/${mail?.id ?? ''}`, { waitUntil: 'networkidle' });
    expect(await page.frameLocator('iframe').locator('p').first().innerText()).toBe('WORDS of the letter');
    expect(fetched).toBe(0);
    // The same letter without the frame's policy is fetched from: the server listens.
    await page.setContent(letter);
    await page.waitForLoadState('networkidle');
    await waitFor('the picture to be asked for', () => fetched > 0);
    await context.close();
    elsewhere.close();
  });

  it('T22: letters that look alike and signs that nobody sees are named, for the reviewer and for the customer', async () => {
    const headers = 'From: "PayP\u0430l\u200b" <a@shop.example>\r\nSubject: Or\u200bder \u202e71\r\nMessage-ID: <a@shop.example>\r\n';
    const { ref, block } = await the.handOver(await the.blocked('192.0.2.143', HOSTILE.id), HOSTILE.id, 'mistake', { headers, explanation: 'Ord\u200ber \u202e mail.' });
    await the.take(ref);
    const [person] = desk.staff;
    const reviewer = visitor(desk);
    await reviewer.enterDesk(person?.email ?? '', person?.password ?? '');
    const seen = (await reviewer.get(`/desk/tickets/${ref}`)).body;
    ['U+0430', 'U+200B', 'U+202E'].forEach((sign) => expect(seen).toContain(sign));
    const customer = await signIn(desk, HOSTILE, block);
    await customer.get(`/tickets/${ref}`);
    const shown = (await customer.upload(`/tickets/${ref}/messages`, { text: 'Is th\u200bere \u202e news?' })).html;
    expect([shown.includes('\u200b'), shown.includes('\u202e'), shown.includes('U+202E')]).toEqual([false, false, true]);
  });

  it('T20: mails about it carry the words as text', async () => {
    const mails = desk.sink.mails.filter((mail) => /192\.0\.2\.14[01]/.test(`${mail.subject}${mail.text}`));
    expect(mails.length).toBeGreaterThan(0);
    const { context, page, left } = await open();
    for (const mail of mails) {
      await page.setContent(mail.html || '<p></p>');
      expect(await page.evaluate(() => (globalThis as { hit?: number }).hit ?? 0)).toBe(0);
      expect(mail.html).not.toMatch(/<script|<iframe|onerror=|javascript:/i);
    }
    expect(left).toEqual([]);
    await context.close();
  });
});
