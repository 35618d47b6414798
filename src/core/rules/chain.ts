import { findBoundary } from '../headers/find-boundary';
import type { Hop } from '../headers/message';
import { organisation } from '../headers/organisation';
import type { Facts } from './analysis';
import { tidyName } from './dns/dns';

/** The organisation of a name; a name of one label, or an address, stands for itself. */
export const organisationOf = (name: string): string => organisation(tidyName(name)) ?? tidyName(name);

/** Is the name one of ours or of a receiver that we know, or below one? */
export function isTrustedHost(name: string | null, facts: Facts): boolean {
  if (name === null) {
    return false;
  }
  const host = tidyName(name);
  return [...facts.trusted.hosts, ...facts.trusted.authservIds].map(tidyName).some((known) => host === known || host.endsWith(`.${known}`));
}

/** Who is where in the chain of hops, as far as anybody credible says. */
export interface Chain {
  /** the hop whose peer is the last address that the receiving side saw; everything below it is the sender's word */
  boundary: Hop | null;
  /** the boundary, when its peer is the claimed address */
  peerHop: Hop | null;
  /** no receiving server wrote into this copy */
  isSenderCopy: boolean;
}

/**
 * Places the claimed address in the chain. The boundary is the one of `findBoundary`, except that the claimed address is never taken
 * for one of the receiving side: it may lie in our own networks, since it is our customer's.
 */
export function walkChain(hops: Hop[], claimIp: string | null, facts: Facts): Chain {
  const { index } = findBoundary(hops, { hosts: [...facts.trusted.hosts, ...facts.trusted.authservIds], networks: facts.trusted.networks });
  const boundary = index === null ? null : (hops[index] ?? null);
  const named = claimIp === null ? null : (hops.find((hop) => hop.ip === claimIp) ?? null);
  const peerHop = named !== null && (boundary === null || named.index <= boundary.index) ? named : null;
  // The sender's own servers: nobody took it from outside, or the first who did let somebody sign in.
  const isSenderCopy = named === null && (boundary === null || boundary.authenticated);
  return { boundary: peerHop ?? boundary, peerHop, isSenderCopy };
}
