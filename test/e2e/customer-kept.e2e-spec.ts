import { launchToken, signIn, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';

const FENWICK: Someone = { id: '20671', email: 'contact@atelier-mercier.example', name: 'Atelier Mercier SARL' };

let desk: Desk;
let steps: ReturnType<typeof journey>;
beforeAll(async () => {
  desk = await startDesk();
  steps = journey(desk);
}, 180_000);
afterAll(() => desk?.stop());

/** What a browser sends when "Send it" is pressed on the page that kept the form: its hidden fields, as multipart, without a token. */
function keptFields(html: string): { action: string; form: FormData } {
  const [, action = '', inner = ''] = /<form method="post" action="([^"]+)" enctype="multipart\/form-data">([\s\S]*?)<\/form>/.exec(html) ?? [];
  const form = new FormData();
  const plain = (text: string): string => text.replace(/&#x([0-9A-F]+);/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16))).replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  for (const [, name = '', value = ''] of inner.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
    form.append(name, plain(value));
  }
  return { action, form };
}

it('keeps a form through an expired sign-in: shown, sent again after signing in anew, with its file', async () => {
  const block = await steps.blocked('198.51.100.201', FENWICK.id);
  const customer = await signIn(desk, FENWICK, block);
  await desk.database.query('delete from session');
  const answers = { ip: block.ip, kind: 'spam', blockedAt: block.blockedAt, claim: 'mistake', explanation: 'Order letters, "wanted" <by> our customers & friends.', queueInspected: 'wanted' };
  const out = await customer.upload('/appeals', answers, [{ name: 'letter.eml', text: 'From: a@shop.example\nSubject: Order 17\n\nHello' }]);
  expect([out.status, out.text]).toEqual([401, expect.stringContaining('We kept everything you typed')]);
  expect(out.text).toContain('Order letters, "wanted"');
  const { action, form } = keptFields(out.html);
  expect(action).toBe('/appeals');

  const again = await signIn(desk, FENWICK, block);
  // A browser says where the form comes from; that and the cookie are what it needs.
  const checked = await again.sendForm(action, form);
  expect([checked.status, checked.text]).toEqual([200, expect.stringContaining('Check your answers')]);
  expect(checked.text).toContain('letter.eml');
  expect(checked.text).toContain('Order letters, "wanted"');
});

it('keeps a message whose page was opened in another session', async () => {
  const block = await steps.blocked('198.51.100.202', FENWICK.id);
  const ticket = await steps.handOver(block, FENWICK.id, 'fixed', {});
  const customer = await signIn(desk, FENWICK, block);
  await customer.get(`/tickets/${ticket.ref}`);
  const out = await customer.postRaw(`/tickets/${ticket.ref}/messages`, { _csrf: 'of-an-older-session', text: 'The queue is empty now.' });
  expect([out.status, out.text]).toEqual([403, expect.stringContaining('We kept everything you typed')]);
  const { action, form } = keptFields(out.html);
  expect((await customer.sendForm(action, form)).text).toContain('The queue is empty now.');
});

it('T18: keeps nothing that another site sent', async () => {
  const answer = await fetch(`${desk.url}/appeals`, { method: 'POST', headers: { accept: 'text/html', 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' }, body: 'explanation=forged' });
  expect(answer.status).toBe(403);
  expect(await answer.text()).not.toContain('forged');
});

it('T20: shows what was typed as text, never as markup', async () => {
  const answer = await fetch(`${desk.url}/appeals`, { method: 'POST', headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ explanation: '"><script>alert(1)</script>' }) });
  const html = await answer.text();
  expect([answer.status, html]).toEqual([401, expect.stringContaining('&lt;script&gt;alert(1)')]);
  expect(html).not.toContain('<script>alert');
});

it('T02: a launch token is still used up by its first use', async () => {
  const token = await launchToken(desk, FENWICK);
  const send = () => fetch(`${desk.url}/launch`, { method: 'POST', headers: { accept: 'text/html' }, body: new URLSearchParams({ token }) });
  expect((await send()).status).toBe(200);
  const second = await send();
  expect([second.status, (await second.text()).includes(token)]).toEqual([401, false]);
});
