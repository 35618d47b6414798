import { mkdirSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import { createTransport } from 'nodemailer';
import type { Browser, Page } from 'playwright-core';
import { serveDns } from '../../src/simulator/dns';
import { Faults } from '../../src/simulator/faults';
import { describeInBrowser, startBrowser } from '../support/browser';
import { signIn } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { waitFor } from '../support/wait-for';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = process.env['DESK_PICTURES'];
const header = (ip: string): string => `Received: from mail.shop.example (mail.shop.example [${ip}]) by mx.empfang.example with ESMTP id 1; Tue, 24 Nov 2026 01:00:00 +0000\r\nFrom: a@shop.example\r\nSubject: Order 17\r\nMessage-ID: <order.17@shop.example>`;

interface Told { id: string; state: string; reason: string | null; ticket: string | null }

let desk: Desk;
let the: ReturnType<typeof journey>;
let dns: Awaited<ReturnType<typeof serveDns>>;
let email = '';

beforeAll(async () => {
  // The customer's domain says that this machine may send for it, and that its mailboxes are elsewhere.
  dns = await serveDns('127.0.0.1', 0, (): { name: string; type: 'A' | 'MX' | 'TXT'; values: string[] }[] => {
    const domain = email.split('@')[1] ?? 'none.example';
    return [
      { name: domain, type: 'TXT', values: ['v=spf1 ip4:127.0.0.1 -all'] }, { name: `_dmarc.${domain}`, type: 'TXT', values: ['v=DMARC1; p=reject'] }, { name: domain, type: 'MX', values: [`10 mx.${domain}`] },
      { name: `mx.${domain}`, type: 'A', values: ['198.51.100.77'] },
    ];
  }, new Faults());
  desk = await startDesk({ settings: { DNS_SERVERS: `127.0.0.1:${dns.port}` } });
  the = journey(desk);
  const answer = await fetch(`${desk.simulator.url}/accounts/20418`, { headers: { authorization: `Bearer ${desk.simulator.token}` } });
  ({ email } = (await answer.json()) as { email: string });
}, 180_000);
afterAll(async () => {
  await desk?.stop();
  dns?.close();
});

/** Sends by SMTP like any mail program, and waits for what the desk made of it. */
const send = async (mail: { from: string; to: string; subject?: string; text: string; inReplyTo?: string; envelope?: string }): Promise<Told> => {
  const transport = createTransport({ ...desk.smtp, secure: false, ignoreTLS: true });
  const { envelope, ...letter } = mail;
  const info = await transport.sendMail({ subject: 'Sperre', ...letter, envelope: { from: envelope ?? mail.from, to: mail.to } });
  const id = /stored as (\S+)/.exec(info.response)?.[1] ?? '';
  return waitFor(`the end of ${id}`, async () => {
    const { body } = await desk.call<Told>('GET', `/api/v1/inbound-mail/${id}`);
    return body.state === 'stored' ? null : body;
  });
};

describe('a claim by mail', () => {
  it('goes all the way: nodemailer, our SMTP, a ticket, our question through a real server, the answer to its address, on the ticket', async () => {
    const block = await the.blocked('192.0.2.120', '20418');
    const claim = await send({ from: `Shop <${email}>`, to: desk.mailbox, text: `Die Adresse 192[.]0[.]2[.]120 wurde heute zu Unrecht gesperrt. Das sind Rechnungen, kein Spam.`, envelope: email });
    expect(claim).toMatchObject({ state: 'ticket', reason: null });
    const question = await desk.sink.waitFor((mail) => mail.subject.includes(claim.ticket ?? '?'));
    expect(question.to).toEqual([email]);
    // What was understood is played back in our words, with what is missing.
    expect(question.text).toMatch(/WHAT WE UNDERSTOOD OF YOUR MAIL[\s\S]*192\.0\.2\.120[\s\S]*it was a mistake/);
    expect(question.text).not.toContain('Rechnungen');
    const answer = await send({ from: email, to: question.header('reply-to') ?? '', inReplyTo: question.messageId ?? '', text: `Hier sind sie:\r\n\r\n${header(block.ip)}\r\n\r\nOn Tue, Unblock desk wrote:\r\n> line 1\r\n> line 2\r\n> line 3\r\n> line 4` });
    expect(answer).toMatchObject({ state: 'reply', reason: null, ticket: claim.ticket });
    const { body } = await desk.call<{ missing: string[]; channel: string; evidence: { type: string }[]; version: number }>('GET', `/api/v1/tickets/${claim.ticket}`);
    expect(body).toMatchObject({ missing: [], channel: 'mail' });
    expect(body.evidence.map((item) => item.type)).toContain('headers');
    const customer = await signIn(desk, { id: '20418', email, name: 'Shop' });
    const page = await customer.get(`/tickets/${claim.ticket}`);
    expect(page.text).toContain('Hier sind sie:');
    expect(page.html).toMatch(/<details class="quoted"><summary>\d+ quoted lines<\/summary>[^<]*<div[^>]*>[^<]*On Tue, Unblock desk wrote:/);
  }, 60_000);

  it('lists, searches and counts what came, and leaves nothing without an end', async () => {
    await send({ from: 'x@elsewhere.example', to: desk.mailbox, subject: 'Winter coats', text: 'no address at all' });
    const { body } = await desk.call<{ items: { subject: string }[]; counts: Record<string, number> }>('GET', '/api/v1/inbound-mail?state=quarantined&q=coats%20elsewhere', undefined, 'admin');
    expect(body.items.map((item) => item.subject)).toEqual(['Winter coats']);
    expect(body.counts).toMatchObject({ stored: 0, ticket: 1, reply: 1 });
    expect((await desk.call<string>('GET', '/metrics', undefined, 'admin')).body).toMatch(/^desk_inbound_mail_unsettled 0$/m);
  }, 30_000);

  it('goes on when the control panel confirms it over the API', async () => {
    const block = await the.blocked('192.0.2.121', '20418');
    const mail = await send({ from: 'colleague@elsewhere.example', to: desk.mailbox, text: `${block.ip} was blocked by mistake.\r\n\r\n${header(block.ip)}` });
    expect(mail).toMatchObject({ state: 'pending', reason: 'unknown_sender' });
    const confirm = (body: object, key: 'noc' | 'reviewer1' = 'noc') => desk.call<Told>('POST', `/api/v1/inbound-mail/${mail.id}/confirmation`, body, key);
    expect(await confirm({ account: '20418' }, 'reviewer1')).toMatchObject({ status: 403 });
    expect(await confirm({ account: '30999' })).toMatchObject({ status: 422, body: { errors: [{ field: 'account' }] } });
    expect(await confirm({ account: '20418', hasty: true })).toMatchObject({ status: 400 });
    expect(await confirm({ account: '20418' })).toMatchObject({ status: 200, body: { state: 'ticket', ticket: expect.stringMatching(/^UB-/) as string } });
    expect(await confirm({ account: '20418' })).toMatchObject({ status: 409 });
  }, 30_000);
});

describeInBrowser('the pages of mail', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
    if (PICTURES) {
      mkdirSync(PICTURES, { recursive: true });
    }
  });
  afterAll(() => browser?.close());

  const look = async (page: Page, name: string): Promise<void> => {
    await page.waitForLoadState();
    await page.addScriptTag({ content: AXE }).catch(() => page.evaluate(AXE));
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    expect(violations.map((each) => `${name}: ${each.id} ${each.nodes.map((node) => node.html).join()}`)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    if (PICTURES) {
      await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
    }
  };
  const context = () => browser.newContext({ bypassCSP: true });

  it('ask once whether it was you: looking uses nothing up, the button does, and the claim goes on (T04, T05)', async () => {
    const block = await the.blocked('192.0.2.122', '20418', 'hack');
    const mail = await send({ from: email, to: desk.mailbox, text: `Our server ${block.ip} did a load test, it was no attack.` });
    expect(mail).toMatchObject({ state: 'pending', reason: 'confirm_hack' });
    const sent = await desk.sink.waitFor((each) => each.subject.includes('Did you write to us') && each.text.includes(block.ip));
    expect(sent.to).toEqual([email]);
    const url = /https?:\S+\/confirm-mail\/\S+/.exec(sent.text)?.[0] ?? '';
    expect([(await fetch(url)).status, (await fetch(url, { method: 'HEAD' })).status]).toEqual([200, 200]);
    expect((await desk.call<Told>('GET', `/api/v1/inbound-mail/${mail.id}`)).body.state).toBe('pending');
    const page = await (await context()).newPage();
    for (const [width, scheme] of [[1200, 'light'], [320, 'dark']] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(url);
      await look(page, `confirm-${width}`);
    }
    await page.click('button[value=confirmed]');
    await page.waitForSelector('text=We have your claim');
    await look(page, 'confirmed');
    const { body } = await desk.call<Told>('GET', `/api/v1/inbound-mail/${mail.id}`);
    expect(body).toMatchObject({ state: 'ticket' });
    expect((await fetch(url)).status).toBe(410);
    await page.goto(url);
    await look(page, 'link-over');
  }, 60_000);

  it('let staff search the quarantine and make a ticket of a mail with a click', async () => {
    const block = await the.blocked('192.0.2.123', '20418');
    const mail = await send({ from: 'colleague@elsewhere.example', to: desk.mailbox, subject: 'Our address is shut', text: `Hello,\r\n${block.ip} is blocked by mistake.\r\n\r\n${header(block.ip)}\r\n\r\n> older\r\n> lines\r\n> of a thread` });
    expect(mail.state).toBe('pending');
    const page = await (await context()).newPage();
    const lead = desk.staff.find((each) => each.role === 'lead');
    await page.goto(`${desk.url}/desk/quarantine`);
    await page.fill('#email', lead?.email ?? '');
    await page.fill('#password', lead?.password ?? '');
    await page.press('#password', 'Enter');
    await page.waitForSelector('h1:has-text("Incoming mail")');
    for (const [width, scheme] of [[1200, 'light'], [320, 'dark']] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(`${desk.url}/desk/quarantine?q=shut`);
      await look(page, `quarantine-${width}`);
      await page.click('text=Our address is shut');
      await look(page, `quarantine-mail-${width}`);
    }
    await page.click('button:has-text("Make the ticket")');
    await page.waitForURL(/\/desk\/tickets\/UB-/);
    expect((await desk.call<Told>('GET', `/api/v1/inbound-mail/${mail.id}`)).body).toMatchObject({ state: 'ticket', reason: 'by_staff' });
    expect(await desk.database.query(`select event, by_kind from audit_entry where event = 'mail_ticket'`)).toEqual([{ event: 'mail_ticket', by_kind: 'reviewer' }]);
    const customer = await signIn(desk, { id: '20418', email, name: 'Shop' });
    expect((await customer.get(`/mails/${mail.id}`)).status).toBe(410);
  }, 60_000);
});
