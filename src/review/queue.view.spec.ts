import { cidr } from '../tickets/search.service';
import { cursor, readCursor } from './queue.place';
import type { Counts, QueueRow } from './queue.query';
import { queueQuery } from './queue.schema';
import { queueView, rowView } from './queue.view';
import { promiseBar } from './promise';

const now = new Date('2026-11-20T12:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const row = (more: Partial<QueueRow> = {}): QueueRow => ({
  id: '7b0a3f1e-0000-4000-8000-000000000001', ref: 'UB-7K3Q-92X4', ip: '203.0.113.47', prefix: null, kind: 'spam', claim: 'mistake', state: 'queued', accountId: 'A-1', accountName: 'Shop', tier: 'business', language: null, escalatedAt: null,
  assessment: 'mixed', confidence: 0.6, repeats: 0, secondPerson: [], liftFailed: null, blockedAgainAt: null, takenBy: null, takenByName: null, priority: 10, dueAt: ago(-25), deadlineAt: null, deadlineEvent: null,
  createdAt: ago(215), version: 3, rowVersion: '700', there: null, ...more,
});
const counts = { mine: 1, 'all-open': 1000, spam: 5, hack: 0, 'second-review': 0, 'for-lead': 3, 'lift-failed': 2, 'waiting-for-customer': 0, 'on-hold': 0, overdue: 0 } satisfies Counts;
const view = (address: Record<string, string>, rows: QueueRow[] = [row()], after: string | null = null) =>
  queueView(queueQuery.parse(address), { rows, after }, counts);

describe('promiseBar', () => {
  it.each([
    ['far from it', 60, 240, { tone: 'unknown', left: '3 h left', fill: 19 }],
    ['soon', 215, 240, { tone: 'warn', left: '25 m left', fill: 67 }],
    ['over', 262, 240, { tone: 'bad', left: '22 m over', over: true, fill: 82 }],
    ['long over', 5000, 240, { tone: 'bad', fill: 100 }],
    ['just begun', 0, 480, { fill: 2 }],
  ])('%s', (_, waited, promised, expected) => {
    expect(promiseBar(ago(waited), ago(waited - promised), now)).toMatchObject(expected);
  });

  it('shows nothing where nothing was promised', () => {
    expect(promiseBar(ago(5), null, now)).toBeNull();
  });
});

describe('a row', () => {
  it('explains its urgency and can be taken while it is queued', () => {
    expect(rowView(row(), 'me', now)).toMatchObject({ canTake: true, by: null, why: '25 m left of 4 h; 10 points: Business customer (10)', state: null });
  });

  it.each<[string, Partial<QueueRow>, object]>([
    ['of mine', { takenBy: 'me', takenByName: 'Anna', state: 'in_review' }, { by: { name: 'Anna', you: true }, canTake: false }],
    ['of somebody', { takenBy: 'x', takenByName: null, state: 'in_review' }, { by: { name: 'Somebody', you: false } }],
    ['for a second person', { state: 'second_review', secondPerson: ['hack'] }, { canTake: false, second: 'it is a hack block' }],
    ['that waits for the customer', { state: 'awaiting_fixes', deadlineAt: now, deadlineEvent: 'fixes_overdue' }, { promise: null, state: { label: 'Waiting for fixes', until: now, reminder: null } }],
    ['that waits, with a reminder before the end', { state: 'awaiting_fixes', deadlineAt: now, deadlineEvent: 'remind' }, { promise: null, state: { label: 'Waiting for fixes', until: null, reminder: now } }],
    ['of a network', { prefix: '2001:db8:7::/64' }, { address: '2001:db8:7::/64' }],
    ['blocked before', { repeats: 2 }, { repeats: 3 }],
    ['not read', { assessment: null, confidence: null }, { reading: { label: 'Not read', more: null } }],
    ['new', { createdAt: ago(5) }, { isNew: true }],
  ])('%s', (_, more, expected) => {
    expect(rowView(row(more), 'me', now)).toMatchObject(expected);
  });
});

describe('why a row stands where it stands', () => {
  it.each<[string, Partial<QueueRow>, string]>([
    ['names every rule that gave points', { tier: 'premium', assessment: 'likely_false_positive', priority: 50 }, '25 m left of 4 h; 50 points: Premium customer (30), Probably our mistake (20)'],
    ['has no points', { tier: null, priority: 0 }, '25 m left of 4 h; 0 points'],
    ['a failed lift, a lead, and a rule that is not asked here', { tier: null, liftFailed: 'no answer', escalatedAt: now, priority: 1117 }, '25 m left of 4 h; 1117 points: its lift failed (1000), a lead was asked (100), rules of the filter, or changed since (17)'],
  ])('%s', (_, more, why) => expect(rowView(row(more), 'me', now).why).toBe(why));
});

describe('the page', () => {
  it('offers what is on it, and a box for what is not', () => {
    const [tier, rule, routed] = ['tier', 'rule', 'routed'].map((name) => view({ claim: 'fixed', q: 'x', after: '' }).filters.find((filter) => filter.name === name));
    expect(tier).toMatchObject({ typed: 'Tier of the customer', on: null, choices: [{ label: 'business', href: '/desk?queue=all-open&claim=fixed&q=x&tier=business' }] });
    expect(rule).toMatchObject({ typed: 'Name of the rule', choices: [], kept: [{ name: 'queue', value: 'all-open' }, { name: 'claim', value: 'fixed' }, { name: 'q', value: 'x' }] });
    expect(routed?.choices.map(({ label }) => label)).toEqual(['hack', 'lead', 'spam']);
    expect(view({ rule: ' CT_INVOICE ' }).filters.find((filter) => filter.name === 'rule')?.on).toEqual({ label: 'CT_INVOICE', href: '/desk?queue=all-open' });
  });

  it('says how many, capped, and marks the alarms that have something', () => {
    const page = view({});
    expect(page).toMatchObject({ title: 'All open (999+)', lead: '999+ tickets, the most urgent first' });
    expect(page.rail.filter((entry) => entry.bad).map((entry) => entry.label)).toEqual(['Lift failed']);
    expect(page.rail.find((entry) => entry.current)?.label).toBe('All open');
  });

  it('keeps every filter in the address, and drops the place in the list when one changes', () => {
    const page = view({ queue: 'spam', claim: 'fixed', after: 'abc' });
    const claim = page.filters.find((filter) => filter.label === 'Claim');
    expect(claim?.on).toEqual({ label: 'fixed', href: '/desk?queue=spam' });
    expect(page.filters.find((filter) => filter.label === 'Taken')?.choices[0]?.href).toBe('/desk?queue=spam&claim=fixed&taken=nobody');
    expect(page.first).toBe('/desk?queue=spam&claim=fixed');
  });

  it('tells what to do when nothing is there', () => {
    expect(view({ queue: 'mine' }, []).empty).toContain('Take next');
    expect(view({ queue: 'spam', claim: 'fixed' }, []).empty).toContain('Remove one');
    expect(view({ q: 'nobody' }, []).empty).toContain('203.0.113.0/24');
  });

  it('says in which order it stands, and keeps the order in the address', () => {
    expect(view({ q: 'printer' })).toMatchObject({ lead: '1 found, the newest first', sort: null });
    const page = view({ queue: 'spam', sort: 'oldest' });
    expect(page).toMatchObject({ lead: '5 tickets, the oldest first', sort: { label: 'oldest' } });
    expect(page.sort?.choices.map((choice) => choice.href)).toEqual(['/desk?queue=spam&sort=urgency', '/desk?queue=spam&sort=newest', '/desk?queue=spam&sort=oldest']);
    expect(view({ queue: 'on-hold' }).sort?.label).toBe('newest');
  });

  it('names who else is there', () => {
    expect(rowView(row({ there: [{ id: '1', name: 'Milan', doing: 'typing' }, { id: 'me', name: 'Anna', doing: 'looking' }, { id: '2', name: 'Ruth', doing: 'looking' }] }), 'me', now).there).toBe('Milan is writing, Ruth is looking');
    expect(rowView(row({ there: [{ id: 'me', name: 'Anna', doing: 'looking' }] }), 'me', now).there).toBeNull();
  });
});

describe('what a search box takes', () => {
  it.each([
    ['203.0.113.47', '203.0.113.47'], ['203.0.113.77/24', '203.0.113.0/24'], ['2001:DB8::1', '2001:db8::1'], ['2001:db8:7::1/64', '2001:db8:7::/64'],
    ['1.2.3.4/33', null], ['10.1', null], ['a/b', null], ['::/129', null], ['1.2.3.4/', null], ['fe80::1%eth0', null], ['1/2/3', null],
  ])('%s is the network %s', (text, expected) => {
    expect(cidr(text)).toBe(expected);
  });

  it('reads back its own cursors and no others', () => {
    const key = row();
    expect(readCursor(cursor(key, 'u'))).toEqual({ order: 'u', priority: 10, at: key.dueAt?.toISOString(), id: key.id });
    expect(readCursor(cursor(key, 'o'))).toMatchObject({ order: 'o', at: key.createdAt.toISOString() });
    for (const other of ['', 'abc', Buffer.from(`u 1 ' or 1=1 ${key.id}`).toString('base64url'), Buffer.from(`u 1 2026-99-99T99:99:99Z ${key.id}`).toString('base64url')]) {
      expect(readCursor(other)).toBeNull();
    }
  });
});
