import type { Block, BlockKind } from '../core/ticket/block';
import { detection, stamp } from './seed';
import type { Address } from './types';
import { domainOf, RECIPIENT } from './zones';

/** A new block as the filter would make it at `now` (milliseconds), for the page's button. */
export function invent({ ip, host, accountId }: Address, kind: BlockKind, domain: string, now: number): Block {
  const common = { ip, kind, blockedAt: stamp(now), releaseAllowedAt: stamp(now) };
  if (kind === 'hack') {
    const line = (before: number, text: string): string => `${stamp(now - before * 1000)} ${text}`;
    return { ...common, logs: [line(70, `honeypot-3 sshd[4410]: Invalid user admin from ${ip} port 50112`), line(10, `sensor: 3120 connections to 22/tcp of 1011 addresses in 60 s`)].join('\n') };
  }
  const name = domainOf(host ?? '')?.name ?? domain;
  return {
    ...common, detectionsTotal: 6, traffic: { messagesLastHour: 140, messagesLast30Days: 2400, fromOrganisationsLastDay: 1 },
    detections: [0, 1, 2].map((i) => detection(host ?? `mail.${name}`, now - 15_000 - i * 31_000, {
      rule: 'CT_INVOICE_LURE', score: 7.2 - i / 10, mailFrom: `post@${name}`, subject: `Invoice ${accountId}-${new Date(now).getUTCMinutes() + 100 + i}`,
      destinationIp: ip.includes(':') ? RECIPIENT.ip6 : RECIPIENT.ip,
    })),
  };
}
