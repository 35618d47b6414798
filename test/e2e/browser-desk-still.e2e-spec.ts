import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { startDesk, type Desk } from '../support/desk';
import { deskBrowser } from '../support/desk-browser';
import { deskWorld, STATEMENT, type DeskWorld } from '../support/desk-world';
import { journey } from '../support/journey';
import { startSlowPage } from '../support/slow-page';

jest.setTimeout(180_000);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** Counts how far things move by themselves (CLS); what follows a key or a click within half a second is no surprise. */
const WATCH_SHIFTS = `window.shifts = []; new PerformanceObserver((list) => { for (const entry of list.getEntries()) { if (!entry.hadRecentInput) { window.shifts.push({ value: entry.value, at: entry.startTime, what: entry.sources.map((s) => s.node?.outerHTML?.slice(0, 120) ?? s.node?.nodeName) }); } } }).observe({ type: 'layout-shift', buffered: true });`;
/** When what has arrived is painted. */
const PAINTED = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))';

describeInBrowser('the pages of the desk', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let at: ReturnType<typeof deskBrowser>;
  let filled: DeskWorld;
  let browser: Browser;
  let made: Awaited<ReturnType<DeskWorld['world']>>;
  beforeAll(async () => {
    desk = await startDesk({ settings: { UNDO_SECONDS: '1', LEASE_MINUTES: '60' } });
    the = journey(desk);
    filled = deskWorld(desk, the);
    browser = await startBrowser();
    at = deskBrowser(desk, () => browser);
    made = await filled.world();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.stop();
  });

  it('stand where they will stay while they arrive on a slow line', async () => {
    const { page, context } = await at.as('reviewer');
    await context.addInitScript(WATCH_SHIFTS);
    const slow = await startSlowPage(desk.url);
    const moved: unknown[] = [];
    try {
      for (const [path, width] of [1440, 1024, 760, 320].flatMap((px) => [[`/desk/tickets/${made.queued}`, px], ['/desk', px]] as const)) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(slow.url + path, { waitUntil: 'commit' });
        let parts = 0;
        do {
          parts++;
          await page.evaluate(PAINTED);
        } while (slow.next());
        await page.waitForLoadState('load');
        // A fifth of the sight moved where a panel changed its column; a head that is cut in the middle moves a hundredth.
        const shifts = (await page.evaluate('window.shifts')) as { value: number }[];
        moved.push(...shifts.filter(({ value }) => value > 0.05).map((shift) => ({ path, width, ...shift })));
        expect(parts).toBeGreaterThan(4);
      }
    } finally {
      await slow.close();
      await context.close();
    }
    expect(moved).toEqual([]);
  });

  it('stand still in the control panel to play with, too', async () => {
    const context = await browser.newContext();
    await context.addInitScript(WATCH_SHIFTS);
    const page = await context.newPage();
    const slow = await startSlowPage(desk.simulator.url);
    const moved: unknown[] = [];
    try {
      for (const width of [1440, 1024, 320]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(`${slow.url}/`, { waitUntil: 'commit' });
        do {
          await page.evaluate(PAINTED);
        } while (slow.next());
        await page.waitForLoadState('load');
        const shifts = (await page.evaluate('window.shifts')) as { value: number }[];
        moved.push(...shifts.filter(({ value }) => value > 0.01).map((shift) => ({ width, ...shift })));
      }
    } finally {
      await slow.close();
      await context.close();
    }
    expect(moved).toEqual([]);
  });

  it('move nothing by themselves when others work', async () => {
    const [queue, ticket] = [await at.as('reviewer', { viewport: { width: 1440, height: 900 } }), await at.as('senior', { viewport: { width: 1440, height: 900 } })];
    for (const { context } of [queue, ticket]) {
      await context.addInitScript(WATCH_SHIFTS);
    }
    const [taken, left] = [await filled.waiting(), await filled.waiting()];
    await queue.page.goto(`${desk.url}/desk`);
    await ticket.page.goto(`${desk.url}/desk/tickets/${left}`);
    await Promise.all([queue, ticket].map(({ page }) => page.waitForSelector('body[data-listening=yes]')));
    // From here on: what moves while a page is being built, before anybody can point at it, is not what others do.
    await Promise.all([queue, ticket].map(({ page }) => page.evaluate(`document.fonts.ready.then(() => ${PAINTED}).then(() => { window.shifts = []; })`)));
    const order = (): Promise<unknown> => queue.page.evaluate(`[...document.querySelectorAll('[data-row]')].map((row) => row.dataset.ref).join()`);
    const before = await order();
    await the.take(taken);
    await queue.page.waitForSelector(`#row-${taken} .face`);
    await the.take(left, 'reviewer1');
    await at.says(ticket.page, '[data-live].on', 'Changed: show');
    // One comes, one leaves: both are announced, and neither row moves.
    const came = await filled.waiting();
    await at.says(queue.page, '[data-live].on', 'change');
    await the.decide(await the.read(left), { outcome: 'uphold', reasons: ['headers_do_not_match'], statement: STATEMENT });
    await queue.page.waitForSelector(`#row-${left}.gone`);
    expect(await queue.page.locator(`#row-${came}`).count()).toBe(0);
    expect(await order()).toBe(before);
    for (const { page } of [queue, ticket]) {
      await page.evaluate(PAINTED);
      expect(await page.evaluate('window.shifts')).toEqual([]);
      await page.evaluate(AXE);
      expect(((await page.evaluate(`axe.run('.live-place', { resultTypes: ['violations'] })`)) as AxeResults).violations.map(({ id }) => id)).toEqual([]);
    }
    await Promise.all([queue.context.close(), ticket.context.close()]);
  });
});
