import type { TicketJson } from '../../src/tickets/ticket.view';
import { dieAt, goOn } from '../support/crash-lives';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';

jest.setTimeout(120_000);

const NORDLICHT = '20418';
const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'Order confirmations, wanted by those who got them.' };
const WHY = { why: 'Is this a sending that we allowed?' };

interface Act {
  path: string;
  key: 'reviewer1' | 'lead';
  event: string;
  state: string;
  body?: (other: string) => object;
}

/** What a reviewer does beside judging, each on a ticket of its own. */
const ACTS: Record<string, Act> = {
  'a take': { path: 'take', key: 'reviewer1', event: 'taken', state: 'in_review' },
  'a release': { path: 'release', key: 'reviewer1', event: 'released', state: 'queued' },
  'a question to a lead': { path: 'escalation', key: 'reviewer1', event: 'escalated', state: 'queued', body: () => WHY },
  'an answer of a lead': { path: 'give-back', key: 'lead', event: 'given_back', state: 'queued', body: () => WHY },
  'a duplicate': { path: 'duplicate', key: 'reviewer1', event: 'joined', state: 'closed', body: (other) => ({ into: other }) },
};
const NAMES = Object.keys(ACTS);

describe('killed between the commit of what a reviewer did and its answer', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let other = '';
  const refs: Record<string, string> = {};
  const act = (name: string) => {
    const { path, key, body } = ACTS[name] as Act;
    return desk.call<TicketJson>('POST', `/api/v1/tickets/${refs[name]}/${path}`, body?.(other) ?? {}, key, { 'idempotency-key': name });
  };
  const times = async (name: string): Promise<number> => (await the.audit(refs[name] ?? '')).filter(({ event }) => event === ACTS[name]?.event).length;

  beforeAll(async () => {
    desk = await startDesk();
    the = journey(desk);
    const opened = async (i: number): Promise<string> => {
      const { ref } = await the.handOver(await the.blocked(`192.0.2.${100 + i}`, NORDLICHT), NORDLICHT, 'mistake', EVIDENCE);
      await the.until(ref, 'queued');
      return ref;
    };
    other = await opened(NAMES.length);
    await Promise.all(NAMES.map(async (name, i) => (refs[name] = await opened(i))));
    await the.take(refs['a release'] ?? '');
    expect((await desk.call('POST', `/api/v1/tickets/${refs['an answer of a lead']}/escalation`, WHY, 'reviewer1')).status).toBe(200);
    await Promise.all([other, ...Object.values(refs)].map((ref) => the.settled(ref)));
    await desk.kill();
  }, 180_000);
  afterAll(() => desk?.stop());

  it.each(NAMES)('%s is done, and nobody has heard it', async (name) => {
    expect(await dieAt(desk, 'answer.made', () => act(name))).toBeNull();
    expect(await times(name)).toBe(1);
  });

  it('answers whoever asks again as it would have answered then, and does nothing twice', async () => {
    await goOn(desk);
    // What happened since does not change the answer of then.
    expect((await desk.call('POST', `/api/v1/tickets/${refs['a take']}/release`, {}, 'reviewer1')).status).toBe(200);
    for (const name of NAMES) {
      const again = await act(name);
      expect([name, again.status, again.body]).toEqual([name, 200, expect.objectContaining({ ref: refs[name], state: ACTS[name]?.state })]);
      expect([name, (await act(name)).body]).toEqual([name, again.body]);
      expect([name, await times(name)]).toEqual([name, 1]);
    }
    expect(await the.read(refs['a take'] ?? '')).toMatchObject({ state: 'queued' });
    expect(await the.broken()).toEqual([]);
  });
});
