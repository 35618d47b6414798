import { isInNetworks, isInternalIp } from './ip';
import type { Hop } from './message';
import { organisation } from './organisation';

/** Hosts and networks that are ours: from settings. A host also stands for the names below it. */
export interface Trusted {
  hosts: readonly string[];
  networks: readonly string[];
}

/** Where belief ends in a chain of Received fields. */
export interface Boundary {
  /** index of the hop whose peer is the last one that anyone credible saw; null when no hop names a peer from outside */
  index: number | null;
  /** who wrote that hop: a host of ours, or the system that took the message for the recipient */
  writer: 'ours' | 'recipient' | null;
  /** the peer of that hop */
  ip: string | null;
  /** hops below the boundary that claim to be written by a host of ours although the hop above them did not take the message from us */
  forged: number[];
}

/**
 * Walks down from the topmost hop. A hop is believed while it was written by a host of ours or by the recipient's own system; the first one whose
 * peer belongs to neither is the boundary: what lies below is the sender's word.
 *
 * With hosts of ours on top, only the settings count. Else the recipient's hosts are not known, and are recognised from above: nobody could add a
 * field above the recipient's own, so the topmost writer is the recipient's. It goes on to the next hop while the peer is internal (a private
 * address, none at all, or a name of the writer's organisation that the writer looked up itself or that lies in the writer's own
 * network). A greeting alone never moves the boundary down, since the sender chooses it. When the recipient's peer is a relay of ours, the walk goes on in ours.
 * A peer in our networks is a relay of ours only when a host of ours wrote the next field: our customers' machines stand in our networks too.
 */
export function findBoundary(hops: readonly Hop[], trusted: Trusted): Boundary {
  const hosts = trusted.hosts.map((host) => host.trim().toLowerCase()).filter((host) => host !== '');
  const isOurs = (name: string | null): boolean => name !== null && hosts.some((host) => isUnder(name.toLowerCase(), host));
  const ourPeer = (hop: Hop): boolean => (hop.ip !== null && isInNetworks(hop.ip, trusted.networks)) || isOurs(hop.rdns);
  const boundary: Boundary = { index: null, writer: null, ip: null, forged: [] };
  let ours = isOurs(hops[0]?.by ?? null);
  for (let i = 0; i < hops.length; i++) {
    const hop = hops[i] as Hop;
    const next = hops[i + 1];
    if (ourPeer(hop) && isOurs(next?.by ?? null)) {
      ours = true;
    } else if (!isInternalPeer(hop, ours)) {
      boundary.index = i;
      boundary.writer = ours ? 'ours' : 'recipient';
      boundary.ip = hop.ip;
      break;
    }
  }
  if (boundary.index !== null) {
    boundary.forged = hops.flatMap((hop, i) =>
      i > (boundary.index as number) && isOurs(hop.by) && !ourPeer(hops[i - 1] as Hop) && !isOurs(hops[i - 1]?.by ?? null) ? [i] : [],
    );
  }
  return boundary;
}

function isUnder(name: string, host: string): boolean {
  return name === host || name.endsWith(host.startsWith('.') ? host : `.${host}`);
}

/** Whether the peer of a hop is another machine of whoever wrote it. */
function isInternalPeer(hop: Hop, ours: boolean): boolean {
  if (hop.ip === null || isInternalIp(hop.ip)) {
    return true;
  }
  if (ours || hop.authenticated || hop.by === null) {
    return false;
  }
  const writer = operator(hop.by);
  if (writer === null) {
    return false;
  }
  const lookedUp = hop.rdns !== null && !hop.mayBeForged && operator(hop.rdns) === writer;
  return lookedUp || (hop.byIp !== null && hop.from !== null && operator(hop.from) === writer && isNear(hop.ip, hop.byIp));
}

/** Operators whose own hosts write under several domains. */
const ALIASES = new Map([
  ['office365.com', 'outlook.com'],
  ['exchangelabs.com', 'outlook.com'],
  ['microsoft.com', 'outlook.com'],
  ['gmail.com', 'google.com'],
  ['googlemail.com', 'google.com'],
]);

function operator(host: string): string | null {
  const name = organisation(host);
  return name === null ? null : (ALIASES.get(name) ?? name);
}

/** The same /16 of IPv4 or /32 of IPv6: two machines of one operator (Exchange writes both addresses). */
function isNear(one: string, other: string): boolean {
  return isInNetworks(one, [other.includes(':') ? `${other}/32` : `${other}/16`]);
}
