import { createTransport } from 'nodemailer';
import type { Page as Tab } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { launchToken, signIn, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { waitFor } from '../support/wait-for';

const MERCIER: Someone = { id: '20671', email: 'contact@atelier-mercier.example', name: 'Atelier Mercier SARL' };
let desk: Desk;
let steps: ReturnType<typeof journey>;
beforeAll(async () => {
  desk = await startDesk();
  steps = journey(desk);
}, 180_000);
afterAll(() => desk?.stop());

const send = (to: string, localAddress: string, subject: string): Promise<unknown> => createTransport({ host: desk.smtp.host, port: desk.smtp.port, ignoreTLS: true, name: 'mail.shop.example', localAddress })
  .sendMail({ from: 'shop@shop.example', to, subject, text: 'Hello' });

describe('help', () => {
  it.each(['/help', '/help?q=dkim', '/help/headers', '/help/queue', '/help/trace', '/help/fixes/sign_dkim'])('opens %s for everybody', async (path) => {
    const answer = await fetch(desk.url + path, { headers: { accept: 'text/html' } });
    expect([answer.status, (await answer.text()).includes('<h1')]).toEqual([200, true]);
  });

  it('fills the customer’s own Message-IDs into the commands', async () => {
    const block = await steps.blocked('198.51.100.220', MERCIER.id);
    await steps.handOver(block, MERCIER.id, 'fixed', {});
    const customer = await signIn(desk, MERCIER, block);
    expect((await customer.get('/help/trace')).text).toContain('a@shop.example');
  });
});

describeInBrowser('a test message, seen in a browser', () => {
  let browser: Awaited<ReturnType<typeof startBrowser>>;
  beforeAll(async () => { browser = await startBrowser(); });
  afterAll(() => browser?.close());

  const open = async (block: { ip: string; kind: 'spam' | 'hack'; blockedAt: string }, script: boolean): Promise<Tab> => {
    const tab = await (await browser.newContext({ javaScriptEnabled: script })).newPage();
    await tab.setContent(`<form method="post" action="${desk.url}/launch"><input name="token" value="${await launchToken(desk, MERCIER, block)}"><button>Go</button></form>`);
    await Promise.all([tab.waitForURL(/launch/), tab.click('button')]);
    await Promise.all([tab.waitForURL(/tickets|appeals/), tab.click('main button[type=submit]')]);
    return tab;
  };

  // The blocked addresses are of this machine, so that a message can really come from them.
  it.each([['127.0.0.2', true], ['127.0.0.4', false]] as const)('from %s: shows what came, says when it came from elsewhere, and ticks the fix (scripts: %s)', async (ip, script) => {
    const block = await steps.blocked(ip, MERCIER.id);
    const made = await steps.handOver(block, MERCIER.id, 'fixed', { remediation: 'The mailbox was broken into; its password is changed and the queue is empty.', queueInspected: true, blockTime: block.blockedAt });
    const taken = await steps.take(made.ref);
    await steps.decide(taken, { outcome: 'require_fixes', reasons: ['vulnerable_form_or_cms'], statement: 'Show us with a test message that the headers are in order.', requiredFixes: [{ code: 'honest_headers', when: 'before_lift' }] });
    await steps.until(made.ref, 'awaiting_fixes');
    const tab = await open(block, script);
    /** By itself where scripts run, else when the page is loaded again. */
    const shows = (words: string): Promise<unknown> => (script ? tab.getByText(words).first().waitFor({ timeout: 30_000 }) : waitFor(`"${words}" on the page`, async () => { await tab.reload(); return (await tab.getByText(words).count()) > 0; }, 30_000));
    await waitFor('the decision on the page', async () => { await tab.goto(`${desk.url}/tickets/${made.ref}`); return (await tab.locator('#test-message').count()) > 0; });
    // What is written, not what is drawn: a page whose style is still on its way draws nothing.
    const to = (await tab.locator('section:has(> #test-message) .record code').first().textContent())?.trim() ?? '';
    await send(to, '127.0.0.3', 'From elsewhere');
    await shows(`It came from 127.0.0.3, but the block is on ${ip}`);
    await send(to, ip, 'From the server');
    await shows('That is the blocked address.');
    await waitFor('the fix to be done', async () => (await steps.read(made.ref)).requiredFixes.find((fix) => fix.code === 'honest_headers')?.state === 'verified');
    await tab.context().close();
  }, 120_000);
});
