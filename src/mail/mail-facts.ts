import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { fixContext, fixWords } from '../core/fixes/fix-words';
import type { Analysis } from '../core/rules/analysis';
import type { Detection } from '../core/ticket/block';
import { about } from '../core/ticket/state-label';
import { CONFIG, type Config } from '../platform/config/config';
import { Clock } from '../platform/clock';
import type { Ticket } from '../tickets/ticket.entity';
import type { Fix, Grounds } from './mail-grounds';
import type { MailFacts, MailFix } from './models';
import type { TicketMail } from './mail-templates';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Gathers what a mail about a ticket may say, from the tables as they are now. Reads only. */
@Injectable()
export class MailFactsReader {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @param refId the message that a reviewer wrote, for the template `message` */
  async of(ticket: Ticket, template: TicketMail, refId: string | null, { outcome, understood }: Grounds): Promise<MailFacts> {
    const fixes = outcome?.fixes ?? [];
    // The words of a fix name what the analysis found.
    const [analysis, again, text] = await Promise.all([fixes.length > 0 ? this.analysis(ticket) : null, this.again(ticket, template), this.text(template, refId)]);
    const liftedAt = outcome?.confirmedAt ?? null;
    return {
      publicUrl: this.config.PUBLIC_URL, ref: ticket.ref, state: ticket.state, ip: ticket.ip, kind: ticket.kind, claim: ticket.claim, blockedAt: ticket.blockedAt,
      block: ticket.block, accountId: ticket.accountId, missing: ticket.missing, until: this.until(ticket), wait: this.wait(ticket), promisedBy: ticket.dueAt,
      queueInspected: outcome?.inspected === true, analysed: ticket.analysisId !== null, decision: outcome && { ...outcome.decision, decidedAt: outcome.decidedAt },
      fixes: fixesIn(fixes, ticket, analysis), liftedAt,
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
