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
    const [analysis, decision, lift, queueInspected] = ticket.decisionId
      ? await Promise.all([this.analysis(ticket), this.decision(ticket.decisionId), this.lift(ticket), this.queueInspected(ticket.id)])
      : [null, null, null, false];
    const [again, text, understood] = await Promise.all([this.again(ticket, template), this.text(template, refId), this.understood(ticket, template)]);
    const liftedAt = lift?.confirmed_at ?? null;
    return {
      publicUrl: this.config.PUBLIC_URL, ref: ticket.ref, state: ticket.state, ip: ticket.ip, kind: ticket.kind, claim: ticket.claim, blockedAt: ticket.blockedAt,
      block: ticket.block, accountId: ticket.accountId, missing: ticket.missing, until: this.until(ticket), wait: this.wait(ticket), promisedBy: ticket.dueAt,
      queueInspected, analysed: ticket.analysisId !== null, decision, fixes: await this.fixes(ticket, analysis), liftedAt,
      watchUntil: liftedAt && new Date(liftedAt.getTime() + this.config.WATCH_HOURS * HOUR), retryAt: lift?.confirmed_at ? null : (lift?.due_at ?? null),
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

  private async decision(id: string): Promise<MailFacts['decision']> {
    const [row] = await this.rows<NonNullable<MailFacts['decision']>>('select outcome, reasons, statement, decided_at as "decidedAt", lift_when_verified as "liftWhenVerified" from decision where id = $1', [id]);
    return row ?? null;
  }

  private async fixes(ticket: Ticket, analysis: Analysis | null): Promise<MailFix[]> {
    const rows = ticket.decisionId
      ? await this.rows<{ code: string; at: MailFix['when']; state: string; note: string | null }>('select code, at, state, note from required_fix where decision_id = $1 order by position', [ticket.decisionId])
      : [];
    const context = fixContext(ticket.ip, analysis);
    return rows.map(({ code, at, state, note }) => {
      const { title, why, how, values } = fixWords(code, context);
      return { when: at, done: state === 'verified' || state === 'accepted', title, why, how, values, note };
    });
  }

  private async lift(ticket: Ticket): Promise<{ confirmed_at: Date | null; due_at: Date } | null> {
    const [row] = await this.rows<{ confirmed_at: Date | null; due_at: Date }>('select confirmed_at, due_at from lift where ticket_id = $1 order by created_at desc limit 1', [ticket.id]);
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

  private async queueInspected(ticketId: string): Promise<boolean> {
    const [row] = await this.rows<{ text: string }>(`select text from evidence_item where ticket_id = $1 and type = 'queue_inspected' order by received_at desc limit 1`, [ticketId]);
    return row?.text === 'true';
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
