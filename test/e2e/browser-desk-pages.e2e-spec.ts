import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { startDesk, type Desk } from '../support/desk';
import { deskBrowser, type Opened } from '../support/desk-browser';
import { deskWorld, type DeskWorld } from '../support/desk-world';
import { journey } from '../support/journey';
import { settle } from '../support/look';

jest.setTimeout(180_000);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Headings that stand on the border of their card, fields too narrow for what they hold, and what falls into a second row of a head that has room for one. */
const MISPLACED = `[
  ...[...document.querySelectorAll('fieldset > legend:not(.visually-hidden)')].filter((one) => one.getClientRects().length > 0 && one.getBoundingClientRect().top < one.parentElement.getBoundingClientRect().top + parseFloat(getComputedStyle(one.parentElement).paddingTop) - 1),
  ...[...document.querySelectorAll('main input.form-control')].filter((one) => one.getClientRects().length > 0 && one.value !== '' && one.scrollWidth > one.clientWidth),
  ...[...document.querySelectorAll('.head > form')].filter((one) => window.innerWidth >= 1400 && one.getBoundingClientRect().top > one.parentElement.getBoundingClientRect().top + 40),
].map((one) => one.outerHTML.slice(0, 120))`;

/** What has the focus, where it lies under a bar that stays in sight; `''` when it is well in sight, null at the bar itself. */
const COVERED = `(() => {
  const focus = document.activeElement, box = (focus.matches('.visually-hidden') ? focus.parentElement : focus).getBoundingClientRect();
  const bars = [document.querySelector('.head'), document.querySelector('.decide .submit')].map((bar) => bar.getBoundingClientRect());
  return focus.closest('.submit') ? null : box.height < 200 && bars.some((bar) => box.top < bar.bottom && box.bottom > bar.top) ? focus.outerHTML.slice(0, 120) : '';
})()`;

/** T21 with it: a mail from outside that wants pictures and styles lies in the quarantine, and no page asks for them. */
describeInBrowser('the pages of the desk', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let at: ReturnType<typeof deskBrowser>;
  let filled: DeskWorld;
  let browser: Browser;
  beforeAll(async () => {
    desk = await startDesk({ settings: { UNDO_SECONDS: '1', LEASE_MINUTES: '60' } });
    the = journey(desk);
    filled = deskWorld(desk, the);
    browser = await startBrowser();
    at = deskBrowser(desk, () => browser);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.stop();
  });

  let made: Awaited<ReturnType<DeskWorld['world']>>;

  const ticket = (ref: string): string => `/desk/tickets/${ref}`;
  /** Looks at a page with axe-core, and whether it is wider than its window. */
  type Look = (page: Page, where: string) => Promise<void>;
  type Visit = (role: string, paths: string[]) => Promise<Page>;
  const parts: [of: string, walk: (look: Look, visit: Visit) => Promise<void>][] = [
    ['the queue and what is beside it', async (look, visit) => {
      const anna = await visit('reviewer', [
        '/desk', '/desk?queue=overdue', '/desk?queue=on-hold', '/desk?queue=lift-failed', '/desk?q=198.51.100.0/24', '/desk?q=nothing+at+all', '/desk?claim=nonsense', '/desk/keys', '/desk/incidents', '/desk/handover', '/desk/outgoing-mail', '/desk/settings', ticket('UB-0000-0000'),
      ]);
      await anna.goto(`${desk.url}/desk?queue=all-open`);
      await anna.check('[name=pick] >> nth=0');
      await look(anna, 'queue, one chosen');
      expect(await anna.textContent('[data-picked]')).toBe('With 1 chosen:');
      await anna.fill('.bulk [name=text]', 'Looked at together.');
      await anna.click('.bulk button:has-text("Note")');
      await look(anna, 'many at once');
    }],
    ['a ticket in every state', async (_look, visit) => {
      await visit('reviewer', [made.queued, made.other, made.hack, made.lifted, made.upheld, made.hold, made.fixes, made.asked, made.failed, made.missing].map(ticket));
      await visit('senior', ['/desk?queue=second-review', ticket(made.hack), `/desk/incidents/${made.incident}`, '/desk/insights']);
    }],
    ['the panel with every outcome', async (look, visit) => {
      const anna = await visit('reviewer', [ticket(made.mine)]);
      for (const outcome of ['lift', 'require_fixes', 'uphold', 'request_information', 'hold']) {
        await anna.click(`.segments label:has(input[value=${outcome}])`);
        if (outcome === 'lift') {
          await anna.click('.adjust label:has(input[value=exception])');
        }
        await look(anna, `decide: ${outcome}`);
      }
      await anna.evaluate('for (const details of document.querySelectorAll("details")) { details.open = true; }');
      await look(anna, 'ticket, all open');
      await anna.emulateMedia({ reducedMotion: 'reduce' });
      await anna.focus('[name=outcome]:checked');
      const covered: unknown[] = [];
      for (let place: unknown = ''; place !== null && covered.length < 300; place = await anna.evaluate(COVERED)) {
        covered.push(place);
        await anna.keyboard.press('Tab');
      }
      expect([covered.length > 10, covered.filter((place) => place !== '')]).toEqual([true, []]);
      await anna.fill('#statement', 'It was [what it was].');
      await anna.click('button:has-text("Submit"):not(:has-text("next")):visible');
      await anna.waitForSelector('#problems');
      await look(anna, 'decide: what is missing');
    }],
    ['what a lead sees', async (look, visit) => {
      const ruth = await visit('lead', [
        '/desk?queue=mine', ticket(made.queued), '/desk/insights', '/desk/settings', '/desk/settings/promises', '/desk/settings/parts', '/desk/skills', '/desk/settings/webhooks', '/desk/quarantine', `/desk/quarantine/${made.mail}`, `/desk/incidents/${made.incident}`, '/desk/lift-tasks', '/desk/audit',
      ]);
      await ruth.goto(`${desk.url}/desk/outgoing-mail`);
      await ruth.click('main table a >> nth=0');
      await look(ruth, 'a mail that went out');
      await ruth.goto(`${desk.url}/desk/settings/routing`);
      await ruth.click('button:has-text("Add a rule")');
      await ruth.locator('details[open] input[name^=name-]').fill('All of it');
      await ruth.locator('details[open] input[name^=points-]').fill('lots');
      await ruth.click('button:has-text("Try it")');
      await look(ruth, 'a rule that is wrong');
      await ruth.locator('input[name^=points-]').last().fill('7');
      await ruth.click('button:has-text("Try it")');
      await ruth.waitForSelector('#trial');
      await look(ruth, 'a rule, tried');
    }],
    ['what an admin sees, and the keys', async (look, visit) => {
      const ada = await visit('admin', ['/jobs', '/desk/settings', '/desk/audit', '/desk/audit?kind=incidents', '/desk/settings/webhooks', ticket(made.mine)]);
      await ada.keyboard.press('?');
      await ada.waitForSelector('dialog[open]');
      await look(ada, 'keys');
    }],
  ];

  describe.each([['light', 1440], ['dark', 320]] as const)('in %s at %i px', (colorScheme, width) => {
    const options = { colorScheme, viewport: { width, height: 900 } };
    const found: string[] = [];
    const look: Look = async (page, where) => {
      await page.waitForLoadState();
      await page.evaluate(AXE);
      await settle(page);
      const { violations } = (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] })`)) as AxeResults;
      for (const { id, impact, nodes } of violations) {
        // What lies half under a bar that stays in sight comes out by scrolling.
        found.push(...nodes.filter((node) => !node.any[0]?.message.includes('partially obscured')).map((node) => `${where}: ${id} (${impact}): ${node.html.slice(0, 150)} ${node.any[0]?.message ?? ''}`));
      }
      for (const window of width > 1024 ? [width, 1024, 992] : [width]) {
        await page.setViewportSize({ width: window, height: 900 });
        const wide = Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'));
        found.push(...(wide > 0 ? [`${where}: ${wide} px wider than a window of ${window}`] : []));
        found.push(...((await page.evaluate(MISPLACED)) as string[]).map((what) => `${where}: misplaced at ${window} px: ${what}`));
      }
      await page.setViewportSize({ width, height: 900 });
    };
    beforeAll(async () => {
      made ??= await filled.world();
    }, 180_000);

    it.each(parts)('are free of findings: %s', async (_of, walk) => {
      found.length = 0;
      const opened: Opened[] = [];
      await walk(look, async (role, paths) => {
        const one = await at.as(role, options);
        opened.push(one);
        for (const path of paths) {
          await one.page.goto(desk.url + path);
          await look(one.page, `${role} ${path}`);
        }
        return one.page;
      });
      found.push(...opened.flatMap(({ problems }) => problems.filter((problem) => problem.startsWith('asked of others'))));
      await Promise.all(opened.map(({ context }) => context.close()));
      expect(found).toEqual([]);
    });

    it('are free of findings: signing in', async () => {
      found.length = 0;
      const { page, context } = await at.open(options);
      await page.goto(`${desk.url}/desk`);
      await look(page, 'sign-in');
      await page.fill('#email', 'nobody@desk.example');
      await page.fill('#password', 'wrong');
      await page.press('#password', 'Enter');
      await page.waitForSelector('#errors');
      await look(page, 'sign-in refused');
      await context.close();
      expect(found).toEqual([]);
    });
  });
});
