import { Injectable, Logger } from '@nestjs/common';
import { SYSTEM } from '../audit/actor';
import { traitsOfTicket, type TraitOf } from '../core/memory/traits';
import type { Analysis } from '../core/rules/analysis';
import type { Route } from '../core/routing/route';
import type { State } from '../core/ticket/states';
import type { EvidenceItemRow } from '../evidence/evidence-item.entity';
import { EvidenceService } from '../evidence/evidence.service';
import { JustOpened } from '../evidence/just-opened.service';
import { BlockService } from '../noc/block.service';
import { NocService, OPENING_MS } from '../noc/noc.service';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Transactions } from '../platform/database/transactions';
import { RulebookService } from '../tickets/rulebook.service';
import { Ticket, type TicketChanges } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import { AnalysisService } from './analysis.service';

/** Where a reading still matters: before the queue, and while a person works on the ticket. */
const READABLE: readonly State[] = ['analysing', 'in_review', 'second_review'];
/** Longer than the look-ups may take, shorter than the lease of the outbox. */
const LIMIT_MS = 20_000;

/** What a ticket's evidence says, and what the ticket is remembered by. */
interface Reading {
  analysis: Analysis;
  traits: TraitOf[];
}

const CHANGED = 'the ticket changed while it was read';

/** The job of a ticket that came to be analysed. It always moves on: with a reading, or to a person without one. */
@Injectable()
export class AnalyseHandler {
  private readonly log = new Logger(AnalyseHandler.name);

  constructor(
    private readonly tickets: TicketsService,
    private readonly analyses: AnalysisService,
    private readonly evidence: EvidenceService,
    private readonly justOpened: JustOpened,
    private readonly blocks: BlockService,
    private readonly noc: NocService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly rulebook: RulebookService,
  ) {}

  @Handles('analyse-ticket')
  async analyse(row: OutboxMessage): Promise<HandlerResult> {
    const opened = this.justOpened.take(row.ticketId ?? '');
    const ticket = opened?.ticket ?? (await this.tickets.find(row.ticketId ?? ''));
    if (!READABLE.includes(ticket.state)) {
      return 'skipped';
    }
    // The earlier blocks of the address are asked for beside the reading: they decide whether two people are due.
    const [reading, who] = await Promise.all([this.read(ticket, opened?.items), this.account(ticket), this.noc.refresh(ticket.ip, OPENING_MS)]);
    if (ticket.state === 'analysing' && typeof reading !== 'string') {
      return this.onward(ticket, reading, who);
    }
    return this.transactions.run(async (tx) => {
      const now = await tx.findOneOrFail(Ticket, { where: { id: ticket.id }, lock: { mode: 'for_no_key_update' } });
      if (!READABLE.includes(now.state)) {
        return 'skipped';
      }
      const { version } = ticket;
      if (now.version !== version) {
        return { retryAt: this.clock.now(), why: CHANGED };
      }
      if (typeof reading === 'string') {
        await this.tickets.apply(tx, ticket.id, 'analysis_failed', SYSTEM, { version, detail: { why: reading } });
        return 'done';
      }
      const analysisId = await this.analyses.store(tx, ticket.id, reading.analysis);
      const repeats = await this.blocks.repeats(ticket.ip, ticket.blockedAt, tx);
      const { assessment, catalogue } = reading.analysis;
      const read = { ...now, ...who, repeats, assessment };
      const route = await this.rulebook.route(tx, read);
      await this.tickets.apply(tx, ticket.id, 'analysed', SYSTEM, { version, changes: changes(read, reading.analysis, analysisId, route), detail: { assessment, catalogue } });
      crashPoint('analysis.before-commit');
      return 'done';
    });
  }

  /** Into the queue, with its reading and what it is remembered by; when the ticket has changed meanwhile, it is read again. */
  private async onward(ticket: Ticket, { analysis, traits }: Reading, who: Awaited<ReturnType<AnalyseHandler['account']>>): Promise<HandlerResult> {
    const repeats = await this.blocks.repeats(ticket.ip, ticket.blockedAt);
    const { assessment, catalogue } = analysis;
    const read = { ...ticket, ...who, repeats, assessment };
    const row = this.analyses.row(ticket.id, analysis);
    const how = { changes: changes(read, analysis, row.id, await this.rulebook.route(undefined, read)), detail: { assessment, catalogue } };
    crashPoint('analysis.before-commit');
    return (await this.tickets.advance(ticket, 'analysed', SYSTEM, how, [row], traits)) ? 'done' : { retryAt: this.clock.now(), why: CHANGED };
  }

  /** Name, tier and language of the account where the door did not bring them. That the NOC does not answer holds nothing up. */
  private async account(ticket: Ticket): Promise<Pick<Ticket, 'accountName' | 'tier' | 'language'>> {
    const { accountName, tier, language } = ticket;
    const found = accountName === null || tier === null ? await this.noc.account(ticket.accountId) : null;
    const known = found?.ok ? found.value : null;
    return { accountName: accountName ?? known?.name ?? null, tier: tier ?? known?.tier ?? null, language: language ?? known?.language ?? null };
  }

  /** The reading, or why there is none: a ticket never waits for a reading that cannot be had. */
  private async read(ticket: Ticket, supplied?: EvidenceItemRow[]): Promise<Reading | string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`no reading within ${LIMIT_MS / 1000} s`), LIMIT_MS);
    });
    const failed = (error: unknown): string => {
      this.log.error(`Reading of ${ticket.ref} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return 'the reading failed; the log of the application says why';
    };
    const reading = async (): Promise<Reading> => {
      const items = supplied ?? (await this.evidence.items(ticket.id));
      const analysis = await this.analyses.analyseTicket(ticket, items);
      return { analysis, traits: traitsOfTicket(ticket, items, analysis.message.from) };
    };
    return Promise.race([reading().catch(failed), late]).finally(() => clearTimeout(timer));
  }
}

/** What the ticket shows of a reading, and where it waits now: the routing rules know the assessment from here on. */
function changes(ticket: Ticket, { assessment, confidence, summary }: Analysis, analysisId: string, { queue, priority, secondPerson }: Route): TicketChanges {
  // While somebody decides, who else is due is the decision's business.
  const { accountName, tier, language, repeats } = ticket;
  return { accountName, tier, language, analysisId, assessment, confidence, summary: summary.slice(0, 1_000), queue, priority, repeats, ...(ticket.state === 'second_review' ? {} : { secondPerson }) };
}
