import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { launchToken, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';

jest.setTimeout(90_000);

const HALDEN: Someone = { id: '20990', email: 'noc@halden-hosting.example', name: 'Halden Hosting' };
const TYPED = { explanation: 'Mail of our list, “wanted” by those who joined.', headers: 'Received: from x.example ([192.0.2.34]) by mx.empfang.example; Tue, 24 Nov 2026 01:00:00 +0000\nFrom: a@halden-hosting.example\nMessage-ID: <1@halden-hosting.example>' };

describeInBrowser.each([true, false])('what was typed (scripts: %s)', (script) => {
  let desk: Desk;
  let browser: Browser;
  let tab: Page;
  beforeAll(async () => {
    [desk, browser] = await Promise.all([startDesk(), startBrowser()]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.stop();
  });
  beforeEach(async () => {
    const block = await journey(desk).block('192.0.2.34');
    tab = await (await browser.newContext({ javaScriptEnabled: script })).newPage();
    await tab.setContent(`<form method="post" action="${desk.url}/launch"><input name="token" value="${await launchToken(desk, HALDEN, block)}"><button>Go</button></form>`);
    await Promise.all([tab.waitForURL(/\/launch/), tab.click('button')]);
    await Promise.all([tab.waitForURL(/appeals/), tab.click('main button[type=submit]')]);
    await tab.locator('label:has(#claim-mistake)').click();
    await tab.fill('#explanation', TYPED.explanation);
    await tab.fill('#headers', TYPED.headers);
    await tab.locator('label:has(#queue-wanted)').click();
  });
  afterEach(() => tab?.context().close());

  const stillThere = async (): Promise<void> => {
    expect(await tab.inputValue('#explanation')).toBe(TYPED.explanation);
    expect((await tab.inputValue('#headers')).trim()).toBe(TYPED.headers);
    expect(await tab.isChecked('#queue-wanted')).toBe(true);
    expect(await tab.isChecked('#claim-mistake')).toBe(true);
  };
  const send = (): Promise<unknown> => tab.locator('button:has-text("Check your answers")').click();

  it('is there again after the back button', async () => {
    await Promise.all([tab.waitForEvent('framenavigated'), send()]);
    expect(await tab.innerText('h1')).toBe('Check your answers');
    await tab.goBack();
    await stillThere();
  });

  it('is there when the connection was lost while it was sent', async () => {
    await tab.context().setOffline(true);
    await send().catch(() => undefined);
    if (script) {
      // The page stays, says so, and can be sent again.
      await tab.locator('[role=alert]', { hasText: 'no connection' }).waitFor();
      await tab.context().setOffline(false);
    } else {
      await tab.waitForURL(/chrome-error/);
      await tab.context().setOffline(false);
      await tab.goBack();
    }
    await stillThere();
    await Promise.all([tab.waitForEvent('framenavigated'), send()]);
    expect(await tab.innerText('h1')).toBe('Check your answers');
  });

  it('is there when a link was followed by mistake', async () => {
    await tab.goto(`${desk.url}/help/queue`);
    await tab.goBack();
    await stillThere();
  });
});
