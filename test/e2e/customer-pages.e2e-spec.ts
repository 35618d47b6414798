import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { launchToken, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { look } from '../support/look';

jest.setTimeout(180_000);

const MERCIER: Someone = { id: '20671', email: 'contact@atelier-mercier.example', name: 'Atelier Mercier SARL' };

describeInBrowser('every page on the way to a ticket', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let browser: Browser;
  let context: BrowserContext;
  let tab: Page;
  const problems: string[] = [];
  beforeAll(async () => {
    [desk, browser] = await Promise.all([startDesk(), startBrowser()]);
    the = journey(desk);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    tab = await context.newPage();
    tab.on('pageerror', (error) => problems.push(String(error)));
    tab.on('console', (message) => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && problems.push(`${tab.url()}: ${message.text()}`));
  }, 180_000);
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
  const send = (): Promise<unknown> => Promise.all([tab.waitForNavigation(), tab.click('main .claim-form button.btn-primary')]);

  it('before signing in', async () => {
    const found = [
      ...(await at('home', '/')), ...(await at('sign-in', '/sign-in')), ...(await at('help', '/help')), ...(await at('help found', '/help?q=dkim')), ...(await at('help nothing found', '/help?q=zzzz')),
      ...(await at('help headers', '/help/headers')), ...(await at('help queue', '/help/queue')), ...(await at('help trace', '/help/trace')), ...(await at('help fix', '/help/fixes/repair_spf')),
      ...(await at('how we decide', '/how-we-decide')), ...(await at('privacy', '/privacy')), ...(await at('not found', '/nothing')), ...(await at('asked to sign in', '/tickets')), ...(await at('link to use', `/sign-in/${'x'.repeat(43)}`)),
    ];
    await tab.goto(`${desk.url}/sign-in`);
    await tab.fill('#email', 'nobody');
    await Promise.all([tab.waitForNavigation(), tab.press('#email', 'Enter')]);
    found.push(...(await look(tab, 'sign-in refused')));
    await tab.fill('#email', 'nobody@shop.example');
    await Promise.all([tab.waitForNavigation(), tab.press('#email', 'Enter')]);
    found.push(...(await look(tab, 'link sent')));
    await tab.goto(`${desk.url}/sign-in/${'x'.repeat(43)}`);
    await Promise.all([tab.waitForNavigation(), tab.click('main button[type=submit]')]);
    found.push(...(await look(tab, 'link over')));
    await enter(await the.block('198.51.100.14'));
    found.push(...(await look(tab, 'launch')));
    expect([found, problems]).toEqual([[], []]);
  });

  it('the first page is at most 150 kB on the line, with all that belongs to it', async () => {
    const first = await browser.newContext();
    const page = await first.newPage();
    const line = await first.newCDPSession(page);
    const bytes: number[] = [];
    await line.send('Network.enable');
    line.on('Network.loadingFinished', ({ encodedDataLength }) => bytes.push(encodedDataLength));
    await page.goto(desk.url, { waitUntil: 'networkidle' });
    await first.close();
    expect(bytes.length).toBeGreaterThan(8);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(150_000);
  });

  it('the form, from its first question to the ticket', async () => {
    const found: string[] = [];
    for (const kind of ['spam', 'hack'] as const) {
      const block = kind === 'spam' ? await the.block('198.51.100.14') : await the.blocked('192.0.2.18', MERCIER.id, 'hack');
      await enter(block);
      await through();
      for (const claim of ['mistake', 'fixed'] as const) {
        await tab.click(`label:has(#claim-${claim})`);
        found.push(...(await look(tab, `form ${kind} ${claim}`)));
        await send();
        found.push(...(await look(tab, `form ${kind} ${claim} refused`)));
      }
    }
    const block = await the.block('198.51.100.14');
    await enter(block);
    await through();
    await tab.click('label:has(#claim-mistake)');
    for (const [name, text, wait] of [['nothing of it', 'Bonjour, voici nos cadres.', 'text=/no headers|not headers|text of/i'], ['another message', `Received: from x.example ([203.0.113.99]) by mx.empfang.example; Tue, 24 Nov 2026 01:00:00 +0000\nFrom: a@else.example\nMessage-ID: <other@else.example>\n`, '#reading ol'], ['found', await the.headersOf(block.ip), '#reading-status:has-text("Message found in the alert.")']] as const) {
      await tab.fill('#headers', text);
      await tab.waitForSelector(wait).catch(() => problems.push(`reading: ${name}: ${wait}`));
      found.push(...(await look(tab, `reading ${name}`)));
    }
    await tab.fill('#explanation', 'Our monthly letter, to people who asked for it in the shop.');
    await tab.click('label:has(#queue-no)');
    await tab.setInputFiles('#message', { name: 'lettre.eml', mimeType: 'message/rfc822', buffer: Buffer.from('From: lettre@atelier-mercier.example\nSubject: Lettre\n\nBonjour') });
    await send();
    found.push(...(await look(tab, 'check answers')));
    await Promise.all([tab.waitForNavigation(), tab.click('button:has-text("Send it")')]);
    found.push(...(await look(tab, 'confirmation')));
    await tab.goto(`${desk.url}/appeals/new?ip=10.1`);
    found.push(...(await look(tab, 'choose block refused')), ...(await at('choose block', '/appeals/new?ip=')));
    await tab.goto(`${desk.url}/tickets`);
    await context.clearCookies();
    await Promise.all([tab.waitForNavigation(), tab.click('form[action="/sign-out"] button')]);
    found.push(...(await look(tab, 'signed out meanwhile')));
    expect([found, problems]).toEqual([[], []]);
  });

  it('the control panel to play with', async () => {
    const found: string[] = [];
    const go = async (name: string, path: string): Promise<void> => {
      await tab.goto(desk.simulator.url + path);
      found.push(...(await look(tab, `noc ${name}`)));
    };
    await go('blocks', '/');
    const episode = (await tab.getAttribute('table a[href^="/episodes/"]', 'href')) ?? '';
    await go('block', episode);
    await go('customer', '/customers/20671');
    await go('activity', '/activity');
    await go('nothing', '/customers/none');
    await tab.goto(desk.simulator.url);
    await Promise.all([tab.waitForNavigation(), tab.locator('button:has-text("Unblock")').first().click()]);
    found.push(...(await look(tab, 'noc rejected')));
    expect(found).toEqual([]);
  });
});
