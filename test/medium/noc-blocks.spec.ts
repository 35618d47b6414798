import type { DataSource } from 'typeorm';
import type { Block } from '../../src/core/ticket/block';
import { BlockEpisode } from '../../src/noc/block.entity';
import { BlockService } from '../../src/noc/block.service';
import { testDatabase, type TestDatabase } from '../support/database';

describe('the mirror of blocks', () => {
  let database: TestDatabase;
  let source: DataSource;
  let mirror: BlockService;
  const keep = (block: Partial<Block> & { ip: string; blockedAt: string }) => mirror.keep(source.manager, { kind: 'spam', ...block });

  beforeAll(async () => {
    database = await testDatabase();
    source = await database.connect([BlockEpisode]);
    mirror = new BlockService(source);
  });
  afterAll(() => database?.drop());

  it('keeps an episode once, however often it is told, and what was known of it', async () => {
    const block = { ip: '192.0.2.1', blockedAt: '2026-11-20T08:41:07.300Z', detections: [{ at: '2026-11-20T08:40:00Z' }] };
    await keep(block);
    await keep({ ...block, detections: undefined, state: 'unblocking' });
    const kept = await mirror.of('192.0.2.1');
    expect(kept).toMatchObject([{ episode: '192.0.2.1|spam|1795164067', state: 'unblocking', endedAt: null, body: { detections: block.detections } }]);
  });

  it('knows an episode again that has got an id meanwhile', async () => {
    await keep({ ip: '192.0.2.2', blockedAt: '2026-11-20T08:41:07Z' });
    await keep({ ip: '192.0.2.2', blockedAt: '2026-11-20T08:41:07Z', blockId: 'b-2', state: 'unblocked' });
    const kept = await mirror.of('192.0.2.2');
    expect(kept).toMatchObject([{ blockId: 'b-2', state: 'unblocked' }]);
    expect(kept[0]?.endedAt).toBeInstanceOf(Date);
  });

  it('writes down together what is seen together: each once, a block that is told twice at once by what was told last, and none spoils the others', async () => {
    const block = (n: number, more: Partial<Block> = {}): Block => ({ ip: `192.0.2.${n}`, kind: 'spam', blockedAt: '2026-11-20T08:41:07Z', state: 'blocked', ...more });
    const statements = jest.spyOn(source.manager, 'query');
    const seen = await Promise.allSettled([
      mirror.see(block(41)), mirror.see(block(42)), mirror.see({ ...block(43), ip: 'no address' }), mirror.see(block(42, { blockId: 'b-42', state: 'unblocked' })),
    ]);
    expect(seen.map((each) => (each.status === 'fulfilled' ? each.value : each.status))).toEqual([true, false, 'rejected', true]);
    expect([await mirror.of('192.0.2.41'), await mirror.of('192.0.2.42')]).toMatchObject([[{ state: 'blocked' }], [{ blockId: 'b-42', state: 'unblocked' }]]);
    statements.mockClear();
    expect(await Promise.all([mirror.see(block(41, { detections: [] })), mirror.see(block(44)), mirror.see(block(45))])).toEqual([false, true, true]);
    expect(statements).toHaveBeenCalledTimes(1);
    statements.mockRestore();
    expect(await mirror.of('192.0.2.41')).toMatchObject([{ body: { detections: [] } }]);
  });

  it('never brings an ended episode back', async () => {
    await keep({ ip: '192.0.2.3', blockedAt: '2026-11-20T08:41:07Z', state: 'unblocked' });
    await keep({ ip: '192.0.2.3', blockedAt: '2026-11-20T08:41:07Z', state: 'blocked' });
    expect(await mirror.of('192.0.2.3')).toMatchObject([{ state: 'unblocked' }]);
  });

  it('writes what has not changed again only after ten seconds, and what has at once', async () => {
    const block = { ip: '192.0.2.65', blockedAt: '2026-11-20T08:41:07Z', detections: [{ at: '2026-11-20T08:40:00Z' }] };
    const version = async (): Promise<string> => ((await source.query(`select xmin::text as version from block where ip = '192.0.2.65'`)) as [{ version: string }])[0].version;
    const writes = async (told: typeof block & Partial<Block>): Promise<boolean> => {
      const before = await version();
      expect(await keep(told)).toBe(false);
      return (await version()) !== before;
    };
    expect(await keep(block)).toBe(true);
    expect([await writes(block), await writes({ ...block, detectionsTotal: 2 }), await writes({ ...block, blockId: 'b-5' }), await writes({ ...block, prefix: '192.0.2.64/30' })]).toEqual([false, true, true, true]);
    await source.query(`update block set last_seen_at = now() - interval '11 seconds' where ip = '192.0.2.65'`);
    expect([await writes(block), await writes(block)]).toEqual([true, false]);
    expect([await writes({ ...block, state: 'unblocked' }), await writes({ ...block, state: 'unblocked' })]).toEqual([true, false]);
    expect(await mirror.of('192.0.2.65')).toMatchObject([{ state: 'unblocked', blockId: 'b-5', prefix: '192.0.2.64/30', endedAt: expect.any(Date) as Date }]);
  });

  it('counts what the filter saw after the block, in whatever zone it tells the time, and not what it blocked for', async () => {
    const blockedAt = '2026-11-20T08:41:07Z';
    const since = (ip: string, episode = 'unknown') => mirror.detectionsSince({ ip, kind: 'spam', episode, blockedAt: new Date(blockedAt) }, source.manager);
    // The last message of the burst is told more exactly than the block; noon of the day before in another zone begins with a later date.
    await keep({ ip: '192.0.2.70', blockedAt, detections: [{ at: '2026-11-20T08:41:07.900Z' }, { at: '2026-11-20T08:20:00Z' }, { at: '2026-11-20T18:41:00+10:00' }, { at: 'never' }] });
    expect(await since('192.0.2.70')).toBe(0);
    await keep({ ip: '192.0.2.71', blockedAt, blockId: 'b-71', detections: [{ at: '2026-11-20T08:41:08Z' }, { at: '2026-11-20T04:00:00-05:00' }, { at: '2026-11-20T08:41:06Z' }] });
    expect([await since('192.0.2.71'), await since('192.0.2.99', 'id:b-71')]).toEqual([2, 2]);
    await keep({ ip: '192.0.2.72', blockedAt });
    expect(await since('192.0.2.72')).toBe(0);
  });

  it('tells two episodes apart by their ids, or by their second', async () => {
    await keep({ ip: '192.0.2.4', blockedAt: '2026-11-20T08:41:07Z', blockId: 'x-1' });
    await keep({ ip: '192.0.2.4', blockedAt: '2026-11-20T08:41:07Z', blockId: 'x-2' });
    await keep({ ip: '192.0.2.4', blockedAt: '2026-11-20T08:41:08Z' });
    expect(await mirror.of('192.0.2.4')).toHaveLength(3);
  });

  it('finds a block by the network around an address', async () => {
    await keep({ ip: '198.51.100.0', prefix: '198.51.100.7/24', blockedAt: '2026-11-20T08:41:07Z' });
    expect(await mirror.of('198.51.100.200')).toMatchObject([{ prefix: '198.51.100.0/24' }]);
    expect(await mirror.of('198.51.101.1')).toEqual([]);
  });

  it('counts the blocks of the last 30 days, for IPv6 those of the /64', async () => {
    for (const day of ['2026-10-01', '2026-11-02', '2026-11-10', '2026-11-20', '2026-11-22']) {
      await keep({ ip: '2001:db8:0:1::25', blockedAt: `${day}T00:00:00Z` });
    }
    await keep({ ip: '2001:db8:0:1::26', blockedAt: '2026-11-11T00:00:00Z' });
    await keep({ ip: '2001:db8:0:2::25', blockedAt: '2026-11-12T00:00:00Z' });
    expect(await mirror.repeats('2001:db8:0:1::25', new Date('2026-11-20T00:00:00Z'))).toBe(3);
    expect(await mirror.repeats('192.0.2.99', new Date('2026-11-20T00:00:00Z'))).toBe(0);
  });
});
