import { seed, stamp } from './seed';
import { scenes } from './seed-spam';

const now = new Date('2026-11-20T12:00:00Z');
const world = seed(now);
const current = world.episodes.map((e) => e.block).filter((b) => b.state === 'blocked');
const txt = (name: string): string[] => world.dns.filter((r) => r.name === name && r.type === 'TXT').flatMap((r) => r.values);

test('there are customers, addresses and current blocks to play with', () => {
  expect(world.customers.length).toBeGreaterThanOrEqual(5);
  expect(world.customers.every((c) => c.emails.length >= 2 && c.emails[0] === c.email)).toBe(true);
  expect(world.addresses.length).toBeGreaterThanOrEqual(30);
  expect(new Set(world.addresses.map((a) => a.ip)).size).toBe(world.addresses.length);
  expect(world.addresses.some((a) => a.ip.includes(':'))).toBe(true);
  expect(world.addresses.some((a) => a.delegates.length > 0)).toBe(true);
  expect([current.filter((b) => b.kind === 'spam').length, current.filter((b) => b.kind === 'hack').length]).toEqual([12, 4]);
  expect(current.filter((b) => b.prefix).length).toBe(1);
});

test('every current block is one to thirty hours old, stands alone on its address, and may be lifted at once', () => {
  for (const block of current) {
    const hours = (now.getTime() - Date.parse(block.blockedAt)) / 3_600_000;
    expect(hours).toBeGreaterThanOrEqual(1);
    expect(hours).toBeLessThanOrEqual(30.01);
    expect(Date.parse(block.releaseAllowedAt ?? '')).toBeLessThan(now.getTime());
    expect(world.addresses.some((a) => a.ip === block.ip)).toBe(true);
  }
  expect(new Set(current.map((b) => b.ip)).size).toBe(16);
});

test('some addresses are repeats within thirty days', () => {
  const since = stamp(now.getTime() - 30 * 86_400_000);
  const repeats = current.filter((b) => world.episodes.some((e) => e.block.ip === b.ip && e.block.blockedAt > since && e.block.blockedAt < b.blockedAt));
  expect(repeats.map((b) => b.kind).sort()).toEqual(['hack', 'spam', 'spam', 'spam']);
});

test('spam blocks carry detections from before the block, hack blocks carry logs', () => {
  const ids = current.flatMap((b) => b.detections ?? []).map((d) => d.messageId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const block of current) {
    if (block.kind === 'hack') {
      expect(block.logs).toContain(block.ip);
    } else {
      expect(block.detections?.every((d) => d.at < block.blockedAt && d.rule && d.mailFrom && d.subject && d.destinationIp)).toBe(true);
      expect(block.detectionsTotal).toBeGreaterThanOrEqual(block.detections?.length ?? 0);
    }
  }
  expect(scenes.length).toBe(12);
});

test('some current blocks are repeats within 30 days, none the third: all can be lifted as they stand', () => {
  const before = current.map(({ ip, blockedAt }) =>
    world.episodes.filter(({ block }) => block.ip === ip && block.blockedAt < blockedAt && Date.parse(block.blockedAt) > Date.parse(blockedAt) - 30 * 86_400_000).length);
  expect(before.filter((n) => n === 1)).toHaveLength(4);
  expect(Math.max(...before)).toBe(1);
});

test('each faulty domain lacks one thing', () => {
  expect(txt('_dmarc.nordlicht-druck.example')).toHaveLength(1);
  expect(txt('nordlicht-druck.example').filter((t) => t.startsWith('v=spf1') && t.includes('ip4:203.0.113.47'))).toHaveLength(1);
  expect(txt('_dmarc.baeckerei-lindner.example')).toEqual([]);
  expect(txt('atelier-mercier.example').some((t) => t.includes('198.51.100.14'))).toBe(false);
  expect(txt('tallow-and-finch.example').filter((t) => t.startsWith('v=spf1'))).toHaveLength(2);
  expect(world.dns.some((r) => r.name.endsWith('_domainkey.harbour-bicycles.example'))).toBe(false);
  expect(world.addresses.find((a) => a.ip === '203.0.113.190')?.host).toBeNull();
  expect(world.addresses.find((a) => a.ip === '198.51.100.30')?.host).toBe('198-51-100-30.static.netzwerk.example');
});
