import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { filled } from '../core/decision/canned-part';
import { may } from '../core/policy/may';
import { TransitionRefused } from '../core/ticket/decide';
import type { Staff } from '../auth/principal';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { Clock } from '../platform/clock';
import { Conflict, Forbidden, InvalidInput } from '../platform/http/errors';
import type { FILLED_FOR_EACH } from './incident-problems';
import type { Decision } from './decision.entity';
import { ReviewService, type Proposal } from './review.service';

interface Turn {
  ref: string;
  ip: string;
  version: number;
  proposal: Proposal;
  staff: Staff & { disabledAt: Date | null };
  /** what this person decided about the ticket since the bulk decision: a crash came between it and its result */
  made: { id: string; state: Decision['state'] } | null;
}

/** Decides one ticket of an incident when its turn comes: as the person who decided for all, by every rule of a single decision. */
@Injectable()
export class IncidentHandler {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly review: ReviewService,
  ) {}

  @Handles('decide-in-incident')
  async decide(row: OutboxMessage): Promise<HandlerResult> {
    const [turn] = (await this.source.query(
      `select t.ref, host(t.ip) as ip, r.ticket_version as version, d.proposal,
         (select json_build_object('id', s.id, 'name', s.name, 'email', s.email, 'role', s.role, 'accountIds', s.account_ids, 'disabledAt', s.disabled_at) from staff_member s where s.id = d.by_id) as staff,
         (select json_build_object('id', m.id, 'state', m.state) from decision m where m.ticket_id = t.id and m.by_id = d.by_id and m.decided_at >= d.at and m.state <> 'undone' order by m.decided_at desc limit 1) as made
       from incident_result r join incident_decision d on d.id = r.incident_decision_id join ticket t on t.id = r.ticket_id where r.id = $1 and r.state = 'waiting'`,
      [row.refId],
    )) as Turn[];
    if (!turn) {
      return 'skipped';
    }
    const made = turn.made ?? (await this.once(turn));
    const [state, why, decision] = typeof made === 'string' ? ['refused', made, null] : [made.state === 'awaiting_approval' ? 'second' : 'decided', null, made.id];
    await this.source.query(`update incident_result set state = $2, why = $3, decision_id = $4, at = $5 where id = $1 and state = 'waiting'`, [row.refId, state, why, decision, this.clock.now()]);
    return 'done';
  }

  /** The decision, or why there is none. A right that was taken away meanwhile counts from now on (T14). */
  private async once({ ref, ip, version, proposal, staff }: Turn): Promise<Pick<Decision, 'id' | 'state'> | string> {
    if (staff.disabledAt !== null || !may(staff.role, 'decide_incident')) {
      return `${staff.name} may no longer decide many tickets at once.`;
    }
    const fill = new Map<string, string>([['address', ip], ['reference', ref]] satisfies [(typeof FILLED_FOR_EACH)[number], string][]);
    try {
      return await this.review.decide(ref, { ...proposal, version, statement: filled(proposal.statement, fill), wakeAt: null }, { staff, actor: { kind: 'reviewer', id: staff.id, name: staff.name } }, true);
    } catch (error) {
      if (error instanceof InvalidInput) {
        return error.errors.map(({ message }) => message).join(' ');
      }
      if (error instanceof Conflict) {
        const changed = error.detail['changed'];
        return Array.isArray(changed) && changed.length > 0 ? `${error.message} ${changed.join('; ')}.` : error.message;
      }
      if (error instanceof Forbidden || error instanceof TransitionRefused) {
        return error.message;
      }
      throw error;
    }
  }
}
