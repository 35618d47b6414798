import type { Block } from '../core/ticket/block';
import type { Noc } from './noc';
import type { Address, DnsRecords, Episode } from './types';
import { reverseName } from './address';

const STATES = {
  blocked: { tone: 'bad', icon: 'ban', word: 'Blocked' },
  unblocking: { tone: 'warn', icon: 'hourglass', word: 'Lifting' },
  unblocked: { tone: 'good', icon: 'circle-check', word: 'Lifted' },
} as const;
const DAY_MS = 86_400_000;

/** How long ago, in the two words a person would use. */
export function ago(at: string, now: number): string {
  const minutes = Math.max(0, Math.round((now - Date.parse(at)) / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60)];
  return days > 1 ? `${days} days ago` : hours ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min ago` : minutes ? `${minutes} min ago` : 'just now';
}

/** One block as the pages show it. */
export function blockView({ id, block }: Episode, noc: Noc, now: number) {
  const customer = noc.account(noc.address(block.ip)?.accountId ?? '');
  const repeats = noc.episodes(block.ip).filter((e) => Date.parse(e.block.blockedAt) > now - 30 * DAY_MS).length;
  return {
    id, ip: block.ip, prefix: block.prefix, isHack: block.kind === 'hack', kindWord: block.kind === 'hack' ? 'Hack' : 'Spam',
    blockedAt: block.blockedAt, ago: ago(block.blockedAt, now), state: STATES[block.state ?? 'blocked'], isBlocked: block.state === 'blocked',
    repeats: repeats > 1 ? repeats : 0, customer: customer && { id: customer.id, name: customer.name, tier: customer.tier },
    why: why(block), total: block.detectionsTotal ?? block.detections?.length ?? 0, detections: block.detections ?? [], traffic: block.traffic, logs: block.logs,
  };
}

/** The customers for the rail, with the number of their current blocks; `chosen` is the one that is open. */
export function railView(noc: Noc, customers: { id: string; name: string }[], chosen?: string) {
  const current = noc.episodes().filter((e) => e.block.state !== 'unblocked');
  return {
    total: current.length,
    customers: customers.map(({ id, name }) => ({ id, name, chosen: id === chosen, count: current.filter((e) => noc.address(e.block.ip)?.accountId === id).length })),
  };
}

/** The records of an account: its domains, and the PTR names of its addresses. */
export function recordsOf(dns: DnsRecords[], addresses: Address[], emails: string[]) {
  const domain = (emails[0] ?? '').split('@')[1] ?? '';
  const reverse = new Map(addresses.map((a) => [reverseName(a.ip), a.ip]));
  const own = dns.filter((r) => r.name === domain || r.name.endsWith(`.${domain}`) || reverse.has(r.name));
  const unnamed = [...reverse].filter(([name]) => !own.some((r) => r.name === name)).map(([name]) => ({ name, type: 'PTR' as const, values: [] }));
  return [...own, ...unnamed].map((r, i) => ({ ...r, row: i, of: reverse.get(r.name), text: r.values.join('\n'), lines: Math.min(6, Math.max(1, r.values.length + Math.floor(r.values.join('').length / 70))) }));
}

function why(block: Block): string {
  const [first] = block.detections ?? [];
  return first ? `${first.rule ?? ''}: ${first.subject ?? ''}` : (block.logs ?? '').split('\n').at(-1) ?? '';
}
