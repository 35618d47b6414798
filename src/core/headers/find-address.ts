import { findBoundary, type Boundary, type Trusted } from './find-boundary';
import { readIp } from './ip';
import type { Hop } from './message';

/** Where a claimed address stands in the chain, and what kind of copy this therefore is. */
export interface FoundAddress {
  /**
   * `recipient_hop` it is the peer in a hop that someone credible wrote; `lower_hop` it is a peer only further down, in the sender's word;
   * `absent` no hop has it as peer; `no_received` there is no Received field at all
   */
  found: 'recipient_hop' | 'lower_hop' | 'absent' | 'no_received';
  /** index of the topmost hop that has it as peer */
  hop: number | null;
  boundary: Boundary;
  /** the recipient's copy, the sender's own (queue, Sent folder), one that another server passed on, or unknown */
  copy: 'recipient' | 'sender' | 'forwarded' | null;
}

/**
 * Searches the chain for an address by address and writer, never by a fixed place ("Finding the address in the chain").
 * @param ip the claimed address, in any notation
 */
export function findAddress(hops: readonly Hop[], ip: string, trusted: Trusted = { hosts: [], networks: [] }): FoundAddress {
  const boundary = findBoundary(hops, trusted);
  if (hops.length === 0) {
    return { found: 'no_received', hop: null, boundary, copy: 'sender' };
  }
  const read = readIp(ip.trim());
  const wanted = read !== null && 'ip' in read ? read.ip : null;
  const at = wanted === null ? -1 : hops.findIndex((hop) => hop.ip === wanted);
  if (at < 0) {
    return { found: 'absent', hop: null, boundary, copy: isSendersCopy(hops, wanted) ? 'sender' : null };
  }
  if (boundary.index === null || at <= boundary.index) {
    return { found: 'recipient_hop', hop: at, boundary, copy: 'recipient' };
  }
  return { found: 'lower_hop', hop: at, boundary, copy: passedOn(hops, at, boundary.index) ? 'forwarded' : null };
}

/** The topmost field was written by the sending machine itself: handed in locally, by a signed-in sender, or at the claimed address. */
function isSendersCopy(hops: readonly Hop[], ip: string | null): boolean {
  const [top] = hops;
  return top !== undefined && (top.local || top.authenticated || (ip !== null && top.byIp === ip));
}

/**
 * From the hop that names the address up to the boundary each writer is the peer of the hop above it. At the boundary only a name that was looked
 * up counts: there a greeting is the sender's word about somebody else.
 */
function passedOn(hops: readonly Hop[], from: number, boundary: number): boolean {
  for (let i = from; i > boundary; i--) {
    const writer = hops[i]?.by?.toLowerCase();
    const above = hops[i - 1];
    const isPeer = above?.rdns?.toLowerCase() === writer || (i - 1 > boundary && above?.from?.toLowerCase() === writer);
    if (!writer || !isPeer) {
      return false;
    }
  }
  return true;
}
