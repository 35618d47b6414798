import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { fixContext } from '../core/fixes/fix-words';
import { isVerifiedByDns, verifyFix, type FixSubject, type FixVerdict } from '../core/fixes/verify-fix';
import { fixOf } from '../core/fixes/catalogue';
import type { Analysis } from '../core/rules/analysis';
import { Dns, tidyIp } from '../core/rules/dns/dns';
import { wantedOf } from '../core/rules/plan-lookups';
import { FixesService } from '../evidence/fixes.service';
import type { FixState, RequiredFix } from '../evidence/required-fix.entity';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { Clock } from '../platform/clock';
import { TicketsService } from '../tickets/tickets.service';
import { AnalysisService } from './analysis.service';
import { GatherService } from './gather.service';

/** Records take their time to be seen: what was reported and is not there yet is looked up again, ever more rarely, until it is there or the ticket waits no longer. */
const AGAIN_MINUTES = [1, 2, 5, 10, 20, 40, 60, 120, 240];
const AGAIN_AT_LAST = 360;

/** Ticks fixes by look-ups, not by promises: DNS is asked for every fix that it can show. */
@Injectable()
export class VerifyFixesHandler {
  constructor(
    private readonly tickets: TicketsService,
    private readonly fixes: FixesService,
    private readonly analyses: AnalysisService,
    private readonly gathering: GatherService,
    private readonly clock: Clock,
    private readonly source: DataSource,
  ) {}

  @Handles('verify-fixes')
  async verify(row: OutboxMessage): Promise<HandlerResult> {
    const ticket = await this.tickets.find(row.ticketId ?? '');
    const due = (await this.fixes.of(ticket.id)).filter((fix) => isVerifiedByDns(fix.code) && fix.state !== 'verified' && fix.state !== 'accepted');
    if (ticket.state !== 'awaiting_fixes' && ticket.state !== 'lifted') {
      return 'skipped';
    }
    if (row.attempts > 1 && (await this.askedAgain(row))) {
      return 'skipped';
    }
    const subject = subjectOf(ticket.block.ip, (await this.analyses.latest(ticket.id))?.body ?? null);
    const facts = await this.gathering.lookUp((known) => {
      const dns = new Dns(known);
      due.forEach((fix) => verifyFix(fix.code, dns, subject));
      return wantedOf(dns, known.failed ?? []);
    }, true);
    const found = due.map((fix) => outcome(fix, verifyFix(fix.code, new Dns(facts), subject)));
    await this.fixes.settle(ticket.id, found);
    const waiting = found.some(({ again }) => again);
    return waiting ? { retryAt: new Date(this.clock.now().getTime() + (AGAIN_MINUTES[row.attempts - 1] ?? AGAIN_AT_LAST) * 60_000), why: 'not to be seen in DNS yet' } : 'done';
  }

  /** Who pressed "Check again" meanwhile has begun a round of their own: one at a time is enough. */
  private async askedAgain(row: OutboxMessage): Promise<boolean> {
    // Compared in the database: a time that was read here has lost its microseconds, and the row would be newer than itself.
    const rows = (await this.source.query(
      `select 1 from outbox_message m where m.ticket_id = $1 and m.job = 'verify-fixes' and m.created_at > (select o.created_at from outbox_message o where o.id = $2) limit 1`, [row.ticketId, row.id],
    )) as unknown[];
    return rows.length > 0;
  }
}

/** DNS decides where it can show all of it; where a sample or a statement belongs to it, what it shows is said and a person goes on. */
function outcome(fix: RequiredFix, { state, says }: FixVerdict): { id: string; state: FixState; says: string; again: boolean } {
  const alone = fixOf(fix.code)?.verification.every((by) => by === 'dns') ?? false;
  const asked = fix.state === 'reported' || fix.state === 'failed';
  const to: FixState = state === 'verified' && alone ? 'verified' : state === 'failed' && asked ? 'failed' : state === 'verified' ? 'reported' : fix.state;
  return { id: fix.id, state: to, says, again: alone && asked && to !== 'verified' };
}

function subjectOf(ip: string, analysis: Analysis | null): FixSubject {
  const { domain, greeting } = fixContext(ip, analysis);
  const envelope = /@([a-z0-9.-]+)>?$/i.exec(analysis?.message.returnPath ?? '')?.[1]?.toLowerCase() ?? null;
  const keys = (analysis?.facts.dns?.asked ?? []).filter((key) => key.includes('._domainkey.')).map((key) => key.replace(/^txt /, ''));
  return { ip: tidyIp(ip) ?? ip, domain, envelope, greeting, keys };
}
