import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

/** Walked twice: with the scripts of the pages, and with none at all. Each walker is a customer of their own. */
const WALKS = [
  { script: true, panel: ['203.0.113.47', 'Nordlicht'], mail: ['198.51.100.14', 'claire.mercier@atelier-mercier.example', 'atelier-mercier.example'], appeal: ['203.0.113.12', 'Nordlicht'] },
  { script: false, panel: ['203.0.113.64', 'Bäckerei Lindner'], mail: ['198.51.100.77', 'm.finch@tallow-and-finch.example', 'tallow-and-finch.example'], appeal: ['203.0.113.131', 'Harbour'] },
] as const;

describeInBrowser.each(WALKS)('a customer in a browser (scripts: $script)', ({ script, panel, mail, appeal }) => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let browser: Browser;
  let context: BrowserContext;
  let tab: Page;
  const problems: string[] = [];
  beforeAll(async () => {
    [desk, browser] = await Promise.all([startDesk({ simulator: { liftSeconds: 3 } }), startBrowser()]);
    the = journey(desk);
  }, 180_000);
  beforeEach(async () => {
    context = await browser.newContext({ javaScriptEnabled: script, locale: 'en-GB' });
    tab = await context.newPage();
    tab.setDefaultTimeout(30_000);
    tab.on('pageerror', (error) => problems.push(String(error)));
    tab.on('console', (message) => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && problems.push(message.text()));
  });
  afterEach(async () => {
    await context.close();
    expect(problems.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await desk?.stop();
  });

  const main = async (): Promise<string> => (await tab.innerText('main')).replace(/\s+/g, ' ');
  /** What the page says by and by: by itself where scripts run (and at once when its window is looked at again), else when it is loaded again. */
  const shows = (words: string): Promise<unknown> => waitFor(`"${words}" on the page`, async () => {
    await (script ? tab.evaluate(`dispatchEvent(new Event('focus'))`) : tab.reload());
    return (await main()).includes(words);
  }, 40_000);
  const press = async (name: string): Promise<void> => {
    await Promise.all([tab.waitForEvent('framenavigated'), tab.locator('main').getByRole('button', { name, exact: true }).first().click()]);
    await tab.waitForLoadState(); // whole: what is read next may stand at its end
  };
  const choose = (label: string): Promise<void> => tab.locator(`label:has-text("${label}")`).first().click();
  const enterFromPanel = async (ip: string, name: string): Promise<void> => {
    await tab.goto(desk.simulator.url);
    await Promise.all([tab.waitForEvent('framenavigated'), tab.getByRole('button', { name: `Unblock ${ip}`, exact: true }).click()]);
    expect(await tab.innerText('h1')).toContain(`${ip} stays blocked`);
    await Promise.all([tab.waitForEvent('framenavigated'), tab.getByRole('button', { name: 'Appeal' }).click()]);
    if (!script) {
      await Promise.all([tab.waitForEvent('framenavigated'), tab.getByRole('button', { name: 'Continue' }).click()]);
    }
    await tab.waitForURL(`${desk.url}/launch`);
    await Promise.all([tab.waitForEvent('framenavigated'), tab.locator(`button:has-text("Continue as ${name}")`).click()]);
    expect(await tab.innerText('h1')).toBe(`Get the block on ${ip} lifted`);
  };
  const send = async (): Promise<string> => {
    await press('Check your answers');
    expect(await tab.innerText('h1')).toBe('Check your answers');
    await press('Send it');
    const ref = /UB-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(await main())?.[0] ?? '';
    await Promise.all([tab.waitForURL(`${desk.url}/tickets/${ref}`), tab.click('a:has-text("Open your ticket")')]);
    return ref;
  };

  it('goes from the control panel’s Unblock to lifted, and corrects a wrong paste on the way', async () => {
    const [ip, name] = panel;
    await enterFromPanel(ip, name);
    await choose('It was a mistake');
    await tab.fill('#explanation', 'Order mail, “wanted” & asked for by <our> customers.');
    await choose('Yes, only wanted mail is in it');
    await tab.fill('#headers', 'Guten Tag,\n\nIhre Bestellung ist abholbereit.');
    await press('Check your answers');
    expect(await tab.title()).toMatch(/^Error: /);
    expect(await main()).toContain('Paste the headers. What you pasted is the text of the message.');
    expect(await tab.inputValue('#explanation')).toBe('Order mail, “wanted” & asked for by <our> customers.');
    expect(await tab.inputValue('#headers')).toContain('abholbereit');
    expect(await tab.isChecked('#queue-wanted')).toBe(true);
    await tab.fill('#headers', await the.headersOf(ip));
    if (script) {
      await tab.locator('#reading-status', { hasText: 'Message found in the alert.' }).waitFor();
    } else {
      await press('Read these headers');
      expect(await main()).toContain('your address, found');
      await press('Back to your answers');
    }
    const ref = await send();
    const ticket = await the.take(ref);
    await the.decide(ticket, { outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' });
    await (script ? tab.getByText(`Mail can leave ${ip} again`).first().waitFor({ timeout: 40_000 }) : shows(`Mail can leave ${ip} again`));
    expect(await tab.innerText('h1 + .chip')).toContain('Lifted and confirmed');
    expect(await main()).toContain('Nothing seen so far');
    expect((await the.ledger(ip)).filter((entry) => entry.effect)).toHaveLength(1);
    if (script) {
      expect(await tab.innerText('#ticket-status')).toContain('Now: Lifted and confirmed');
    }
    await the.settled(ref);
    // The same words as on the page, each mail once.
    expect(the.mails(ref).map((each) => each.subject.split(':')[0]?.replace(/ (?:the block )?on .*$/, ''))).toEqual(['Received', 'Lifting', 'Lifted and confirmed']);
  });

  it('comes by a mailed link that a scanner opened first, and does the fixes one by one while DNS changes', async () => {
    const [ip, email, domain] = mail;
    const reverse = `${ip.split('.').reverse().join('.')}.in-addr.arpa`;
    await the.noc.put('/dns', { name: reverse, type: 'PTR', values: ['static-9.pool.provider.example'] });
    await tab.goto(desk.url);
    await tab.fill('#email', email);
    await press('Send me the link');
    const sent = await desk.sink.waitFor((each) => each.to.includes(email) && each.subject.includes('link'));
    const link = /http:\/\/127\.0\.0\.1:\d+\/sign-in\/[\w-]{43}/.exec(sent.text)?.[0] ?? '';
    for (const method of ['HEAD', 'GET', 'GET']) {
      await fetch(link, { method });
    }
    await tab.goto(link);
    await press('Sign in');
    await tab.waitForURL(`${desk.url}/tickets`);
    await Promise.all([tab.waitForEvent('framenavigated'), tab.click('a:has-text("Make a new claim")')]);
    await tab.fill('#ip', ip);
    await Promise.all([tab.waitForEvent('framenavigated'), tab.click('button:has-text("Look for its block")')]);
    await choose('It was a mistake');
    await tab.fill('#headers', await the.headersOf(ip));
    await tab.fill('#explanation', 'Our letter, to people who asked for it.');
    await choose('Yes, and I deleted what should not go out');
    const ref = await send();
    await the.decide(await the.take(ref), {
      outcome: 'require_fixes', reasons: ['spf_fail', 'ptr_missing_or_mismatch'], statement: 'The letter looks wanted. SPF and the name of the address do not fit.', liftWhenVerified: true,
      requiredFixes: [{ code: 'repair_spf', when: 'before_lift' }, { code: 'match_ptr', when: 'before_lift' }],
    });
    await shows('What we need from you: 2 fixes');

    const fix = (code: string) => tab.locator(`#${code}`);
    const copied = async (code: string, name: string): Promise<string> => (await fix(code).locator(`.record div:has(dt:text-is("${name}")) code`).textContent())?.trim() ?? '';
    const check = async (code: string, says: string): Promise<void> => {
      if (script) {
        await fix(code).getByRole('button', { name: 'Check again' }).click();
        await fix(code).locator('.chip', { hasText: says }).waitFor();
      } else {
        await Promise.all([tab.waitForEvent('framenavigated'), fix(code).getByRole('button', { name: 'Check again' }).click()]);
        await waitFor(`${code} to be "${says}"`, async () => { await tab.goto(`${desk.url}/tickets/${ref}`); return (await fix(code).locator('.chip').innerText()).includes(says); });
      }
      expect(await fix(code).innerText()).toMatch(/Checked \d\d:\d\d:\d\d/);
    };
    await check('repair_spf', 'Not there yet');
    // What the page gives to copy is published as it stands: it must be enough.
    const spf = { name: await copied('repair_spf', 'Name'), value: await copied('repair_spf', 'Value') };
    expect(spf.name).toBe(domain);
    const texts = (await the.noc.get<{ name: string; type: string; values: string[] }[]>('/dns')).body.find((record) => record.name === domain && record.type === 'TXT')?.values ?? [];
    await the.noc.put('/dns', { name: spf.name, type: 'TXT', values: [...texts.filter((text) => !text.startsWith('v=spf1')), spf.value] });
    await check('repair_spf', 'Done');
    expect((await the.read(ref)).state).toBe('awaiting_fixes');
    await check('match_ptr', 'Not there yet');
    await the.noc.put('/dns', { name: reverse, type: 'PTR', values: [await copied('match_ptr', 'PTR')] });
    if (script) {
      await fix('match_ptr').getByRole('button', { name: 'Check again' }).click();
    } else {
      await Promise.all([tab.waitForEvent('framenavigated'), fix('match_ptr').getByRole('button', { name: 'Check again' }).click()]);
    }
    await shows(`Mail can leave ${ip} again`);
    expect((await the.ledger(ip)).filter((entry) => entry.effect)).toHaveLength(1);
    expect(await main()).toContain('2 of 2 done before the lift');
  });

  it('says “fixed”, is not believed, appeals, and another reviewer lifts', async () => {
    const [ip, name] = appeal;
    await enterFromPanel(ip, name);
    await choose('I fixed it');
    await tab.fill('#cause', 'The contact form could be used by anybody.');
    await tab.fill('#done', 'On Tuesday at 09:10 the form was closed, and 118 messages deleted.');
    await tab.locator('label:has(#stopped-yes)').click();
    await choose('Yes, and I deleted what should not go out');
    const ref = await send();
    await the.decide(await the.take(ref), { outcome: 'uphold', reasons: ['remediation_incomplete'], statement: 'The form still answers to everybody, as far as we can see.' });
    await shows(`The block on ${ip} stays for now`);
    await Promise.all([tab.waitForEvent('framenavigated'), tab.locator('a:has-text("Appeal: ask another reviewer")').first().click()]);
    await tab.fill('#statement', 'No!');
    await press('Send the appeal');
    expect([await tab.title(), await tab.inputValue('#statement')]).toEqual([expect.stringMatching(/^Error/) as string, 'No!']);
    await tab.fill('#statement', 'You tried the old address of the form. The new one asks for a sign-in.');
    await press('Send the appeal');
    expect(await main()).toContain('read by a reviewer who had no part in the first decision');
    await the.until(ref, 'queued');
    expect((await desk.call('POST', `/api/v1/tickets/${ref}/take`, {}, 'reviewer1')).status).toBe(403);
    await the.decide(await the.take(ref, 'reviewer2'), { outcome: 'lift', reasons: ['remediation_plausible'], statement: 'The form is closed: we looked at its new address.' }, 'reviewer2');
    await shows(`Mail can leave ${ip} again`);
    expect(await main()).toContain('overturned, lifted');
    expect(await main()).not.toContain('Appeal: ask another reviewer');
  });
});
