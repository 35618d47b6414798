import { shownParts, type TextPart } from '../core/texts/fold-quotes';
import type { AuditEntry } from '../audit/audit-entry.entity';
import type { Message } from '../evidence/message.entity';
import type { Earlier } from './ticket.query';
import { CLAIMS, STATES, type Tone } from './words';

const HOUR = 3_600_000;

/** Earlier tickets of the address and the account, how they ended, and whether the lift held. */
export function earlierView(earlier: Earlier[], watchHours: number, now: Date) {
  return earlier.map((ticket) => ({
    ref: ticket.ref, href: `/desk/tickets/${ticket.ref}`, at: ticket.createdAt, ended: endOf(ticket), same: ticket.sameAddress ? 'address' : 'account',
    held: heldOf(ticket, watchHours, now),
  }));
}

function endOf(ticket: Earlier): string {
  if (ticket.state === 'lifted') {
    return ticket.hadFixes ? 'Fixes, then lifted' : `Lifted, ${CLAIMS[ticket.claim as 'mistake' | 'fixed'].toLowerCase()}`;
  }
  return ticket.state === 'closed' ? `Closed: ${(ticket.closedReason ?? 'no reason').replaceAll('_', ' ')}` : STATES[ticket.state];
}

function heldOf(ticket: Earlier, watchHours: number, now: Date): { tone: Tone; icon: string; text: string } | null {
  if (!ticket.liftedAt) {
    return null;
  }
  const lifted = new Date(ticket.liftedAt).getTime();
  if (ticket.blockedAgainAt) {
    return { tone: 'bad', icon: 'x', text: `after ${Math.max(Math.round((new Date(ticket.blockedAgainAt).getTime() - lifted) / HOUR), 1)} h` };
  }
  const hours = (now.getTime() - lifted) / HOUR;
  return hours >= watchHours ? { tone: 'good', icon: 'check', text: `${watchHours} h` } : { tone: 'unknown', icon: 'eye', text: `${Math.floor(hours)} h so far` };
}

type Detail = Record<string, unknown>;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const CHANNELS: Record<string, string> = { noc: 'from the control panel', form: 'by the web form', mail: 'by mail', api: 'over the API' };

const EXCEPTION: Record<string, string> = {
  applied: 'applied before the lift', proposed: 'proposed to the filter team', not_offered: 'the control panel takes none, so it stays an adjustment', failed: 'could not be ordered; the lift went on without it',
};

/** What happened, in a few words. An event that is not here is told by its own name. */
const SAYS: Record<string, (detail: Detail) => string> = {
  opened: (d) => `Claim received ${CHANNELS[text(d['channel'])] ?? ''}`,
  mail_confirmed: () => 'Mail confirmed by the account',
  mail_stopped: () => 'A mail to the customer came back for good: no more is sent there',
  mail_stop_lifted: () => 'Mail to the customer is sent again',
  filter_adjustment_proposed: () => 'Filter adjustment proposed to the filter team',
  filter_adjustment_answered: (d) => `Filter adjustment: ${text(d['state'])}`,
  mail_ticket: () => 'Made of a mail that waited',
  mail_reply: () => 'A mail that waited was put here',
  evidence_missing: () => 'Evidence is missing, the customer was asked',
  evidence_complete: () => 'Evidence is complete',
  evidence_supplied: (d) => `Evidence supplied${list(d['items'])}`,
  evidence_added: (d) => `Evidence supplied, more is missing${list(d['items'])}`,
  analysed: () => 'Analysed',
  analysis_failed: () => 'The analysis failed; a person has to read',
  taken: () => 'Taken',
  released: () => 'Released',
  lease_lost: () => 'Nobody worked on it: back to the queue',
  lift_decided: () => 'Decided: lift',
  approval_needed: () => 'Decided; a second person must agree',
  lift_approved: () => 'Second person agreed: lift',
  lift_refused: () => 'Second person did not agree: back to the queue',
  fixes_required: () => 'Decided: fixes required',
  fix_marked_done: (d) => `Customer says done: ${text(d['code'])}`,
  fix_reported: () => 'All fixes reported: back to a person',
  fixes_verified: () => 'All fixes verified: the lift starts',
  fixes_overdue: () => 'The time for the fixes has run out',
  upheld: () => 'Decided: not lifted',
  information_requested: () => 'Asked the customer',
  held: () => 'Put on hold',
  woken: () => 'Back from hold',
  decision_undone: () => 'Decision undone; nothing was sent',
  lift_confirmed: () => 'The NOC confirmed the lift',
  lift_failed: (d) => `The lift failed${d['why'] ? `: ${text(d['why'])}` : ''}`,
  lift_done_by_hand: () => 'Lifted by hand in the control panel, and seen to be gone',
  lift_not_possible: (d) => `Could not be lifted by hand${d['because'] ? `: ${text(d['because'])}` : ''}`,
  filter_exception_settled: (d) => `Filter exception for ${text(d['rule'])} and ${text(d['sender'])}: ${EXCEPTION[text(d['state'])] ?? text(d['state'])}`,
  block_gone: () => 'The block was gone already',
  not_owner_found: () => 'The address belongs to another account',
  withdrawn: () => 'Withdrawn by the customer',
  expired: () => 'No answer came in time',
  reopened: () => 'Opened again',
  appealed: () => 'The customer appealed: another reviewer decides',
  joined: (d) => `Joined with ${text(d['with']) || 'another ticket'}`,
  duplicate_added: (d) => `A duplicate was joined: ${text(d['with'])}`,
  promise_first_near: () => 'The first answer is due soon',
  promise_first_missed: () => 'The first answer is late; the leads were told',
  promise_near: () => 'The decision is due soon',
  promise_customer_told: () => 'The customer was told that it takes longer',
  promise_missed: () => 'The promise was missed; the leads were told',
  escalated: (d) => `A lead was asked: ${text(d['why'])}`,
  given_back: (d) => `Given back to the desk: ${text(d['why'])}`,
  incident_joined: (d) => `Belongs to the incident “${text(d['title'])}”`,
  incident_left: (d) => `Taken out of the incident “${text(d['title'])}”`,
};

const list = (items: unknown): string => (Array.isArray(items) && items.length > 0 ? `: ${items.map((item) => String(item).replaceAll('_', ' ')).join(', ')}` : '');

export interface TimelineEntry {
  at: Date;
  note: boolean;
  icon: string | null;
  head: string | null;
  text: string;
  by: string | null;
  /** a message, with what it quotes apart */
  parts?: TextPart[];
}

/** Events, messages and internal notes in one line of time, oldest first. */
export function timelineView(blockedAt: Date, detections: number, audit: AuditEntry[], messages: Message[], reader: string): TimelineEntry[] {
  const name = (kind: string, id: string | null, named: string | null) => (kind === 'reviewer' ? (id === reader ? 'you' : (named ?? 'a reviewer')) : kind === 'customer' ? 'the customer' : null);
  const entries: TimelineEntry[] = [
    { at: blockedAt, note: false, icon: null, head: null, text: `Blocked by the filter${detections > 0 ? `, ${detections} message${detections === 1 ? '' : 's'}` : ''}`, by: null },
    ...audit.map((entry) => ({
      at: entry.at, note: false, icon: null, head: null, text: (SAYS[entry.event]?.(entry.detail ?? {}) ?? entry.event.replaceAll('_', ' ')).trim(), by: name(entry.byKind, entry.byId, entry.byName),
    })),
    ...messages.map((message) => ({
      at: message.at, note: message.internal, icon: message.internal ? 'lock' : 'message',
      head: message.internal && !message.verified ? `Mail from ${message.byName}, sender not proven: only the desk sees it.` : message.internal ? `Internal note, ${message.byId === reader ? 'you' : message.byName}.` : `${message.byKind === 'customer' ? 'Customer' : message.byName}${message.verified ? '' : ' (sender not proven)'}:`,
      text: message.text, by: null, ...(message.channel === 'mail' && message.byKind === 'customer' ? { parts: shownParts(message.text) } : {}),
    })),
  ];
  return entries.sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** The events after the version that somebody judged: what changed meanwhile. Every version beyond the first has one entry with a "from". */
export function changesSince(audit: AuditEntry[], version: number, ofNoMatter: readonly string[] = []): string[] {
  return audit.filter((entry) => entry.fromState !== null).slice(Math.max(version - 1, 0)).filter((entry) => !ofNoMatter.includes(entry.event)).map((entry) => {
    const by = entry.byKind === 'reviewer' ? ` by ${entry.byName ?? 'a reviewer'}` : '';
    return `${(SAYS[entry.event]?.(entry.detail ?? {}) ?? entry.event.replaceAll('_', ' ')).trim()}${by}`;
  });
}

