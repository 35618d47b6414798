import { forCustomer } from '../core/rules/for-customer';
import { shownState, stateLabel } from '../core/ticket/state-label';
import type { Ticket } from './ticket.entity';
import type { DecisionPart, LiftPart, TicketParts } from './ticket.query';

/** `inside`: reviewers and leads. `outside`: the NOC and customers, who see no names, weights or internals. */
export type Audience = 'inside' | 'outside';

const iso = (date: Date | string | null): string | null => (date === null ? null : (typeof date === 'string' ? new Date(date) : date).toISOString());

/** What is read of a ticket to show it: a list need not fetch the rest. */
export type ShownTicket = Pick<
  Ticket,
  | 'ref' | 'externalRef' | 'state' | 'closedReason' | 'blockedAgainAt' | 'claim' | 'channel' | 'block' | 'accountId' | 'missing' | 'queue' | 'priority' | 'takenBy' | 'dueAt'
  | 'createdAt' | 'updatedAt' | 'version'
>;

/** A ticket as the API gives it (contract, section 3). */
export function ticketView(ticket: ShownTicket, parts: TicketParts, publicUrl: string, audience: Audience) {
  const inside = audience === 'inside';
  // Outside, a decision that may still be taken back or waits for its second person does not exist yet, and one to which the second did not agree never did.
  const isTold = inside || (parts.decision?.state ?? 'final') === 'final';
  const state = inside ? ticket.state : shownState(ticket.state, parts.decision?.state ?? null);
  return {
    ref: ticket.ref,
    externalRef: ticket.externalRef,
    state,
    closedReason: ticket.closedReason,
    stateLabel: stateLabel(state, { blockedAgain: ticket.blockedAgainAt !== null }),
    claim: ticket.claim,
    channel: ticket.channel,
    block: inside ? ticket.block : outsideBlock(ticket),
    account: { id: ticket.accountId },
    missing: ticket.missing,
    evidence: parts.evidence.map((item) => ({ ...item, receivedAt: iso(item.receivedAt) })),
    analysis: parts.analysis && (inside ? parts.analysis : forCustomer(parts.analysis)),
    decision: isTold ? parts.decision && decisionView(ticket.ref, parts.decision, inside) : null,
    requiredFixes: (isTold ? parts.fixes : []).map(({ code, when, state, says, checkedAt }) => ({ code, when, state, says, checkedAt: iso(checkedAt) })),
    lift: parts.lift ? liftView(parts.lift, inside) : isTold ? scheduled(ticket, parts.decision) : null,
    queue: ticket.queue,
    priority: ticket.priority,
    takenBy: inside ? ticket.takenBy : null,
    dueAt: iso(ticket.dueAt),
    createdAt: iso(ticket.createdAt),
    updatedAt: iso(ticket.updatedAt),
    version: ticket.version,
    links: { self: `${publicUrl}/api/v1/tickets/${ticket.ref}`, status: `${publicUrl}/tickets/${ticket.ref}` },
  };
}

export type TicketJson = ReturnType<typeof ticketView>;

/** The block as its owner knows it: the scores and rules of the filter stay inside. */
function outsideBlock(ticket: ShownTicket) {
  return { ...ticket.block, detections: ticket.block.detections?.map(({ score: _score, rule: _rule, ...shown }) => shown) };
}

/** `evidence_forged` is for our eyes; the customer reads `headers_do_not_match` (product, reason codes). */
const outsideReason = (code: string): string => (code === 'evidence_forged' ? 'headers_do_not_match' : code);

export function decisionView(ref: string, decision: DecisionPart, inside: boolean) {
  return {
    id: decision.id, ticket: ref, outcome: decision.outcome, reasons: inside ? decision.reasons : decision.reasons.map(outsideReason), statement: decision.statement,
    requiredFixes: decision.fixes, by: inside ? decision.by : 'a reviewer', decidedAt: iso(decision.decidedAt), state: decision.state, undoUntil: iso(decision.undoUntil),
    wakeAt: iso(decision.wakeAt), liftWhenVerified: decision.liftWhenVerified, secondPerson: inside ? decision.secondPerson : [],
    second: inside && decision.second ? { ...decision.second, at: iso(decision.second.at) } : null, filterAdjustment: inside ? (decision.filterAdjustment ?? null) : null,
  };
}

function liftView(lift: LiftPart, inside: boolean) {
  return {
    id: lift.id, state: lift.state, dueAt: iso(lift.dueAt), requestedAt: iso(lift.requestedAt), confirmedAt: iso(lift.confirmedAt), attempts: lift.attempts,
    lastAnswer: inside ? lift.lastAnswer : null,
  };
}

/** Within the undo window nothing is ordered yet: what is planned stands in the decision. */
function scheduled(ticket: ShownTicket, decision: DecisionPart | null) {
  return ticket.state === 'lifting' && decision
    ? { id: null, state: 'scheduled', dueAt: iso(decision.undoUntil), requestedAt: null, confirmedAt: null, attempts: 0, lastAnswer: null }
    : null;
}
