import type { Block } from '../../src/core/ticket/block';
import { RoundsService } from '../../src/lifting/rounds.service';
import { WatchService } from '../../src/lifting/watch.service';
import { liftingRoom, type LiftingRoom } from '../support/lifting';

jest.setTimeout(60_000);

const later = (block: Block, hours: number): string => new Date(Date.parse(block.blockedAt) + hours * 3_600_000).toISOString();

describe('the watch after a lift', () => {
  let desk: LiftingRoom;
  let watch: WatchService;
  const liftedTicket = async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await desk.decide(ticket);
    return { block, ticket: await desk.until(ticket.id, 'the ticket to be lifted', (now) => now.state === 'lifted') };
  };
  const again = async (id: string) => {
    const ticket = await desk.ticket(id);
    return { at: ticket.blockedAgainAt, state: ticket.state, mails: (await desk.mails(id)).filter((mail) => mail === 'blocked-again').length };
  };

  beforeAll(async () => {
    desk = await liftingRoom();
    watch = desk.app.get(WatchService);
  });
  afterAll(() => desk?.stop());

  it('marks the ticket and tells the customer once, however often the NOC tells', async () => {
    const { block, ticket } = await liftedTicket();
    const next = { ...block, blockedAt: later(block, 30) };
    await Promise.all([watch.heard('blocked', next), watch.heard('blocked', next), watch.heard('blocked', next)]);
    expect(await again(ticket.id)).toEqual({ at: new Date(next.blockedAt), state: 'lifted', mails: 1 });
    expect(await desk.source.query('select state from block where ip = $1 order by blocked_at', [block.ip])).toEqual([{ state: 'unblocked' }, { state: 'blocked' }]);
  });

  it('hears of a block of the network around the address', async () => {
    const { block, ticket } = await liftedTicket();
    await watch.heard('blocked', { ...block, ip: '192.0.2.0', prefix: '192.0.2.0/24', blockedAt: later(block, 30) });
    expect((await again(ticket.id)).mails).toBe(1);
  });

  it.each<[string, (block: Block) => Partial<Block>]>([
    ['the block that was lifted, told late', () => ({})],
    ['an older block', (block) => ({ blockedAt: later(block, -10) })],
    ['a block of the other kind', (block) => ({ kind: 'hack', blockedAt: later(block, 30) })],
    ['a block after the watch', (block) => ({ blockedAt: later(block, 24 + 73) })],
    ['a block of another address', (block) => ({ ip: '198.51.100.250', blockedAt: later(block, 30) })],
    ['a block of a network that is none', (block) => ({ ip: '198.51.100.251', prefix: 'everything', blockedAt: later(block, 30) })],
  ])('is not touched by %s', async (_, change) => {
    const { block, ticket } = await liftedTicket();
    await watch.heard('blocked', { ...block, ...change(block) });
    expect(await again(ticket.id)).toEqual({ at: null, state: 'lifted', mails: 0 });
  });

  it('asks the NOC about a watched address when nothing was heard of it', async () => {
    const { block, ticket } = await liftedTicket();
    await desk.noc.post('/blocks', { ip: block.ip, kind: 'spam' }); // the simulator knows no desk here, so it tells nobody
    const rounds = desk.app.get(RoundsService);
    await rounds.lookAfterWatched();
    expect((await again(ticket.id)).mails).toBe(0);
    await desk.source.query(`update block set last_seen_at = now() - interval '1 hour' where ip = $1`, [block.ip]);
    await rounds.lookAfterWatched();
    expect((await again(ticket.id)).mails).toBe(1);
  });

  it('closes a ticket that nobody is at when its block has gone by itself, and leaves a reviewer’s alone', async () => {
    const block = await desk.blocked();
    const reviewed = await desk.inReview(block);
    await watch.heard('unblocked', block);
    expect((await desk.ticket(reviewed.id)).state).toBe('in_review');

    const other = await desk.blocked();
    const waiting = await desk.inReview(other);
    await desk.release(waiting.id);
    await watch.heard('unblocked', { ...other, blockId: 'told-with-an-id' });
    expect(await desk.ticket(waiting.id)).toMatchObject({ state: 'closed', closedReason: 'block_already_gone' });
  });

  it('reads a lift back at once when the NOC tells that the block is gone', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await desk.decide(ticket);
    await desk.until(ticket.id, 'the NOC to accept', (_, lift) => lift?.acceptedAt != null);
    await watch.heard('unblocked', block);
    await desk.until(ticket.id, 'the ticket to be lifted', (now) => now.state === 'lifted');
    expect(await desk.ledger(block.ip)).toHaveLength(1);
  });
});
