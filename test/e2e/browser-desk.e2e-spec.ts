import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { startDesk, type Desk } from '../support/desk';
import { deskBrowser } from '../support/desk-browser';
import { journey } from '../support/journey';
import { undoEnds } from '../support/undo';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

const STATEMENT = 'These were order confirmations that their readers had asked for.';

describeInBrowser('the desk in a browser', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let at: ReturnType<typeof deskBrowser>;
  let browser: Browser;
  beforeAll(async () => {
    desk = await startDesk({ settings: { UNDO_SECONDS: '20' } });
    the = journey(desk);
    browser = await startBrowser();
    at = deskBrowser(desk, () => browser);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.stop();
  });
  // No test meets the offer to take back what another one decided.
  afterEach(() => undoEnds(desk));

  // Beyond the addresses of the simulator’s first world: none of these was blocked before.
  let last = 210;
  const waiting = async (kind: 'spam' | 'hack' = 'spam') => {
    const block = await the.blocked(`198.51.100.${++last}`, '20418', kind);
    const opened = await the.handOver(block, '20418', 'mistake', kind === 'hack'
      ? { explanation: 'This is the nightly backup to our own server, as it has been for years.', logs: 'sshd[9]: Accepted publickey for backup' }
      : { headers: `Received: from mail.shop.example ([${block.ip}]) by mx.empfang.example; Tue, 24 Nov 2026 01:00:00 +0000\r\nFrom: a@shop.example\r\nSubject: Order 17\r\nMessage-ID: <a@shop.example>\r\n`, explanation: 'Order confirmations, wanted by those who got them.' });
    await the.until(opened.ref, 'queued');
    return { block, ref: opened.ref };
  };
  const refHere = async (page: Page): Promise<string> => (await page.textContent('h1'))?.trim() ?? '';
  /** Fills the panel of the ticket that is open, with keys only. */
  const fillByKeys = async (page: Page, key: string, reason: string): Promise<void> => {
    await page.keyboard.press(key);
    await at.tabTo(page, `input[name=reason][value=${reason}]`);
    await page.keyboard.press('Space');
    if (key === 'w') {
      await at.tabTo(page, '#wake-at');
      await page.keyboard.press('ArrowDown');
    }
    await at.tabTo(page, '#statement');
    await page.keyboard.insertText(STATEMENT);
  };
  const fill = async (page: Page, outcome: string, reason: string): Promise<void> => {
    await page.click(`.segments label:has(input[value=${outcome}])`);
    await page.click(`label:has(input[name=reason][value=${reason}])`);
    await page.fill('#statement', STATEMENT);
  };

  it('lets a reviewer clear ten tickets with the keyboard alone, each on its own way', async () => {
    const tickets = await Promise.all(Array.from({ length: 10 }, () => waiting()));
    const { context, page, problems } = await at.as('reviewer');
    await page.waitForSelector('[data-row] >> nth=9');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await at.read(page, '[data-why-line]')).toMatch(/^Why UB-.* is 2nd here: .* left of .*; \d+ points?: /);
    // What was opened Escape closes, and the focus stands on its name; out of the search it goes back to the row.
    const here = (): Promise<string> => page.evaluate(`document.activeElement.closest('[data-row]')?.dataset.ref ?? document.activeElement.tagName`);
    const second = await page.getAttribute('[data-row][aria-current]', 'data-ref');
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    expect(await here()).toBe(second);
    await page.focus('.filters .menu summary >> nth=1');
    for (const key of ['Enter', 'Tab']) {
      await page.keyboard.press(key);
    }
    expect([await page.locator('.menu[open]').count(), await here()]).toEqual([1, 'A']);
    await page.keyboard.press('Escape');
    expect([await page.locator('.menu[open]').count(), await here()]).toEqual([0, 'SUMMARY']);
    await page.keyboard.press('n');
    await page.waitForSelector('#decide textarea#statement');
    await page.waitForLoadState();
    await page.keyboard.press('c');
    await page.keyboard.press('Escape');
    expect([await page.locator('#note[open]').count(), await here()]).toEqual([0, 'SUMMARY']);
    const ways: [key: string, reason: string, state: string][] = [['l', 'transactional_burst', 'lifted'], ['h', 'headers_do_not_match', 'upheld'], ['i', 'evidence_missing', 'awaiting_evidence'], ['w', 'evidence_missing', 'on_hold']];
    const done: [ref: string, state: string][] = [];
    for (let i = 0; i < tickets.length; i++) {
      await page.waitForSelector('#decide textarea#statement');
      const [key, reason, state] = ways[i % ways.length] ?? ways[0]!;
      const ref = await refHere(page);
      await fillByKeys(page, key, reason);
      await page.keyboard.press('Control+Enter');
      // A decision that is refused stays at its own address.
      await page.waitForURL((url) => !url.pathname.includes(ref));
      done.push([ref, state]);
    }
    expect(new URL(page.url()).search).toBe('?said=nothing-left');
    expect(new Set(done.map(([ref]) => ref))).toEqual(new Set(tickets.map(({ ref }) => ref)));
    await undoEnds(desk);
    for (const [ref, state] of done) {
      expect(await the.until(ref, state as never)).toMatchObject({ decision: { by: 'Anna Keller', statement: STATEMENT } });
    }
    expect(problems).toEqual([]);
    await context.close();
  });

  it('shows two reviewers that they met: who is there, who was faster, what changed, and keeps what was typed', async () => {
    const { ref, block } = await waiting();
    const [anna, milan] = [await at.as('reviewer'), await at.as('senior')];
    await Promise.all([anna.page.goto(`${desk.url}/desk/tickets/${ref}`), milan.page.goto(`${desk.url}/desk/tickets/${ref}`)]);
    await at.says(anna.page, '[data-there]', 'Milan');
    await anna.page.keyboard.press('t');
    await anna.page.waitForSelector('#decide textarea#statement');
    // Milan's page is from before: his key meets her ticket.
    await milan.page.keyboard.press('t');
    await at.says(milan.page, '[role=alert]', 'Anna Keller has this ticket.');
    expect(await at.read(milan.page, '.holder')).toMatch(/^AK Anna Keller has it until/);
    await fill(anna.page, 'lift', 'transactional_burst');
    await at.says(milan.page, '[data-there]', 'Anna Keller');

    // The customer adds something: she hears of it, and a decision on what she had not read is refused.
    await desk.call('POST', `/api/v1/tickets/${ref}/evidence`, { explanation: 'One more thing: the sale opened at eight that day.' });
    await the.until(ref, 'in_review', 'queued');
    await at.says(anna.page, '[data-live].on', 'Changed: show');
    await anna.page.click('button:has-text("Submit"):not(:has-text("next")):visible');
    await at.says(anna.page, '#problems', 'The ticket has changed since you read it.');
    expect(await at.read(anna.page, '#problems')).toMatch(/Evidence supplied/);
    expect([await anna.page.inputValue('#statement'), await anna.page.isChecked('input[value=lift]'), await anna.page.isChecked('input[value=transactional_burst]')]).toEqual([STATEMENT, true, true]);

    // She gives it back elsewhere, he takes it: her page says so, hers is refused, and what she wrote is still there to read.
    await desk.call('POST', `/api/v1/tickets/${ref}/release`, {}, 'reviewer1');
    await the.take(ref, 'reviewer2');
    await at.says(anna.page, '.holder', 'Milan Tesar has it');
    expect(await anna.page.isVisible('[data-release]')).toBe(false);
    await at.says(anna.page, '[data-lost]', 'You do not have this ticket any more.');
    await anna.page.click('button:has-text("Submit"):not(:has-text("next")):visible');
    await at.says(anna.page, '#decide [role=alert]', 'Not saved');
    expect(await anna.page.inputValue('#typed')).toBe(STATEMENT);
    expect([(await the.read(ref)).decision, await the.ledger(block.ip)]).toEqual([null, []]);
    const unexpected = [...anna.problems, ...milan.problems].filter((problem) => !/409/.test(problem));
    expect(unexpected).toEqual([]);
    await desk.call('POST', `/api/v1/tickets/${ref}/release`, {}, 'reviewer2');
    await Promise.all([anna.context.close(), milan.context.close()]);
    await the.decide(await the.take(ref), { outcome: 'uphold', reasons: ['headers_do_not_match'], statement: STATEMENT });
  });

  it('lets a lead try a routing rule on the last tickets, save it as a version, and see the next ticket follow it', async () => {
    const { ref } = await waiting();
    const { context, page, problems } = await at.as('lead');
    await page.goto(`${desk.url}/desk/settings/routing`);
    await page.click('button:has-text("Add a rule")');
    const added = page.locator('details[open]');
    await added.locator('input[name^=name-]').fill('Our own range');
    await added.locator('input[name^=prefix-]').fill('198.51.100.0/33');
    await added.locator('input[name^=queue-]').fill('range');
    await added.locator('input[name^=points-]').fill('70');
    await page.click('button:has-text("Try it")');
    // Nonsense comes back with what was typed.
    await at.says(page, '.chip.bad', 'look here');
    await page.locator('input[name^=prefix-]').last().fill('198.51.100.0/24');
    await page.click('button:has-text("Try it")');
    await at.says(page, '#trial', 'nothing is saved');
    expect(await at.read(page, '#trial')).toMatch(new RegExp(`${ref} 198\\.51\\.100\\.\\d+ spam.* range, .*Our own range`));
    const routing = async () => (await desk.call<{ version: number }>('GET', '/api/v1/settings/routing', undefined, 'lead')).body.version;
    const before = await routing();
    expect((await the.read(ref)).queue).toBe('spam');
    await page.fill('#why', 'The range is ours');
    await page.click('button:has-text("Save as a new version")');
    await page.waitForURL(/said=saved/);
    expect(await routing()).toBe(before + 1);
    expect(await at.read(page)).toMatch(/The range is ours/);
    const next = await waiting();
    expect(await the.read(next.ref)).toMatchObject({ queue: 'range' });
    await page.goto(`${desk.url}/desk?routed=range`);
    expect(await page.locator('[data-row]').count()).toBe(1);
    await page.goto(`${desk.url}/desk/settings/routing`);
    expect(problems.filter((problem) => !/422/.test(problem))).toEqual([]);
    await context.close();
    await desk.call('POST', '/api/v1/settings/routing/restore', { version: before + 1, to: before, why: 'Only a trial' }, 'lead');
    for (const one of [ref, next.ref]) {
      await the.decide(await the.take(one), { outcome: 'uphold', reasons: ['headers_do_not_match'], statement: STATEMENT });
    }
  });

  it('lets a second person disagree: with a reason, which the first reads, and nothing is lifted', async () => {
    const { ref, block } = await waiting('hack');
    const anna = await at.as('reviewer');
    await anna.page.goto(`${desk.url}/desk/tickets/${ref}`);
    await anna.page.keyboard.press('t');
    await anna.page.waitForSelector('#decide textarea#statement');
    await fill(anna.page, 'lift', 'monitoring_tool');
    expect(await at.read(anna.page, '#decide')).toMatch(/A second person must agree: it is a hack block/);
    await anna.page.click('button:has-text("Submit"):not(:has-text("next")):visible');
    await anna.page.waitForURL(/said=second/);
    expect(await at.read(anna.page, '#decide')).toMatch(/It is your own decision: somebody else has to agree/);

    const milan = await at.as('senior');
    await milan.page.click('.rail a:has-text("Second review")');
    await milan.page.click(`#row-${ref} .ref a`);
    await milan.page.click('button:has-text("Do not agree")');
    await at.says(milan.page, '[role=alert]', 'Say why you do not agree');
    await milan.page.fill('#second-statement', 'The log names a host that is not theirs.');
    await milan.page.click('button:has-text("Do not agree")');
    await milan.page.waitForURL(/said=refused/);

    await the.until(ref, 'queued');
    await anna.page.goto(`${desk.url}/desk/tickets/${ref}`);
    expect(await at.read(anna.page, '.decided')).toMatch(/Milan Tesar did not agree: The log names a host that is not theirs\./);
    const [kept] = await desk.database.query<{ agreed: boolean; state: string }>('select d.agreed, d.state from decision d join ticket t on t.id = d.ticket_id where t.ref = $1', [ref]);
    expect([kept, await the.ledger(block.ip), the.mails(ref).filter(({ subject }) => /lift/i.test(subject))]).toEqual([{ agreed: false, state: 'refused' }, [], []]);
    expect([...anna.problems, ...milan.problems].filter((problem) => !/422/.test(problem))).toEqual([]);
    await Promise.all([anna.context.close(), milan.context.close()]);
    await the.decide(await the.take(ref), { outcome: 'uphold', reasons: ['headers_do_not_match'], statement: STATEMENT });
  });

  it('asks many for the same and takes all of it back with one key, before a mail went out', async () => {
    const [one, two] = await Promise.all([waiting(), waiting()]);
    const { context, page, problems } = await at.as('reviewer');
    await page.goto(`${desk.url}/desk?q=198.51.100.0/24&sort=newest`);
    for (const { ref } of [one, two]) {
      await page.check(`#row-${ref} [name=pick]`);
    }
    await page.fill('.bulk [name=text]', 'Please send the whole message of one of them, as a file.');
    await page.click('.bulk button:has-text("Ask all")');
    await page.waitForSelector('.toast-undo');
    await page.waitForLoadState(); // its script takes the key
    expect(await at.read(page, '.toast-undo')).toMatch(/^2 customers asked\. Not sent yet, \d+ s Undo all/);
    await page.keyboard.press('z');
    await at.says(page, 'h1', 'Taken back');
    expect(await at.read(page)).toMatch(/2 done.*you have it again.*you have it again/);
    expect(await page.locator('.toast-undo').count()).toBe(0);
    for (const { ref } of [one, two]) {
      expect([(await the.read(ref)).state, the.mails(ref).filter(({ subject }) => /need/i.test(subject))]).toEqual(['in_review', []]);
      await the.decide(await the.read(ref), { outcome: 'uphold', reasons: ['headers_do_not_match'], statement: STATEMENT });
    }
    expect(problems).toEqual([]);
    await context.close();
  });

  it('sends a note that outlived its session with one press, once its writer has signed in again', async () => {
    const { ref } = await waiting();
    const { context, page } = await at.as('reviewer');
    await page.goto(`${desk.url}/desk/tickets/${ref}`);
    await page.keyboard.press('c');
    await page.keyboard.insertText('They called: the list is clean now.');
    await desk.database.query('delete from session');
    await page.click('#note button');
    await at.says(page, 'main', 'We kept everything you typed');
    const tab = await context.newPage();
    await at.signIn(tab, 'reviewer');
    await page.click('button:has-text("Send it now")');
    await at.says(page, '#timeline', 'They called: the list is clean now.');
    await the.decide(await the.take(ref), { outcome: 'uphold', reasons: ['headers_do_not_match'], statement: STATEMENT });
    await context.close();
  });

  it('undoes in time with everything that was decided in the panel again, and says when it is too late', async () => {
    const { ref, block } = await waiting();
    const { context, page, problems } = await at.as('reviewer');
    await page.goto(`${desk.url}/desk/tickets/${ref}`);
    await page.keyboard.press('t');
    await page.waitForSelector('#decide textarea#statement');
    await fill(page, 'lift', 'vendor_rule_error');
    await page.click('.adjust label:has(input[value=correct])');
    await page.selectOption('#adjust-scope', 'rule');
    await page.fill('#adjust-note', 'It reads invoices as lures.');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector(`.toast-undo:has-text("${ref}")`);
    await page.waitForLoadState(); // its script takes the key
    await page.keyboard.press('z');
    await page.waitForURL(`${desk.url}/desk/tickets/${ref}?said=undone`);
    const panel = async () => [
      await page.isChecked('input[value=lift]'), await page.isChecked('input[value=vendor_rule_error]'), await page.inputValue('#statement'), await page.isChecked('.adjust input[value=correct]'), await page.inputValue('#adjust-scope'), await page.inputValue('#adjust-note'),
    ];
    expect(await panel()).toEqual([true, true, STATEMENT, true, 'rule', 'It reads invoices as lures.']);
    expect(await the.ledger(block.ip)).toEqual([]);

    // Sent again; the page with the offer stays open past its time, as where no script counts.
    const plain = await at.as('reviewer', { javaScriptEnabled: false });
    await page.click('button:has-text("Submit"):not(:has-text("next")):visible');
    await page.waitForURL(/said=decided/);
    await plain.page.goto(`${desk.url}/desk`);
    await plain.page.waitForSelector(`.toast-undo:has-text("${ref}")`);
    await undoEnds(desk);
    await the.until(ref, 'lifted');
    await plain.page.click('.toast-undo button');
    await at.says(plain.page, '[role=alert]', 'It is too late to take this decision back.');
    expect(await refHere(plain.page)).toBe(ref);
    const [adjusted] = await waitFor('the adjustment', async () => {
      const rows = await desk.database.query<Record<string, unknown>>('select a.rule, a.change, a.scope, a.note from filter_adjustment a join ticket t on t.id = a.ticket_id where t.ref = $1', [ref]);
      return rows.length > 0 ? rows : null;
    });
    expect(adjusted).toEqual({ rule: 'SECRET_RULE', change: 'correct', scope: 'rule', note: 'It reads invoices as lures.' });
    expect((await the.ledger(block.ip)).filter((entry) => entry.effect)).toHaveLength(1);
    expect([...problems, ...plain.problems].filter((problem) => !/409/.test(problem))).toEqual([]);
    await Promise.all([context.close(), plain.context.close()]);
  });
});
