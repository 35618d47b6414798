import type { Ticket } from './ticket.entity';

/** A ticket in column names, for the gathered insert. */
export function ticketRow(t: Ticket): object {
  return {
    id: t.id, ref: t.ref, external_ref: t.externalRef, state: t.state, closed_reason: t.closedReason, claim: t.claim, channel: t.channel, ip: t.ip, kind: t.kind,
    blocked_at: t.blockedAt, block_id: t.blockId, episode: t.episode, block: t.block, account_id: t.accountId, account_email: t.accountEmail,
    account_name: t.accountName, tier: t.tier, language: t.language, rejection: t.rejection, statement: t.statement, missing: t.missing, queue: t.queue,
    priority: t.priority, second_person: t.secondPerson, repeats: t.repeats, due_at: t.dueAt, first_due_at: t.firstDueAt, deadline_at: t.deadlineAt, deadline_event: t.deadlineEvent,
    created_at: t.createdAt, updated_at: t.updatedAt, state_since: t.stateSince,
  };
}
