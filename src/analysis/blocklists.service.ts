import { Inject, Injectable } from '@nestjs/common';
import { isInNetworks, isInternalIp, reversedIp } from '../core/headers/ip';
import { leaving, type LeavingWay } from '../core/texts/blocklists';
import { CONFIG, type Config } from '../platform/config/config';
import { DnsClient } from './dns.client';

/** What lists answer for a listed address (RFC 5782 §2.1); the end of 127/8 is used to say that this resolver gets no answer. */
const LISTED = ['127.0.0.0/16'];
const LIMIT_MS = 3_000;

/** How an address stands on one list. `unknown`: the list did not answer, or not us. */
export interface Standing {
  zone: string;
  state: 'listed' | 'clear' | 'unknown';
  way: LeavingWay;
}

/** Asks the blocklists that the operator has named about one address. */
@Injectable()
export class BlocklistsService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'BLOCKLISTS'>,
    private readonly dns: DnsClient,
  ) {}

  /** One entry a list, in the order of the setting; empty where none is named. Never throws for the outside. */
  async of(ip: string): Promise<Standing[]> {
    const zones = isInternalIp(ip) ? [] : this.config.BLOCKLISTS;
    const conversation = this.dns.open();
    const timer = setTimeout(conversation.stop, LIMIT_MS);
    try {
      return await Promise.all(zones.map(async (zone) => {
        const found = await conversation.ask({ kind: 'a', name: `${reversedIp(ip)}.${zone}` });
        const state = found === 'failed' ? 'unknown' : found.length === 0 ? 'clear' : found.some((answer) => isInNetworks(answer, LISTED)) ? 'listed' : 'unknown';
        return { zone, state, way: leaving(zone) } as const;
      }));
    } finally {
      clearTimeout(timer);
    }
  }
}
