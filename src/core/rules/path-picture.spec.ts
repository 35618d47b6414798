import { facts, headers, IP, read } from '../../../test/fixtures/cases';
import type { PathHop } from './analysis';
import { pathPicture } from './path-picture';

const hop = (i: number, over: Partial<PathHop> = {}): PathHop =>
  ({ hop: i, from: `s${i}.example`, by: `r${i}.example`, with: 'ESMTP', ip: '192.0.2.1', at: null, delaySeconds: null, trust: 'claimed', claimed: false, line: i, ...over });

describe('the way as a picture', () => {
  it('runs from the first server to the last, dashed up to the edge, with the claimed address marked', () => {
    const picture = pathPicture(read(headers()).path);
    expect(picture?.dots.map(({ label, claimed, said }) => [label, claimed, said])).toEqual([['web01', false, true], ['mail', true, false], ['mx1', false, false]]);
    expect(picture?.lines.map(({ said, label }) => [said, label])).toEqual([[true, null], [false, '+2 s']]);
    expect(picture?.boundary).toBe(picture?.lines[1]?.middle);
    expect(picture?.says).toBe(
      'The way of the message, oldest first: web01; mail.shop.example (the claimed address); mx1.example.net (the first server that can be believed), +2 s. What comes before mx1.example.net took over is only the sender\'s word.',
    );
  });

  it('names an address literal by the address, not by what stands before its first dot', () => {
    const labels = pathPicture([hop(0, { from: '[10.0.0.24]' })])?.dots.map(({ label }) => label);
    expect(labels).toEqual(['10.0.0.24', 'r0']);
  });

  it('draws everything dashed where nobody can be believed', () => {
    const picture = pathPicture(read(headers({ Received: null, 'Return-Path': null }), facts({ claim: { ip: IP } })).path);
    expect(picture?.boundary).toBeNull();
    expect(picture?.lines.every((line) => line.said)).toBe(true);
    expect(picture?.says).toContain('All of it is only the sender\'s word.');
  });

  it('stays readable however long the way is, and keeps the address and the edge', () => {
    const path = Array.from({ length: 110 }, (_, i) => hop(i, i === 40 ? { trust: 'consistent', claimed: true } : i < 40 ? { trust: 'consistent' } : {}));
    const picture = pathPicture(path);
    expect(picture?.dots).toHaveLength(7);
    expect(picture?.dots.filter((dot) => dot.claimed)).toHaveLength(1);
    expect(picture?.lines.map((line) => line.label).filter(Boolean).join()).toContain('more');
    expect(picture?.boundary).not.toBeNull();
    expect(picture?.says.length).toBeLessThan(2_000);
  });

  it('sets places further apart the longer it took, within its width, and marks what is odd', () => {
    const picture = pathPicture([hop(0, { delaySeconds: 90_000, trust: 'verified' }), hop(1, { delaySeconds: 1 }), hop(2, { delaySeconds: -400 })]);
    const [a, b, c] = picture?.lines ?? [];
    expect((c?.x2 ?? 0) - (c?.x1 ?? 0)).toBeGreaterThan((b?.x2 ?? 0) - (b?.x1 ?? 0));
    expect([a?.label, a?.odd, b?.odd, c?.label, c?.odd]).toEqual(['−7 min', true, false, '+25 h', true]);
    expect(Math.max(...(picture?.dots ?? []).map((dot) => dot.x))).toBeLessThan(picture?.width ?? 0);
  });

  it('draws nothing where there is no hop', () => expect(pathPicture([])).toBeNull());
});
