import type { PathHop, Trust } from './analysis';
import type { Reading } from './reading';

/** The chain for the picture, newest first, at most 120 hops: who took the message from whom, when, and how far it can be believed. */
export function pathOf(reading: Reading): PathHop[] {
  const hops = reading.message.hops.slice(0, 120);
  return hops.map((hop, i) => {
    const below = hops.slice(i + 1).find((each) => each.at !== null);
    return {
      hop: hop.index + 1, from: hop.from ?? hop.rdns, by: hop.by, with: hop.with, ip: hop.ip, at: hop.at === null ? null : new Date(hop.at).toISOString(),
      delaySeconds: hop.at === null || below?.at == null ? null : Math.round((hop.at - below.at) / 1000),
      trust: trustOf(reading, i), claimed: reading.claimIp !== null && hop.ip === reading.claimIp, line: hop.field.line,
    };
  });
}

/** Ours and matched by the record: verified. Written by the receiving side: consistent. Below the boundary: the sender's word. */
function trustOf(reading: Reading, index: number): Trust {
  const boundary = reading.boundary?.index ?? -1;
  if (reading.isSenderCopy || index > boundary) {
    return 'claimed';
  }
  const ours = reading.message.hops.slice(0, index + 1).every((hop) => reading.isTrusted(hop));
  return ours && reading.detection ? 'verified' : 'consistent';
}
