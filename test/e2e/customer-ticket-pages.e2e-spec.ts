import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { launchToken, type Someone } from '../support/customer';
import { ticketsInEveryState } from '../support/customer-states';
import { startDesk, type Desk } from '../support/desk';
import { look } from '../support/look';

jest.setTimeout(180_000);

const MERCIER: Someone = { id: '20671', email: 'contact@atelier-mercier.example', name: 'Atelier Mercier SARL' };

describeInBrowser('every page of a ticket, in every state', () => {
  let desk: Desk;
  let browser: Browser;
  let context: BrowserContext;
  let tab: Page;
  let tickets: Awaited<ReturnType<typeof ticketsInEveryState>>;
  const problems: string[] = [];
  beforeAll(async () => {
    [desk, browser] = await Promise.all([startDesk({ settings: { BLOCKLISTS: 'bl.lists.example,zen.spamhaus.org' } }), startBrowser()]);
    tickets = await ticketsInEveryState(desk, MERCIER);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    tab = await context.newPage();
    tab.on('pageerror', (error) => problems.push(String(error)));
    tab.on('console', (message) => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && problems.push(`${tab.url()}: ${message.text()}`));
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.stop();
  });

  const enter = async (block?: Parameters<typeof launchToken>[2]): Promise<void> => {
    await tab.setContent(`<form method="post" action="${desk.url}/launch"><input name="token" value="${await launchToken(desk, MERCIER, block)}"><button>Go</button></form>`);
    await Promise.all([tab.waitForURL(/\/launch/), tab.click('button')]);
  };
  const through = (): Promise<unknown> => Promise.all([tab.waitForURL(/tickets|appeals/), tab.click('main button[type=submit]')]);
  const at = async (name: string, path: string): Promise<string[]> => {
    await tab.goto(desk.url + path);
    return look(tab, name);
  };

  it('the ticket, in every state', async () => {
    await enter();
    await through();
    const found: string[] = [...(await at('tickets', '/tickets'))];
    for (const [name, { ref }] of Object.entries(tickets)) {
      found.push(...(await at(`ticket ${name}`, `/tickets/${ref}`)));
    }
    expect([found, problems]).toEqual([[], []]);
  });

  it('and all that is around it', async () => {
    const path = (name: string): string => `/tickets/${tickets[name]?.ref ?? ''}`;
    const found = [
      ...(await at('appeal', `${path('not lifted')}/appeal`)), ...(await at('test message', '/test-message')), ...(await at('test message of a ticket', `${path('fixes needed')}/test-message`)),
      ...(await at('addresses', '/addresses')), ...(await at('addresses not yours', '/addresses?ip=203.0.113.12')), ...(await at('blocklists', '/addresses/198.51.100.14/blocklists')),
      ...(await at('help trace of theirs', '/help/trace')), ...(await at('help fix of theirs', `/help/fixes/repair_spf?ticket=${tickets['fixes needed']?.ref ?? ''}`)), ...(await at('home signed in', '/')), ...(await at('joined', `${path('waiting for review')}/received?joined=1`)),
    ];
    await tab.goto(`${desk.url}${path('fixes needed')}/appeal`);
    await tab.goto(desk.url + path('fixes needed'));
    await tab.locator('#secure_account button:has-text("Report it as done")').click();
    await tab.waitForLoadState();
    found.push(...(await look(tab, 'fix report refused')));
    await tab.goto(`${desk.url}${path('not lifted')}/appeal`);
    await Promise.all([tab.waitForNavigation(), tab.click('button:has-text("Send the appeal")')]);
    found.push(...(await look(tab, 'appeal refused')));
    await tab.goto(desk.url + path('we need something'));
    await tab.click('summary:has-text("Let your administrator add evidence")');
    await Promise.all([tab.waitForNavigation(), tab.click('button:has-text("Make the link")')]);
    found.push(...(await look(tab, 'evidence link made')));
    const evidence = /http:\/\/[^\s]+\/e\/[\w-]+/.exec(await tab.innerText('#share'))?.[0] ?? '';
    await tab.goto(desk.url + path('fixes needed'));
    await Promise.all([tab.waitForNavigation(), tab.click('button:has-text("Make a status page")')]);
    found.push(...(await look(tab, 'status link made')));
    await tab.locator('form[action$="/messages"] button[type=submit]').click();
    await tab.waitForLoadState();
    found.push(...(await look(tab, 'message refused')));
    await tab.goto(evidence);
    found.push(...(await look(tab, 'evidence link')));
    await Promise.all([tab.waitForNavigation(), tab.click('button:has-text("Add it to the ticket")')]);
    found.push(...(await look(tab, 'evidence link refused')));
    await tab.fill('#text', 'Nov 27 09:10:11 web1 postfix/smtp[99]: 4XyZ11: to=<a@b.example>, status=sent');
    await Promise.all([tab.waitForNavigation(), tab.click('button:has-text("Add it to the ticket")')]);
    found.push(...(await look(tab, 'evidence link taken')));
    for (const name of ['fixes needed', 'not lifted', 'lifted', 'we need something', 'a question']) {
      const { body } = await desk.call<{ url: string }>('POST', `/api/v1${path(name)}/status-links`, {});
      await tab.goto(body.url);
      found.push(...(await look(tab, `status ${name}`)));
    }
    expect([found, problems]).toEqual([[], []]);
  });

  it('the mails about it', async () => {
    const mails = new Map(desk.sink.mails.map((mail) => [mail.subject.replace(/\s*\[UB-.*$/, '').replace(/[\d.:]+/g, '').trim(), mail]));
    const found: string[] = [];
    const program = await browser.newPage();
    for (const [name, mail] of mails) {
      await program.setContent(mail.html || '<p></p>');
      found.push(...(await look(program, `mail ${name}`, { without: ['region', 'landmark-one-main'] })));
    }
    await program.close();
    expect(mails.size).toBeGreaterThan(7);
    expect(found).toEqual([]);
  });
});
