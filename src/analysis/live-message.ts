import type { SessionFacts } from '../core/evidence/session-facts';

/** A mail as it came in over a live connection. */
export interface LiveMail {
  raw: Buffer;
  peerIp: string;
  helo: string | null;
  envelopeFrom: string | null;
  session: SessionFacts | null;
  receivedAt: Date;
}

/** What a sender may call itself, as it may stand in a Received field. */
const named = (helo: string | null): string => (helo ?? '').replace(/[^A-Za-z0-9.:_[\]-]/g, '').slice(0, 255) || 'unknown';
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The message with the trace that a receiving server writes on top (RFC 5321 §4.4): who connected, what it called itself, how, and when. So the live
 * connection is read by the same rules as every other hop, and SPF is asked about the envelope as it was. Signatures cover none of it.
 */
export function withTrace({ raw, peerIp, helo, envelopeFrom, session, receivedAt }: LiveMail, domain: string): Buffer {
  const literal = peerIp.includes(':') ? `IPv6:${peerIp}` : peerIp;
  const two = (n: number): string => String(n).padStart(2, '0');
  const at = receivedAt;
  const date = `${DAYS[at.getUTCDay()]}, ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
  const sender = (envelopeFrom ?? '').replace(/[\s<>\u0000-\u001f]/g, '').slice(0, 320);
  const trace = `Return-Path: <${sender}>\r\nReceived: from ${named(helo)} ([${literal}]) by ${domain} with ${session?.protocol ?? 'ESMTP'}; ${date}\r\n`;
  return Buffer.concat([Buffer.from(trace, 'latin1'), raw]);
}
