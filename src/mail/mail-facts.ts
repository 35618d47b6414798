import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { fixContext, fixWords } from '../core/fixes/fix-words';
import type { Analysis } from '../core/rules/analysis';
import type { Detection } from '../core/ticket/block';
import { about } from '../core/ticket/state-label';
import { CONFIG, type Config } from '../platform/config/config';
import { Clock } from '../platform/clock';
import type { Ticket } from '../tickets/ticket.entity';
import { GatherUnderstood } from './mail-rows';
import type { MailFacts, MailFix, TicketMail } from './models';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type Fix = { code: string; at: MailFix['when']; state: string; note: string | null };

/** What followed from a decision ($1) for its ticket ($2), always one row: each question of its own would be a write to a socket and an answer to read. */
interface Outcome {
  decision: Omit<NonNullable<MailFacts['decision']>, 'decidedAt'> | null;
  decidedAt: Date;
  confirmedAt: Date | null;
  dueAt: Date | null;
  inspected: boolean | null;
  fixes: Fix[];
}
const OUTCOME = `select case when d.id is null then null else json_build_object('outcome', d.outcome, 'reasons', d.reasons, 'statement', d.statement, 'liftWhenVerified', d.lift_when_verified) end as decision,
    d.decided_at as "decidedAt", l.confirmed_at as "confirmedAt", l.due_at as "dueAt",
    (select e.text = 'true' from evidence_item e where e.ticket_id = q.ticket and e.type = 'queue_inspected' order by e.received_at desc limit 1) as inspected,
    coalesce((select json_agg(json_build_object('code', f.code, 'at', f.at, 'state', f.state, 'note', f.note) order by f.position) from required_fix f where f.ticket_id = q.ticket and f.decision_id = q.decision), '[]') as fixes
  from (select $1::uuid as decision, $2::uuid as ticket) q left join decision d on d.id = q.decision
  left join lateral (select confirmed_at, due_at from lift where ticket_id = q.ticket order by created_at desc limit 1) l on true`;

/** Gathers what a mail about a ticket may say, from the tables as they are now. Reads only. */
@Injectable()
export class MailFactsReader {
  private readonly read: GatherUnderstood;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {
    this.read = new GatherUnderstood(source);
  }

  /** @param refId the message that a reviewer wrote, for the template `message` */
  async of(ticket: Ticket, template: TicketMail, refId: string | null): Promise<MailFacts> {
    // Fixes and lifts come of a decision: before there is one, nothing is asked of them.
    const [analysis, outcome, again, text, understood] = await Promise.all([
      ticket.decisionId ? this.analysis(ticket) : null, this.outcome(ticket), this.again(ticket, template), this.text(template, refId), this.understood(ticket, template),
    ]);
    const liftedAt = outcome?.confirmedAt ?? null;
    return {
      publicUrl: this.config.PUBLIC_URL, ref: ticket.ref, state: ticket.state, ip: ticket.ip, kind: ticket.kind, claim: ticket.claim, blockedAt: ticket.blockedAt,
      block: ticket.block, accountId: ticket.accountId, missing: ticket.missing, until: this.until(ticket), wait: this.wait(ticket), promisedBy: ticket.dueAt,
      queueInspected: outcome?.inspected === true, analysed: ticket.analysisId !== null, decision: outcome?.decision ? { ...outcome.decision, decidedAt: outcome.decidedAt } : null,
      fixes: fixesIn(outcome?.fixes ?? [], ticket, analysis), liftedAt,
      watchUntil: liftedAt && new Date(liftedAt.getTime() + this.config.WATCH_HOURS * HOUR), retryAt: liftedAt ? null : (outcome?.dueAt ?? null),
      appealed: ticket.appealedAt !== null, closedReason: ticket.closedReason, blockedAgain: again,
      lastReminder: ticket.reminded >= this.config.REMIND_HOURS.length, text, understood,
    };
  }

  private until(ticket: Ticket): Date | null {
    const days = ticket.state === 'awaiting_fixes' ? this.config.FIX_DAYS : ticket.state === 'awaiting_evidence' ? this.config.EXPIRE_DAYS : null;
    return days === null ? null : new Date(ticket.stateSince.getTime() + days * DAY);
  }

  private wait(ticket: Ticket): string | null {
    const minutes = ticket.dueAt ? (ticket.dueAt.getTime() - this.clock.now().getTime()) / 60_000 : 0;
    return minutes > 0 ? about(minutes) : null;
  }

  private async analysis(ticket: Ticket): Promise<Analysis | null> {
    const [row] = ticket.analysisId ? await this.rows<{ body: Analysis }>('select body from analysis where id = $1', [ticket.analysisId]) : [];
    return row?.body ?? null;
  }

  private async outcome({ id, decisionId }: Ticket): Promise<Outcome | null> {
    const [row] = decisionId ? await this.rows<Outcome>(OUTCOME, [decisionId, id]) : [];
    return row ?? null;
  }

  private async again(ticket: Ticket, template: TicketMail): Promise<MailFacts['blockedAgain']> {
    const [row] = template === 'blocked-again'
      ? await this.rows<{ at: Date; body: { detections?: Detection[]; detectionsTotal?: number } }>(
          'select blocked_at as at, body from block where ip = $1 and kind = $2 and blocked_at > $3 order by blocked_at desc limit 1', [ticket.ip, ticket.kind, ticket.blockedAt])
      : [];
    return row ? { at: row.at, detections: row.body.detections, detectionsTotal: row.body.detectionsTotal ?? null } : null;
  }

  private async text(template: TicketMail, refId: string | null): Promise<string | null> {
    const [row] = template === 'message' && refId ? await this.rows<{ text: string }>('select text from message where id = $1 and not internal', [refId]) : [];
    return row?.text ?? null;
  }

  /** Played back in the first mails, so that a customer sees what we read out of theirs. */
  private understood(ticket: Ticket, template: TicketMail): Promise<MailFacts['understood']> {
    return ticket.channel === 'mail' && (template === 'received' || template === 'evidence-needed')
      ? this.read.ask(ticket.id)
      : Promise.resolve(null);
  }

  private async rows<T>(sql: string, values: unknown[]): Promise<T[]> {
    return (await this.source.query(sql, values)) as T[];
  }
}

function fixesIn(rows: Fix[], { ip }: Ticket, analysis: Analysis | null): MailFix[] {
  const context = fixContext(ip, analysis);
  return rows.map(({ code, at, state, note }) => {
    const { title, why, how, values } = fixWords(code, context);
    return { when: at, done: state === 'verified' || state === 'accepted', title, why, how, values, note };
  });
}
