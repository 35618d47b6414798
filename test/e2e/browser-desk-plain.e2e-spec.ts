import type { Browser } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { startDesk, type Desk } from '../support/desk';
import { deskBrowser } from '../support/desk-browser';
import { deskWorld, STATEMENT, type DeskWorld } from '../support/desk-world';
import { journey } from '../support/journey';
import { undoEnds } from '../support/undo';

jest.setTimeout(180_000);

describeInBrowser('the desk without scripts', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let at: ReturnType<typeof deskBrowser>;
  let filled: DeskWorld;
  let browser: Browser;
  beforeAll(async () => {
    desk = await startDesk({ settings: { UNDO_SECONDS: '5', LEASE_MINUTES: '60' } });
    the = journey(desk);
    filled = deskWorld(desk, the);
    browser = await startBrowser();
    at = deskBrowser(desk, () => browser);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.stop();
  });

  it('does everything by plain forms', async () => {
    const made = await filled.world();
    await undoEnds(desk);
    const plain = { javaScriptEnabled: false, viewport: { width: 1024, height: 900 } };
    const ref = await filled.waiting();
    const { page, problems, context } = await at.as('reviewer', plain);
    // Search, keep the view, take, note, a canned part, what is missing, the decision.
    await page.fill('input[name=q]', ref.toLowerCase());
    await page.press('input[name=q]', 'Enter');
    await at.press(page, `#row-${ref} .ref a`);
    await at.press(page, 'button:has-text("Take"):visible');
    await at.press(page, 'summary:has-text("Write a note")');
    await page.fill('.note-box textarea', 'Called them; they are in a hurry.');
    await at.press(page, '.note-box button');
    await at.says(page, '#timeline', 'Called them; they are in a hurry.');
    await at.press(page, '.segments label:has(input[value=request_information])');
    await at.press(page, 'label:has(input[name=reason][value=evidence_missing])');
    await at.press(page, 'button[name=part]:has-text("A question")');
    expect([await page.inputValue('#statement'), await page.isChecked('input[value=request_information]')]).toEqual([expect.stringContaining('['), true]);
    await at.press(page, 'button:has-text("Submit"):not(:has-text("next")):visible');
    expect(await at.read(page, '#problems')).toMatch(/blank is left/);
    await page.fill('#statement', STATEMENT);
    await at.press(page, 'button:has-text("Submit"):not(:has-text("next")):visible');
    await page.waitForURL(/said=decided/);
    await the.until(ref, 'awaiting_evidence');
    await undoEnds(desk); // the offer to undo stands before nothing that is pressed next

    // Many at once, a view, a duplicate, a lead, the note of the shift.
    const [first, second] = [await filled.waiting(), await filled.waiting()];
    await page.goto(`${desk.url}/desk?queue=spam&sort=newest`);
    await at.press(page, 'summary:has-text("Keep as view")');
    await page.fill('#view-name', '   ');
    await at.press(page, '.menu[open] button:has-text("Keep")');
    await at.says(page, '[role=alert]', 'Give the view a name of 1 to 60 characters.');
    await page.fill('#view-name', 'Spam, newest');
    await at.press(page, '.menu[open] button:has-text("Keep")');
    await at.says(page, '.rail .views', 'Spam, newest');
    await at.press(page, '.rail .views a:has-text("Spam, newest")');
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ queue: 'spam', sort: 'newest' });
    expect(await page.locator('.rail [aria-current=page]').allInnerTexts()).toEqual(['Spam, newest']);
    for (const one of [first, second]) {
      await page.check(`#row-${one} [name=pick]`);
    }
    // Too short: it is said beside the text, which is kept, and so are the chosen tickets.
    await page.fill('.bulk [name=text]', 'Send it.');
    await at.press(page, '.bulk button:has-text("Ask all")');
    await at.says(page, '#problems', 'Write what the customers are asked for, in at least 20 characters.');
    expect(await page.inputValue('#bulk-text')).toBe('Send it.');
    await page.fill('#bulk-text', 'Please send the whole message of one of them, as a file.');
    await at.press(page, 'button:has-text("Ask all")');
    expect(await at.read(page)).toMatch(/2 done.*2 customers asked\. Not sent yet/);
    await the.until(first, 'awaiting_evidence');
    await undoEnds(desk);
    const [kept, twin] = [await filled.waiting(), await filled.waiting()];
    await page.goto(`${desk.url}/desk/tickets/${twin}`);
    await at.press(page, 'summary:has-text("Join as a duplicate")');
    await page.fill('#join-into', kept);
    await at.press(page, 'button:has-text("Join and close")');
    await page.waitForURL(/said=joined/);
    await page.goto(`${desk.url}/desk/tickets/${kept}`);
    await at.press(page, 'summary:has-text("Ask a lead")');
    await page.fill('#escalate-why', 'Is this still ours to decide?');
    await at.press(page, 'button:has-text("Ask a lead")');
    await page.waitForURL(/said=escalated/);
    await page.goto(`${desk.url}/desk/handover`);
    await page.fill('textarea[name=text]', '   ');
    await at.press(page, 'button:has-text("Keep the note")');
    await at.says(page, '#problems', 'Write what the next shift has to know.');
    await page.fill('textarea[name=text]', 'The duplicates of today are joined.');
    await at.press(page, 'button:has-text("Keep the note")');
    await page.waitForURL(/said=kept/);
    expect(problems.filter((problem) => !/422/.test(problem))).toEqual([]);
    await context.close();

    // The lead: takes what was asked of a lead, gives it back, decides an incident at a pace.
    const lead = await at.as('lead', plain);
    await lead.page.goto(`${desk.url}/desk/tickets/${kept}`);
    await lead.page.fill('#give-back-why', 'Yes, it is ours.');
    await at.press(lead.page, 'button:has-text("Give back")');
    await lead.page.waitForURL(/said=given-back/);
    await lead.page.goto(`${desk.url}/desk/incidents/${made.incident}`);
    await at.press(lead.page, '.segments label:has(input[value=uphold])');
    await at.press(lead.page, 'label:has(input[name=reason][value=headers_do_not_match])');
    await lead.page.fill('#statement', 'The rule was right about {address}: {reference}.');
    await at.press(lead.page, 'button:has-text("Decide them")');
    await at.says(lead.page, 'main', 'waits for its turn');
    expect(lead.problems).toEqual([]);
    await lead.context.close();
  });
});
