import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '../auth/principal';
import { ownsAddress } from '../core/policy/owns-address';
import { address } from '../core/ticket/address';
import type { Block } from '../core/ticket/block';
import { episode } from '../core/ticket/episode';
import { FINAL_STATES } from '../core/ticket/states';
import { NocService } from '../noc/noc.service';

type Customer = Extract<Principal, { kind: 'customer' }>;
/** Addresses on one page, those with the newest tickets first. */
const SHOWN = 30;

/** One address and every block on it, as the control panel says at this moment. */
export interface ShownAddress {
  ip: string;
  /** `unknown`: the control panel did not answer; `not_yours` only for an address that was asked for */
  state: 'blocked' | 'free' | 'unknown' | 'not_yours';
  blocks: { kindWord: string; blockedAt: string; until: string | null; by: string; href: string; ticketRef: string | null; lifting: boolean }[];
}

/** "Am I still blocked, and by whom?": the addresses that we know for an account, and one that is asked for. */
@Injectable()
export class AddressesService {
  constructor(
    private readonly source: DataSource,
    private readonly noc: NocService,
  ) {}

  /** @param wanted an address the customer typed; null when it is no address */
  async of({ account, launch }: Customer, wanted?: string): Promise<{ addresses: ShownAddress[]; asked: ShownAddress | null; invalid: boolean }> {
    const ip = wanted === undefined ? null : address(wanted);
    const rows = (await this.source.query(
      `select host(ip) as ip from ticket where account_id = $1 and closed_reason is distinct from 'not_owner' group by ip order by max(created_at) desc limit ${SHOWN}`, [account.id],
    )) as { ip: string }[];
    const ips = [...new Set([...(launch?.ip ? [launch.ip] : []), ...rows.map((row) => row.ip)])].filter((each) => each !== ip);
    const looked = await inTurns(ips, 6, (each) => this.look(account.id, each));
    return { addresses: looked.filter((each) => each.state !== 'not_yours'), asked: ip ? await this.look(account.id, ip) : null, invalid: wanted !== undefined && wanted.trim() !== '' && ip === null };
  }

  private async look(accountId: string, ip: string): Promise<ShownAddress> {
    const holder = await this.noc.holder(ip);
    if (!holder.ok) {
      return { ip, state: 'unknown', blocks: [] };
    }
    if (!ownsAddress(accountId, holder.value)) {
      return { ip, state: 'not_yours', blocks: [] };
    }
    const found = await this.noc.refresh(ip);
    if (!found.ok) {
      return { ip, state: found.error === 'not_found' ? 'free' : 'unknown', blocks: [] };
    }
    const blocks = found.value.filter((block) => block.state !== 'unblocked');
    const tickets = (await this.source.query('select episode, ref from ticket where account_id = $1 and episode = any($2) and state <> all($3)', [accountId, blocks.map(episode), FINAL_STATES])) as { episode: string; ref: string }[];
    return { ip, state: blocks.length > 0 ? 'blocked' : 'free', blocks: blocks.map((block) => shown(ip, block, tickets.find((ticket) => ticket.episode === episode(block))?.ref ?? null)) };
  }
}

/** By whom a customer is blocked, in words: which of our filters, for what, and the network where it covers more than one address. */
function shown(ip: string, block: Block, ticketRef: string | null): ShownAddress['blocks'][number] {
  const query = new URLSearchParams({ ip, kind: block.kind, at: block.blockedAt }).toString();
  return {
    kindWord: block.kind === 'spam' ? 'Spam' : 'Hack', blockedAt: block.blockedAt, until: block.releaseAllowedAt && Date.parse(block.releaseAllowedAt) > Date.now() ? block.releaseAllowedAt : null,
    by: `${block.kind === 'spam' ? 'Our filter for outgoing mail closes port 25' : 'Our filter for attacks closes the address'}${block.prefix ? `, for all of ${block.prefix}` : ''}`,
    href: ticketRef ? `/tickets/${ticketRef}` : `/appeals/new?${query}`, ticketRef, lifting: block.state === 'unblocking',
  };
}

/** A few at a time: the control panel answers others too. */
async function inTurns<T, R>(items: T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let i = 0; i < items.length; i += width) {
    done.push(...(await Promise.all(items.slice(i, i + width).map(work))));
  }
  return done;
}
