import type { Browser, Page as Tab } from 'playwright-core';
import type { Block } from '../../src/core/ticket/block';
import { describeInBrowser, startBrowser } from '../support/browser';
import { launchToken, signIn, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { simulatorClient } from '../support/simulator-client';
import { waitFor } from '../support/wait-for';

const TALLOW: Someone = { id: '20845', email: 'ops@tallow-and-finch.example', name: 'Tallow & Finch Ltd' };
const LINDNER: Someone = { id: '20533', email: 'info@baeckerei-lindner.example', name: 'Bäckerei Lindner' };
const HALDEN: Someone = { id: '20990', email: 'noc@halden-hosting.example', name: 'Halden Hosting' };

let desk: Desk;
let noc: ReturnType<typeof simulatorClient>;
const blockOf = async (ip: string): Promise<Block> => {
  const [block] = (await noc.get<Block[]>(`/addresses/${ip}/blocks`)).body;
  if (!block) {
    throw new Error(`The simulator has no block on ${ip}.`);
  }
  return block;
};
const headersOf = async (ip: string): Promise<string> => {
  const { body } = await noc.get<{ ip: string; headers: string }[]>(`/samples?ip=${ip}`);
  return body.find((sample) => sample.ip === ip)?.headers ?? '';
};

beforeAll(async () => {
  desk = await startDesk();
  noc = simulatorClient(desk.simulator);
}, 180_000);
afterAll(() => desk?.stop());

describe('a customer with forms alone', () => {
  it('comes from the control panel, is told what is wrong, checks the answers and has one ticket, however often it is sent', async () => {
    const block = await blockOf('203.0.113.64');
    const customer = await signIn(desk, LINDNER, block);
    expect(customer.first.text).toContain('Get the block on 203.0.113.64 lifted');
    expect(customer.first.text).toContain('The alert lists 5 messages');
    expect(customer.first.html).not.toContain('SUBJ_ORDER_LURE');

    const base = { ip: block.ip, kind: block.kind, blockedAt: block.blockedAt, claim: 'mistake' };
    const wrong = await customer.upload('/appeals', { ...base, headers: 'Guten Tag,\n\nIhr Brot wartet.', explanation: 'Bestellungen <b>unserer</b> Kunden.' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('Two answers need a second look');
    expect(wrong.text).toContain('Bestellungen &lt;b&gt;unserer&lt;/b&gt; Kunden.');
    expect(wrong.html).toContain('Ihr Brot wartet.');

    const answers = { ...base, headers: await headersOf(block.ip), explanation: 'Bestellungen unserer Kunden.', queueInspected: 'wanted' };
    const check = await customer.upload('/appeals', answers, [{ name: 'bestellung.eml', text: 'From: a@baeckerei-lindner.example\r\nSubject: x\r\n\r\ntext' }]);
    expect(check.text).toContain('Check your answers');
    expect(check.text).toContain('bestellung.eml');

    const once = /name="once" value="([^"]+)"/.exec(check.html)?.[1] ?? '';
    const held = /name="heldData" value="([^"]+)"/.exec(check.html)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
    const sent = { ...answers, once, heldName: 'bestellung.eml', heldData: held, step: 'send' };
    const [first, second] = await Promise.all([customer.upload('/appeals', sent), customer.upload('/appeals', sent)]);
    const ref = /UB-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(first.text)?.[0] ?? '';
    expect(first.text).toContain('We have your claim');
    expect(second.text).toContain(ref);
    const { body } = await desk.call<{ items: unknown[] }>('GET', `/api/v1/tickets?ip=${block.ip}`);
    expect(body.items).toHaveLength(1);
    const ticket = await desk.call<{ evidence: { type: string }[]; claim: string; channel: string }>('GET', `/api/v1/tickets/${ref}`);
    expect(ticket.body).toMatchObject({ claim: 'mistake', channel: 'form' });
    expect(ticket.body.evidence.map((item) => item.type).sort()).toEqual(['explanation', 'headers', 'message', 'queue_inspected']);

    const page = await waitFor('the analysis on the page', async () => {
      const seen = await customer.get(`/tickets/${ref}`);
      return seen.text.includes('What we found') ? seen : null;
    });
    expect(page.text).toMatch(/Waiting for review|Being analysed/);
    expect(page.html).not.toMatch(/SUBJ_ORDER_LURE|likely_|weight/);
    // Somebody else's reference and one that never was: the same answer.
    const stranger = await signIn(desk, HALDEN);
    const [theirs, none] = [await stranger.get(`/tickets/${ref}`), await stranger.get('/tickets/UB-0000-0000')];
    expect([theirs.status, none.status]).toEqual([404, 404]);
    expect(theirs.text.replace(/UB-[0-9A-Z-]+/g, '')).toBe(none.text.replace(/UB-[0-9A-Z-]+/g, ''));
    expect((await stranger.upload(`/tickets/${ref}/messages`, { text: 'let me in' })).status).toBe(404);

    // A link to pass on shows where it stands, and nobody's data.
    const _key = /name="_key" value="([^"]+)"/.exec((await customer.get(`/tickets/${ref}`)).html)?.[1] ?? '';
    const share = (): Promise<{ html: string }> => customer.post(`/tickets/${ref}/status-link`, { _key });
    // Only the last answer of a double click is seen: it shows the same link.
    const [url = '', ...same] = [...await Promise.all([share(), share()]), await share()].map(({ html }) => /https?:\/\/[^\s"<]+\/s\/[\w-]+/.exec(html)?.[0] ?? '');
    expect(same).toEqual([url, url]);
    const status = await (await fetch(url, { headers: { accept: 'text/html' } })).text();
    expect(status).toContain('203.0.113.64');
    expect(status).not.toMatch(/Lindner|20533|info@|bestellung@|Kunden/);
    expect((await fetch(`${desk.url}/s/${'x'.repeat(32)}`, { headers: { accept: 'text/html' } })).status).toBe(404);

    // A link for the administrator: made once, and what is sent there is there once.
    const invite = (): Promise<{ html: string }> => customer.post(`/tickets/${ref}/evidence-links`, { label: 'Ada', _key });
    const [door = '', again] = [...await Promise.all([invite(), invite()])].map(({ html }) => /https?:\/\/[^\s"<]+\/e\/[\w-]+/.exec(html)?.[0] ?? '');
    expect([door === '', again]).toEqual([false, door]);
    const ofDoor = /name="_key" value="([^"]+)"/.exec(await (await fetch(door)).text())?.[1] ?? '';
    const supply = (text: string): Promise<Response> => {
      const form = new FormData();
      Object.entries({ text, _key: ofDoor }).forEach(([name, value]) => form.set(name, value));
      return fetch(door, { method: 'POST', body: form, redirect: 'manual', headers: { origin: desk.url } });
    };
    const line = 'Nov 20 postfix/smtp[1]: 4F: to=<a@b.example>, status=sent';
    expect([...await Promise.all([supply(line), supply(line)]), await supply(line)].map((answer) => [answer.status, answer.headers.get('location')])).toEqual(Array(3).fill([303, '?done']));
    expect((await customer.get(`/tickets/${ref}`)).text).toMatch(/Ada: may add evidence until.*, used 1 time\b/);
    await supply('Nov 20 postfix/qmgr[1]: 4F: removed');
    expect((await customer.get(`/tickets/${ref}`)).text).toMatch(/, used 2 times\b/);

    // A double click, and "back" and again: one message.
    const said = { text: 'Is <script>alert(1)</script> there any news?', _key };
    await Promise.all([customer.upload(`/tickets/${ref}/messages`, said), customer.upload(`/tickets/${ref}/messages`, said)]);
    await customer.upload(`/tickets/${ref}/messages`, said);
    expect((await customer.get(`/tickets/${ref}`)).text.split('there any news?')).toHaveLength(2);
    expect((await customer.get(`/tickets/${ref}`)).html).toContain('Is &lt;script&gt;alert(1)&lt;/script&gt; there any news?');
    const withdrawn = await customer.post(`/tickets/${ref}/withdrawal`, {});
    expect(withdrawn.text).toContain('You withdrew this ticket');
  });

  it('says "mistake" to a ticket that the control panel opened as "fixed", and supplies what then is missing', async () => {
    const block = await blockOf('198.51.100.77');
    const opened = await desk.call<{ ref: string; state: string }>('POST', '/api/v1/rejected-unblocks', { block, account: TALLOW, rejection: { reason: 'evidence_required' } });
    expect(opened.body.state).toBe('awaiting_evidence');
    const customer = await signIn(desk, TALLOW, block);
    expect(customer.first.text).toContain('What we need from you');
    expect(customer.first.text).toContain(opened.body.ref);
    const empty = await customer.upload(`/tickets/${opened.body.ref}/evidence`, { claim: 'mistake', explanation: 'Order mail.' });
    expect(empty.status).toBe(422);
    expect(empty.text).toContain('Order mail.');
    const given = await customer.upload(`/tickets/${opened.body.ref}/evidence`, { claim: 'mistake', headers: await headersOf(block.ip), explanation: 'Order mail.', queueInspected: 'wanted' });
    expect(given.text).toContain('Added to your ticket');
    const ticket = await waitFor('the ticket in the queue', async () => {
      const { body } = await desk.call<{ state: string; claim: string; missing: string[] }>('GET', `/api/v1/tickets/${opened.body.ref}`);
      return body.state === 'queued' ? body : null;
    });
    expect(ticket).toMatchObject({ claim: 'mistake', missing: [] });
  });

  it.each([
    ['a field that is not known', { decidedAt: 'now' }, 400], ['a time that is none', { blockedAt: 'yesterday' }, 422],
  ])('is refused with %s', async (_, extra, status) => {
    const block = await blockOf('198.51.100.77');
    const customer = await signIn(desk, TALLOW, block);
    expect((await customer.upload('/appeals', { ip: block.ip, kind: block.kind, blockedAt: block.blockedAt, claim: 'mistake', ...extra })).status).toBe(status);
  });

  it('learns nothing about an address of somebody else', async () => {
    const customer = await signIn(desk, LINDNER);
    const [theirs, free] = [await customer.get('/appeals/new?ip=198.51.100.77'), await customer.get('/appeals/new?ip=203.0.113.65')];
    const told = (text: string): string => text.replace(/\d+\.\d+\.\d+\.\d+/g, '');
    expect(theirs.status).toBe(422);
    expect(told(theirs.text)).toBe(told(free.text));
    expect((await customer.get('/appeals/new?ip=10.1')).text).toContain('Give an IPv4 or IPv6 address');
  });

  it('is shown what another look was told a moment ago; what is sent is asked of the control panel anew', async () => {
    const block = await blockOf('192.0.2.33');
    const customer = await signIn(desk, HALDEN);
    const sent = { ip: block.ip, kind: block.kind, blockedAt: block.blockedAt, claim: 'mistake', headers: await headersOf(block.ip), explanation: 'Order mail.', queueInspected: 'wanted' };
    expect((await customer.get(`/appeals/new?${new URLSearchParams({ ip: block.ip, kind: block.kind, at: block.blockedAt }).toString()}`)).text).toContain('Get the block on 192.0.2.33 lifted');
    await noc.post('/faults', { call: 'blocks', mode: 'error', times: 100 });
    const refused = await customer.upload('/appeals', sent).finally(() => noc.call('DELETE', '/faults'));
    expect(refused.status).toBe(503);
    expect(refused.text).toContain('We kept everything you typed');
    expect((await customer.upload('/appeals', sent)).text).toContain('Check your answers');
  });

  it('enters once by one launch, and only by a click', async () => {
    const token = await launchToken(desk, LINDNER);
    const launch = (): Promise<Response> => fetch(`${desk.url}/launch`, { method: 'POST', body: new URLSearchParams({ token }), headers: { accept: 'text/html' } });
    const first = await launch();
    expect(first.headers.getSetCookie().some((cookie) => cookie.startsWith('desk='))).toBe(false);
    expect(await first.text()).toContain('Continue as Bäckerei Lindner');
    expect((await launch()).status).toBe(401);
  });

  it('enters again while signed in, for another address', async () => {
    const customer = await signIn(desk, HALDEN);
    const page = await fetch(`${desk.url}/launch`, { method: 'POST', body: new URLSearchParams({ token: await launchToken(desk, HALDEN, await blockOf('192.0.2.33')) }), headers: { accept: 'text/html', 'sec-fetch-site': 'cross-site' } });
    const ticket = /name="ticket" value="([^"]+)"/.exec(await page.text())?.[1]?.replaceAll('&#x3D;', '=') ?? '';
    expect((await customer.post('/launch/continue', { _csrf: '', ticket })).text).toContain('Get the block on 192.0.2.33 lifted');
    expect((await customer.post('/launch/continue', { _csrf: '', ticket })).status).toBe(401);
  });
});

describe('a customer by a link', () => {
  const page = async (answer: Response): Promise<string> => (await answer.text()).replace(/\s+/g, ' ');
  const ask = (email: string): Promise<Response> =>
    fetch(`${desk.url}/sign-in`, { method: 'POST', body: new URLSearchParams({ email }), headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin' } });
  const jar = (answer: Response): string => answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]).join('; ');

  it('asks, clicks, and is in; looking at the link, another browser and a second click are not enough', async () => {
    const asked = await ask(LINDNER.email);
    const mail = await desk.sink.waitFor((each) => each.to.includes(LINDNER.email) && each.raw.includes('Your link to sign in'));
    const link = /http:\/\/127\.0\.0\.1:\d+\/sign-in\/[\w-]{43}/.exec(mail.raw.toString('latin1').replace(/=\r?\n/g, ''))?.[0] ?? '';
    const cookie = jar(asked);
    const use = (with_: string): Promise<Response> => fetch(link, { method: 'POST', redirect: 'manual', headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', cookie: with_ } });
    for (let i = 0; i < 3; i++) {
      expect((await fetch(link, { headers: { accept: 'text/html', cookie } })).status).toBe(200);
    }
    expect((await use('desk-link=another')).status).toBe(410);
    const entered = await use(cookie);
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/tickets']);
    const session = jar(entered);
    expect(await page(await fetch(`${desk.url}/tickets`, { headers: { accept: 'text/html', cookie: session } }))).toContain('Your tickets');
    expect((await use(cookie)).status).toBe(410);
  });

  it('hears the same for an address that nobody knows, and at most three mails go out in an hour', async () => {
    const email = 'contact@atelier-mercier.example';
    const known = await Promise.all(Array.from({ length: 8 }, () => ask(email)));
    const unknown = await ask('nobody@nowhere.example');
    const words = async (answer: Response, address: string): Promise<string> => (await page(answer)).replace(/<!-- [\w-]* -->\s*$/, '').replaceAll(address, 'X');
    expect(await words(known[0] as Response, email)).toBe(await words(unknown, 'nobody@nowhere.example'));
    await waitFor('three mails', () => desk.sink.mails.filter((each) => each.to.includes(email)).length >= 3 || null);
    const [row] = await desk.database.query('select count(*)::int as n from sign_in_link where email = $1', [email]);
    expect(row).toEqual({ n: 3 });
    expect((await ask('not an address')).status).toBe(422);
  });
});

describeInBrowser('a customer in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  const enter = async (tab: Tab, who: Someone, block: Block): Promise<void> => {
    const token = await launchToken(desk, who, block);
    await tab.setContent(`<form method="post" action="${desk.url}/launch"><input name="token" value="${token}"><button>Appeal</button></form>`);
    await tab.click('button');
    await tab.click('button:has-text("Continue as")');
    await tab.waitForSelector('#headers', { state: 'attached' });
    await tab.waitForLoadState(); // the script of the form reads the headers
  };

  it.each([true, false])('reads the headers before sending and gets to the ticket (script: %s)', async (script) => {
    const block = await blockOf(script ? '198.51.100.14' : '198.51.100.30');
    const who: Someone = script ? { id: '20671', email: 'contact@atelier-mercier.example', name: 'Atelier Mercier SARL' } : { id: '20702', email: 'bonjour@librairie-du-canal.example', name: 'Librairie du Canal' };
    const context = await browser.newContext({ javaScriptEnabled: script });
    const tab = await context.newPage();
    const problems: string[] = [];
    tab.on('pageerror', (error) => problems.push(String(error)));
    tab.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await enter(tab, who, block);
    await tab.click('label:has-text("It was a mistake")');
    await tab.fill('#headers', await headersOf(block.ip));
    await tab.fill('#explanation', 'Our letter, to people who asked for it.');
    if (script) {
      await tab.waitForSelector('#reading-status:has-text("Message found in the alert.")');
    } else {
      await tab.click('text=Read these headers');
      await tab.waitForSelector('text=What we see in these headers');
    }
    expect(await tab.textContent('body')).toContain('your address, found');
    if (!script) {
      await tab.click('text=Back to your answers');
      expect(await tab.inputValue('#explanation')).toBe('Our letter, to people who asked for it.');
    }
    await tab.click('label:has-text("Yes, only wanted mail is in it")');
    await tab.click('button:has-text("Check your answers")');
    await tab.click('button:has-text("Send it")');
    await tab.click('a:has-text("Open your ticket")');
    expect(await tab.textContent('h1')).toContain(`Spam block on ${block.ip}`);
    expect(problems).toEqual([]);
    await context.close();
  });
});
