import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { undoEnds } from '../support/undo';

jest.setTimeout(300_000);

const STATEMENT = 'These were order confirmations that their readers had asked for.';
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

describeInBrowser('a reviewer in a browser', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let browser: Browser;
  beforeAll(async () => {
    desk = await startDesk({ settings: { UNDO_SECONDS: '20' } });
    the = journey(desk);
    browser = await startBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.stop();
  });
  // No test meets the offer to take back what another one decided.
  afterEach(() => undoEnds(desk));

  let last = 80;
  const waiting = async () => {
    const block = await the.blocked(`192.0.2.${++last}`, '20418');
    const opened = await the.handOver(block, '20418', 'mistake', {
      headers: `Received: from mail.shop.example ([${block.ip}]) by mx.empfang.example; Tue, 24 Nov 2026 01:00:00 +0000\r\nFrom: a@shop.example\r\nSubject: Order 17\r\nMessage-ID: <a@shop.example>\r\n`,
      explanation: 'Order confirmations, wanted by those who got them.',
    });
    await the.until(opened.ref, 'queued');
    return { block, ref: opened.ref };
  };

  /** A page that notes what goes wrong on it. */
  const open = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<{ context: BrowserContext; page: Page; problems: string[] }> => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('response', (response) => response.status() >= 400 && problems.push(`${response.status()} ${response.url()}`));
    return { context, page, problems };
  };
  const signIn = async (page: Page): Promise<void> => {
    await page.goto(`${desk.url}/desk`);
    expect(page.url()).toBe(`${desk.url}/desk/sign-in?next=%2Fdesk`);
    await page.fill('#email', desk.staff[0]?.email ?? '');
    await page.fill('#password', desk.staff[0]?.password ?? '');
    await page.press('#password', 'Enter');
    await page.waitForURL(`${desk.url}/desk`);
  };
  /** Presses Tab until what has the focus is this. */
  const tabTo = async (page: Page, selector: string): Promise<void> => {
    for (let presses = 0; presses < 80; presses++) {
      if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) {
        return;
      }
      await page.keyboard.press('Tab');
    }
    throw new Error(`80 presses of Tab do not lead to ${selector}.`);
  };
  const decideByKeys = async (page: Page, ref: string): Promise<void> => {
    await page.keyboard.press('n');
    await page.waitForURL(`${desk.url}/desk/tickets/${ref}`);
    expect(await page.textContent('h1')).toBe(ref);
    await page.keyboard.press('l');
    expect(await page.isChecked('input[name=outcome][value=lift]')).toBe(true);
    await tabTo(page, 'input[name=reason][value=transactional_burst]');
    await page.keyboard.press('Space');
    await tabTo(page, '#statement');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(STATEMENT);
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector(`.toast-undo:has-text("${ref}")`);
    await page.waitForLoadState(); // its script takes the key to undo
  };

  it('signs in, takes the next with N, reads, and lifts without touching the mouse', async () => {
    const { block, ref } = await waiting();
    const { context, page, problems } = await open();
    await signIn(page);
    expect(await page.textContent(`#row-${ref}`)).toContain(block.ip);
    await decideByKeys(page, ref);
    expect(await page.textContent('.toast-undo')).toMatch(new RegExp(`${ref}: lift.*Not sent yet, \\d+ s`, 'is'));
    expect((await the.read(ref)).lift).toMatchObject({ state: 'scheduled' });
    expect(await the.ledger(block.ip)).toEqual([]);
    await undoEnds(desk);
    const lifted = await the.until(ref, 'lifted');
    expect(lifted.decision).toMatchObject({ by: 'Anna Keller', statement: STATEMENT, reasons: ['transactional_burst'] });
    expect((await the.ledger(block.ip)).filter((entry) => entry.effect)).toHaveLength(1);
    await page.waitForSelector('.toast-undo', { state: 'detached' });
    await page.goto(`${desk.url}/desk/tickets/${ref}`);
    const text = (await page.textContent('main'))?.replace(/\s+/g, ' ') ?? '';
    expect(text).toContain('Message-ID: <a@shop.example>'.slice(12));
    expect(text).toMatch(/Lift confirmed/);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('takes it back with Z while that is possible: nobody outside hears of it', async () => {
    const { block, ref } = await waiting();
    const { context, page, problems } = await open();
    await signIn(page);
    await decideByKeys(page, ref);
    await page.keyboard.press('z');
    await page.waitForURL(`${desk.url}/desk/tickets/${ref}?said=undone`);
    expect(await the.read(ref)).toMatchObject({ state: 'in_review', lift: null });
    await desk.call('POST', `/api/v1/tickets/${ref}/release`, {}, 'reviewer1');
    await the.decide(await the.take(ref), { outcome: 'uphold', reasons: ['headers_do_not_match'], statement: STATEMENT });
    await undoEnds(desk);
    await the.until(ref, 'upheld');
    await desk.sink.waitFor((mail) => mail.subject.startsWith('Not lifted') && mail.subject.includes(ref));
    expect(the.mails(ref).map((mail) => mail.subject).filter((subject) => /^Lift/.test(subject))).toEqual([]);
    expect(await the.ledger(block.ip)).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('does the same by forms where no script runs', async () => {
    const { block, ref } = await waiting();
    const { context, page, problems } = await open({ javaScriptEnabled: false });
    await signIn(page);
    await page.click('text=Take next');
    await page.waitForURL(`${desk.url}/desk/tickets/${ref}`);
    await page.click('.segments label:has(input[value=lift])');
    await page.click('button:has-text("Submit"):not(:has-text("next")):visible');
    await page.waitForSelector('#problems');
    await page.waitForLoadState();
    expect(await page.textContent('#problems')).toMatch(/reason/i);
    await page.click('label:has(input[name=reason][value=transactional_burst])');
    await page.fill('#statement', STATEMENT);
    await page.click('text=Submit and next');
    await page.waitForURL(/\/desk\?said=nothing-left/);
    expect(await page.textContent('.toast-undo')).toContain(ref);
    await undoEnds(desk);
    await the.until(ref, 'lifted');
    expect((await the.ledger(block.ip)).filter((entry) => entry.effect)).toHaveLength(1);
    expect(problems.filter((problem) => !problem.startsWith('422 ') && !problem.includes('status of 422'))).toEqual([]);
    await context.close();
  });

  it.each([['light', 1280], ['dark', 1280], ['light', 320], ['dark', 320]] as const)('finds every page readable in %s at %i px', async (colorScheme, width) => {
    const { ref } = await waiting();
    const { body: link } = await desk.call<{ url: string }>('POST', `/api/v1/tickets/${ref}/status-links`, {});
    const { context, page } = await open({ colorScheme, viewport: { width, height: 900 } });
    const found: string[] = [];
    const look = async (where: string): Promise<void> => {
      await page.waitForLoadState();
      await page.evaluate(AXE);
      const { violations } = (await page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`)) as AxeResults;
      for (const { id, impact, nodes } of violations.filter((each) => each.impact === 'serious' || each.impact === 'critical')) {
        // What lies half under a bar that stays in sight comes out by scrolling.
        found.push(...nodes.filter((node) => !node.any[0]?.message.includes('partially obscured')).map((node) => `${where}: ${id} (${impact}): ${node.html.slice(0, 150)} ${node.any[0]?.message ?? ''}`));
      }
      const wide = Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'));
      if (wide > 0) {
        found.push(`${where}: ${wide} px wider than the window`);
      }
    };
    await page.goto(`${desk.url}/desk/sign-in`);
    await look('sign-in');
    await page.fill('#email', 'nobody@desk.example');
    await page.fill('#password', 'wrong');
    await page.press('#password', 'Enter');
    await page.waitForSelector('#errors');
    await look('sign-in refused');
    await signIn(page);
    await look('queue');
    await page.click(`#row-${ref} .take`);
    await page.waitForURL(`${desk.url}/desk/tickets/${ref}`);
    await look('ticket');
    for (const outcome of ['lift', 'require_fixes', 'uphold', 'hold']) {
      await page.click(`.segments label:has(input[value=${outcome}])`);
      await look(`ticket, ${outcome}`);
    }
    for (const path of ['/desk/keys', '/', '/help/how-we-decide', link.url.slice(desk.url.length)]) {
      await page.goto(desk.url + path);
      await look(path);
    }
    expect(found).toEqual([]);
    await desk.call('POST', `/api/v1/tickets/${ref}/release`, {}, 'reviewer1');
    await the.decide(await the.take(ref), { outcome: 'uphold', reasons: ['headers_do_not_match'], statement: STATEMENT });
    await context.close();
  });
});
