import type { EvidenceItem } from '../core/evidence/evidence';
import { ACKNOWLEDGEMENT, ON_OPEN, type Effect } from '../core/ticket/effects';
import { decide } from '../core/ticket/decide';
import { episode } from '../core/ticket/episode';
import type { Account, Block, Claim, Rejection } from '../core/ticket/block';
import type { Route } from '../core/routing/route';
import type { Deadline } from '../core/ticket/deadlines';
import type { Channel, Ticket } from './ticket.entity';

export interface Opening {
  id: string;
  ref: string;
  claim: Claim;
  channel: Channel;
  block: Block;
  account: Account;
  externalRef?: string;
  rejection?: Rejection;
  statement?: string;
  missing: EvidenceItem[];
  repeats: number;
  /** the NOC said a moment ago that the address is the account's */
  owned?: boolean;
}

/**
 * The ticket as it stands right after it was opened, and the work that this implies. Opening is no transition, but it
 * goes through the same table: received, then at once awaiting evidence or analysing.
 */
export function opened(opening: Opening, now: Date, route: Route, due: { firstAnswer: Date; decision: Date }, deadline: (state: Ticket['state']) => Deadline | null): { ticket: Ticket; effects: Effect[] } {
  const { block, account } = opening;
  const step = decide('received', opening.missing.length > 0 ? 'evidence_missing' : 'evidence_complete');
  const wait = deadline(step.to);
  const ticket: Ticket = {
    id: opening.id, ref: opening.ref, externalRef: opening.externalRef ?? null, claim: opening.claim, channel: opening.channel,
    ip: block.ip, kind: block.kind, blockedAt: new Date(block.blockedAt), blockId: block.blockId ?? null, episode: episode(block), block,
    accountId: account.id, accountEmail: account.email, accountName: account.name ?? null, tier: account.tier ?? null, language: account.language ?? null,
    rejection: opening.rejection ?? null, statement: opening.statement ?? null, createdAt: now,
    state: step.to, closedReason: null, missing: opening.missing, queue: route.queue, priority: route.priority, secondPerson: route.secondPerson, repeats: opening.repeats,
    dueAt: due.decision, firstDueAt: due.firstAnswer, wakeAt: null, takenBy: null, takenAt: null, leaseUntil: null, leaseNo: 0, version: 1,
    analysisId: null, assessment: null, confidence: null, summary: null, decisionId: null, liftFailed: null, blockedAgainAt: null,
    deadlineAt: wait?.at ?? null, deadlineEvent: wait?.event ?? null, reminded: 0, appealedAt: null, escalatedAt: null, escalatedWhy: null, duplicateOf: null, updatedAt: now, stateSince: now,
  };
  // Ownership that was just heard is not asked again; the reading asks for the earlier blocks of the address, as the check does.
  // The first mail is either the acknowledgement or the list of what is missing: never both.
  return { ticket, effects: [...(opening.owned && step.to === 'analysing' ? [] : ON_OPEN), ...step.effects, ...(step.to === 'analysing' ? [ACKNOWLEDGEMENT] : [])] };
}
