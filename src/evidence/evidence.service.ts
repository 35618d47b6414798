import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../audit/actor';
import type { Evidence } from '../core/evidence/evidence';
import { missingEvidence } from '../core/evidence/missing-evidence';
import type { Claim } from '../core/ticket/block';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { fetchedTogether } from '../platform/database/fetched-together';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import type { Gathered } from '../platform/gathered';
import { Conflict } from '../platform/http/errors';
import { Ticket } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import { EvidenceItemRow } from './evidence-item.entity';
import { evidenceOf, evidenceRows, type EvidenceRow } from './evidence-rows';

/** Tickets whose evidence is fetched with one question: each may hold megabytes. */
const TOGETHER = 8;

/** Keeps what customers send, exactly as it came, and says what is still missing. The only writer of evidence_item. */
@Injectable()
export class EvidenceService {
  private readonly fetched: Gathered<string, EvidenceItemRow[]>;

  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
  ) {
    this.fetched = fetchedTogether(source, EvidenceItemRow, 'ticketId', { receivedAt: 'ASC', id: 'ASC' }, TOGETHER);
  }

  /** All items of a ticket, oldest first. Outside of a transaction, those of several tickets are fetched with one question. */
  items(ticketId: string, tx: EntityManager = this.source.manager): Promise<EvidenceItemRow[]> {
    return tx === this.source.manager ? this.fetched.ask(ticketId) : tx.find(EvidenceItemRow, { where: { ticketId }, order: { receivedAt: 'ASC', id: 'ASC' } });
  }

  /** What was supplied so far, as one. */
  async collected(ticketId: string, tx: EntityManager = this.source.manager): Promise<Evidence> {
    return evidenceOf(await this.items(ticketId, tx));
  }

  /**
   * Adds evidence to a ticket that is not yet decided, and moves it on when nothing is missing any more.
   * @param corrected the claim, where the customer chose the other one (the NOC hands an unblock over as `fixed`)
   * @throws Conflict when the ticket is closed to evidence
   */
  async supply(ticketId: string, evidence: Evidence, by: Actor, channel: string, corrected?: Claim, also?: AlsoKept<Ticket>): Promise<Ticket> {
    const moved = await this.transactions.run(async (tx) => {
      const ticket = await tx.findOneOrFail(Ticket, { where: { id: ticketId }, lock: { mode: 'for_no_key_update' } });
      const given = evidenceRows(ticketId, evidence, by, channel, this.clock.now());
      const claim = corrected ?? ticket.claim;
      const rows = await this.add(tx, given);
      if (rows.length === 0 && (given.length === 0 || claim === ticket.claim)) {
        return ticket;
      }
      if (['lifted', 'upheld', 'closed'].includes(ticket.state)) {
        throw new Conflict('This ticket is decided. What you sent was not added; a new claim or an appeal can carry it.', { state: ticket.state });
      }
      const all = await this.collected(ticketId, tx);
      const missing = missingEvidence(claim, ticket.kind, all, ticket.block);
      const event = ticket.state === 'awaiting_evidence' && missing.length > 0 ? 'evidence_added' : 'evidence_supplied';
      const applied = await this.tickets.apply(tx, ticketId, event, by, { changes: { missing, ...(claim === ticket.claim ? {} : { claim }) }, detail: { items: rows.map((row) => row.type), ...(claim === ticket.claim ? {} : { claim }) } });
      crashPoint('evidence.before-commit');
      return applied;
    }, also);
    crashPoint('evidence.committed');
    return moved;
  }

  /**
   * Stores what the ticket does not have yet: who heard no answer sends the same again. Where only the newest counts, going back to
   * earlier words is news.
   * @returns the rows that are new
   */
  private async add(tx: EntityManager, given: EvidenceRow[]): Promise<EvidenceRow[]> {
    if (given.length === 0) {
      return [];
    }
    const fresh = (await tx.query(
      `insert into evidence_item (id, ticket_id, type, text, bytes, name, media_type, size, by_kind, by_id, channel, received_at)
       select id, ticket_id, type, text, bytes, name, media_type, size, by_kind, by_id, channel, received_at from json_populate_recordset(null::evidence_item, $1) given
       where not exists (select from evidence_item e where e.ticket_id = given.ticket_id and e.type = given.type and e.text is not distinct from given.text and e.bytes is not distinct from given.bytes
         and (e.type in ('message_id', 'sample', 'cannot_supply', 'file') or not exists (select from evidence_item n where n.ticket_id = e.ticket_id and n.type = e.type and n.received_at > e.received_at)))
       returning id`,
      [JSON.stringify(given)],
    )) as { id: string }[];
    return given.filter((row) => fresh.some(({ id }) => id === row.id));
  }
}
