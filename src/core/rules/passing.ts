import { isInternalIp } from '../headers/ip';
import type { Field, Hop } from '../headers/message';
import { readAddresses } from '../headers/read-addresses';
import { inRange } from './dns/spf';
import { organisationOf } from './chain';
import type { Reading } from './reading';

export interface Forward { first: string; second: string; fields: Field[] }
export interface Relayed { hop: Hop; sender: string; recipient: string }

const bare = (address: string): string => address.replace(/^[<\s]+|[>\s]+$/g, '').toLowerCase();
const domainOf = (address: string): string => bare(address).split('@')[1] ?? '';

/** The organisations that stand for the customer: names of the address, and of the server that wrote the hop below. */
function houses(reading: Reading): Set<string> {
  const peer = reading.peerHop;
  const below = reading.lowerHops[1];
  const names = reading.claimIp === null ? 'unknown' : reading.dns.ptr(reading.claimIp);
  const all = [peer?.from, peer?.rdns, below?.by, ...(names === 'unknown' ? [] : names)];
  return new Set(all.filter((name): name is string => Boolean(name?.includes('.'))).map(organisationOf));
}

/** Whom the message was for, as the customer's side and the message itself name them. */
function recipients(reading: Reading): { address: string; field: Field }[] {
  const below = reading.lowerHops.slice(1).filter((hop) => hop.for !== null).map((hop) => ({ address: hop.for ?? '', field: hop.field }));
  const named = ['x-original-to', 'delivered-to', 'envelope-to', 'x-forwarded-for', 'to', 'cc'].flatMap((key) => reading.all(key).slice(0, 3));
  return [...below, ...named.flatMap((field) => (field.value.match(/[^\s<>,;:"()]+@[^\s<>,;:"()]+/g) ?? []).slice(0, 20).map((address) => ({ address, field })))];
}

/** A forward: taken for somebody at the customer's, passed on to another mailbox; or the marks that forwarders leave. */
export function findForward(reading: Reading): Forward | null {
  if (reading.isList) {
    return null;
  }
  const mark = reading.first('x-forwarded-to') ?? reading.first('resent-from') ?? reading.first('x-forwarded-for');
  const path = reading.returnPath;
  if (mark) {
    return { first: bare(reading.first('x-forwarded-for')?.value.split(/[\s,]+/)[0] ?? 'somebody of the customer'), second: bare(mark.value.split(/[\s,]+/)[0] ?? ''), fields: [mark] };
  }
  if (path?.address && path.field && /^srs[01][=+-]/i.test(path.address)) {
    return { first: 'somebody of the customer', second: bare(reading.peerHop?.for ?? 'another mailbox'), fields: [path.field] };
  }
  const peer = reading.peerHop;
  if (!peer) {
    return null;
  }
  // Another recipient above than below: whatever the domains are called, somebody passed it on to himself.
  const taken = reading.lowerHops.slice(1).find((hop) => hop.for !== null);
  if (taken?.for != null && peer.for !== null && bare(taken.for) !== bare(peer.for)) {
    return { first: bare(taken.for), second: bare(peer.for), fields: [taken.field, peer.field] };
  }
  const own = houses(reading);
  const isOwn = (address: string): boolean => own.has(organisationOf(domainOf(address)));
  const first = recipients(reading).find(({ address }) => isOwn(address));
  const second = [peer.for, ...reading.all('delivered-to').map((field) => field.value)].find((address) => address !== null && address.includes('@') && !isOwn(address));
  return first && second ? { first: bare(first.address), second: bare(second), fields: [first.field, peer.field] } : null;
}

/**
 * Mail of strangers for strangers, taken without a sign-in and passed on (RFC 5321 §7.9). Says nothing where one of the two may
 * belong to the customer, where a list or a forward explains it, or where the recipient is not written down.
 */
export function findRelayed(reading: Reading): Relayed | null {
  const [peer, ...below] = reading.lowerHops;
  // A content filter on the server itself (amavis, rspamd as a proxy) writes a hop of its own between.
  const hop = below.find((each) => each.ip === null || each.local || !isInternalIp(each.ip));
  const [to] = reading.all('to').flatMap((field) => readAddresses(field.value));
  const recipient = hop?.for ?? peer?.for ?? to?.address ?? null;
  const sender = reading.returnPath?.address ?? reading.from[0]?.address ?? null;
  if (!reading.peerHop || !peer || !hop || hop.ip === null || recipient === null || sender === null || reading.isList || findForward(reading)) {
    return null;
  }
  if (hop.authenticated || peer.authenticated || hop.local || isInternalIp(hop.ip) || isInternalIp(peer.ip ?? '') || hop.ip === peer.ip || near(hop.ip, peer.ip)) {
    return null;
  }
  const own = houses(reading);
  const isOwn = (name: string | null): boolean => name !== null && own.has(organisationOf(name));
  const others = [sender, reading.from[0]?.address ?? sender, recipient, ...recipients(reading).map(({ address }) => address)];
  // An unnamed server, or a peer of the same house, is no stranger.
  if (own.size === 0 || isOwn(hop.rdns) || isOwn(hop.from) || others.some((address) => isOwn(domainOf(address)))) {
    return null;
  }
  return { hop, sender: bare(sender), recipient: bare(recipient) };
}

const near = (ip: string, other: string | null): boolean => other !== null && inRange(ip, other, ip.includes(':') ? 64 : 28);
