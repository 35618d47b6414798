import { sampleTicketPage } from '../../test/samples/ticket-page.sample';
import { STATES } from '../core/ticket/states';
import { statusPage, ticketPage } from './ticket-page.view';

const undone = { id: 'd', outcome: 'uphold', reasons: ['open_relay'], statement: 'SECRET until it is final.', by: 'x', decidedAt: '2026-11-20T10:09:50Z', state: 'undoable', undoUntil: '', fixes: [], secondPerson: [], liftWhenVerified: false, wakeAt: null };
const upheld = { ...undone, state: 'final', statement: 'It relays for everybody.' };

describe('the customer’s ticket page', () => {
  it.each(STATES)('in the state %s shows nothing that is internal', (state) => {
    const shown = JSON.stringify(ticketPage(sampleTicketPage({ state, closedReason: state === 'closed' ? 'expired' : null, missing: ['headers'] })));
    expect(shown).not.toMatch(/INSIDE|17\.25|0\.71|Anna Keller|likely_|"mixed"|"weight"|"tells"/);
  });

  it.each(STATES)('in the state %s says where it stands and what comes next', (state) => {
    const page = ticketPage(sampleTicketPage({ state, missing: ['headers'], closedReason: state === 'closed' ? 'withdrawn' : null }));
    expect(page.notice.title.length).toBeGreaterThan(5);
    expect(page.notice.paragraphs.join('').length).toBeGreaterThan(10);
    expect(page.chip.label.length).toBeGreaterThan(4);
  });

  it('hides a decision that may still be undone: for the customer the review goes on', () => {
    const page = ticketPage(sampleTicketPage({ state: 'upheld' }, { decision: undone, fixes: [] }));
    expect(page.chip.label).toBe('Under review');
    expect(JSON.stringify(page)).not.toContain('SECRET');
    expect(page.canAppeal).toBe(false);
  });

  it('says when the wait ends, not when the next reminder goes out', () => {
    expect(ticketPage(sampleTicketPage()).notice.until).toEqual(new Date('2026-12-20T09:31:40Z'));
    expect(ticketPage(sampleTicketPage({ state: 'awaiting_evidence', missing: ['headers'] }, { decision: null, fixes: [] })).notice.until).toEqual(new Date('2026-11-27T09:31:40Z'));
  });

  it('offers one appeal, for 14 days, after "Not lifted" only', () => {
    const shown = (ticket: object, now = new Date('2026-11-21T10:00:00Z')): boolean => ticketPage(sampleTicketPage({ state: 'upheld', ...ticket }, { decision: upheld, fixes: [] }, {}, { now })).canAppeal;
    expect(shown({})).toBe(true);
    expect(shown({ appealedAt: new Date() })).toBe(false);
    expect(shown({}, new Date('2026-12-05T10:00:00Z'))).toBe(false);
    expect(ticketPage(sampleTicketPage()).canAppeal).toBe(false);
  });

  it('says "evidence forged" to nobody', () => {
    const page = ticketPage(sampleTicketPage({ state: 'upheld' }, { decision: { ...upheld, reasons: ['evidence_forged'] }, fixes: [] }));
    expect(JSON.stringify(page)).not.toMatch(/forged/i);
    expect(JSON.stringify(page)).toContain('do not match our record');
  });

  it('asks for what is missing, in words, and lets the claim be chosen', () => {
    const page = ticketPage(sampleTicketPage({ state: 'awaiting_evidence', missing: ['headers', 'explanation'] }, { decision: null, fixes: [] }));
    expect(page.needs.map((need) => need.item)).toEqual(['headers', 'explanation']);
    expect(page).toMatchObject({ supplyOpen: true, changeClaim: true, notice: { action: { href: '#supply' } } });
  });

  it('shows a reviewer’s question as a question, not as a list of missing things', () => {
    const decision = { ...upheld, outcome: 'request_information', statement: 'Which server sent it?' };
    const page = ticketPage(sampleTicketPage({ state: 'awaiting_evidence', missing: [] }, { decision, fixes: [] }, { asked: true }));
    expect(page).toMatchObject({ asked: true, changeClaim: false, needs: [], notice: { title: 'A reviewer has a question', paragraphs: ['Which server sent it?'] } });
  });

  it('gives every open fix a way to show that it is done', () => {
    const items = ticketPage(sampleTicketPage()).fixes?.items ?? [];
    expect(items.map((item) => [item.code, item.chip.label, item.canCheck, item.canReport])).toEqual([
      ['match_ptr', 'Not there yet', true, false], ['repair_spf', 'Done', false, false], ['publish_dmarc', 'After the lift', true, false],
    ]);
    const [drain] = ticketPage(sampleTicketPage({}, { fixes: [{ code: 'drain_queue', when: 'before_lift', state: 'open', says: null, checkedAt: null, note: null, statement: null }] })).fixes?.items ?? [];
    expect(drain).toMatchObject({ canCheck: false, canReport: true, urgent: true });
  });

  it('tells what is being looked up from what waits for a person', () => {
    const reported = (code: string): string => ticketPage(sampleTicketPage({}, { fixes: [{ code, when: 'before_lift', state: 'reported', says: null, checkedAt: null, note: null, statement: 'Done.' }] })).notice.title;
    expect([reported('repair_spf'), reported('drain_queue')]).toEqual(['We look your fixes up', 'All fixes are reported']);
  });

  it('tells an address that was blocked again from one that was lifted', () => {
    const page = ticketPage(sampleTicketPage({ state: 'lifted', blockedAgainAt: new Date('2026-11-21T00:00:00Z') }));
    expect(page).toMatchObject({ chip: { label: 'Blocked again', tone: 'bad' }, watch: null });
  });
});

describe('the status page', () => {
  it.each(STATES)('in the state %s holds no personal data', (state) => {
    const input = sampleTicketPage({ state, missing: ['headers'] }, { decision: { ...upheld, statement: 'Dear Mrs Miller' } }, { asked: state === 'awaiting_evidence' });
    expect(JSON.stringify(statusPage(input))).not.toMatch(/INSIDE|ops@|20418|Shop Example|Miller|orders@|Your order|confirmations|8C41D2007F/);
  });
});
