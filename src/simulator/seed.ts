import { createHash } from 'node:crypto';
import type { Block, BlockKind, Detection } from '../core/ticket/block';
import { customers, holdings } from './seed-customers';
import { attacks, past } from './seed-hack';
import { scenes, type Scene } from './seed-spam';
import type { Address, Episode, Seed } from './types';
import { hostOf, RECIPIENT, zones } from './zones';

const HOUR = 3_600_000;

/** RFC 3339 in UTC to the second: an episode is named by it. */
export function stamp(at: Date | number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** A short stable id for what has none of its own. */
export function digest(...parts: (string | number)[]): string {
  return createHash('sha256').update(parts.join('|')).digest('hex').slice(0, 10).toUpperCase();
}

/**
 * The world at the first start. Pure: the same `now` and key give the same world. Every block in state `blocked` may be lifted at once.
 * `dkimKey` is the public key (base64 DER) that the zones publish.
 */
export function seed(now: Date, dkimKey = ''): Seed {
  const addresses: Address[] = holdings.map(([accountId, ip, host, days, delegates = []]) => ({
    ip, accountId, delegates, host: hostOf(ip, host), assignedSince: stamp(now.getTime() - days * 24 * HOUR),
  }));
  const hostFor = (ip: string): string => addresses.find((a) => a.ip === ip)?.host ?? 'localhost';
  const episodes = [
    ...past.map(([ip, kind, days, hours]) => episode(pastBlock(ip, kind, now.getTime() - days * 24 * HOUR, hours, hostFor(ip)))),
    ...scenes.map((scene) => episode(spamBlock(scene, now.getTime() - scene.hoursAgo * HOUR, scene.helo ?? hostFor(scene.ip)))),
    ...attacks.map((a) => episode(hackBlock(a.ip, now.getTime() - a.hoursAgo * HOUR))),
  ];
  return { customers, addresses, episodes, dns: zones(addresses, dkimKey) };
}

/** A new episode around a block; its id is stable. */
export function episode(block: Block): Episode {
  return { id: digest(block.ip, block.kind, block.blockedAt), block };
}

/** What the filter saw of a message from `host`, `at` the given time (milliseconds). */
export function detection(host: string, at: number, seen: { rule: string; score: number; mailFrom: string; subject: string; destinationIp: string }): Detection {
  const time = stamp(at);
  const messageId = `<${time.replace(/\D/g, '')}.${digest(host, time, seen.subject, seen.destinationIp)}@${host}>`;
  return { messageId, at: time, ...seen };
}

function spamBlock(scene: Scene, at: number, host: string): Block {
  const seen: [string, number, string][] = [[scene.rule, scene.score, scene.subject], ...scene.also];
  const v6 = scene.ip.includes(':');
  return {
    ip: scene.ip, kind: 'spam', blockedAt: stamp(at), ...(scene.prefix ? { prefix: scene.prefix } : {}),
    releaseAllowedAt: stamp(at + HOUR / 2), state: 'blocked',
    detections: seen.map(([rule, score, subject], i) => detection(host, at - 20_000 - i * 47_000,
      { rule, score, mailFrom: scene.mailFrom, subject, destinationIp: i ? `192.0.2.${200 + i}` : v6 ? RECIPIENT.ip6 : RECIPIENT.ip })),
    detectionsTotal: scene.total, traffic: scene.traffic,
  };
}

function hackBlock(ip: string, at: number, state: Block['state'] = 'blocked'): Block {
  const logs = attacks.find((a) => a.ip === ip)?.logs ?? ((time) => `${time(30)} sensor: ${ip} 22/tcp, 611 connections in 60 s`);
  return { ip, kind: 'hack', blockedAt: stamp(at), releaseAllowedAt: stamp(at + HOUR / 2), state, logs: logs((before) => stamp(at - before * 1000)) };
}

function pastBlock(ip: string, kind: BlockKind, at: number, hours: number, host: string): Block {
  const releaseAllowedAt = stamp(at + hours * HOUR);
  return kind === 'hack'
    ? { ...hackBlock(ip, at, 'unblocked'), releaseAllowedAt }
    : { ip, kind, blockedAt: stamp(at), releaseAllowedAt, state: 'unblocked', detectionsTotal: 7, traffic: { messagesLastHour: 180, messagesLast30Days: 900 },
        detections: [detection(host, at - 30_000, { rule: 'BULK_URL_DENSE', score: 7.7, mailFrom: `news@${host.split('.').slice(-2).join('.')}`, subject: 'News of the month', destinationIp: RECIPIENT.ip })] };
}
