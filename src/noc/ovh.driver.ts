import ipaddr from 'ipaddr.js';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Block, Detection } from '../core/ticket/block';
import type { Transactions } from '../platform/database/transactions';
import type { BlockService } from './block.service';
import type { LiftOrder, NocAnswer, NocException, NocFailure } from './noc.driver';
import type { OvhClient } from './ovh-client';
import { blockedIp, ipBlocks, spamIp, spamStats } from './ovh.schema';
import { ToldDriver } from './told.driver';

const BLOCK_CACHE_MS = 600_000;
const CACHED = 5_000;
const DAY_MS = 86_400_000;
const IPV4_ONLY: NocFailure = { ok: false, error: 'not_offered', detail: 'OVHcloud unblocks IPv4 addresses only' };
const FAMILY = { spam: 'spam', hack: 'antihack' } as const;

/**
 * OVHcloud's API v1. It knows blocks and no customers: accounts are what we were told (ToldDriver). It has no id of a block and no
 * precondition on an unblock: the record is read right before the order, and a newer date refuses it here.
 */
export class OvhDriver extends ToldDriver {
  private readonly networks = new Map<string, { network: string; until: number }>();

  constructor(source: DataSource, mirror: BlockService, transactions: Transactions, private readonly client: OvhClient) {
    super(source, mirror, transactions);
  }

  async blocks(ip: string): Promise<NocAnswer<Block[]>> {
    const base = await this.base(ip);
    if (!base.ok) {
      return base;
    }
    const [spam, hack] = await Promise.all([this.spam(base.value, ip), this.hack(base.value, ip)]);
    if (!spam.ok || !hack.ok) {
      return spam.ok ? (hack as NocFailure) : spam;
    }
    const found = [spam.value, hack.value].filter((block) => block !== null);
    return { ok: true, value: found.sort((a, b) => Date.parse(b.blockedAt) - Date.parse(a.blockedAt)) };
  }

  async lift({ ip, kind, blockedAt }: LiftOrder): Promise<NocAnswer<'unblocking' | 'unblocked'>> {
    const base = await this.base(ip);
    const now = base.ok ? await this.one(base.value, ip, kind) : base;
    if (!base.ok || !now.ok) {
      return now as NocFailure;
    }
    if (now.value === null) {
      return { ok: false, error: 'not_found', detail: 'lists no such block any more' };
    }
    if (second(now.value.blockedAt) !== second(blockedAt)) {
      return { ok: false, error: 'newer_block', detail: `lists a block from ${now.value.blockedAt}`, blockedAt: now.value.blockedAt };
    }
    if (now.value.state !== 'blocked') {
      return { ok: true, value: now.value.state ?? 'unblocking' };
    }
    const path = `${base.value}/${FAMILY[kind]}/${ip}/unblock`;
    if (kind === 'spam') {
      const answer = await this.client.call('POST', path, spamIp);
      return answer.ok ? { ok: true, value: answer.value.state === 'unblocked' ? 'unblocked' : 'unblocking' } : answer;
    }
    const answer = await this.client.call('POST', path, z.null());
    return answer.ok ? { ok: true, value: 'unblocking' } : answer.error === 'not_found' ? this.notYet(base.value, ip, answer) : answer;
  }

  orderException(): Promise<NocAnswer<NocException>> {
    return Promise.resolve({ ok: false, error: 'not_offered', detail: 'OVHcloud offers no exceptions of its filter' });
  }

  /** A 404 to an unblock says "too early" and "no such block" with the same words: the record tells which. */
  private async notYet(base: string, ip: string, refusal: NocFailure): Promise<NocFailure> {
    const record = await this.client.call('GET', `${base}/antihack/${ip}`, blockedIp);
    if (!record.ok) {
      return record.error === 'not_found' ? refusal : record;
    }
    return record.value.time > 0
      ? { ok: false, error: 'too_early', detail: `still blocked for ${record.value.time} seconds`, retryAfterSeconds: record.value.time }
      : { ...refusal, error: 'failed' };
  }

  private one(base: string, ip: string, kind: Block['kind']): Promise<NocAnswer<Block | null>> {
    return kind === 'spam' ? this.spam(base, ip, false) : this.hack(base, ip);
  }

  /** `date` is when it was blocked last: a new block overwrites it, and is a new episode. */
  private async spam(base: string, ip: string, withStats = true): Promise<NocAnswer<Block | null>> {
    const found = none(await this.client.call('GET', `${base}/spam/${ip}`, spamIp));
    if (!found.ok || !found.value) {
      return found as NocAnswer<null>;
    }
    const { date, time, state } = found.value;
    const isBlocked = state === 'blockedForSpam';
    const seen = withStats && isBlocked ? await this.detections(base, ip, new Date(date)) : {};
    return {
      ok: true,
      value: { ip, kind: 'spam', blockedAt: iso(date), state: isBlocked ? 'blocked' : state, ...(isBlocked ? { releaseAllowedAt: new Date(Date.parse(date) + time * 1000).toISOString() } : {}), ...seen },
    };
  }

  private async hack(base: string, ip: string): Promise<NocAnswer<Block | null>> {
    const found = none(await this.client.call('GET', `${base}/antihack/${ip}`, blockedIp));
    if (!found.ok || !found.value) {
      return found as NocAnswer<null>;
    }
    const { blockedSince, time, state, logs } = found.value;
    return {
      ok: true,
      value: { ip, kind: 'hack', blockedAt: iso(blockedSince), state, ...(time > 0 ? { releaseAllowedAt: new Date(Date.now() + time * 1000).toISOString() } : {}), ...(logs ? { logs } : {}) },
    };
  }

  /** The sample of messages behind a block. Without it the block stands all the same. */
  private async detections(base: string, ip: string, since: Date): Promise<Pick<Block, 'detections' | 'detectionsTotal'>> {
    const range = new URLSearchParams({ from: new Date(since.getTime() - DAY_MS).toISOString(), to: new Date().toISOString() });
    const stats = await this.client.call('GET', `${base}/spam/${ip}/stats?${range.toString()}`, spamStats);
    if (!stats.ok) {
      return {};
    }
    const spams = stats.value.flatMap((one) => one.detectedSpams ?? []).slice(0, 1000);
    const detections = spams.map(({ date, destinationIp, messageId, spamscore }): Detection => ({
      at: new Date(date * 1000).toISOString(), ...(messageId ? { messageId: `<${messageId.replace(/^<|>$/g, '')}>` } : {}), ...(destinationIp ? { destinationIp } : {}), ...(typeof spamscore === 'number' ? { score: spamscore } : {}),
    }));
    return { detections, detectionsTotal: Math.max(detections.length, stats.value.reduce((sum, one) => sum + one.numberOfSpams, 0)) };
  }

  /** The path of the network that holds an address. `not_found`: none of this account's. */
  private async base(ip: string): Promise<NocAnswer<string>> {
    if (!ipaddr.IPv4.isValid(ip)) {
      return IPV4_ONLY;
    }
    const known = this.networks.get(ip);
    if (known && known.until > Date.now()) {
      return { ok: true, value: known.network };
    }
    const listed = await this.client.call('GET', `/ip?ip=${encodeURIComponent(ip)}`, ipBlocks);
    if (!listed.ok) {
      return listed;
    }
    const [narrowest] = listed.value.filter((cidr) => holds(cidr, ip)).sort((a, b) => bits(b) - bits(a));
    if (!narrowest) {
      return { ok: false, error: 'not_found', detail: 'lists no network with this address' };
    }
    if (this.networks.size >= CACHED) {
      this.networks.clear();
    }
    const network = `/ip/${encodeURIComponent(narrowest)}`;
    this.networks.set(ip, { network, until: Date.now() + BLOCK_CACHE_MS });
    return { ok: true, value: network };
  }
}

const none = <T>(answer: NocAnswer<T>): NocAnswer<T | null> => (!answer.ok && answer.error === 'not_found' ? { ok: true, value: null } : answer);
const holds = (cidr: string, ip: string): boolean => ipaddr.IPv4.isValidCIDR(cidr) && ipaddr.IPv4.parse(ip).match(ipaddr.IPv4.parseCIDR(cidr));
const bits = (cidr: string): number => Number(cidr.split('/')[1]);
const iso = (time: string): string => new Date(time).toISOString();
const second = (time: string): number => Math.floor(Date.parse(time) / 1000);
