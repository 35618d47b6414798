import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Analysis } from '../core/rules/analysis';
import { analyse } from '../core/rules/analyse';
import type { EvidenceItemRow } from '../evidence/evidence-item.entity';
import { EvidenceService } from '../evidence/evidence.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { newId } from '../platform/uuid';
import type { Ticket } from '../tickets/ticket.entity';
import { AnalysisRow } from './analysis.entity';
import { chooseEvidence } from './choose-evidence';
import { GatherService } from './gather.service';
import { factsOf, hintsOf, messageOf, operatorFacts, type AnalysisInput } from './input';
import { prove } from './prove';

/** Reads evidence: gathers facts, then lets the rules judge. The only writer of `analysis`. */
@Injectable()
export class AnalysisService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'TRUSTED_AUTHSERV_IDS' | 'OWN_HOSTS' | 'OWN_NETWORKS' | 'BLOCKLISTS' | 'MAIL_DOMAIN'>,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly gathering: GatherService,
    private readonly evidence: EvidenceService,
  ) {}

  /** The reading of what somebody pasted. Stores nothing. With `facts` nothing is looked up: the same input gives the same answer for ever. */
  async analyseInput(input: AnalysisInput): Promise<Analysis> {
    const recorded = input.block ?? input.facts?.block;
    const message = messageOf(input, hintsOf(recorded?.detections, input.ip ?? input.facts?.claim?.ip ?? recorded?.ip));
    const facts = factsOf(input, message, this.clock.now(), operatorFacts(this.config));
    if (!input.facts) {
      return analyse(message, await this.gathering.gather(message, facts));
    }
    return analyse(message, { ...facts, proofs: facts.proofs ?? (await prove(message, facts)) });
  }

  /** The reading of a message that was sent to us for a check: what we wrote on top of it, we believe. Asks DNS, and takes no answer that was kept. */
  async analyseTest(raw: Uint8Array, ip?: string): Promise<Analysis> {
    const message = messageOf({ message: raw }, {});
    const own = operatorFacts(this.config);
    const trusted = { ...own.trusted, hosts: [...own.trusted.hosts, this.config.MAIL_DOMAIN] };
    return analyse(message, await this.gathering.gather(message, factsOf({ kind: 'spam', ...(ip ? { ip } : {}) }, message, this.clock.now(), { ...own, trusted }), true));
  }

  /** The reading of a ticket's evidence as it stands. Asks DNS: never call it inside a transaction. @param supplied the evidence, where the caller has it */
  async analyseTicket(ticket: Ticket, supplied?: EvidenceItemRow[]): Promise<Analysis> {
    const items = supplied ?? (await this.evidence.items(ticket.id));
    const last = (type: string): string | undefined => items.findLast((item) => item.type === type)?.text ?? undefined;
    const { message, messageId, alsoSupplied } = chooseEvidence(items, hintsOf(ticket.block.detections, ticket.ip));
    const said = withoutGaps({ claim: ticket.claim, remediation: last('remediation'), explanation: last('explanation'), logs: last('logs') });
    const { ip, kind, blockedAt } = ticket.block;
    const facts = factsOf({ ip, kind, blockedAt, block: ticket.block, ...(messageId ? { messageId } : {}) }, message, this.clock.now(), operatorFacts(this.config));
    return analyse(message, await this.gathering.gather(message, { ...facts, said, alsoSupplied }));
  }

  /** Keeps an analysis in the caller's transaction. @returns its id */
  async store(tx: EntityManager, ticketId: string, analysis: Analysis): Promise<string> {
    const { id, catalogue, assessment, confidence, sum, summary, body, created_at: at } = this.row(ticketId, analysis);
    await tx.query('insert into analysis (id, ticket_id, catalogue, assessment, confidence, sum, summary, body, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
      id, ticketId, catalogue, assessment, confidence, sum, summary, body, at,
    ]);
    return id;
  }

  /** The same as a row, in column names and with the text of its body, for a statement that stores it with the move of its ticket. */
  row(ticketId: string, analysis: Analysis) {
    const { catalogue, assessment, confidence, sum, summary } = analysis;
    return { id: newId(), ticket_id: ticketId, catalogue, assessment, confidence, sum, summary, body: storable(analysis), created_at: this.clock.now() };
  }

  /** The newest analysis of a ticket, or null. */
  latest(ticketId: string): Promise<AnalysisRow | null> {
    return this.source.manager.findOne(AnalysisRow, { where: { ticketId }, order: { createdAt: 'DESC' } });
  }
}

function withoutGaps<T extends object>(from: T): T {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as T;
}

/** As text. PostgreSQL gives no field of what holds NUL or half characters; headers may hold both. */
const storable = (analysis: Analysis): string => JSON.stringify(analysis).replace(/\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '\\ufffd');
