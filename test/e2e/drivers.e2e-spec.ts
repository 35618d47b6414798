import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { signInStaff } from '../support/staff';
import { signIn } from '../support/customer';
import { ovhKeys } from '../../src/simulator/ovh';
import { waitFor } from '../support/wait-for';

jest.setTimeout(240_000);

const LIFT = { outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' };
const EVIDENCE = { headers: 'Message-ID: <a@shop.example>\r\nFrom: a@shop.example\r\n', explanation: 'Order confirmations, wanted by those who got them.', queueInspected: true };

describe('a NOC without an API', () => {
  let desk: Desk;
  let trip: ReturnType<typeof journey>;
  const taskOf = (html: string, ip: string): string => new RegExp(`id="task-([0-9a-f-]{36})"(?:(?!id="task-).)*?>${ip.replaceAll('.', '\\.')}<`, 's').exec(html)?.[1] ?? 'no task';
  const decided = async (ip: string) => {
    const block = await trip.blocked(ip, '20418');
    const opened = await trip.handOver(block, '20418', 'mistake', EVIDENCE);
    const taken = await trip.take(opened.ref);
    expect((await trip.decide(taken, LIFT)).status).toBe(201);
    await trip.until(opened.ref, 'lifting');
    return { ...opened, block };
  };

  beforeAll(async () => {
    // The simulator stands here for customers and blocks only: the desk has no address and no token of it.
    desk = await startDesk({ settings: (made) => ({ ...made, NOC_DRIVER: 'manual', NOC_URL: '', NOC_TOKEN: '' }) });
    trip = journey(desk);
    const made = desk.cli(['staff', 'create', '--email', 'olga@noc.example', '--name', 'Olga Brandt', '--role', 'operator'], 'operator-password');
    expect([made.status, made.stderr]).toEqual([0, '']);
  });
  afterAll(() => desk?.stop());

  it('lifts by a task that an operator confirms, and the desk reads it back from what they saw', async () => {
    const { ref } = await decided('192.0.2.71');
    const operator = await signInStaff(desk, 'olga@noc.example', 'operator-password');
    const page = await waitFor('the task', async () => {
      const found = await operator.get('/desk/lift-tasks');
      return found.text.includes(ref) ? found : null;
    });
    expect(page.text).toMatch(/192\.0\.2\.71.*the spam block that began.*and no other/);
    const task = taskOf(page.html, '192.0.2.71');

    const blind = await operator.post(`/desk/lift-tasks/${task}/done`);
    expect([blind.status, blind.text]).toEqual([422, expect.stringContaining('tick that the block is gone')]);
    expect((await trip.read(ref)).lift).toMatchObject({ state: 'unblocking', attempts: 1 });

    const done = await operator.post(`/desk/lift-tasks/${task}/done`, { seen: 'on' });
    expect([done.status, done.text]).toEqual([200, expect.stringContaining(`${ref} : The desk takes it as lifted`)]);
    expect(await trip.until(ref, 'lifted')).toMatchObject({ lift: { state: 'confirmed', attempts: 1 } });
    expect((await operator.get('/desk/lift-tasks')).text).toMatch(/192\.0\.2\.71 spam, .* Lifted Olga Brandt/);
    expect((await operator.post(`/desk/lift-tasks/${task}/done`, { seen: 'on' })).status).toBe(409);
    await waitFor('the mail', () => Promise.resolve(trip.mails(ref).some(({ subject }) => /lifted/i.test(subject)) || null));
    expect((await trip.audit(ref)).map(({ event, by_name }) => `${event} ${by_name}`)).toContain('lift_done_by_hand Olga Brandt');
    expect(await trip.ledger('192.0.2.71')).toEqual([]);
  });

  it('gives a ticket back with what the operator found', async () => {
    const [refused, newer] = [await decided('192.0.2.72'), await decided('192.0.2.73')];
    const lead = await signInStaff(desk, 'lead');
    const page = await waitFor('both tasks', async () => {
      const found = await lead.get('/desk/lift-tasks');
      return found.text.includes(refused.ref) && found.text.includes(newer.ref) ? found : null;
    });
    const silent = await lead.post(`/desk/lift-tasks/${taskOf(page.html, '192.0.2.72')}/not-possible`, { outcome: 'refused' });
    expect([silent.status, silent.text]).toEqual([422, expect.stringContaining('Say why it is not possible')]);
    await lead.post(`/desk/lift-tasks/${taskOf(page.html, '192.0.2.72')}/not-possible`, { outcome: 'refused', because: 'the button is grey' });
    await lead.post(`/desk/lift-tasks/${taskOf(page.html, '192.0.2.73')}/not-possible`, { outcome: 'newer_block', foundAt: '2026-11-24T10:00:00' });
    expect(await trip.until(refused.ref, 'queued')).toMatchObject({ queue: 'lift-failed', lift: { state: 'failed', lastAnswer: 'was not possible, says Ruth Sommer: the button is grey' } });
    expect(await trip.until(newer.ref, 'queued')).toMatchObject({ lift: { state: 'failed', lastAnswer: 'newer_block, from 2026-11-24T10:00:00.000Z' } });
  });

  it('keeps the tasks from who decides, and decisions from who lifts', async () => {
    const [reviewer, operator] = [await signInStaff(desk, 'reviewer'), await signInStaff(desk, 'olga@noc.example', 'operator-password')];
    expect((await reviewer.get('/desk/lift-tasks')).status).toBe(403);
    const block = await trip.blocked('192.0.2.74', '20418');
    const { ref } = await trip.handOver(block, '20418', 'mistake', EVIDENCE);
    await trip.until(ref, 'queued');
    expect((await operator.post('/desk/take', { ref })).status).toBe(403);
  });

  it('knows an address by what the NOC told: its launch opens the form, a stranger’s ends as not theirs', async () => {
    const block = await trip.blocked('192.0.2.75', '20418');
    const who = { id: '20418', email: 'technik@nordlicht-druck.example', name: 'Nordlicht' };
    const customer = await signIn(desk, who, block);
    expect(customer.first.text).toContain('192.0.2.75');
    const stranger = await signIn(desk, { id: '20533', email: 'b@other.example', name: 'Other' });
    const tried = await stranger.post('/appeals', { ip: '192.0.2.75', kind: 'spam' });
    expect(tried.text).toContain('no block on this address that belongs to your account');
  });
});

describe('a NOC that speaks as OVHcloud does', () => {
  let desk: Desk;
  let trip: ReturnType<typeof journey>;
  beforeAll(async () => {
    desk = await startDesk({
      settings: (made) => {
        const keys = ovhKeys(made['NOC_TOKEN'] ?? '');
        return { ...made, NOC_DRIVER: 'ovh', NOC_TOKEN: '', OVH_ENDPOINT: `${made['NOC_URL']}/ovh/1.0`, OVH_APP_KEY: keys.appKey, OVH_APP_SECRET: keys.appSecret, OVH_CONSUMER_KEY: keys.consumerKey };
      },
    });
    trip = journey(desk);
  });
  afterAll(() => desk?.stop());

  it('is lifted once, read back, and told', async () => {
    const block = await trip.blocked('192.0.2.81', '20418');
    const { ref } = await trip.handOver(block, '20418', 'mistake', EVIDENCE);
    const taken = await trip.take(ref);
    expect((await trip.decide(taken, LIFT)).status).toBe(201);
    expect(await trip.until(ref, 'lifted')).toMatchObject({ lift: { state: 'confirmed', attempts: 1 } });
    expect(await trip.ledger('192.0.2.81')).toMatchObject([{ kind: 'spam', blockedAt: block.blockedAt, status: 202, effect: true }]);
    expect(desk.output()).not.toContain(desk.settings['OVH_APP_SECRET']);
  });
});
