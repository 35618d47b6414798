import { promisedPriority, route, type RouteInput } from './route';
import { ROUTING, type RoutingConditions, type RoutingRule } from './routing-rule';

const plain: RouteInput = { kind: 'spam', claim: 'fixed', tier: null, repeats: 0, assessment: null, liftFailed: false };
const of = (more: Partial<RouteInput>) => route({ ...plain, ...more });

describe('route', () => {
  it('sends each kind to its queue, and a failed lift to its own', () => {
    expect(of({}).queue).toBe('spam');
    expect(of({ kind: 'hack' }).queue).toBe('hack');
    expect(of({ kind: 'hack', liftFailed: true }).queue).toBe('lift-failed');
  });

  it('puts a failed lift above everything else together', () => {
    const most = of({ kind: 'hack', tier: 'premium business', repeats: 9, assessment: 'likely_false_positive' });
    expect(of({ liftFailed: true }).priority).toBeGreaterThan(most.priority);
  });

  it.each<[string, Partial<RouteInput>]>([
    ['a premium customer', { tier: 'Premium' }], ['a business customer', { tier: 'business' }], ['our own mistake', { assessment: 'likely_false_positive' }],
    ['a repeat', { repeats: 1 }], ['a hack', { kind: 'hack' }],
  ])('counts %s as more urgent', (_, more) => expect(of(more).priority).toBeGreaterThan(of({}).priority));

  it('says early that two people will be due', () => {
    expect(of({}).secondPerson).toEqual([]);
    expect(of({ kind: 'hack', repeats: 1, assessment: 'likely_abuse', prefix: '203.0.113.0/24' }).secondPerson).toEqual(['hack', 'repeats', 'against_assessment', 'wide_block']);
  });

  it('begins with the rules that were once built in', () => {
    expect(of({}).priority).toBe(0);
    expect(of({ kind: 'hack', tier: 'Premium business', repeats: 1, assessment: 'likely_false_positive' })).toEqual({
      queue: 'hack', priority: 75, secondPerson: ['hack', 'repeats'], because: ROUTING.map((rule) => rule.name),
    });
  });
});

describe('a rule', () => {
  const rule = (when: RoutingConditions, more: Partial<RoutingRule> = {}): RoutingRule => ({ name: 'r', when, queue: null, points: 1, secondPerson: false, ...more });
  const facts: RouteInput = { ...plain, tier: 'Gold', language: 'de-AT', repeats: 1, assessment: 'mixed', filterRules: ['BULK_7', 'URI_2'], ip: '203.0.113.7' };
  it.each<[string, RoutingConditions, boolean]>([
    ['nothing', {}, true], ['the kind', { kind: 'spam' }, true], ['another kind', { kind: 'hack' }, false], ['the claim', { claim: 'fixed' }, true], ['another claim', { claim: 'mistake' }, false],
    ['a word of the tier', { tier: ['silver', 'gold'] }, true], ['another tier', { tier: ['premium'] }, false], ['the language', { language: ['DE'] }, true],
    ['a language that begins alike', { language: ['d'] }, false], ['the second block', { blocksFrom: 2 }, true], ['the third block', { blocksFrom: 3 }, false],
    ['the reading', { assessment: ['mixed'] }, true], ['no reading', { assessment: ['none'] }, false], ['a rule of the filter', { filterRule: ['URI_2'] }, true], ['another rule of the filter', { filterRule: ['URI_1'] }, false],
    ['the network', { prefix: '203.0.113.0/24' }, true], ['another network', { prefix: '198.51.100.0/24' }, false], ['a network of the other family', { prefix: '2001:db8::/32' }, false],
    ['all of several', { kind: 'spam', tier: ['gold'], prefix: '203.0.113.7/32' }, true], ['one of several not', { kind: 'spam', tier: ['gold'], claim: 'mistake' }, false],
  ])('looks at %s', (_, when, speaks) => expect(route(facts, [rule(when)]).priority).toBe(speaks ? 1 : 0));
  it('fits a network that is blocked only when all of it lies within', () => {
    const blocked = { ...facts, prefix: '203.0.113.0/24' };
    expect([route(blocked, [rule({ prefix: '203.0.0.0/16' })]).priority, route(blocked, [rule({ prefix: '203.0.113.0/25' })]).priority]).toEqual([1, 0]);
  });
  it('that comes first says the queue, and all add their points', () => {
    const found = route(facts, [rule({}, { name: 'a', points: -3 }), rule({}, { name: 'b', queue: 'german' }), rule({}, { name: 'c', queue: 'other', secondPerson: true })]);
    expect(found).toEqual({ queue: 'german', priority: -1, secondPerson: ['repeats', 'routed'], because: ['a', 'b', 'c'] });
  });
  it('never lifts a ticket above a failed lift, nor names another queue for it', () => {
    const many = Array.from({ length: 60 }, () => rule({}, { points: 100, queue: 'german' }));
    expect(route({ ...plain, liftFailed: true }, [])).toMatchObject({ queue: 'lift-failed', priority: 1000 });
    expect(route(facts, many).priority).toBeLessThan(1000);
    expect(route({ ...facts, liftFailed: true }, many).queue).toBe('lift-failed');
    expect(route({ ...facts, escalated: true }, many).queue).toBe('lead');
  });
  it('is what a promise depends on, a failed lift is not', () => {
    const input = { ...facts, liftFailed: true, escalated: true };
    const points = route({ ...input, liftFailed: false, escalated: false }).priority;
    expect(promisedPriority(route(input).priority, input)).toBe(points);
    expect(promisedPriority(points, { liftFailed: false, escalated: false })).toBe(points);
  });
});
