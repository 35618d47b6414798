import type { Trait } from '../core/memory/traits';
import { REASONS } from '../core/texts/reasons';
import type { Outcome } from '../core/decision/outcome';
import { earlierView } from './history.view';
import type { Memory, Remembered } from './memory.query';
import { KINDS, OUTCOMES } from './words';

const NAMES: Record<Trait, { label: string; icon: string }> = {
  address: { label: 'Address', icon: 'flag' }, network: { label: 'Network', icon: 'building' }, account: { label: 'Account', icon: 'user' }, rule: { label: 'Filter rule', icon: 'filter' },
  domain: { label: 'Sending domain', icon: 'mail' }, script: { label: 'Script', icon: 'file' },
};

/** What templates/review/_memory.hbs shows. */
export function memoryView(memory: Memory, watchHours: number, now: Date) {
  const line = (ticket: Remembered) => {
    const [ended] = earlierView([{ ...ticket, sameAddress: true }] as never, watchHours, now);
    return { ref: ticket.ref, href: `/desk/tickets/${ticket.ref}`, at: ticket.createdAt, ended: ended?.ended ?? '', held: ended?.held ?? null };
  };
  return {
    any: memory.groups.some(({ count }) => count > 0) || memory.blocks.length > 0,
    v6: memory.groups.some(({ trait, value }) => trait === 'address' && value.includes(':')),
    blocks: memory.blocks.map((block) => ({ ...block, kindLabel: KINDS[block.kind as 'spam' | 'hack'].label, rules: block.rules.join(', ') })),
    groups: memory.groups.filter(({ count }) => count > 0).map((group) => ({ ...NAMES[group.trait], value: group.value, count: group.count, more: Math.max(group.count - group.tickets.length, 0), tickets: group.tickets.map(line), open: group.trait === 'address' || group.trait === 'script' })),
    similar: memory.similar.map((ticket) => ({ ...line(ticket), why: ticket.why, outcome: OUTCOMES[ticket.outcome as Outcome], reasons: (ticket.reasons ?? []).map((code) => REASONS[code]?.label ?? code).join(', ') })),
    causes: memory.open.filter(({ count }) => count >= 2).map((cause) => ({ ...cause, ...NAMES[cause.trait], label: NAMES[cause.trait].label.toLowerCase() })),
  };
}
