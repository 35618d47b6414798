import { closedBy } from '../core/ticket/closed-by';
import { stateLabel } from '../core/ticket/state-label';
import type { State } from '../core/ticket/states';

/** What an event is made of: a line of the audit, the ticket it is about, and what does not change with it. */
export interface Line {
  event: string;
  from: State | null;
  to: State | null;
  at: Date;
  /** where the ticket stood, for a line that moves nothing */
  state: State | null;
  ref: string;
  externalRef: string | null;
  accountId: string;
  ip: string;
  kind: string;
  blockedAt: Date;
  filterAdjustment: object | null;
}

/** An event as the NOC reads it, the same in a webhook's body and in the feed: names the ticket and its state, nothing personal. */
export interface Told {
  type: string;
  timestamp: string;
  data: object;
}

/** The columns of a Line, from `audit_entry a join ticket t`. */
export const LINE = `a.event, a.from_state as "from", a.to_state as "to", a.at, a.detail->>'state' as state, t.ref, t.external_ref as "externalRef", t.account_id as "accountId", host(t.ip) as ip, t.kind,
  t.blocked_at as "blockedAt",
  (select json_build_object('id', f.id, 'rule', f.rule, 'sender', f.sender, 'messageId', f.message_id, 'change', f.change, 'scope', f.scope,
     'expiresAt', to_char(f.expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
   from filter_adjustment f where a.event = 'filter_adjustment_proposed' and f.id = (a.detail->>'adjustment')::uuid) as "filterAdjustment"`;

/** @param publicUrl where customers and staff reach the desk */
export function told(type: string, line: Line, publicUrl: string): Told {
  const { event, from, to, ref, externalRef, accountId, ip, kind, blockedAt, filterAdjustment } = line;
  const state = to ?? line.state ?? 'received';
  return {
    type,
    timestamp: line.at.toISOString(),
    data: {
      ref, externalRef, event, from, to, state, stateLabel: stateLabel(state), closedReason: state === 'closed' ? closedBy(event) : null,
      account: { id: accountId }, block: { ip, kind, blockedAt: blockedAt.toISOString() }, url: `${publicUrl}/tickets/${ref}`, ...(filterAdjustment ? { filterAdjustment } : {}),
    },
  };
}
