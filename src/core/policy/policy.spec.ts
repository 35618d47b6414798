import { canApprove } from './can-approve';
import { canDecide } from './can-decide';
import { canTake } from './can-take';
import { ACTIONS, may, ROLES } from './may';
import { isWide, needsSecondPerson, secondPersonFor, type LiftFacts } from './needs-second-person';
import { maySeeDetections, ownership, ownsAddress } from './owns-address';
import type { StaffFacts } from './staff';
import type { Verdict } from './verdict';

const staff = (id: string, role: StaffFacts['role'] = 'reviewer', ...accountIds: string[]): StaffFacts => ({ id, role, accountIds });
const said = (verdict: Verdict): string => (verdict.allowed ? 'allowed' : verdict.code);
const plain: LiftFacts = { kind: 'spam', repeats: 0, assessment: 'likely_false_positive' };

describe('may', () => {
  it('lets only reviewers, seniors and leads take, decide and approve', () => {
    for (const action of ['take', 'decide', 'approve'] as const) {
      expect(ROLES.filter((role) => may(role, action))).toEqual(['reviewer', 'senior', 'lead']);
    }
  });
  it('keeps who decides away from rules and staff, and who keeps those away from decisions', () => {
    const deciders = ROLES.filter((role) => may(role, 'decide'));
    expect(deciders.filter((role) => may(role, 'change_rules') || may(role, 'change_staff'))).toEqual([]);
  });
  it('shows a customer and a reading key nothing of the inside', () => {
    const inside = ACTIONS.filter((action) => action.startsWith('see_') || action.startsWith('change_'));
    expect(inside.filter((action) => may('customer', action))).toEqual([]);
    expect(ACTIONS.filter((action) => may('read', action))).toEqual(['see_tickets']);
  });
  it('gives every act to somebody', () => {
    expect(ACTIONS.filter((action) => !ROLES.some((role) => may(role, action)))).toEqual([]);
  });
});

describe('needsSecondPerson', () => {
  const lift = { outcome: 'lift' as const, liftWhenVerified: false };
  it.each<[string, Partial<LiftFacts>, string[]]>([
    ['a plain lift', {}, []],
    ['a hack', { kind: 'hack' }, ['hack']],
    ['a second block in 30 days', { repeats: 1 }, ['repeats']],
    ['lifting against the reading', { assessment: 'likely_abuse' }, ['against_assessment']],
    ['a mixed reading', { assessment: 'mixed' }, []],
    ['a /24', { prefix: '203.0.113.0/24' }, ['wide_block']],
    ['a /64', { prefix: '2001:db8::/64' }, []],
    ['an exception for one sender', { exceptionScope: 'sender' }, []],
    ['an exception for a domain', { exceptionScope: 'domain' }, ['wide_exception']],
    ['all at once', { kind: 'hack', repeats: 3, assessment: 'likely_abuse' }, ['hack', 'repeats', 'against_assessment']],
  ])('%s', (_, facts, codes) => expect(needsSecondPerson(lift, { ...plain, ...facts })).toEqual(codes));

  it('asks only for what may end in a lift', () => {
    const facts: LiftFacts = { ...plain, kind: 'hack' };
    expect(needsSecondPerson({ outcome: 'uphold', liftWhenVerified: false }, facts)).toEqual([]);
    expect(needsSecondPerson({ outcome: 'require_fixes', liftWhenVerified: false }, facts)).toEqual([]);
    expect(needsSecondPerson({ outcome: 'require_fixes', liftWhenVerified: true }, facts)).toEqual(['hack']);
  });
  it('is a setting', () => {
    expect(secondPersonFor({ ...plain, kind: 'hack', repeats: 2 }, { reasons: ['repeats'], repeatsFrom: 4 })).toEqual([]);
    expect(secondPersonFor({ ...plain, kind: 'hack', repeats: 3 }, { reasons: ['repeats'], repeatsFrom: 4 })).toEqual(['repeats']);
  });
  it.each([['192.0.2.1/32', false], ['192.0.2.0/31', true], ['2001:db8::/63', true], ['192.0.2.1', false], ['nonsense', true], ['', false]])('width of %s', (prefix, wide) =>
    expect(isWide(prefix)).toBe(wide));
});

describe('canTake and canDecide', () => {
  const ticket = { accountId: 'A-1', notBy: ['r9'], takenBy: 'r1' };
  it.each<[string, StaffFacts, string]>([
    ['a reviewer', staff('r1'), 'allowed'],
    ['an admin', staff('r1', 'admin'), 'role'],
    ['an auditor', staff('r1', 'auditor'), 'role'],
    ['whose account it is', staff('r1', 'lead', 'A-1'), 'own_account'],
    ['who decided before', staff('r9', 'senior'), 'decided_before'],
  ])('take: %s', (_, who, result) => expect(said(canTake(who, ticket))).toBe(result));
  it('leaves to a lead what a lead was asked', () => {
    expect(['reviewer', 'senior', 'lead'].map((role) => said(canTake(staff('r1', role as StaffFacts['role']), { ...ticket, escalated: true })))).toEqual(['lead_only', 'lead_only', 'allowed']);
  });
  it.each<[string, StaffFacts, string | null, string]>([
    ['who holds it', staff('r1'), 'r1', 'allowed'],
    ['who does not', staff('r2'), 'r1', 'not_taken'],
    ['nobody holds it', staff('r2'), null, 'not_taken'],
    ['holder without the role any more', staff('r1', 'admin'), 'r1', 'role'],
    ['holder whose account it became', staff('r1', 'reviewer', 'A-1'), 'r1', 'own_account'],
  ])('decide: %s', (_, who, takenBy, result) => expect(said(canDecide(who, { ...ticket, takenBy }))).toBe(result));
});

describe('canApprove', () => {
  const decision = { accountId: 'A-1', first: staff('r1'), reasons: ['hack'], upheldBy: ['r9'] };
  it.each<[string, StaffFacts, object, string]>([
    ['somebody else', staff('r2'), {}, 'allowed'],
    ['the first', staff('r1', 'lead'), {}, 'same_person'],
    ['who upheld what was appealed', staff('r9', 'lead'), {}, 'decided_before'],
    ['whose account it is', staff('r2', 'reviewer', 'A-1'), {}, 'own_account'],
    ['after a first whose account it is', staff('r2'), { first: staff('r1', 'reviewer', 'A-1') }, 'own_account'],
    ['an admin', staff('r2', 'admin'), {}, 'role'],
    ['a reviewer for a network', staff('r2'), { reasons: ['wide_block'] }, 'lead_only'],
    ['a lead for a network', staff('r2', 'lead'), { reasons: ['wide_block'] }, 'allowed'],
  ])('%s', (_, who, more, result) => expect(said(canApprove(who, { ...decision, ...more }))).toBe(result));
});

describe('ownership', () => {
  const holder = { accountId: 'A-1', assignedSince: '2026-11-01T00:00:00Z', delegates: ['A-2'] };
  it.each([['A-1', 'owner'], ['A-2', 'delegate'], ['A-3', 'stranger']])('%s is %s', (account, is) => expect(ownership(account, holder)).toBe(is));
  it('is nobody’s when the address is not ours', () => expect(ownsAddress('A-1', null)).toBe(false));
  it('hides what was seen before the address was assigned', () => {
    expect(maySeeDetections(new Date('2026-10-31T23:59:59Z'), holder)).toBe(false);
    expect(maySeeDetections(new Date('2026-11-01T00:00:00Z'), holder)).toBe(true);
    expect(maySeeDetections(new Date('2020-01-01T00:00:00Z'), { accountId: 'A-1' })).toBe(true);
  });
});
