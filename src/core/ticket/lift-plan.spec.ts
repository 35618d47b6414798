import type { Block } from './block';
import { backoff, isEpisode, planLift, READS, STRIKES, type Episode, type LiftPlan, type LiftProgress } from './lift-plan';
import { liftFailedWords } from './lift-words';

const episode: Episode = { ip: '192.0.2.1', kind: 'spam', blockedAt: new Date('2026-11-20T08:41:07.400Z'), blockId: null };
const ours: Block = { ip: '192.0.2.1', kind: 'spam', blockedAt: '2026-11-20T09:41:07+01:00', state: 'blocked' };
const newer: Block = { ...ours, blockedAt: '2026-11-21T00:00:00Z' };
const older: Block = { ...ours, blockedAt: '2026-11-01T00:00:00Z' };
const gone: Block = { ...ours, state: 'unblocked' };
const going: Block = { ...ours, state: 'unblocking' };

const fresh: LiftProgress = { state: 'scheduled', accepted: false, strikes: 0, reads: 0 };
const unknown: LiftProgress = { ...fresh, state: 'unknown', strikes: 1 };
const accepted: LiftProgress = { ...fresh, state: 'unblocking', accepted: true };

const order: LiftPlan = { do: 'order' };
const wait: LiftPlan = { do: 'wait' };
const done: LiftPlan = { do: 'confirm', alreadyGone: false };

describe('planLift', () => {
  it.each<[string, LiftProgress, Block[], LiftPlan]>([
    ['a block that stands is ordered away', fresh, [ours], order],
    ['one that somebody else is lifting is waited for', fresh, [going], wait],
    ['one that is gone needs no order', fresh, [gone], { do: 'confirm', alreadyGone: true }],
    ['one that is listed no more is gone', fresh, [], { do: 'confirm', alreadyGone: true }],
    ['a newer block: nothing is lifted', fresh, [newer, ours], { do: 'fail', reason: 'newer_block', since: newer.blockedAt }],
    ['a newer block after ours ended: nothing is lifted', fresh, [newer, gone], { do: 'fail', reason: 'newer_block', since: newer.blockedAt }],
    ['a newer block that ended already is no obstacle', fresh, [{ ...newer, state: 'unblocked' }, ours], order],
    ['a newer block of the other kind is no obstacle', fresh, [{ ...newer, kind: 'hack' }, ours], order],
    ['an older block of the kind is no obstacle', fresh, [ours, older], order],
    ['only a block that nobody judged', fresh, [older], { do: 'fail', reason: 'no_such_block', since: older.blockedAt }],
    ['answer lost, block gone: it worked', unknown, [gone], done],
    ['answer lost, block going: it worked', unknown, [going], wait],
    ['answer lost, block stands: the same order again', unknown, [ours], order],
    ['answer lost, then blocked again: a person looks', unknown, [newer, gone], { do: 'fail', reason: 'newer_block', since: newer.blockedAt }],
    ['crashed between storing and sending', { ...fresh, state: 'requested' }, [ours], order],
    ['failed too often', { ...unknown, strikes: STRIKES }, [ours], { do: 'fail', reason: 'no_answer' }],
    ['failed too often, but gone', { ...unknown, strikes: STRIKES }, [gone], done],
    ['accepted and gone', accepted, [gone], done],
    ['accepted and on its way', accepted, [going], wait],
    ['accepted and still standing is not ordered twice', accepted, [ours], wait],
    ['accepted and never gone', { ...accepted, reads: READS }, [going], { do: 'fail', reason: 'not_gone' }],
    ['accepted, gone, and blocked again: ours is done', accepted, [newer, gone], done],
    ['accepted, still going, and blocked again', accepted, [newer, going], { do: 'fail', reason: 'newer_block', since: newer.blockedAt }],
  ])('%s', (_, lift, blocks, plan) => expect(planLift(episode, lift, { ownership: 'owner', blocks })).toEqual(plan));

  it('lifts nothing for a stranger, and for a delegate as for the owner', () => {
    for (const lift of [fresh, unknown]) {
      expect(planLift(episode, lift, { ownership: 'stranger', blocks: [ours] })).toEqual({ do: 'close_as_stranger' });
    }
    expect(planLift(episode, fresh, { ownership: 'delegate', blocks: [ours] })).toEqual(order);
  });

  it('never orders anything but a standing block that is ours and the newest', () => {
    for (const lift of [fresh, unknown, accepted, { ...fresh, state: 'requested' } as const]) {
      for (const blocks of [[], [gone], [going], [newer], [newer, ours], [older]]) {
        expect(planLift(episode, lift, { ownership: 'owner', blocks }).do).not.toBe('order');
      }
    }
  });
});

describe('isEpisode', () => {
  it('goes by the id where both have one, else by the second', () => {
    expect(isEpisode({ ...newer, blockId: 'b' }, { ...episode, blockId: 'b' })).toBe(true);
    expect(isEpisode({ ...ours, blockId: 'c' }, { ...episode, blockId: 'b' })).toBe(false);
    expect(isEpisode({ ...ours, blockId: 'c' }, episode)).toBe(true);
    expect(isEpisode(newer, episode)).toBe(false);
    expect(isEpisode({ ...ours, kind: 'hack' }, episode)).toBe(false);
  });
});

describe('backoff', () => {
  it('doubles up to its cap, and spreads by chance', () => {
    expect([0, 1, 2, 9, 99].map((n) => backoff(n, 1, 60, 0))).toEqual([1, 2, 4, 60, 60]);
    expect(backoff(1, 1, 60, 1)).toBe(3);
  });
});

describe('liftFailedWords', () => {
  it('names the newer block', () => {
    expect(liftFailedWords('newer_block', '2026-11-21T00:00:00Z', null)).toContain('blocked again at 21 Nov 2026, 00:00 UTC');
  });
  it('says what the NOC said', () => expect(liftFailedWords('refused', undefined, 'answered 401')).toBe('The NOC refused the lift. It answered 401.'));
});
