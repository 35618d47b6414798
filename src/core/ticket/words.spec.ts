import { address } from './address';
import { episode } from './episode';
import { readReference, reference } from './reference';

describe('reference', () => {
  it('is made of eight unmistakable letters', () => {
    expect(reference(Uint8Array.of(255, 255, 255, 255, 255))).toBe('UB-ZZZZ-ZZZZ');
    expect(reference(Uint8Array.of(0, 0, 0, 0, 1))).toBe('UB-0000-0001');
  });
  it.each([
    ['ub-7k3q-92x4', 'UB-7K3Q-92X4'], [' UB7K3Q92X4 ', 'UB-7K3Q-92X4'], ['UB-OIL0-0000', 'UB-0110-0000'], ['UB-7K3Q', null], ["UB-7K3Q-92X'", null],
  ])('reads %s as %s', (text, ref) => expect(readReference(text)).toBe(ref));
});

describe('address', () => {
  it.each([
    ['203.0.113.5', '203.0.113.5'], ['2001:DB8:0:0:0:0:0:25', '2001:db8::25'], ['::ffff:192.0.2.1', '192.0.2.1'], [' 192.0.2.7 ', '192.0.2.7'],
    ['256.1.1.1', null], ['10.1', null], ['010.1.1.1', null], ['fe80::1%eth0', null], ['mail.example', null], ['', null],
  ])('reads %s as %s', (text, result) => expect(address(text)).toBe(result));
});

describe('episode', () => {
  it('is the block id where there is one', () => {
    expect(episode({ ip: '192.0.2.1', kind: 'spam', blockedAt: '2026-11-20T08:41:07Z', blockId: 'b-1' })).toBe('id:b-1');
  });
  it('counts to the second, in any zone', () => {
    const one = episode({ ip: '192.0.2.1', kind: 'spam', blockedAt: '2026-11-20T08:41:07.100Z' });
    expect(episode({ ip: '192.0.2.1', kind: 'spam', blockedAt: '2026-11-20T09:41:07+01:00' })).toBe(one);
    expect(episode({ ip: '192.0.2.1', kind: 'spam', blockedAt: '2026-11-20T08:41:08Z' })).not.toBe(one);
  });
});
