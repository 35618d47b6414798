import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { startDesk, type Desk } from '../support/desk';
import { deskBrowser, type Opened } from '../support/desk-browser';
import { journey } from '../support/journey';
import { settle } from '../support/look';
import { waitFor } from '../support/wait-for';

jest.setTimeout(180_000);

const STATEMENT = 'These were order confirmations that their readers had asked for.';
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** Counts how far things move by themselves (CLS); what follows a key or a click within half a second is no surprise. */
const WATCH_SHIFTS = `window.shifts = []; new PerformanceObserver((list) => { for (const entry of list.getEntries()) { if (!entry.hadRecentInput) { window.shifts.push({ value: entry.value, at: entry.startTime, what: entry.sources.map((s) => s.node?.outerHTML?.slice(0, 120) ?? s.node?.nodeName) }); } } }).observe({ type: 'layout-shift', buffered: true });`;

/** Headings that stand on the border of their card, fields too narrow for what they hold, and what falls into a second row of a head that has room for one. */
const MISPLACED = `[
  ...[...document.querySelectorAll('fieldset > legend:not(.visually-hidden)')].filter((one) => one.getClientRects().length > 0 && one.getBoundingClientRect().top < one.parentElement.getBoundingClientRect().top + parseFloat(getComputedStyle(one.parentElement).paddingTop) - 1),
  ...[...document.querySelectorAll('main input.form-control')].filter((one) => one.getClientRects().length > 0 && one.value !== '' && one.scrollWidth > one.clientWidth),
  ...[...document.querySelectorAll('.head > form')].filter((one) => window.innerWidth >= 1400 && one.getBoundingClientRect().top > one.parentElement.getBoundingClientRect().top + 40),
].map((one) => one.outerHTML.slice(0, 120))`;

/** T21 with it: a mail from outside that wants pictures and styles lies in the quarantine, and no page asks for them. */
describeInBrowser('the pages of the desk', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let at: ReturnType<typeof deskBrowser>;
  let browser: Browser;
  beforeAll(async () => {
    desk = await startDesk({ settings: { UNDO_SECONDS: '1', LEASE_MINUTES: '60' } });
    the = journey(desk);
    browser = await startBrowser();
    at = deskBrowser(desk, () => browser);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.stop();
  });

  // Beyond the addresses of the simulator’s first world: none of these was blocked before.
  let last = 210;
  const waiting = async (kind: 'spam' | 'hack' = 'spam', complete = true): Promise<string> => {
    const block = await the.blocked(`198.51.100.${++last}`, '20418', kind);
    const { ref } = await the.handOver(block, '20418', 'mistake', !complete ? {} : kind === 'hack'
      ? { explanation: 'This is the nightly backup to our own server, as it has been for years.', logs: 'sshd[9]: Accepted publickey for backup' }
      : { headers: `Received: from mail.shop.example ([${block.ip}]) by mx.empfang.example; Tue, 24 Nov 2026 01:00:00 +0000\r\nFrom: a@shop.example\r\nSubject: Order 17\r\nMessage-ID: <a@shop.example>\r\n`, explanation: 'Order confirmations.' });
    await the.until(ref, complete ? 'queued' : 'awaiting_evidence');
    return ref;
  };
  const decided = async (ref: string, decision: Record<string, unknown>): Promise<string> => {
    const { status, body } = await the.decide(await the.take(ref), { statement: STATEMENT, ...decision });
    expect([status, body]).toEqual([201, body]);
    return ref;
  };

  /** One ticket in every state, a mail that waits, an incident, a view, a note of the shift. */
  const world = async () => {
    const [queued, mine, other, hack, lifted, upheld, hold, fixes, asked, failed, linked] = await Promise.all([waiting(), waiting(), waiting(), waiting('hack'), waiting(), waiting(), waiting(), waiting(), waiting(), waiting(), waiting()]);
    const missing = await waiting('spam', false);
    await Promise.all([
      the.take(mine), the.take(other, 'reviewer2'), decided(hack, { outcome: 'lift', reasons: ['monitoring_tool'] }), decided(lifted, { outcome: 'lift', reasons: ['vendor_rule_error'], filterAdjustment: { rule: 'SECRET_RULE', change: 'exception', scope: 'sender', sender: 'a@shop.example' } }),
      decided(upheld, { outcome: 'uphold', reasons: ['headers_do_not_match'] }), decided(hold, { outcome: 'hold', reasons: ['evidence_missing'], wakeAt: new Date(Date.now() + 86_400_000).toISOString() }),
      decided(fixes, { outcome: 'require_fixes', reasons: ['ptr_missing_or_mismatch'], requiredFixes: [{ code: 'set_ptr', when: 'before_lift' }, { code: 'publish_dmarc', when: 'advice' }] }),
      decided(asked, { outcome: 'request_information', reasons: ['evidence_missing'] }),
    ]);
    await desk.call('POST', `/api/v1/tickets/${queued}/escalation`, { why: 'How careful do we have to be?' }, 'reviewer1');
    await desk.database.query(`update ticket set lift_failed = 'The control panel did not answer.', blocked_again_at = now() where ref = $1`, [failed]);
    await desk.call('POST', '/api/v1/inbound-mail', Buffer.from('From: two@a.example, three@b.example\r\nTo: unblock@desk.example\r\nSubject: Please unblock 198.51.100.9\r\nMessage-ID: <q@a.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<link rel=stylesheet href="http://watch.example/a.css"><img src="http://watch.example/x.png"><p style="background:url(http://watch.example/b.png)">It was a mistake.</p>\r\n'), 'admin');
    const { body: incident } = await desk.call<{ id: string }>('POST', '/api/v1/incidents', { trait: 'rule', value: 'SECRET_RULE', title: 'The rule is too greedy' }, 'lead');
    await desk.call('POST', `/api/v1/incidents/${incident.id}/tickets`, { refs: [linked, failed] }, 'lead');
    await desk.call('POST', '/api/v1/handover', { text: 'Two tickets wait for their logs.', version: 0 }, 'reviewer1');
    await desk.call('POST', '/api/v1/review/views', { name: 'Against, premium', query: { tier: 'premium', assessment: 'against' }, shared: true }, 'lead');
    await the.until(lifted, 'lifted');
    const mail = await waitFor('the mail to wait', async () => (await desk.call<{ items: { id: string }[] }>('GET', '/api/v1/inbound-mail?state=quarantined', undefined, 'admin')).body.items[0]?.id ?? null);
    return { queued, mine, other, hack, lifted, upheld, hold, fixes, asked, failed, missing, incident: incident.id, mail };
  };

  let made: Awaited<ReturnType<typeof world>>;

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
      await anna.fill('#statement', 'It was [what it was].');
      await anna.click('button:has-text("Submit"):not(:has-text("next")):visible');
      await anna.waitForSelector('#problems');
      await look(anna, 'decide: what is missing');
    }],
    ['what a lead sees', async (look, visit) => {
      const ruth = await visit('lead', [
        '/desk?queue=mine', ticket(made.queued), '/desk/insights', '/desk/settings', '/desk/settings/promises', '/desk/settings/parts', '/desk/skills', '/desk/settings/webhooks', '/desk/quarantine', `/desk/quarantine/${made.mail}`, `/desk/incidents/${made.incident}`, '/desk/lift-tasks',
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
      const ada = await visit('admin', ['/jobs', '/desk/settings', '/desk/settings/webhooks', ticket(made.mine)]);
      await ada.keyboard.press('?');
      await ada.waitForSelector('dialog[open]');
      await look(ada, 'keys');
    }],
  ];

  describe.each([['light', 1440], ['dark', 320]] as const)('in %s at %i px', (colorScheme, width) => {
    const options = { colorScheme, viewport: { width, height: 900 } };
    const found: string[] = [];
    const look: Look = async (page, where) => {
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
      made ??= await world();
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

  it('move nothing by themselves when others work', async () => {
    made ??= await world();
    const [queue, ticket] = [await at.as('reviewer', { viewport: { width: 1440, height: 900 } }), await at.as('senior', { viewport: { width: 1440, height: 900 } })];
    for (const { context } of [queue, ticket]) {
      await context.addInitScript(WATCH_SHIFTS);
    }
    const [taken, left] = [await waiting(), await waiting()];
    await queue.page.goto(`${desk.url}/desk`);
    await ticket.page.goto(`${desk.url}/desk/tickets/${left}`);
    await Promise.all([queue, ticket].map(({ page }) => page.waitForSelector('body[data-listening=yes]')));
    // From here on: what moves while a page is being built, before anybody can point at it, is not what others do.
    await Promise.all([queue, ticket].map(({ page }) => page.evaluate('document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))).then(() => { window.shifts = []; })')));
    const order = (): Promise<unknown> => queue.page.evaluate(`[...document.querySelectorAll('[data-row]')].map((row) => row.dataset.ref).join()`);
    const before = await order();
    await the.take(taken);
    await queue.page.waitForSelector(`#row-${taken} .face`);
    await the.take(left, 'reviewer1');
    await at.says(ticket.page, '[data-live].on', 'Changed: show');
    // One comes, one leaves: both are announced, and neither row moves.
    const came = await waiting();
    await at.says(queue.page, '[data-live].on', 'change');
    await the.decide(await the.read(left), { outcome: 'uphold', reasons: ['headers_do_not_match'], statement: STATEMENT });
    await queue.page.waitForSelector(`#row-${left}.gone`);
    expect(await queue.page.locator(`#row-${came}`).count()).toBe(0);
    expect(await order()).toBe(before);
    for (const { page } of [queue, ticket]) {
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
      expect(await page.evaluate('window.shifts')).toEqual([]);
    }
    await Promise.all([queue.context.close(), ticket.context.close()]);
  });

  it('do everything by plain forms where no script runs', async () => {
    made ??= await world();
    const plain = { javaScriptEnabled: false, viewport: { width: 1024, height: 900 } };
    const ref = await waiting();
    const { page, problems, context } = await at.as('reviewer', plain);
    // Search, keep the view, take, note, a canned part, what is missing, the decision.
    await page.fill('input[name=q]', ref.toLowerCase());
    await page.press('input[name=q]', 'Enter');
    await page.click(`#row-${ref} .ref a`);
    await page.click('button:has-text("Take"):visible');
    await page.click('summary:has-text("Write a note")');
    await page.fill('.note-box textarea', 'Called them; they are in a hurry.');
    await page.click('.note-box button');
    await at.says(page, '#timeline', 'Called them; they are in a hurry.');
    await page.click('.segments label:has(input[value=request_information])');
    await page.click('label:has(input[name=reason][value=evidence_missing])');
    await page.click('button[name=part]:has-text("A question")');
    expect([await page.inputValue('#statement'), await page.isChecked('input[value=request_information]')]).toEqual([expect.stringContaining('['), true]);
    await page.click('button:has-text("Submit"):not(:has-text("next")):visible');
    expect(await at.read(page, '#problems')).toMatch(/blank is left/);
    await page.fill('#statement', STATEMENT);
    await page.click('button:has-text("Submit"):not(:has-text("next")):visible');
    await page.waitForURL(/said=decided/);
    await the.until(ref, 'awaiting_evidence');

    // Many at once, a view, a duplicate, a lead, the note of the shift.
    const [first, second] = [await waiting(), await waiting()];
    await page.goto(`${desk.url}/desk?queue=spam&sort=newest`);
    await page.click('summary:has-text("Keep as view")');
    await page.fill('#view-name', 'Spam, newest');
    await page.click('.menu[open] button:has-text("Keep")');
    await at.says(page, '.rail .views', 'Spam, newest');
    await page.click('.rail .views a:has-text("Spam, newest")');
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ queue: 'spam', sort: 'newest' });
    for (const one of [first, second]) {
      await page.check(`#row-${one} [name=pick]`);
    }
    // Too short: it is said beside the text, which is kept, and so are the chosen tickets.
    await page.fill('.bulk [name=text]', 'Send it.');
    await page.click('.bulk button:has-text("Ask all")');
    await at.says(page, '#problems', 'Write what the customers are asked for, in at least 20 characters.');
    expect(await page.inputValue('#bulk-text')).toBe('Send it.');
    await page.fill('#bulk-text', 'Please send the whole message of one of them, as a file.');
    await page.click('button:has-text("Ask all")');
    expect(await at.read(page)).toMatch(/2 done/);
    await the.until(first, 'awaiting_evidence');
    const [kept, twin] = [await waiting(), await waiting()];
    await page.goto(`${desk.url}/desk/tickets/${twin}`);
    await page.click('summary:has-text("Join as a duplicate")');
    await page.fill('#join-into', kept);
    await page.click('button:has-text("Join and close")');
    await page.waitForURL(/said=joined/);
    await page.goto(`${desk.url}/desk/tickets/${kept}`);
    await page.click('summary:has-text("Ask a lead")');
    await page.fill('#escalate-why', 'Is this still ours to decide?');
    await page.click('button:has-text("Ask a lead")');
    await page.waitForURL(/said=escalated/);
    await page.goto(`${desk.url}/desk/handover`);
    await page.fill('textarea[name=text]', 'The duplicates of today are joined.');
    await page.click('button:has-text("Keep the note")');
    await page.waitForURL(/said=kept/);
    expect(problems.filter((problem) => !/422/.test(problem))).toEqual([]);
    await context.close();

    // The lead: takes what was asked of a lead, gives it back, decides an incident at a pace.
    const lead = await at.as('lead', plain);
    await lead.page.goto(`${desk.url}/desk/tickets/${kept}`);
    await lead.page.fill('#give-back-why', 'Yes, it is ours.');
    await lead.page.click('button:has-text("Give back")');
    await lead.page.waitForURL(/said=given-back/);
    await lead.page.goto(`${desk.url}/desk/incidents/${made.incident}`);
    await lead.page.click('.segments label:has(input[value=uphold])');
    await lead.page.click('label:has(input[name=reason][value=headers_do_not_match])');
    await lead.page.fill('#statement', 'The rule was right about {address}: {reference}.');
    await lead.page.click('button:has-text("Decide them")');
    await at.says(lead.page, 'main', 'waits for its turn');
    expect(lead.problems).toEqual([]);
    await lead.context.close();
  });
});
