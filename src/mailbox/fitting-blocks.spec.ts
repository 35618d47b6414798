import type { Block } from '../core/ticket/block';
import { fittingBlocks } from './fitting-blocks';

const block = (blockId: string, more: Partial<Block> = {}): Block => ({ ip: '203.0.113.5', kind: 'spam', blockedAt: '2026-11-20T08:00:00Z', state: 'blocked', blockId, ...more });
const time = (from: string, to: string) => ({ from: new Date(from), to: new Date(to), exact: false, text: '' });

describe('fittingBlocks', () => {
  const old = block('old', { blockedAt: '2026-11-10T08:00:00Z' });
  const fresh = block('fresh');
  const hack = block('hack', { kind: 'hack' });

  it.each<[string, Block[], Parameters<typeof fittingBlocks>[1], string[]]>([
    ['the only one, whatever is said', [fresh], { kind: 'hack', blockTime: time('2020-01-01', '2020-01-02') }, ['fresh']],
    ['none that is lifted', [block('gone', { state: 'unblocked' })], { kind: null, blockTime: null }, []],
    ['by kind', [fresh, hack], { kind: 'hack', blockTime: null }, ['hack']],
    ['by time, with an hour to spare', [old, fresh], { kind: null, blockTime: time('2026-11-10T08:50:00Z', '2026-11-10T09:00:00Z') }, ['old']],
    ['by both', [old, fresh, hack], { kind: 'spam', blockTime: time('2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z') }, ['fresh']],
    ['all, when nothing tells them apart', [old, fresh], { kind: 'spam', blockTime: null }, ['old', 'fresh']],
  ])('%s', (_, blocks, said, expected) => {
    expect(fittingBlocks(blocks, said).map((each) => each.blockId)).toEqual(expected);
  });
});
