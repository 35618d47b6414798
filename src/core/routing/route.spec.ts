import { route, type RouteInput } from './route';

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

  it('gives whole numbers and promises more to who pays for it', () => {
    expect(Number.isInteger(of({ tier: 'premium', repeats: 2 }).priority)).toBe(true);
    expect(of({ tier: 'premium' }).promiseMinutes).toBeLessThan(of({ tier: 'business' }).promiseMinutes);
    expect(of({ tier: 'business' }).promiseMinutes).toBeLessThan(of({}).promiseMinutes);
  });

  it('says early that two people will be due', () => {
    expect(of({}).secondPerson).toEqual([]);
    expect(of({ kind: 'hack', repeats: 1, assessment: 'likely_abuse', prefix: '203.0.113.0/24' }).secondPerson).toEqual(['hack', 'repeats', 'against_assessment', 'wide_block']);
  });
});
