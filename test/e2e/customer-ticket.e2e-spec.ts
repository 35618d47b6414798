import type { Block } from '../../src/core/ticket/block';
import { signIn, type Page, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { simulatorClient } from '../support/simulator-client';
import { waitFor } from '../support/wait-for';

const MERCIER: Someone = { id: '20671', email: 'contact@atelier-mercier.example', name: 'Atelier Mercier SARL' };
const LINDNER: Someone = { id: '20533', email: 'info@baeckerei-lindner.example', name: 'Bäckerei Lindner' };
const TALLOW: Someone = { id: '20845', email: 'ops@tallow-and-finch.example', name: 'Tallow & Finch Ltd' };
const CANAL: Someone = { id: '20702', email: 'bonjour@librairie-du-canal.example', name: 'Librairie du Canal' };

let desk: Desk;
let noc: ReturnType<typeof simulatorClient>;
type Ticket = { ref: string; version: number; state: string };

/** A claim with the headers of an alerted message, ready for a person. */
async function queued(who: Someone, ip: string): Promise<{ block: Block; ref: string }> {
  const [block] = (await noc.get<Block[]>(`/addresses/${ip}/blocks`)).body;
  const [sample] = (await noc.get<{ headers: string }[]>(`/samples?ip=${ip}`)).body;
  if (!block || !sample) {
    throw new Error(`The simulator has no block on ${ip}.`);
  }
  const opened = await desk.call<Ticket>('POST', '/api/v1/claims', { claim: 'mistake', block, account: who, evidence: { headers: sample.headers, explanation: 'Wanted mail.', queueInspected: true } });
  await inState(opened.body.ref, 'queued');
  return { block, ref: opened.body.ref };
}

const inState = (ref: string, state: string): Promise<Ticket> => waitFor(`${ref} to be ${state}`, async () => {
  const { body } = await desk.call<Ticket>('GET', `/api/v1/tickets/${ref}`, undefined, 'reviewer1');
  return body.state === state ? body : null;
});

async function decide(ref: string, decision: object): Promise<void> {
  await desk.call('POST', `/api/v1/tickets/${ref}/take`, {}, 'reviewer1');
  const { body } = await desk.call<Ticket>('GET', `/api/v1/tickets/${ref}`, undefined, 'reviewer1');
  const made = await desk.call('POST', `/api/v1/tickets/${ref}/decisions`, { version: body.version, ...decision }, 'reviewer1');
  expect(made).toMatchObject({ status: 201 });
}

const shows = (customer: Awaited<ReturnType<typeof signIn>>, ref: string, words: string): Promise<Page> => waitFor(`"${words}" on the page`, async () => {
  const page = await customer.get(`/tickets/${ref}`);
  return page.text.includes(words) ? page : null;
});

beforeAll(async () => {
  // Long enough for the mail that says that it is being lifted: afterwards that is not sent any more.
  desk = await startDesk({ simulator: { liftSeconds: 3 } });
  noc = simulatorClient(desk.simulator);
}, 180_000);
afterAll(() => desk?.stop());

it('repairs DNS, presses "Check again", and the last good check lifts the block', async () => {
  const { block, ref } = await queued(MERCIER, '198.51.100.14');
  await decide(ref, {
    outcome: 'require_fixes', reasons: ['spf_fail'], statement: 'The letter looks wanted, but SPF names your old server only.', requiredFixes: [{ code: 'repair_spf', when: 'before_lift' }], liftWhenVerified: true,
  });
  const customer = await signIn(desk, MERCIER, block);
  const page = await shows(customer, ref, 'Repair the SPF record');
  expect(page.text).toContain('What we need from you: 1 fix');
  expect(page.text).toContain('ip4:198.51.100.14');

  const check = async (): Promise<string> => {
    await customer.post(`/tickets/${ref}/fixes/repair_spf/check`, {});
    return (waitFor('the result of a look-up', async () => {
      const { text } = await customer.get(`/tickets/${ref}`);
      return /Checked \d\d:\d\d:\d\d/.test(text) ? text : null;
    }));
  };
  expect(await check()).toContain('Not there yet');
  const old = (await noc.get<{ name: string; type: string; values: string[] }[]>('/dns')).body.find((record) => record.name === 'atelier-mercier.example' && record.type === 'TXT');
  await noc.put('/dns', { name: 'atelier-mercier.example', type: 'TXT', values: [...(old?.values ?? []).filter((value) => !value.startsWith('v=spf1')), 'v=spf1 ip4:198.51.100.14 -all'] });
  await waitFor('the block to be lifted', async () => {
    await customer.post(`/tickets/${ref}/fixes/repair_spf/check`, {});
    return (await customer.get(`/tickets/${ref}`)).text.includes('Mail can leave 198.51.100.14 again');
  }, 60_000);
  const lifted = await customer.get(`/tickets/${ref}`);
  expect(lifted.text).toContain('Watched until');
  expect(lifted.text).toContain('1 of 1 done before the lift');
});

it('is looked up again by itself, ever more rarely, while DNS changes, and the page and a mail tell when it is seen', async () => {
  const { block, ref } = await queued(TALLOW, '198.51.100.77');
  const [sample] = (await noc.get<{ headers: string }[]>('/samples?ip=198.51.100.77')).body;
  const domain = /^From:[^\n]*@([a-z0-9.-]+)/im.exec(sample?.headers ?? '')?.[1] ?? '';
  const texts = (await noc.get<{ name: string; type: string; values: string[] }[]>('/dns')).body.find((record) => record.name === domain && record.type === 'TXT')?.values ?? [];
  const publish = (spf: string) => noc.put('/dns', { name: domain, type: 'TXT', values: [...texts.filter((text) => !text.startsWith('v=spf1')), spf] });
  await publish('v=spf1 -all');
  await decide(ref, { outcome: 'require_fixes', reasons: ['spf_fail'], statement: 'The mail looks wanted, but SPF forbids your server.', requiredFixes: [{ code: 'repair_spf', when: 'before_lift' }], liftWhenVerified: true });
  const customer = await signIn(desk, TALLOW, block);
  await shows(customer, ref, 'What we need from you: 1 fix');
  await customer.post(`/tickets/${ref}/fixes/repair_spf/check`, {});

  const after = (look: number): Promise<{ id: string; minutes: number }> => waitFor(`look no. ${look}, and when the next is due`, async () => {
    const [row] = await desk.database.query<{ id: string; state: string; attempts: number; minutes: number }>(
      `select o.id, o.state, o.attempts, extract(epoch from o.due_at - f.checked_at)::float / 60 as minutes from outbox_message o join required_fix f on f.ticket_id = o.ticket_id
       where o.job = 'verify-fixes' and o.ticket_id = (select id from ticket where ref = $1) order by o.created_at desc limit 1`, [ref]);
    return row?.state === 'pending' && row.attempts === look ? row : null;
  });
  for (const [look, minutes] of [[1, 1], [2, 2], [3, 5]] as const) {
    const next = await after(look);
    expect(Math.round(next.minutes)).toBe(minutes);
    const { text } = await customer.get(`/tickets/${ref}`);
    expect(text).toMatch(/Not there yet.*Checked \d\d:\d\d:\d\d/);
    if (look === 3) {
      await publish('v=spf1 ip4:198.51.100.77 -all');
    }
    await desk.database.query('update outbox_message set due_at = now() where id = $1', [next.id]); // its time has come
  }
  await shows(customer, ref, 'Mail can leave 198.51.100.77 again');
  expect((await customer.get(`/tickets/${ref}`)).text).toContain('1 of 1 done before the lift');
  for (const begins of ['Lifting the block on', 'Lifted and confirmed']) {
    expect((await desk.sink.waitFor((mail) => mail.subject.startsWith(begins) && mail.subject.includes(ref))).to).toContain(TALLOW.email);
  }
});

it('appeals once, after "Not lifted" only, and hears no name', async () => {
  const { block, ref } = await queued(LINDNER, '203.0.113.64');
  const customer = await signIn(desk, LINDNER, block);
  expect((await customer.upload(`/tickets/${ref}/appeal`, { statement: 'Please look again at once.' })).status).toBe(409);
  await decide(ref, { outcome: 'uphold', reasons: ['purchased_or_cold_list'], statement: 'The recipients did not ask for this mail, as far as we can see.' });
  const upheld = await shows(customer, ref, 'The block on 203.0.113.64 stays for now');
  expect(upheld.text).toContain('Mail to many may only go to people who asked for it.');
  expect(upheld.text).toContain('A person decided.');
  for (const staff of desk.staff) {
    expect(upheld.text).not.toContain(staff.name);
  }
  const short = await customer.upload(`/tickets/${ref}/appeal`, { statement: 'no' });
  expect([short.status, short.text.includes('Say in a sentence')]).toEqual([422, true]);
  const appealed = await customer.upload(`/tickets/${ref}/appeal`, { statement: 'All of them ordered bread; see the second message.' });
  expect(appealed.text).toContain('Your appeal is read by a reviewer who had no part in the first decision.');
  expect((await customer.upload(`/tickets/${ref}/appeal`, { statement: 'And once more, please look.' })).status).toBe(409);
});

it('answers a reviewer’s question on the page, and the ticket comes back', async () => {
  const { block, ref } = await queued(CANAL, '198.51.100.30');
  await decide(ref, { outcome: 'request_information', reasons: ['evidence_missing'], statement: 'Which list did these readers join, and when?' });
  const customer = await signIn(desk, CANAL, block);
  const asked = await shows(customer, ref, 'Which list did these readers join, and when?');
  expect(asked.text).toContain('A reviewer has a question');
  expect((await customer.upload(`/tickets/${ref}/evidence`, { explanation: '' })).status).toBe(422);
  const given = await customer.upload(`/tickets/${ref}/evidence`, { explanation: 'The list of our shop, at the till, since March.' }, [{ name: 'liste.txt', text: 'From: promo@librairie-du-canal.example\nSubject: Bienvenue\n\nMerci' }]);
  expect(given.text).toContain('Added to your ticket');
  await inState(ref, 'queued');
  expect((await customer.get(`/tickets/${ref}`)).text).toContain('The list of our shop, at the till, since March.');
  const marks = [...(await customer.get(`/tickets/${ref}`)).html.matchAll(/ data-mark="([^"]+)"/g)].map(([, mark]) => mark).join('.');
  expect((await customer.hx(`/tickets/${ref}/changes?seen=${marks}`)).status).toBe(204);
  const changed = await customer.hx(`/tickets/${ref}/changes?seen=older`);
  expect(changed.text).toContain('Waiting for review');
  expect(changed.html).toMatch(/id="live-state" data-mark="[\w-]{8}" hx-swap-oob="outerHTML"/);
});

it('shows the tickets of an account to each of its contacts, until the main contact keeps them apart', async () => {
  const NORDLICHT: Someone = { id: '20418', email: 'technik@nordlicht-druck.example', name: 'Nordlicht Druck GmbH' };
  const { block, ref } = await queued(NORDLICHT, '203.0.113.47');
  const [main, second] = [await signIn(desk, NORDLICHT), await signIn(desk, { ...NORDLICHT, email: 'post@nordlicht-druck.example' })];
  expect((await second.get('/tickets')).text).toContain(ref);
  expect((await second.get(`/tickets/${ref}`)).text).toContain(`Spam block on ${block.ip}`);
  await second.get('/tickets');
  const refused = await second.post('/account/sharing', { show: 'own' });
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('Only the main contact of your account')]);

  await main.get('/tickets');
  expect((await main.post('/account/sharing', { show: 'own' })).text).toContain('sees only the tickets that they opened');
  expect((await second.get('/tickets')).text).not.toContain(ref);
  const [hidden, none] = [await second.get(`/tickets/${ref}`), await second.get('/tickets/UB-2222-2222')];
  expect([hidden.status, hidden.text.replaceAll(ref, 'X')]).toEqual([404, none.text.replaceAll('UB-2222-2222', 'X')]);
  expect((await second.upload(`/tickets/${ref}/messages`, { text: 'let me in' })).status).toBe(404);
  expect((await second.get('/help/trace')).text).toContain('MESSAGE-ID@example.org');
  // The main contact sees what others open.
  const { block: theirs, ref: other } = await queued({ ...NORDLICHT, email: 'post@nordlicht-druck.example' }, '203.0.113.12');
  expect((await main.get(`/tickets/${other}`)).text).toContain(theirs.ip);
  expect((await second.get('/tickets')).text).toContain(other);

  await main.get('/tickets');
  await main.post('/account/sharing', { show: 'all' });
  expect((await second.get(`/tickets/${ref}`)).status).toBe(200);
});
